#!/usr/bin/env python3
"""Every command of the course: each makes .venv from the pins, if it is missing or out of date, and runs in it.

Needs nothing but Python 3.11 or newer. `python course.py --help` lists the commands.
"""

import sys

# The whole file keeps to syntax that Python 3.6 can read, so that its users see this sentence and no SyntaxError.
if sys.version_info < (3, 11):
    sys.exit(
        f"The course needs Python 3.11 or newer; this is Python {sys.version.split()[0]} ({sys.executable}).\n"
        "Run it with a newer one, for example: python3.13 course.py --help\n"
        "Newer Pythons come from python.org, from your system's packages or from conda."
    )

import argparse
import ast
import contextlib
import hashlib
import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / ("python.exe" if os.name == "nt" else "python"))
OLD_VENV = ROOT / ".venv.old"
RECORD = VENV / "course.json"
LOG = VENV / "setup.log"
REMEDY = f"Delete {VENV} and run this command again."

UV = "uv==0.13.9"
# What pip and uv may be told from outside: where packages come from and how the network is reached. What says which
# packages are installed, or where to (PIP_USER, PIP_TARGET, UV_CONSTRAINT), is meant for other environments.
PIP_HEARS = {
    *("index-url", "extra-index-url", "no-index", "find-links", "trusted-host", "keyring-provider", "proxy"),
    *("cert", "client-cert", "timeout", "default-timeout", "retries", "cache-dir", "no-cache-dir"),
}
UV_HEARS = (
    *("UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX", "UV_NO_INDEX", "UV_FIND_LINKS", "UV_INSECURE", "UV_KEYRING"),
    *("UV_HTTP", "UV_REQUEST", "UV_OFFLINE", "UV_CACHE", "UV_NO_CACHE", "UV_LINK", "UV_CONCURRENT", "UV_CREDENTIALS"),
)
STUDENT, INSTRUCTOR = "requirements.txt", "requirements-dev.txt"

# command: (its pins, the module that it runs, what it does)
COMMANDS = {
    "lab": (STUDENT, "jupyterlab", "open JupyterLab on notebooks/"),
    "check": (STUDENT, "cs_utils.checks", "check your own answers, with the same messages as in the notebook"),
    "submit": (STUDENT, "cs_utils.desk.submit", "say what is open, then pack a lesson into one zip to hand in"),
    "reset": (STUDENT, "cs_utils.desk.reset", "begin an exercise or a lesson anew; what was there is kept"),
    "update": (STUDENT, "cs_utils.desk.update", "take in a newer copy of the course; what you have written stays"),
    "data": (STUDENT, "cs_utils.datasets", "fetch CIFAR-10, or take in a copy that is here already"),
    "play": (STUDENT, "cs_utils.play", "write your trained net as one HTML file, to play with or to send to a friend"),
    "new": (INSTRUCTOR, "cs_utils.grading.authoring.new", "add an exercise: its files and cells, to be filled in"),
    "try": (INSTRUCTOR, "cs_utils.grading.authoring.trial", "try an exercise in seconds, and say what is missing"),
    "build": (INSTRUCTOR, "cs_utils.grading.authoring", "lessons -> solutions -> notebooks; --check only compares"),
    "grade": (INSTRUCTOR, "cs_utils.grading.classroom", "grade a class; with none given, the sample class"),
    "marks": (INSTRUCTOR, "cs_utils.grading.classroom.marks", "take marks given by hand into tables and pages"),
    "similar": (INSTRUCTOR, "cs_utils.grading.classroom.similar", "list pairs of similar answers to look at"),
    "export": (INSTRUCTOR, "cs_utils.grading.classroom.export", "fill marks into a file of Canvas or Moodle"),
    "publish": (INSTRUCTOR, "cs_utils.grading.authoring.publish", "write the students' copy to a new folder"),
    "site": (INSTRUCTOR, "cs_utils.grading.site", "write the course's website to a folder"),
    "test": (INSTRUCTOR, "tests", "run everything that CI runs"),
    "doctor": (INSTRUCTOR, "cs_utils.doctor", "say what works on this machine, and what to do about what does not"),
}

# step of `test`: the module and its arguments
STEPS = {
    "lint": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "types": ["mypy", "cs_utils"],
    "build": ["cs_utils.grading.authoring", "--check"],
    # by file: fixtures that set the course up or grade a class run once; their files take longest, so they come early
    "tests": [
        *["pytest", "tests", "--ignore=tests/real_images"],
        *["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations=40", "--durations-min=5"],
    ],
    "notebooks": [
        *["pytest", "--nbval", "solutions", "-n", "2", "--dist", "loadscope", "--nbval-current-env"],
        *["--nbval-cell-timeout", "600", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"],
        *["-p", "tests.cell_times"],
    ],
    # -rP: what they print of accuracies is to be read where they pass, too
    "real-images": ["pytest", "-p", "tests.cell_times", "tests/real_images", "-n", "2", "--dist", "loadfile", "-rP"],
}


class Trouble(Exception):
    """Something that the person at the keyboard can put right; its text says how."""


def say(text: str) -> None:
    print(text, flush=True)


def environment() -> dict[str, str]:
    """Return the variables for a program in .venv: its own commands first, no modules from elsewhere."""
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    variables["VIRTUAL_ENV"] = str(VENV)
    variables["PATH"] = str(BIN) + os.pathsep + variables.get("PATH", "")
    variables["PIP_USER"] = "0"  # "1", or user = true in pip.conf, would stop `pip install` in a notebook
    return variables


def installers_environment() -> dict[str, str]:
    """Return the variables for pip and uv, which hear of outside only what concerns the network."""
    variables = environment()
    command = [PYTHON, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, env=variables, capture_output=True, text=True, errors="replace")
    heard = {name: value for name, value in variables.items() if name.startswith(UV_HEARS)}
    rest = {name: value for name, value in variables.items() if not name.startswith(("PIP_", "UV_"))}
    # pip's own order: a command's section counts for more than [global], a variable for more than both.
    for section in ("global", "install", ":env:"):
        for line in listing.stdout.splitlines():
            name, _, value = line.partition("=")
            option = name[len(section) + 1 :]
            if name.startswith(section + ".") and option in PIP_HEARS:
                heard["PIP_" + option.upper().replace("-", "_")] = ast.literal_eval(value)
    return {**rest, **heard, "PIP_CONFIG_FILE": os.devnull}


# ---- .venv: made once, by one process at a time ----------------------------------------------------------------------


def fingerprint(pins: str) -> str:
    """Return a hash of all that decides what is installed from `pins`."""
    files = {
        ROOT / "pyproject.toml",
        ROOT / "hatch_build.py",
        ROOT / "cs_utils" / "__init__.py",  # the version
        ROOT / STUDENT,
        ROOT / pins,
        VENV / "pyvenv.cfg",
        *ROOT.glob("jupyter_config/*.json"),
    }
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in sorted(files))).hexdigest()


def read_record() -> dict[str, str] | None:
    """Return {pins: fingerprint} of what .venv has, None if there is no .venv or its set-up was cut off.

    Raises
    ------
    Trouble
        If .venv is not usable. It is not deleted, because somebody else may have made it.
    """
    if os.path.lexists(VENV) and not VENV.is_dir():
        raise Trouble(f".venv is not a folder. {REMEDY}")
    if not VENV.exists() or not any(VENV.iterdir()):
        return None
    if not RECORD.is_file():
        raise Trouble(f"There is a .venv that course.py did not make. {REMEDY}")
    try:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
        home: str = record["home"]
        installed: dict[str, str] | None = record["installed"]
    except (ValueError, LookupError, TypeError):
        raise Trouble(f"The .venv is broken: {RECORD.name} in it cannot be read. {REMEDY}") from None
    if home != str(ROOT):
        raise Trouble(f"This .venv was made for the folder {home} and works only there. {REMEDY}")
    if installed is not None and not is_alive():
        raise Trouble(f"The .venv is broken: its Python or its packages are gone. {REMEDY}")
    return installed


def write_record(installed: dict[str, str] | None) -> None:
    """Note what .venv has; None while it is being changed, which is how a set-up that was cut off is recognised."""
    temporary = RECORD.with_suffix(".tmp")
    temporary.write_text(json.dumps({"home": str(ROOT), "installed": installed}), encoding="utf-8")
    os.replace(temporary, RECORD)


def is_alive() -> bool:
    probe = "from importlib.metadata import version; version('cs-utils'), version('jupyterlab')"
    try:
        return subprocess.run([PYTHON, "-Ic", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def set_up(pins: str) -> None:
    """Bring .venv up to `pins`; return at once if it is."""

    def is_current(installed: dict[str, str] | None) -> bool:
        return installed is not None and installed.get(pins) == fingerprint(pins)

    # Another process may be changing .venv just now: only who holds the lock can say what is wrong with it.
    with contextlib.suppress(Trouble, OSError):
        if is_current(read_record()):
            return
    with only_one() as lock:
        installed = read_record()
        if is_current(installed):
            return
        if installed is None:
            make_venv(lock)
        write_record(None)
        try:
            install(pins, lock)
        except Trouble:
            if installed is not None:  # still true: the installers fetch everything before they change anything
                write_record(installed)
            raise
        write_record({**(installed or {}), STUDENT: fingerprint(STUDENT), pins: fingerprint(pins)})


@contextlib.contextmanager
def only_one() -> Iterator[IO[bytes]]:
    """Hold the set-up's lock; the system frees it when its holders end, however they end."""
    with open(ROOT / ".venv.lock", "a+b") as lock:
        if not try_lock(lock):
            say("Another course.py is setting up .venv; waiting for it ...")
            while not try_lock(lock):
                time.sleep(0.5)
        yield lock


def try_lock(lock: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def make_venv(lock: IO[bytes]) -> None:
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        debian = f"sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        remedy = debian if shutil.which("apt-get") else "see your system's packages, or take a Python from python.org"
        raise Trouble(f"{sys.executable} has no module venv. Install it ({remedy}) and run this command again.")
    if VENV.exists():
        say("An earlier set-up was cut off; starting over.")
        shutil.rmtree(OLD_VENV, ignore_errors=True)  # what could not be removed then, as files in use on Windows
        os.replace(VENV, OLD_VENV)  # in one step: a half-deleted folder would look like somebody else's
    shutil.rmtree(OLD_VENV, ignore_errors=True)
    VENV.mkdir()
    write_record(None)
    say(f"Making .venv with Python {sys.version.split()[0]} ...")
    base = getattr(sys, "_base_executable", sys.executable)  # not the Python of a .venv that has just been removed
    if not run_logged([base, "-m", "venv", str(VENV)], lock, environment()):
        raise Trouble(f"Making .venv failed: {last_line()}\nThe full log is {LOG}.")


def install(pins: str, lock: IO[bytes]) -> None:
    lines = [line for file in {STUDENT, pins} for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    say(f"Installing about {sum('==' in line for line in lines)} packages, once; this takes a minute or two ...")
    LOG.unlink(missing_ok=True)
    began = time.monotonic()
    variables = installers_environment()
    wanted = ["-r", pins, "-e", "."]
    get_uv = [PYTHON, "-m", "pip", "install", "--retries", "1", UV]
    # The system's certificates: those of a company's proxy are there, and not among uv's own. Bytecode is compiled now,
    # as pip does it too: where it is never written later, each start would compile everything anew.
    use_uv = [PYTHON, "-m", "uv", "pip", "install", "--system-certs", "--compile-bytecode", "--python", PYTHON]
    use_uv += ["--reinstall-package", "cs-utils", *wanted]
    # uv.toml may send packages elsewhere, so whether they are in .venv is seen there.
    if not (run_logged(get_uv, lock, variables) and run_logged(use_uv, lock, variables) and is_alive()):
        say("uv did not work here; trying pip, which is slower ...")
        if not run_logged([PYTHON, "-m", "pip", "install", *wanted], lock, variables):
            raise Trouble(why_not_installed())
    say(f"Installed in {time.monotonic() - began:.0f} s.")


def run_logged(command: list[str], lock: IO[bytes], variables: dict[str, str]) -> bool:
    """Run an installer, its output to the log, a dot on the screen every five seconds; return whether it succeeded."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        # The empty lock file is its standard input: the lock holds until it ends, even if this process is killed.
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdin=lock, stdout=log, stderr=subprocess.STDOUT)
        dots = False
        while True:
            try:
                code = process.wait(timeout=5)
                break
            except subprocess.TimeoutExpired:
                print(".", end="", flush=True)
                dots = True
        if dots:
            say("")
        return code == 0


def last_line() -> str:
    lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1] if lines else "no output"


def why_not_installed() -> str:
    text = LOG.read_text(encoding="utf-8", errors="replace")
    if "No space left" in text:
        reason = "the disk is full. Make some room"
    elif "CERTIFICATE_VERIFY_FAILED" in text:
        reason = "a certificate on the way to the package index is not trusted. Name the file that your network's\n"
        reason += "administrators give you for that in the variable PIP_CERT"
    elif "connection" in text.lower() or "Retrying" in text:
        reason = "no connection to the package index. Connect to the network (behind a proxy, set HTTPS_PROXY)"
    else:
        reason = f"{last_line()}\nPut that right"
    return f"The packages could not be installed: {reason} and run this command again.\nThe full log is {LOG}."


# ---- the commands ----------------------------------------------------------------------------------------------------


def offered() -> dict[str, tuple[str, str, str]]:
    """Return the commands that this copy of the course has; a student's has no grading and no tests."""

    def is_here(module: str) -> bool:
        path = ROOT.joinpath(*module.split("."))
        return module == "jupyterlab" or path.is_dir() or path.with_suffix(".py").is_file()

    return {name: command for name, command in COMMANDS.items() if is_here(command[1])}


def usage() -> str:
    lines = "".join(f"  {name:<9}{explanation}\n" for name, (_, _, explanation) in offered().items())
    return (
        f"usage: python course.py COMMAND [options]\n\n{lines}\n"
        "Each makes .venv first if it is missing or out of date. Its options: python course.py COMMAND --help"
    )


def hand_over(arguments: list[str]) -> int:
    """Become the Python of .venv with these arguments; on Windows, run it and return its exit code."""
    sys.stdout.flush()
    if os.name == "nt":
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program
        return subprocess.run([PYTHON, *arguments], env=environment()).returncode
    os.execve(PYTHON, [PYTHON, *arguments], environment())


def lab(arguments: list[str]) -> int:
    os.chdir(ROOT)  # Validate reads nbgrader_config.py from the folder that JupyterLab was started in
    if "grade" in offered():
        (ROOT / "grading").mkdir(exist_ok=True)  # for formgrader's gradebook
    folders = [f"--ServerApp.root_dir={ROOT}", f"--FileContentsManager.preferred_dir={ROOT / 'notebooks'}"]
    begun = subprocess.run([PYTHON, "-P", "-m", "cs_utils.desk.start"], env=environment()).returncode == 0
    start = ["--LabApp.default_url=/lab/tree/START.md"] if begun else []
    return hand_over(["-m", "jupyterlab", *folders, *start, *arguments])


def test(only: str | None) -> int:
    """Run the steps, all of them even where one fails; return 1 if one did."""
    results = []
    for step in [only] if only else STEPS:
        command = " ".join(STEPS[step])
        variables = environment()
        if step == "real-images" and "CIFAR10_DIR" not in variables:
            results.append((step, "skipped", 0.0, "CIFAR10_DIR is not set: lesson 06 was not run on the real images"))
            continue
        if "-n" in STEPS[step]:  # two processes share the cores: more threads than cores would wait for one another
            variables.setdefault("OPENBLAS_NUM_THREADS", "1")
        if step == "notebooks":  # what is committed was executed on the stand-in
            variables.pop("CIFAR10_DIR", None)
            variables["COURSE_DATASET"] = "shapes10"
        say(f"\n==== {step}: python -m {command}")
        began = time.monotonic()
        code = subprocess.run([PYTHON, "-m", *STEPS[step]], cwd=ROOT, env=variables).returncode
        results.append((step, "FAILED" if code else "ok", time.monotonic() - began, f"python -m {command}"))
    say("\n==== summary")
    for step, result, seconds, note in results:
        say(f"  {result:<8} {step:<12} {seconds:6.1f} s   {note}")
    return int(any(result == "FAILED" for _, result, _, _ in results))


def main(arguments: list[str]) -> int:
    commands = offered()
    if not arguments or arguments[0] in ("-h", "--help"):
        say(usage())
        return 0
    name, *rest = arguments
    if name not in commands:
        say(f"There is no command {name!r} here.\n\n{usage()}")
        return 2
    pins, module, explanation = commands[name]
    if name == "test":
        parser = argparse.ArgumentParser(prog="course.py test", description=explanation)
        parser.add_argument("--only", choices=STEPS, help="run this step alone")
        only = parser.parse_args(rest).only
    set_up(pins if (ROOT / pins).exists() else STUDENT)
    if name == "test":
        return test(only)
    if name == "lab":
        return lab(rest)
    return hand_over(["-P", "-m", module, *rest])  # not what lies in the folder of the call


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a screen may lack letters that are in a folder's name
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(f"course.py cannot go on: {error}")
    except KeyboardInterrupt:
        sys.exit("Interrupted. The next call goes on from a clean state.")
