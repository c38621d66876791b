"""The hostile class, graded by this grader and by plain ``nbgrader autograde``, side by side.

The class is in tests/, because it is a test first of all. Plain nbgrader runs it in a course that is thrown away, in a
sandbox around the whole of nbgrader: it has no network, and nothing but that course can be written.
"""

import importlib.util
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
from tabulate import tabulate

from cs_utils.grading import limits
from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.campaign.log import Entry, Log, tell
from cs_utils.grading.campaign.plain_report import SIGNS
from cs_utils.grading.classroom import feedback
from cs_utils.grading.classroom.material import material
from cs_utils.grading.classroom.records import TIME_LIMIT
from cs_utils.grading.classroom.sandbox import Hull
from cs_utils.grading.classroom.unit import Unit, grade
from cs_utils.progress import Progress, time_left

CLASS = ROOT / "tests" / "grading" / "classroom" / "hostile.py"
REPORT = Path(__file__).with_name("plain_report.py")
# They would take the memory and the processes of the machine that compares.
NOT_FOR_PLAIN = ("fills_the_memory", "starts_too_many_processes")
LONGEST = 240.0  # seconds that plain nbgrader gets for the hostile and one honest notebook; usually it takes 10
MEMORY, FILE = 6_000_000_000, 300_000_000  # bytes that one of its processes may use and write
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "plain"
c.Execute.timeout = 30
c.Execute.interrupt_on_timeout = True
c.Exchange.root = "/course/exchange"
"""
FOUND = ("stopped", "undeserved", "leaked", "harmed", "too few")


def run(folder: Path, every: int) -> int:
    """Grade each `every`-th hostile submission in both ways and print what came of it."""
    hostile = hostile_class()
    log, progress, began = Log(folder / "compare.jsonl"), Progress(), time.perf_counter()
    wanted = range(0, len(hostile.ATTACKS), every)
    missing = [i for i in log.missing(len(hostile.ATTACKS)) if i in wanted]
    progress.keep(f"{len(wanted) - len(missing)} of {len(wanted)} are done already; results: {log.path}")
    if missing:
        with tempfile.TemporaryDirectory(prefix="compare-") as name, Hull() as hull:
            course = Plain(Path(name), f"CANARY-{secrets.token_hex(8)}", hostile)
            course.make()
            os.environ["COURSE_CANARY"] = course.canary
            for done, i in enumerate(missing):
                left = time_left(done, len(missing) - done, time.perf_counter() - began)
                tell(progress, f"{done} of {len(missing)}{left}", keep=bool(done) and done % 10 == 0)
                attack = hostile.ATTACKS[i]
                entry: Entry = {"number": i, "name": attack.name, "kind": attack.kind}
                entry["ours"] = ours(hull, attack, hostile, course.canary)
                entry["plain"] = None if attack.name.startswith(NOT_FOR_PLAIN) else course.grade(attack)
                log.add(entry)
        progress.clear()
    entries = [entry for entry in log.entries if entry["number"] in wanted]
    print(table(entries))
    return int(any(entry["ours"][what] for entry in entries for what in FOUND))


def hostile_class() -> ModuleType:
    """Import the hostile class from tests/."""
    spec = importlib.util.spec_from_file_location("hostile", CLASS)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["hostile"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ours(hull: Hull, attack: Any, hostile: ModuleType, canary: str) -> dict[str, Any]:
    """Grade a hostile submission and an honest one after it; return what happened."""
    unit = Unit(attack.name, hostile.LESSON, _bytes(hostile, attack), seed=1)
    try:
        with _short_limits():
            record = grade(unit, hull)
        if record.status == TIME_LIMIT and record.points < attack.deserved:  # it needs those of a real class
            record = grade(unit, hull)
        honest = grade(Unit("honest", hostile.LESSON, _bytes(hostile, None), seed=2), hull)
    except Exception as error:
        return dict.fromkeys(FOUND, False) | {"stopped": True, "why": f"{type(error).__name__}: {error}"}
    notebook = nbformat.reads(record.notebook, as_version=4) if record.notebook else None
    shown = "".join(str(cell.get("outputs", "")) for cell in notebook.cells) if notebook else ""
    told = shown + feedback.page(record, notebook) + record.message
    return {
        "stopped": False,
        "undeserved": record.points > attack.deserved,
        "leaked": any(sign in told for sign in (canary, *SIGNS)),
        "harmed": honest.points != hostile.FULL,
        "too few": record.points < attack.deserved,
        "points": record.points,
    }


@contextmanager
def _short_limits() -> Iterator[None]:
    """Most of the class that is stopped computes or waits without end, and need not do so for minutes."""
    usual = limits.CELL, limits.NOTEBOOK, limits.GRACE
    limits.CELL, limits.NOTEBOOK, limits.GRACE = 4.0, 40.0, 2.0
    try:
        yield
    finally:
        limits.CELL, limits.NOTEBOOK, limits.GRACE = usual


def _bytes(hostile: ModuleType, attack: Any) -> bytes:
    return str(nbformat.writes(hostile.notebook_with(attack))).encode()


@dataclass
class Plain:
    """A course for plain nbgrader in a folder that is thrown away, with a canary wherever a student has no business."""

    folder: Path
    canary: str
    hostile: ModuleType

    @property
    def template(self) -> Path:
        return self.folder / "template"

    def make(self) -> None:
        """Make the course: released, and with one honest student who is graded already."""
        lesson = material(self.hostile.LESSON).lesson
        source = self.template / "source" / lesson.name / lesson.notebook
        source.parent.mkdir(parents=True)
        shutil.copyfile(lesson.solution, source)
        (self.template / "home").mkdir()
        (self.template / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
        self._hand_in(self.template, "a_honest", None)
        for command in ("generate_assignment", "autograde"):
            done = self._nbgrader(self.template, command)
            if done is None or done.returncode:
                raise RuntimeError(f"plain nbgrader does not work here: {done and done.stderr[-2000:]}")
        self.before = self._report(self.template, "a_honest")
        if self.before["scores"] != {"a_honest": self.hostile.FULL}:
            raise RuntimeError(f"an honest student does not get all points: {self.before}")

    def grade(self, attack: Any) -> dict[str, Any]:
        """Let nbgrader grade a hostile submission between honest ones; return what happened."""
        course = self.folder / "course"
        shutil.rmtree(course, ignore_errors=True)
        shutil.copytree(self.template, course)
        self._hand_in(course, "hostile", attack)
        self._hand_in(course, "z_honest", None)
        done = self._nbgrader(course, "autograde")
        found = self._report(course, "hostile")
        scores = found["scores"] or {}
        points = scores.get("hostile", 0.0)
        return {
            "stopped": done is None or (found["scores"] is not None and "z_honest" not in scores),
            "undeserved": points > attack.deserved,
            "leaked": bool(found["leaked"]),
            "harmed": found["scores"] is None
            or scores.get("a_honest") != self.hostile.FULL
            or scores.get("z_honest", self.hostile.FULL) != self.hostile.FULL
            or found["files"] != self.before["files"],
            "too few": points < attack.deserved,
            "points": points,
        }

    def _hand_in(self, course: Path, student: str, attack: Any) -> None:
        lesson = material(self.hostile.LESSON).lesson
        place = course / "submitted" / student / lesson.name
        place.mkdir(parents=True)
        notebook = self.hostile.notebook_with(attack)
        if attack is None:
            notebook.cells.append(nbformat.v4.new_markdown_cell(f"My own words: {self.canary}", id="own"))
        nbformat.write(notebook, place / lesson.notebook)

    def _nbgrader(self, course: Path, command: str) -> subprocess.CompletedProcess[str] | None:
        return self._run(course, "-m", "nbgrader", command, self.hostile.LESSON)

    def _report(self, course: Path, student: str) -> dict[str, Any]:
        """Read what a course holds now, in the sandbox as well: its gradebook may be a stranger's work."""
        name = material(self.hostile.LESSON).lesson.notebook
        done = self._run(
            course, "-c", REPORT.read_text(encoding="utf-8"), student, self.hostile.LESSON, name, self.canary
        )
        if done is None or done.returncode:
            return {"scores": None, "leaked": [], "files": None}
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def _run(self, course: Path, *arguments: str) -> subprocess.CompletedProcess[str] | None:
        """Run Python within the sandbox around the course; None if it takes too long."""
        line = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--tmpfs", "/tmp"]
        for path in ("/usr", "/lib", "/lib64", "/bin", "/etc"):
            if os.path.islink(path):
                line += ["--symlink", os.readlink(path), path]
            elif os.path.exists(path):
                line += ["--ro-bind", path, path]
        for path in sorted({sys.base_prefix, sys.prefix}):
            line += ["--ro-bind", path, path]
        line += ["--bind", str(course), "/course", "--ro-bind", str(ROOT / "cs_utils"), "/course/cs_utils"]
        line += ["--proc", "/proc", "--dev", "/dev", "--chdir", "/course"]
        variables = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": "/course/home", "LANG": "C.UTF-8"}
        variables |= {"PYTHONPATH": "/course", "COURSE_DATASET": "shapes10", "COURSE_CANARY": self.canary}
        variables |= {"PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        for name, value in variables.items():
            line += ["--setenv", name, value]
        try:
            return subprocess.run(
                [*line, sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=LONGEST,
                preexec_fn=_limit,
            )
        except subprocess.TimeoutExpired:
            return None


def _limit() -> None:
    for kind, number in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, FILE), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (number, number))


def table(entries: list[Entry]) -> str:
    """Return what came of both, by kind of attack: plain nbgrader's number, then ours."""
    both = [entry for entry in entries if entry["plain"] is not None]
    kinds = list(dict.fromkeys(entry["kind"] for entry in entries))
    rows = [_row(kind, [entry for entry in both if entry["kind"] == kind]) for kind in kinds]
    head = [
        "plain nbgrader / this grader",
        "submissions",
        "stopped",
        "undeserved",
        "leaked",
        "others harmed",
        "too few",
    ]
    text = tabulate([*rows, _row("all", both)], head, "simple", colalign=("left", *["right"] * 6))
    alone = [entry for entry in entries if entry["plain"] is None]
    bad = sum(bool(entry["ours"][what]) for entry in alone for what in FOUND)
    return (
        f"{text}\n\nstopped: the honest student after it was not graded; harmed: honest students and the gradebook.\n"
        f"By this grader alone, because they would harm the machine: {len(alone)}, with {bad} of these faults."
    )


def _row(name: str, entries: list[Entry]) -> list[Any]:
    numbers = [f"{sum(e['plain'][what] for e in entries)} / {sum(e['ours'][what] for e in entries)}" for what in FOUND]
    return [name, len(entries), *numbers]
