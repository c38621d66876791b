"""Lesson 06 on the real images: its net, trained by the notebook's own functions within the lesson's time."""

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from cell_times import PROPERTY, times_of, too_slow
from nbclient import NotebookClient

from cs_utils.files import load_arrays
from cs_utils.grading import exam

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not os.environ.get("CIFAR10_DIR"), reason="CIFAR10_DIR names no copy of CIFAR-10")


def test_the_notebooks_own_functions_reach_58_percent_in_time(tmp_path, monkeypatch, capsys, record_property):
    [built] = ROOT.glob("solutions/06_*/*.ipynb")
    notebook = nbformat.read(shutil.copy(built, tmp_path), as_version=4)
    for name in ("COURSE_DATASET", "NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(name, raising=False)
    where, quiet = {"metadata": {"path": tmp_path}}, ["--log-level=ERROR"]
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=where, extra_arguments=quiet).execute()

    times = times_of(notebook, f"{built.parent.name} on CIFAR-10")
    for time in times:
        record_property(PROPERTY, time)
    assert not [sentence for time in times if (sentence := too_slow(time))]

    output = "\n".join(str(part) for cell in notebook.cells for part in cell.get("outputs", []))
    printed = re.search(r"test accuracy on CIFAR-10: ([\d.]+)%", output)
    assert printed is not None, "the lesson printed no test accuracy on CIFAR-10"
    parameters, info = load_arrays(tmp_path / "convnet.npz")
    seconds = info["history"]["seconds"][-1]
    with capsys.disabled():
        size = sum(value.size for value in parameters.values())
        print(f"\nlesson 06 on CIFAR-10: {size:,} parameters, test accuracy {printed[1]} %, trained in {seconds:.0f} s")
    assert size == 31_066
    assert info["dataset"] == "CIFAR-10"
    assert float(printed[1]) >= 58
    assert exam("trained_net", tmp_path / "convnet.npz") == 3.0
