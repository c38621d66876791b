"""What is this machine's fault costs nobody a point: it is tried again, and where that fails, left open and named."""

import contextlib
import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

import psutil
import pytest
from handed_in import CONVOLUTION, answered, code, find, full
from nbgrader.api import Gradebook

from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.campaign.processes import BELOW, HULL, SESSION, below
from cs_utils.grading.classroom import batch
from cs_utils.grading.classroom.__main__ import main
from cs_utils.grading.classroom.records import CRASHED, GRADED, INFRASTRUCTURE
from cs_utils.grading.classroom.sandbox import Hull, NoSandbox, try_sandbox
from cs_utils.grading.classroom.unit import Unit, grade

pytestmark = pytest.mark.long
L = CONVOLUTION.name
CLASS = ("ana", "ben", "cy")
RIGHT = sum(full().values())
SLOW_CELL = "import time\n\ntime.sleep(1)"
SLOW_ANSWER = """import time


def window_score(window, filt, bias):
    time.sleep(2)
    return np.sum(window * filt) + bias"""


@pytest.fixture(scope="module", autouse=True)
def sandbox():
    try:
        try_sandbox()
    except NoSandbox as reason:
        pytest.skip(f"no sandbox here: {reason}")


@pytest.fixture
def root(tmp_path):
    """A course in which three students have handed in right answers, which take a second."""
    notebook = answered()
    notebook.cells.insert(0, code(SLOW_CELL))
    for student in CLASS:
        place = tmp_path / "in" / student / L
        place.mkdir(parents=True)
        (place / CONVOLUTION.notebook).write_text(json.dumps(notebook), encoding="utf-8")
    return tmp_path


def arguments(root, *more):
    return ["--submitted", str(root / "in"), "--assignment", L, "--workers", "1", *more]


def unit_of(notebook):
    return Unit("anna", L, json.dumps(notebook).encode())


def marks(path):
    """{student: (points, statuses)} in a grades.csv; what is graded by hand left out."""
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["exercise"] in full():
                points, statuses = found.get(row["student"], (0.0, frozenset()))
                found[row["student"]] = (points + float(row["points"] or 0), statuses | {row["status"]})
    return found


ALL_RIGHT = {student: (RIGHT, {GRADED}) for student in CLASS}


def in_the_gradebook(url):
    with Gradebook(url, "convnets") as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions(L)}


def sqlite_url(root):
    return f"sqlite:///{(root / 'grading' / 'gradebook.db').as_posix()}"


@contextlib.contextmanager
def killing(kind, which=0, after=0.0, once=lambda: True):
    """Kill a process of a kind that runs below this one, a moment after there is one; once."""
    stop, killed = threading.Event(), []

    def watch():
        me = psutil.Process()
        while not stop.is_set() and not killed:
            for process in below(me)[kind][which:][:1] if once() else []:
                time.sleep(after)
                with contextlib.suppress(psutil.Error):
                    process.kill()
                    killed.append(process)
            time.sleep(0.02)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("where", ["cell", "exam"])
@pytest.mark.parametrize(("kind", "which"), [(HULL, 0), (HULL, -1), (SESSION, 0), (SESSION, -1)])
def test_a_submission_whose_sandbox_is_killed_gets_no_points_rather_than_0(kind, which, where):
    notebook = answered()
    if where == "cell":
        notebook.cells.insert(0, code("import time\n\ntime.sleep(10)"))
    else:
        find(notebook, "window_score").source = SLOW_ANSWER
    with Hull() as hull:
        hull.start()
        with killing(kind, which, after=1 if where == "cell" else 5) as killed:
            record = grade(unit_of(notebook), hull)
        again = grade(unit_of(answered()), hull)
    assert killed
    assert record.status == INFRASTRUCTURE
    assert {row.auto for row in record.rows if not row.by_hand} == {None}
    assert (again.status, again.points) == (GRADED, RIGHT)


def test_what_a_submission_returns_is_not_taken_for_a_kill():
    notebook = answered()
    notebook.cells.insert(0, code("import os\n\nos._exit(137)"))
    with Hull() as hull:
        record = grade(unit_of(notebook), hull)
    assert (record.status, record.points) == (CRASHED, 0)


@pytest.mark.parametrize("kind", BELOW)
def test_what_was_killed_once_is_graded_again_in_the_same_run(root, kind, capsys):
    with killing(kind, after=0.8, once=(root / "grading" / "results" / "journal.jsonl").exists) as killed:
        exit_code = main(arguments(root), root)
    assert killed
    assert marks(root / "grading" / "grades.csv") == ALL_RIGHT, capsys.readouterr().out
    assert exit_code == 0
    assert in_the_gradebook(sqlite_url(root)) == dict.fromkeys(CLASS, RIGHT)


@contextlib.contextmanager
def locked(root, seconds):
    """Hold the gradebook as a backup or a formgrader on a network drive does, once somebody is graded."""
    path, held = root / "grading" / "gradebook.db", threading.Event()

    def hold():
        while not any((root / "grading" / "results").glob("*/*.json")):
            time.sleep(0.05)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            held.set()
            time.sleep(seconds)
            lock.execute("ROLLBACK")

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    yield held
    thread.join()


def test_a_locked_gradebook_is_waited_for(root):
    with locked(root, 8) as held:
        assert main(arguments(root), root) == 0
        assert held.is_set()
    assert marks(root / "grading" / "grades.csv") == ALL_RIGHT
    assert in_the_gradebook(sqlite_url(root)) == dict.fromkeys(CLASS, RIGHT)


def test_a_gradebook_locked_for_longer_costs_nothing_and_is_written_by_the_next_run(root, monkeypatch, capsys):
    monkeypatch.setattr(batch, "PATIENCE", 1.0)
    with locked(root, 30) as held:
        assert main(arguments(root), root) == 1
        assert held.is_set()
        said = capsys.readouterr()
        assert "locked" in said.out
        assert "Traceback" not in said.out + said.err
        assert marks(root / "grading" / "grades.csv") == ALL_RIGHT
    assert main(arguments(root), root) == 0
    assert "graded already" in capsys.readouterr().out
    assert in_the_gradebook(sqlite_url(root)) == dict.fromkeys(CLASS, RIGHT)


@pytest.mark.parametrize("when", ["locked", "missing"])
def test_a_gradebook_that_is_away_from_the_start_stops_nobody(root, when, monkeypatch, capsys):
    monkeypatch.setattr(batch, "PATIENCE", 0.0)
    path = root / "away" / "gradebook.db"
    with contextlib.ExitStack() as stack:
        if when == "locked":
            path.parent.mkdir()
            lock = stack.enter_context(contextlib.closing(sqlite3.connect(path, isolation_level=None)))
            lock.execute("BEGIN EXCLUSIVE")
        assert main(arguments(root, "--db", f"sqlite:///{path}"), root) == 1
        assert "gradebook" in capsys.readouterr().out
        assert marks(root / "grading" / "grades.csv") == ALL_RIGHT
    path.parent.mkdir(exist_ok=True)
    assert main(arguments(root, "--db", f"sqlite:///{path}"), root) == 0
    assert in_the_gradebook(f"sqlite:///{path}") == dict.fromkeys(CLASS, RIGHT)


FULL_DISK = """
set -e
mount -t tmpfs -o size={size}k tmpfs {root}/grading
set +e
{grade} > {root}/first.txt 2>&1; echo $? > {root}/first.code
cp {root}/grading/grades.csv {root}/first.csv
mount -o remount,size=100m {root}/grading
{grade} > {root}/second.txt 2>&1; echo $? > {root}/second.code
cp -r {root}/grading {root}/kept
"""
ENTRY = """
import pathlib, sys
from cs_utils.grading.classroom import __main__ as command, batch
batch.PATIENCE = 0
sys.exit(command.main(sys.argv[2:], pathlib.Path(sys.argv[1])))
"""


@pytest.mark.parametrize("size", [120, 320, 420])
def test_a_full_disk_costs_nothing(root, size):
    """It is full from the start, or gets full while the class is graded; then there is room again."""
    (root / "grading").mkdir()
    words = [sys.executable, "-c", ENTRY, str(root), *arguments(root)]
    script = FULL_DISK.format(root=root, size=size, grade=" ".join(f"'{word}'" for word in words))
    unshare = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*unshare, "true"], capture_output=True).returncode:
        pytest.skip("no mount namespace may be made here")
    subprocess.run([*unshare, "sh", "-c", script], check=True, cwd=ROOT)
    first = (root / "first.txt").read_text(encoding="utf-8")
    assert "Traceback" not in first
    # How much a class takes is not known to the kilobyte: where it fits, all went well at once.
    assert (root / "first.code").read_text().strip() in (["1"] if size == 120 else ["0", "1"]), first
    for points, statuses in marks(root / "first.csv").values():
        assert (points, statuses) in [(RIGHT, {GRADED}), (0.0, {INFRASTRUCTURE})]
    assert (root / "second.code").read_text().strip() == "0", (root / "second.txt").read_text(encoding="utf-8")
    assert marks(root / "kept" / "grades.csv") == ALL_RIGHT
