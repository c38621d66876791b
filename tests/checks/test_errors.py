"""Where an error of a student's function arose, and what the arrays were there."""

import json
import re

import numpy as np
import pytest
from unlisted_mistakes import said

from cs_utils.checks.calls import Case, call, difference
from cs_utils.checks.calls import Outcome as Result
from cs_utils.checks.errors import arrays_there, where_it_stopped
from cs_utils.checks.records import _all

X = np.array([[1.0, -2.0, 4.0], [3.0, 0.5, 8.0]])


def cuts(array, pad):
    return array[:, pad:-pad] + np.zeros((3, 1))


def calls_a_helper(x):
    pad = 1
    return cuts(x, pad)


def fails_within_numpy(x):
    rows = x.reshape(4)
    return np.concatenate([rows, rows[:, None]])


def fails_within_a_library(x):
    text = "{" + str(len(x))
    return json.loads(text)


def error_of(function):
    return call(function, Case({"x": X})).error


def finds_nothing_to_compare(x):
    empty = x[:0]
    return empty.max()


def test_the_line_is_the_innermost_one_of_the_students_own():
    assert where_it_stopped(error_of(calls_a_helper)) == "return array[:, pad:-pad] + np.zeros((3, 1))"
    assert where_it_stopped(error_of(fails_within_numpy)) == "rows = x.reshape(4)"
    assert where_it_stopped(error_of(fails_within_a_library)) == "return json.loads(text)"
    assert where_it_stopped(error_of(lambda: None)) is None, "it was never entered"


def test_shapes_and_numbers_of_that_line_are_told():
    assert arrays_there(error_of(calls_a_helper)) == "array has shape (2, 3), pad is 1"
    assert arrays_there(error_of(fails_within_numpy)) == "x has shape (2, 3)"
    assert arrays_there(error_of(fails_within_a_library)) == ""
    assert arrays_there(error_of(lambda: None)) == ""


def adds_to_a_window(x):
    place, rows = np.s_[:, 1:3], slice(0, None, 2)
    return x[place] + x[rows]


def test_slices_are_told_as_one_writes_them():
    told = arrays_there(error_of(lambda x: adds_to_a_window(np.zeros((4, 4)))))
    assert told == "x has shape (4, 4), place is [:, 1:3], rows is 0::2"


def test_ranges_are_told_where_they_are_asked_for():
    assert "from -2 to 8" in arrays_there(error_of(fails_within_numpy), ranges=True)


def test_an_empty_array_has_a_shape_and_no_range():
    for ranges in (False, True):
        assert arrays_there(error_of(finds_nothing_to_compare), ranges=ranges) == "empty has shape (0, 3)"


def test_what_was_expected_is_told_beside_the_error():
    got = call(fails_within_numpy, Case({"x": X}))
    for expected, words in [(3, "expected 3;"), (0.25, "expected 0.25;"), (X, "shape (2, 3);"), ((2, 1), "(2, 1);")]:
        [told] = difference(got, Result(expected), Case({"x": X}), ("y",)).lines
        assert words in told.split("it stopped with ValueError")[0]
    [told] = difference(got, Result((X, X)), Case({"x": X}), ("dx", "dw")).lines
    assert "expected dx, dw;" in told


def stops(*arguments):
    table, row = np.zeros((2, 3)), np.zeros(7)
    return table + row


@pytest.mark.parametrize("name", _all())
def test_of_every_exercise_an_error_tells_line_arrays_and_what_was_expected(name):
    message = str(said(name, stops))
    first, *below = message.splitlines()
    assert first.startswith(f"{name}(")
    assert re.match(r"  expected (?!None).+; it stopped with ValueError: ", below[0])
    assert below[1].strip() == "in the line: return table + row"
    assert "In this line table has shape (2, 3), row has shape (7,)." in below
    assert not any(
        word in message for word in ("ndarray", "array([", "made by", "Made(", "<function", "object at", "result[")
    )
