"""Pyodide, where this machine has it: for tests in a browser, and without one, in Node."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cs_utils.datasets.download import cache_folder
from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.site import pyodide

_IS_HERE = "PYODIDE_DIR" in os.environ or (cache_folder() / f"pyodide-{pyodide.VERSION}" / pyodide.LOCK).is_file()
NEEDS_PYODIDE = pytest.mark.skipif(not _IS_HERE, reason="Pyodide is neither in PYODIDE_DIR nor in the cache")
NODE = shutil.which("node")
NEEDS_NODE = pytest.mark.skipif(NODE is None, reason="no node on this machine")
PROGRAMS = ROOT / "tests" / "in_node"
LONGEST = 3000  # seconds


def run_in_node(
    program: str, *arguments: str, python: Path, packages: tuple[str, ...], folders: dict[str, Path]
) -> None:
    """Run a program of tests/in_node in Pyodide, and fail with what it wrote if it does not come to its end.

    Parameters
    ----------
    program : str
        Its file's name.
    *arguments : str
    python : Path
        The folder that Pyodide is in, with all that `packages` name.
    packages : tuple of str
        What is loaded at the start.
    folders : dict of str to Path
        The folders of this machine that the program sees, by where it sees them.
    """
    assert NODE is not None
    places = json.dumps({place: str(folder) for place, folder in folders.items()})
    command = [NODE, str(PROGRAMS / "run.mjs"), str(python), json.dumps(packages), places, str(PROGRAMS / program)]
    ran = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=LONGEST
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
