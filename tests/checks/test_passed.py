"""What has passed is kept in a student's copy, whole or not at all, and nowhere else."""

import json
import os
import subprocess
import sys

import pytest

from cs_utils.checks import passed
from cs_utils.grading.authoring.publish import publish

module = sys.modules[passed.__module__]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A folder without a grader, outside pytest as far as `passed` can tell."""
    monkeypatch.setattr(module, "COPY", tmp_path)
    monkeypatch.delenv("PYTEST_VERSION")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    module._here.cache_clear()
    yield tmp_path
    module._here.cache_clear()


def test_what_has_passed_is_known_the_next_day(copy):
    assert passed() == []
    module.remember("softmax")
    module.remember("conv_layer")
    module.remember("softmax")
    module._here.cache_clear()
    assert passed() == ["conv_layer", "softmax"]
    assert [path.name for path in copy.iterdir()] == ["progress.json"]


def test_two_notebooks_at_once_lose_nothing_for_good(copy):
    module.remember("softmax")
    (copy / "progress.json").write_text('{"passed": ["max_pool"]}')  # the other one wrote in between
    module.remember("linear")
    assert passed() == ["linear", "max_pool", "softmax"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"passed": 3}', '{"passed": [1, null]}', "\ud83d"])
def test_a_damaged_file_stops_nothing(copy, damage):
    (copy / "progress.json").write_bytes(damage.encode("utf-8", "surrogatepass"))
    assert passed() == []
    module.remember("softmax")
    assert passed() == ["softmax"]


def test_a_folder_that_cannot_be_written_to_stops_nothing(copy, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cs_utils.files.os.replace", full)
    module.remember("softmax")
    assert list(copy.iterdir()) == []


@pytest.mark.parametrize("where", ["a grader is there", "it is graded", "pytest compares it"])
def test_nothing_is_kept_where_nobody_learns(copy, monkeypatch, where):
    module.remember("linear")
    if where == "a grader is there":
        (copy / "cs_utils" / "grading").mkdir(parents=True)
    elif where == "it is graded":
        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    else:
        monkeypatch.setenv("PYTEST_VERSION", "9")
    module.remember("softmax")
    assert passed() == []
    assert json.loads((copy / "progress.json").read_text()) == {"passed": ["linear"]}


def test_a_published_copy_keeps_what_its_checks_passed(tmp_path):
    course = tmp_path / "course"
    publish(course)
    code = """
from cs_utils.checks import CheckFailed, check, passed
check("relu_backward", lambda dy, x: dy * (x > 0))
try:
    check("flatten", lambda images: images)
except CheckFailed:
    pass
print(passed())
"""
    quiet = {name: value for name, value in os.environ.items() if name not in {"PYTEST_VERSION", "PYTHONPATH"}}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=course, env=quiet, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines()[-1:] == ["['relu_backward']"], done.stderr
    assert json.loads((course / "progress.json").read_text()) == {"passed": ["relu_backward"]}
