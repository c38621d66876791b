"""Lesson 07 on the real images: what its text reads from the picture of section 10 is true there too, and in time."""

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from cell_times import PROPERTY, times_of, too_slow
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not os.environ.get("CIFAR10_DIR"), reason="CIFAR10_DIR names no copy of CIFAR-10")


def test_structure_beats_size_on_photos_in_time(tmp_path, monkeypatch, capsys, record_property):
    [built] = ROOT.glob("solutions/07_*/*.ipynb")
    notebook = nbformat.read(shutil.copy(built, tmp_path), as_version=4)
    for name in ("COURSE_DATASET", "NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(name, raising=False)
    where, quiet = {"metadata": {"path": tmp_path}}, ["--log-level=ERROR"]
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=where, extra_arguments=quiet).execute()

    times = times_of(notebook, f"{built.parent.name} on CIFAR-10")
    for time in times:
        record_property(PROPERTY, time)
    assert not [sentence for time in times if (sentence := too_slow(time))]

    output = "".join(str(part.get("text", "")) for cell in notebook.cells for part in cell.get("outputs", []))
    printed = re.findall(r"^(\S+) +([\d,]+) parameters, test accuracy (\d+)%$", output, re.M)
    with capsys.disabled():
        print("\nlesson 07 on CIFAR-10: " + ", ".join(f"{net} {right} %" for net, _, right in printed))
    assert "Data set: CIFAR-10" in output
    assert len(printed) == 8, "the lesson trains eight nets"
    accuracy = {net: int(right) for net, _, right in printed}
    connected = max(right for net, right in accuracy.items() if net.startswith("fc"))
    assert accuracy["conv12-relu-pool-fc"] > connected + 5
    assert accuracy["(conv8-relu-pool)*2-fc"] > connected + 3
    assert accuracy["(conv8-relu-pool)*3-fc"] > connected - 2
