"""The course's package where Python has no threads, no downloads and no other processes: as in a browser."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cs_utils.grading.site.wheel import student_wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel was unpacked to."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(student_wheel(folder)) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


# What Python in a browser has not: threads, downloads, other processes, and the packages that need them.
NOT_THERE = ["pooch", "filelock", "loky", "psutil", "lzma", "multiprocessing", "nbclient", "jupyter_client", "nbgrader"]
AS_IN_A_BROWSER = f"""
import sys, threading
def no_thread(self): raise RuntimeError("can't start new thread")
import numpy, matplotlib.pyplot, tabulate, IPython
sys.platform = "emscripten"
threading.Thread.start = no_thread
for name in {NOT_THERE}:
    for module in [m for m in sys.modules if m.split(".")[0] == name]:
        del sys.modules[module]
    sys.modules[name] = None
"""
LESSON = """
import cs_utils.figures, cs_utils.gradient_check, cs_utils.training, cs_utils.datasets as datasets
from cs_utils.checks import check, CheckFailed
from cs_utils.model.convnet import ConvNet

try:
    datasets.load_cifar10()
except datasets.DatasetUnavailable as error:
    print(error)
else:
    raise AssertionError("nothing can be fetched there")

def relu_backward(dy, x):
    return dy
try:
    check("relu_backward", relu_backward)
except CheckFailed as told:
    print(told)
else:
    raise AssertionError("a wrong answer passed")

few = datasets.load_shapes10(train=200, test=50)
net = ConvNet("conv4-relu-pool-fc", few.train_images.shape[1:], 10)
cs_utils.training.fit(net, few, 1)
"""


def test_checks_and_training_work_without_what_a_browser_lacks(installed: Path, tmp_path: Path) -> None:
    code = f"{AS_IN_A_BROWSER}sys.path.insert(0, {str(installed)!r})\n{LESSON}"
    nowhere = {name: value for name, value in os.environ.items() if name != "CIFAR10_DIR"}
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, env=nowhere, capture_output=True, text=True, timeout=100)
    assert ran.returncode == 0, ran.stderr
