"""What grading needs of this machine: these findings join those of `cs_utils.doctor`, in an instructor's copy."""

import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata

from cs_utils.doctor import ROOT, Finding, judge
from cs_utils.grading import limits
from cs_utils.system import usable_cores


def commands() -> Iterator[Finding]:
    yield judge(
        shutil.which("alembic") is not None,
        "alembic, which nbgrader calls by name",
        "Start through course.py, or activate the environment first, so that its commands are on PATH.",
    )


def sandbox() -> Iterator[Finding]:
    """Start one, and run a cell in it."""
    from cs_utils.grading.classroom.sandbox import NoSandbox, try_sandbox

    try:
        try_sandbox()
    except NoSandbox as reason:
        yield Finding(
            "--",
            f"no sandbox for submissions: {reason}",
            "On Linux install the package bubblewrap, and allow user namespaces; elsewhere see docs/grading.md. "
            "The sample class can be graded; strangers' work is refused.",
        )
        return
    yield Finding("OK", f"sandbox for submissions: a cell ran in it ({_first_line('bwrap', '--version')})")
    yield Finding(
        "OK",
        f"limits of a submission: {limits.MEMORY / 1e9:g} GB, {limits.CPU} s of computing, {limits.NOTEBOOK:g} s in "
        f"all, {limits.CELL:g} s per cell, {limits.PROCESSES} processes (cs_utils/grading/limits.py)",
    )


def gradebook() -> Iterator[Finding]:
    """Say what grades, where, and whether the secret that decides the hidden cases is there."""
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in ("nbgrader", "distributed", "sqlalchemy"))
    yield Finding("OK", f"grading on {usable_cores()} core(s), with {packages}")
    folder = ROOT / "grading"
    known = len(list(folder.glob("results/*/*.json")))
    if (folder / "secret").is_file():
        yield Finding("OK", f"grading/secret is there; {known} results are known")
    elif known:
        remedy = "Put it back from a copy. Else a new one is made, and decides the cases of later gradings."
        yield Finding("--", f"grading/secret is lost, from which the hidden cases of {known} results followed", remedy)
    else:
        yield Finding(
            "OK", "no class was graded yet; the first run makes grading/secret, which decides the hidden cases"
        )


def _first_line(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip().partition("\n")[0]


CHECKS = (commands, sandbox, gradebook)
