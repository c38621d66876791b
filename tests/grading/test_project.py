"""The data of the checks: when is a committed file out of date, and what is kept of an error."""

import copy
import json

import numpy as np
import pytest

from cs_utils.checks.calls import Case
from cs_utils.checks.records import to_json
from cs_utils.grading import project
from cs_utils.grading.exercise import Exercise, Part


def halved(x):
    if not x.size:
        raise ValueError("there is nothing to halve")
    return x / 2


@pytest.fixture
def exercise():
    visible = [Case({"x": np.array([1.0, -3.0, 0.0])}), Case({"x": np.zeros(0)}), Case({"x": np.float32([[0.1]])})]
    half = Exercise("half", "00_test", 1, halved, visible, [Part("all", 1, lambda rng: [])], "1. Halves", "more")
    half.wrong("the entries are looked up in the wrong order")(lambda x: x[[2, 1, 5]])
    half.wrong("the last entry is forgotten")(lambda x: halved(x[:-1]))
    return half


@pytest.fixture
def data(exercise):
    return json.loads(json.dumps([to_json(project.visible(exercise))]))


def test_what_is_kept_of_an_error_are_its_type_and_numbers_except_where_the_course_raises_it(data):
    wrong = data[0]["misconceptions"][0]["outcomes"]
    assert data[0]["expected"][1]["arguments"] == ["there is nothing to halve"]
    assert wrong[1] == {"raises": "IndexError", "arguments": []}, "an input that is refused: any words will do"
    assert wrong[2] == {"raises": "IndexError", "arguments": [2, 0, 1]}, "index 2 of axis 0 with size 1"


def _values(data, *path):
    for key in path:
        data = data[key]
    return data["values"]


FIRST = (0, "expected", 0, "value")
SINGLE = (0, "expected", 2, "value")


@pytest.mark.parametrize(
    ("path", "change"),
    [(FIRST, 1e-10), (SINGLE, 1e-6), ((0, "misconceptions", 1, "outcomes", 0, "value"), 1e-10)],
)
def test_outcomes_that_the_check_takes_for_the_same_agree(data, path, change):
    other = copy.deepcopy(data)
    _values(other, *path)[0] += change
    assert project.agrees(data, other)
    assert project.agrees(other, data)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: _values(data, *FIRST).__setitem__(0, 0.5 + 1e-6),
        lambda data: _values(data, *FIRST).__setitem__(0, float("nan")),
        lambda data: _values(data, *FIRST).__setitem__(0, 1),
        lambda data: _values(data, *FIRST).pop(),
        lambda data: _values(data, *SINGLE).__setitem__(0, 0.0501),
        lambda data: _values(data, 0, "cases", 0, "arguments", "x").__setitem__(0, 1.0 + 1e-10),
        lambda data: data[0]["expected"][1].update(arguments=["no"]),
        lambda data: data[0]["misconceptions"][0]["outcomes"][2].update(arguments=[2, 1]),
        lambda data: data[0]["misconceptions"][0]["outcomes"].pop(),
        lambda data: data[0]["misconceptions"][0].update(hint="another"),
        lambda data: data[0]["misconceptions"].pop(),
        lambda data: data[0].update(next="less"),
        lambda data: data[0].pop("next"),
        lambda data: data.append(data[0]),
        lambda data: data.pop(),
    ],
)
def test_data_that_differ_do_not_agree(data, change):
    other = copy.deepcopy(data)
    change(other)
    assert not project.agrees(data, other)
    assert not project.agrees(other, data)


def test_a_file_is_written_only_if_it_would_say_something_else(data, tmp_path):
    path = tmp_path / "00_test.json"
    assert project.write(path, data)
    rounded = copy.deepcopy(data)
    _values(rounded, *FIRST)[0] += 1e-12
    before = path.read_bytes()
    assert not project.write(path, rounded)
    assert path.read_bytes() == before
    path.write_text('{"an": "older format"}', encoding="utf-8")
    assert project.write(path, data)
    assert path.read_bytes() == before
