"""What all tests on the real images share: a lesson executed there, its cells' times noted."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from cell_times import PROPERTY, times_of, too_slow
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]


@pytest.fixture
def executed_on_photos(tmp_path, monkeypatch, record_property) -> Callable[[str], nbformat.NotebookNode]:
    """A function from a lesson's number to its solution, executed in `tmp_path` on CIFAR-10, every cell in time."""
    if not os.environ.get("CIFAR10_DIR"):
        pytest.skip("CIFAR10_DIR names no copy of CIFAR-10")
    for name in ("COURSE_DATASET", "NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(name, raising=False)

    def execute(number: str) -> nbformat.NotebookNode:
        [built] = ROOT.glob(f"solutions/{number}_*/*.ipynb")
        notebook = nbformat.read(shutil.copy(built, tmp_path), as_version=4)
        where, quiet = {"metadata": {"path": tmp_path}}, ["--log-level=ERROR"]
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources=where, extra_arguments=quiet).execute()
        times = times_of(notebook, f"{built.parent.name} on CIFAR-10")
        for time in times:
            record_property(PROPERTY, time)
        assert not [sentence for time in times if (sentence := too_slow(time))]
        return notebook

    return execute
