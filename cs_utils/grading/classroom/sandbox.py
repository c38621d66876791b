"""The sandbox, from outside: a hull made by bubblewrap, and in it one session per submission.

What is in the hull: the environment's Python and packages, `cs_utils` as students have it, and `inside`; all of it
read-only. There is no network, no other process, no home, no gradebook, no solution and no submission but one.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from cs_utils.grading import limits
from cs_utils.grading.classroom.inside import wire
from cs_utils.grading.classroom.session import Gone, Session

PACKAGE = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).resolve().parent / "inside"
NOT_FOR_STUDENTS = ("grading", "benchmark", "reference.py", "__pycache__")
SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/ld.so.conf")
VENV = "/venv"  # where a virtual environment is in the hull
START = 300.0  # seconds that a hull may take to start: there may be many on few processors


class NoSandbox(RuntimeError):
    """This machine has no working sandbox; the message says why."""


# How the hull comes to a /proc, which it needs to make namespaces; sessions see none. Within a container the kernel may
# allow no new one; then the container's own must do.
PROC = (("--proc", "/proc"), ("--bind", "/proc", "/proc"))


def command(control: int, proc: tuple[str, ...] = PROC[0], *more: str) -> list[str]:
    """Return the command that starts the process in the hull, which answers on the socket `control`.

    With "draw" among `more` it draws the data set of the lessons at once, for all submissions.
    """
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise NoSandbox("there is no bubblewrap (bwrap) on this machine")
    line = [bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    for path in SYSTEM:
        if os.path.islink(path):
            line += ["--symlink", os.readlink(path), path]
        elif os.path.exists(path):
            line += ["--ro-bind", path, path]
    line += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    python = sys.executable
    if sys.prefix != sys.base_prefix:  # a virtual environment works in any place: not in /tmp or a home, which are new
        line += ["--ro-bind", sys.prefix, VENV]
        python = f"{VENV}/{os.path.relpath(sys.executable, sys.prefix)}"
    for entry in sorted(PACKAGE.iterdir()):
        if entry.name not in NOT_FOR_STUDENTS:
            line += ["--ro-bind", str(entry), f"/course/cs_utils/{entry.name}"]
    line += ["--ro-bind", str(INSIDE), "/inside", *proc, "--dev", "/dev", "--tmpfs", "/tmp"]
    line += ["--dir", "/home/student", "--remount-ro", "/", "--chdir", "/"]
    for name, value in ENVIRONMENT.items():
        line += ["--setenv", name, value]
    return [*line, python, "-m", "inside.worker", str(control), *more]


ENVIRONMENT = {
    "PATH": "/nowhere",
    "HOME": "/home/student",
    "USER": "student",
    "LANG": "C.UTF-8",
    "PYTHONPATH": "/course:/",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "IPYTHONDIR": "/tmp/ipython",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "COURSE_DATASET": "shapes10",
    "NBGRADER_EXECUTION": "autograde",
}


class Hull:
    """A sandbox for one submission after the other. It starts when it is first needed, and anew if it was lost.

    With `draw` it draws the data set of the lessons when it first starts. Not again after a submission that had to be
    stopped, because there may be many.
    """

    def __init__(self, draw: bool = True) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self.more = ["draw"] if draw else []

    def __enter__(self) -> "Hull":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the process in the hull, and wait until it has imported all that notebooks use."""
        try:
            self._start(PROC[0])
        except NoSandbox as error:
            if "mount proc" not in str(error):
                raise
            self._start(PROC[1])

    def _start(self, proc: tuple[str, ...]) -> None:
        self.control, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as said:
            self.process = subprocess.Popen(
                command(theirs.fileno(), proc, *self.more),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            theirs.close()
            try:
                wire.receive(self.control, START)
            except wire.Broken as error:
                self.kill()
                said.seek(0)
                lines = said.read().decode(errors="replace").strip().splitlines() or [str(error)]
                raise NoSandbox(f"the sandbox did not start: {lines[-1]}") from error
        self.more = []

    def ready(self) -> None:
        """Start the process unless it is there."""
        if self.process is None or self.process.poll() is not None:
            self.kill()
            self.start()

    def kill(self) -> None:
        """End the hull and all that runs in it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if self.control is not None:
            self.control.close()
        self.process = self.control = None

    def open(self, files: dict[str, bytes]) -> Session:
        """Return a session for one submission, with these files beside its notebook."""
        self.ready()
        assert self.control is not None
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self.control, [b"s"], [theirs.fileno()])
            wire.send(self.control, order(files))
        return Session(self, ours)


def order(files: dict[str, bytes]) -> dict[str, Any]:
    """Return what a session is told when it begins."""
    return {
        "files": {name: np.frombuffer(content, np.uint8) for name, content in files.items()},
        "limits": {
            "memory": limits.MEMORY,
            "cpu": limits.CPU,
            "file": limits.FILE,
            "disk": limits.DISK,
            "processes": limits.PROCESSES,
            "descriptors": limits.DESCRIPTORS,
            "cell_output": limits.CELL_OUTPUT,
            "output": limits.OUTPUT,
        },
    }


def try_sandbox() -> None:
    """Raise NoSandbox, with the reason, unless a hull can be started here."""
    with Hull(draw=False) as hull:
        hull.start()
        session = hull.open({})
        try:
            if session.run_cell("1 + 1")["ok"] is not True:
                raise NoSandbox("a cell does not run in it")
        except Gone as gone:
            raise NoSandbox(str(gone)) from gone
        finally:
            session.close()


class OpenHull(Hull):
    """No sandbox: for submissions that are trusted, where there is no bubblewrap. Each runs in a process of its own.

    The process calls back on this machine's own network, because not every system lets it inherit a socket.
    """

    def ready(self) -> None:
        """Nothing is shared by two submissions here."""

    def open(self, files: dict[str, bytes]) -> Session:
        self.kill()
        token = secrets.token_hex(32)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(START)
            port = str(server.getsockname()[1])
            self.process = subprocess.Popen(
                [sys.executable, "-m", "inside.worker", "open", port],
                env={**os.environ, **OPEN_ENVIRONMENT, "PYTHONPATH": str(INSIDE.parent), "COURSE_TOKEN": token},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                channel, _ = server.accept()
                if wire.receive(channel, START).get("token") != token:
                    raise NoSandbox("something else answered in place of the submission's process")
                wire.send(channel, order(files))
            except (OSError, wire.Broken) as error:
                self.kill()
                raise NoSandbox(f"the submission's process did not start: {error}") from error
        return Session(self, channel)


# What submissions are told wherever they run.
OPEN_ENVIRONMENT = {
    name: ENVIRONMENT[name]
    for name in ("MPLBACKEND", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "COURSE_DATASET", "NBGRADER_EXECUTION")
}
