"""Grading on other machines: the same marks as on one, no shared disk, no mark lost with a machine; and TLS."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from course_copy import copy_course
from handed_in import CONVOLUTION, answered, code, find, released
from machines import connected

from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.campaign.kills import ENTRY
from cs_utils.grading.campaign.picture import picture
from cs_utils.grading.classroom.__main__ import main
from cs_utils.grading.classroom.sandbox import NoSandbox, try_sandbox

pytestmark = pytest.mark.long
L = CONVOLUTION.name
CLASS = 10
PATIENCE = 60.0  # seconds for a scheduler or a worker to be there
DASK = (sys.executable, "-m", "dask")
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8").splitlines()
SETTINGS = dict(line.removeprefix("export ").split("=") for line in PAGE if line.startswith("export DASK_"))
SCHEDULER = ("scheduler", "--no-dashboard")
WORKER = ("worker", "--nworkers", "1", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard")


@pytest.fixture(scope="module", autouse=True)
def sandbox():
    try:
        try_sandbox()
    except NoSandbox as reason:
        pytest.skip(f"no sandbox here: {reason}")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A small class: right answers, none, some; each takes a second."""
    folder = tmp_path_factory.mktemp("in")
    for number in range(CLASS):
        notebook = [answered, released, answered][number % 3]()
        if number % 3 == 2:
            find(notebook, "conv_layer").source = find(released(), "conv_layer").source
        notebook.cells.insert(0, code("import time\n\ntime.sleep(1)"))
        place = folder / f"student_{number}" / L
        place.mkdir(parents=True)
        (place / CONVOLUTION.notebook).write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def new_root(root: Path) -> Path:
    """A course with the secret that all of them have here."""
    (root / "grading").mkdir(parents=True)
    (root / "grading" / "secret").write_bytes(b"the same everywhere")
    return root


@pytest.fixture(scope="module")
def on_one_machine(handed_in, tmp_path_factory):
    root = new_root(tmp_path_factory.mktemp("one"))
    assert main(["--submitted", str(handed_in), "--assignment", L, "--workers", "2"], root) == 0
    return root


def until(condition, what, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def results(root):
    return list((root / "grading" / "results").glob("*/[!.]*.json"))


def test_two_machines_grade_as_one_does_and_one_of_them_may_die(handed_in, on_one_machine, tmp_path):
    """Each has a copy of the course, and sees nothing of the folder with the class and its marks."""
    folders = [tmp_path / name for name in ("driver", "first", "second")]
    for folder in folders:
        copy_course(folder, CONVOLUTION)
    driver, *others = made = connected(folders)
    try:
        new_root(folders[0])
        shutil.copytree(handed_in, folders[0] / "in")
        scheduler = f"tcp://{driver.address}:8786"
        plain = {name: value for name, value in SETTINGS.items() if "__COMM__" not in name}
        driver.start(folders[0], *DASK, *SCHEDULER, "--host", driver.address, **plain)
        workers = []
        for machine, folder in zip(others, folders[1:], strict=True):
            where = ("--host", machine.address, "--local-directory", str(folder))
            workers.append(machine.start(folder, *DASK, *WORKER, scheduler, *where))
        arguments = ("--submitted", "in", "--assignment", L, "--scheduler", scheduler)
        grading = driver.start(folders[0], sys.executable, "-m", "cs_utils.grading.classroom", *arguments)
        until(lambda: len(results(folders[0])) >= 2 or grading.poll() is not None, "nobody is graded")
        for process in [*psutil.Process(workers[0].pid).children(recursive=True), workers[0]]:
            process.kill()
        assert grading.wait(300) == 0, folders[0].with_suffix(".said.txt").read_text(encoding="utf-8")
    finally:
        for machine in made:
            machine.close()
    assert picture(folders[0] / "grading") == picture(on_one_machine / "grading")
    for folder in folders[1:]:
        assert not (folder / "grading").exists()
        assert not list(folder.rglob("*student_*"))


def test_the_machines_of_the_test_see_no_folder_of_another(tmp_path):
    """Else it would prove nothing."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        (folder / "own.txt").write_text(folder.name, encoding="utf-8")
    made = connected(folders)
    try:
        for machine, own, other in zip(made, folders, folders[::-1], strict=True):
            assert machine.start(own, "test", "-f", str(own / "own.txt")).wait() == 0
            assert machine.start(own, "test", "-f", str(other / "own.txt")).wait() == 1
            assert machine.start(own, "ping", "-c", "1", "-W", "2", made[0].address).wait() in (0, 127)
    finally:
        for machine in made:
            machine.close()


def certified(folder: Path) -> dict[str, str]:
    """Make an authority and a certificate by the commands of docs/cluster.md; return its settings for dask."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here")
    folder.mkdir()
    for command in [line for line in PAGE if line.startswith("openssl ")]:
        subprocess.run(["sh", "-c", command], cwd=folder, check=True, capture_output=True)
    return {name: value.replace("$PWD", str(folder)) for name, value in SETTINGS.items()}


@contextlib.contextmanager
def running(folder: Path, name: str, *command: str, **environment: str):
    """Run a command in the background as long as this context lasts."""
    with (folder / f"{name}.txt").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=said, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def can_connect(address: str, **environment: str) -> bool:
    code = f"from distributed import Client; print(Client({address!r}, timeout=5).scheduler_info()['id'])"
    return (
        subprocess.run([sys.executable, "-c", code], env=os.environ | environment, capture_output=True).returncode == 0
    )


def test_with_tls_only_those_with_a_certificate_take_part(handed_in, on_one_machine, tmp_path):
    ours, strangers = certified(tmp_path / "ours"), certified(tmp_path / "strangers")
    where = tmp_path / "scheduler.json"
    root = new_root(tmp_path / "root")
    local = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(where))
    with running(tmp_path, "scheduler", *DASK, *SCHEDULER, "--protocol", "tls", *local, **ours):
        until(where.is_file, "there is no scheduler")
        address = json.loads(where.read_text(encoding="utf-8"))["address"]
        assert address.startswith("tls://")
        assert can_connect(address, **ours)
        assert not can_connect(address, **strangers)
        assert not can_connect(address)
        assert not can_connect(address.replace("tls://", "tcp://"))
        with running(tmp_path, "worker", *DASK, *WORKER, address, "--local-directory", str(tmp_path), **ours):
            arguments = ["--submitted", str(handed_in), "--assignment", L, "--scheduler", address]
            done = subprocess.run(
                [sys.executable, "-c", ENTRY, str(root), *arguments],
                cwd=ROOT,
                env=os.environ | ours,
                capture_output=True,
                text=True,
            )
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture(root / "grading") == picture(on_one_machine / "grading")


def test_when_the_scheduler_dies_the_same_command_goes_on_with_another(handed_in, on_one_machine, tmp_path):
    root = new_root(tmp_path / "root")

    def grade(name):
        """Grade on a cluster; kill its scheduler after two results if it is the first."""
        where = tmp_path / f"{name}.json"
        local = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(where))
        with running(tmp_path, f"{name}-scheduler", *DASK, *SCHEDULER, *local) as scheduler:
            until(where.is_file, "there is no scheduler")
            address = json.loads(where.read_text(encoding="utf-8"))["address"]
            arguments = ["--submitted", str(handed_in), "--assignment", L, "--scheduler", address]
            worker = (*DASK, *WORKER, address, "--local-directory", str(tmp_path))
            with (
                running(tmp_path, f"{name}-worker", *worker),
                running(tmp_path, name, sys.executable, "-c", ENTRY, str(root), *arguments) as grading,
            ):
                if name == "first":
                    until(lambda: len(results(root)) >= 2 or grading.poll() is not None, "nobody is graded")
                    scheduler.kill()
                code = grading.wait(400)
        said = (tmp_path / f"{name}.txt").read_text(encoding="utf-8")
        assert "Traceback" not in said, said
        return code

    assert grade("first") == 1
    known = len(results(root))
    assert 2 <= known < CLASS
    assert grade("second") == 0
    assert picture(root / "grading") == picture(on_one_machine / "grading")
