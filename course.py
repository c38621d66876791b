#!/usr/bin/env python3
"""The course's one door: makes .venv from the pins where it is missing or out of date, then runs a command in it.

Needs nothing but Python 3.11 or newer. `python course.py --help` lists the commands.
"""

import sys

# The whole file keeps to syntax that Python 3.6 can read, so that this sentence is what its user sees.
if sys.version_info < (3, 11):
    sys.exit(
        f"The course needs Python 3.11 or newer; this is Python {sys.version.split()[0]} ({sys.executable}).\n"
        "Run it with a newer one, for example: python3.13 course.py --help\n"
        "Newer Pythons come from python.org, from your system's packages or from conda."
    )

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / ("python.exe" if os.name == "nt" else "python"))
REFUSE = ROOT / ".venv.old"
RECORD = VENV / "course.json"
LOG = VENV / "setup.log"
REMEDY = f"Delete {VENV} and run this command again."

UV = "uv==0.13.9"
STUDENT, INSTRUCTOR = "requirements.txt", "requirements-dev.txt"

# command: (its pins, the module that it runs, what it does)
COMMANDS = {
    "lab": (STUDENT, "jupyterlab", "open JupyterLab on notebooks/"),
    "check": (STUDENT, "cs_utils.checks", "check your own answers, with the same messages as in the notebook"),
    "build": (INSTRUCTOR, "cs_utils.grading.authoring", "lessons -> solutions -> notebooks; --check only compares"),
    "grade": (INSTRUCTOR, "cs_utils.grading.classroom", "grade a class; with none given, the sample class"),
    "publish": (INSTRUCTOR, "cs_utils.grading.authoring.publish", "write the students' copy to a new folder"),
    "test": (INSTRUCTOR, "tests", "run everything that CI runs"),
    "doctor": (INSTRUCTOR, "cs_utils.doctor", "say what works on this machine, and what to do about what does not"),
}

# step of `test`: the module and its arguments
STEPS = {
    "lint": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "types": ["mypy", "cs_utils"],
    "build": ["cs_utils.grading.authoring", "--check"],
    # by file: fixtures that set the course up or grade a class run once; these files come early, for they take longest
    "tests": [
        *["pytest", "tests", "--ignore=tests/real_images"],
        *["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"],
    ],
    "notebooks": [
        *["pytest", "--nbval", "solutions", "-n", "2", "--dist", "loadscope", "--nbval-current-env"],
        *["--nbval-cell-timeout", "600", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"],
        *["-p", "tests.cell_times"],
    ],
    "real-images": ["pytest", "-p", "tests.cell_times", "tests/real_images", "-s"],
}


class Trouble(Exception):
    """Something that the person at the keyboard can put right; its text says how."""


def say(text: str) -> None:
    print(text, flush=True)


def environment() -> dict:
    """Return the variables for a program in .venv: its own commands first, no modules from elsewhere."""
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    variables["VIRTUAL_ENV"] = str(VENV)
    variables["PATH"] = str(BIN) + os.pathsep + variables.get("PATH", "")
    return variables


# ---- .venv: made once, by one process at a time ----------------------------------------------------------------------


def fingerprint(pins: str) -> str:
    """Return a hash of all that decides what is installed from `pins`."""
    files = {
        ROOT / "pyproject.toml",
        ROOT / STUDENT,
        ROOT / pins,
        VENV / "pyvenv.cfg",
        *ROOT.glob("jupyter_config/*.json"),
    }
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in sorted(files))).hexdigest()


def read_record():
    """Return {pins: fingerprint} of what .venv has, None where there is no .venv or a set-up was cut off.

    Raises
    ------
    Trouble
        Where .venv is not usable. It is not deleted, for it may not be ours.
    """
    if os.path.lexists(VENV) and not VENV.is_dir():
        raise Trouble(f".venv is no folder. {REMEDY}")
    if not VENV.exists() or not any(VENV.iterdir()):
        return None
    if not RECORD.is_file():
        raise Trouble(f"There is a .venv that course.py did not make. {REMEDY}")
    try:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
        home, installed = record["home"], record["installed"]
    except (ValueError, LookupError, TypeError):
        raise Trouble(f"The .venv is broken: {RECORD.name} in it cannot be read. {REMEDY}") from None
    if home != str(ROOT):
        raise Trouble(f"This .venv was made for the folder {home} and works only there. {REMEDY}")
    if installed is not None and not is_alive():
        raise Trouble(f"The .venv is broken: its Python or its packages are gone. {REMEDY}")
    return installed


def write_record(installed) -> None:
    """Note what .venv has; None while it is being changed, so that a set-up that was cut off is known as such."""
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
    """Bring .venv up to `pins`; return at once where it is."""

    def is_current(installed) -> bool:
        return installed is not None and installed.get(pins) == fingerprint(pins)

    # Another process may be at work on .venv just now: what is wrong with it can be told only with the lock.
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
            if installed is not None:  # the installers fetch everything before they change anything
                write_record(installed)
            raise
        write_record({**(installed or {}), STUDENT: fingerprint(STUDENT), pins: fingerprint(pins)})


@contextlib.contextmanager
def only_one():
    """Hold the set-up's lock; the system frees it when its holders end, however they end."""
    with open(ROOT / ".venv.lock", "a+b") as lock:
        if not try_lock(lock):
            say("Another course.py is setting up .venv; waiting for it ...")
            while not try_lock(lock):
                time.sleep(0.5)
        yield lock


def try_lock(lock) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def make_venv(lock) -> None:
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        debian = f"sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        remedy = debian if shutil.which("apt-get") else "see your system's packages, or take a Python from python.org"
        raise Trouble(f"{sys.executable} has no module venv. Install it ({remedy}) and run this command again.")
    if VENV.exists():
        say("An earlier set-up was cut off; starting over.")
        os.replace(VENV, REFUSE)  # in one step: a folder that is half gone would look like somebody else's
    shutil.rmtree(REFUSE, ignore_errors=True)
    VENV.mkdir()
    write_record(None)
    say(f"Making .venv with Python {sys.version.split()[0]} ...")
    base = getattr(sys, "_base_executable", sys.executable)  # not the Python of a .venv that has just been removed
    if not run_logged([base, "-m", "venv", str(VENV)], lock):
        raise Trouble(f"Making .venv failed: {last_line()}\nThe whole story is in {LOG}.")


def install(pins: str, lock) -> None:
    lines = [line for file in {STUDENT, pins} for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    say(f"Installing about {sum('==' in line for line in lines)} packages, once; this takes a minute or two ...")
    LOG.unlink(missing_ok=True)
    began = time.monotonic()
    wanted = ["-r", pins, "-e", "."]
    get_uv = [PYTHON, "-m", "pip", "install", "--retries", "1", UV]
    # Compiled now, as pip does it too; where bytecode is never written, each start would compile all of it anew.
    use_uv = [PYTHON, "-m", "uv", "pip", "install", "--compile-bytecode", "--python", PYTHON]
    use_uv += ["--reinstall-package", "cs-utils", *wanted]
    if not (run_logged(get_uv, lock) and run_logged(use_uv, lock)):
        say("uv did not work here; trying pip, which is slower ...")
        if not run_logged([PYTHON, "-m", "pip", "install", *wanted], lock):
            raise Trouble(why_not_installed())
    say(f"Installed in {time.monotonic() - began:.0f} s.")


def run_logged(command: list, lock) -> bool:
    """Run an installer, its output to the log, a dot on the screen every five seconds; return whether it succeeded."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        # The empty lock file is its standard input: the lock holds until it ends, even where this process was killed.
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=lock, stdout=log, stderr=subprocess.STDOUT
        )
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
    elif "connection" in text.lower() or "Retrying" in text:
        reason = "no connection to the package index. Connect to the network (behind a proxy, set HTTPS_PROXY)"
    else:
        reason = f"{last_line()}\nPut that right"
    return f"The packages could not be installed: {reason} and run this command again.\nThe whole story is in {LOG}."


# ---- the commands ----------------------------------------------------------------------------------------------------


def offered() -> dict:
    """Return the commands that this copy of the course has; a student's has no grading and no tests."""

    def is_here(module: str) -> bool:
        path = ROOT.joinpath(*module.split("."))
        return module == "jupyterlab" or path.is_dir() or path.with_suffix(".py").is_file()

    return {name: command for name, command in COMMANDS.items() if is_here(command[1])}


def usage() -> str:
    lines = "".join(f"  {name:<9}{explanation}\n" for name, (_, _, explanation) in offered().items())
    return (
        f"usage: python course.py COMMAND [options]\n\n{lines}\n"
        "Each makes .venv first, where it is missing or out of date. Its options: python course.py COMMAND --help"
    )


def hand_over(arguments: list) -> int:
    """Become the Python of .venv with these arguments; where a process cannot, run it and return its exit code."""
    sys.stdout.flush()
    if os.name == "nt":
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the program's business now
        return subprocess.run([PYTHON, *arguments], env=environment()).returncode
    os.execve(PYTHON, [PYTHON, *arguments], environment())


def lab(arguments: list) -> int:
    os.chdir(ROOT)  # Validate reads nbgrader_config.py from the folder that JupyterLab was started in
    folders = [f"--ServerApp.root_dir={ROOT}", f"--FileContentsManager.preferred_dir={ROOT / 'notebooks'}"]
    return hand_over(["-m", "jupyterlab", *folders, *arguments])


def test(only) -> int:
    """Run the steps, all of them even where one fails; return 1 if one did."""
    results = []
    for step in [only] if only else STEPS:
        command = " ".join(STEPS[step])
        variables = environment()
        if step == "real-images" and "CIFAR10_DIR" not in variables:
            results.append((step, "skipped", 0.0, "CIFAR10_DIR is not set: lesson 06 was not run on the real images"))
            continue
        if "-n" in STEPS[step]:  # two processes share the cores: more threads than cores would wait for each other
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


def main(arguments: list) -> int:
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
    return hand_over(["-m", module, *rest])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(f"course.py cannot go on: {error}")
    except KeyboardInterrupt:
        sys.exit("Interrupted. The next call goes on from a clean state.")
