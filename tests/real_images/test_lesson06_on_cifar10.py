"""Lesson 06 on the real images: its net, trained by the notebook's own functions within the lesson's time."""

import re

from cs_utils.files import load_arrays
from cs_utils.grading import exam


def test_the_notebooks_own_functions_reach_58_percent_in_time(executed_on_photos, tmp_path):
    notebook = executed_on_photos("06")
    output = "\n".join(str(part) for cell in notebook.cells for part in cell.get("outputs", []))
    printed = re.search(r"test accuracy on CIFAR-10: ([\d.]+)%", output)
    assert printed is not None, "the lesson printed no test accuracy on CIFAR-10"
    parameters, info = load_arrays(tmp_path / "convnet.npz")
    seconds = info["history"]["seconds"][-1]
    size = sum(value.size for value in parameters.values())
    print(f"lesson 06 on CIFAR-10: {size:,} parameters, test accuracy {printed[1]} %, trained in {seconds:.0f} s")
    assert size == 31_066
    assert info["dataset"] == "CIFAR-10"
    assert float(printed[1]) >= 58
    assert exam("trained_net", tmp_path / "convnet.npz") == 3.0
