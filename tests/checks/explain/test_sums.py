"""Which terms a wrong number leaves out: rules on random windows, and how the terms of one entry are drawn."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_utils.checks.calls import Case, call
from cs_utils.checks.explain.drawing import draw_terms
from cs_utils.checks.explain.sums import rules, total
from cs_utils.checks.explain.terms import Terms, arrange
from cs_utils.grading.terms import find_terms

SEEDS = st.integers(0, 2**32 - 1)


def convolution(x, w, b):
    size = len(w)
    places = [(i, j) for i in range(x.shape[0] - size + 1) for j in range(x.shape[1] - size + 1)]
    values = [np.tensordot(x[i : i + size, j : j + size], w, 3) + b for i, j in places]
    return np.array(values).reshape(x.shape[0] - size + 1, -1, w.shape[3])


def inputs_of(seed):
    rng = np.random.default_rng(seed)
    return {"x": rng.normal(size=(4, 5, 2)), "w": rng.normal(size=(3, 3, 2, 2)), "b": rng.normal(size=2)}


@cache
def terms_of_a_convolution():
    """They are places, the same whatever the numbers are."""
    case = Case(inputs_of(0))
    return find_terms(convolution, case, call(convolution, case), ("y",))["y"]


def example(seed):
    return inputs_of(seed), terms_of_a_convolution()


MISTAKES = {
    "without b": lambda x, w, b: convolution(x, w, 0 * b),
    "b twice": lambda x, w, b: convolution(x, w, 2 * b),
    "b taken away": lambda x, w, b: convolution(x, w, -b),
    "b added to every product": lambda x, w, b: convolution(x, w, 18 * b),
    "w turned by 180 degrees": lambda x, w, b: convolution(x, w[::-1, ::-1], b),
    "w with its rows in reverse order": lambda x, w, b: convolution(x, w[::-1], b),
    "rows and columns of w exchanged": lambda x, w, b: convolution(x, w.swapaxes(0, 1), b),
    "without the last column of the window": lambda x, w, b: convolution(x, kept(w, np.s_[:, :-1]), b),
    "without the first row of the window": lambda x, w, b: convolution(x, kept(w, np.s_[1:]), b),
    "of the last channel alone, and without b": lambda x, w, b: convolution(x, kept(w, np.s_[:, :, 1:]), 0 * b),
    "of the first row alone and without the last column of the window": lambda x, w, b: convolution(
        x, kept(w, np.s_[:1, :-1]), b
    ),
    "channels added up before": lambda x, w, b: convolution(x.sum(2)[..., None], w.sum(2)[:, :, None], b),
    "the product of row 1, column 2, channel 0 twice": lambda x, w, b: convolution(x, doubled(w, (1, 2, 0)), b),
    "mean of the products": lambda x, w, b: convolution(x, w / 18, b),
}


def kept(w, place):
    only = np.zeros(w.shape)
    only[place] = w[place]
    return only


def doubled(w, place):
    w = w.copy()
    w[place] *= 2
    return w


def found(terms, inputs, got):
    return [words for words, numbers in rules(terms, inputs) if np.allclose(numbers, got.ravel())]


@pytest.mark.parametrize("words", MISTAKES)
@given(seed=SEEDS)
@settings(max_examples=3, deadline=None)
def test_what_was_left_out_or_done_instead_is_found_first(words, seed):
    inputs, terms = example(seed)
    assert words in found(terms, inputs, MISTAKES[words](*inputs.values()))[0]


@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_no_rule_gives_the_right_numbers_or_others(seed):
    inputs, terms = example(seed)
    assert found(terms, inputs, convolution(*inputs.values())) == []
    assert found(terms, inputs, np.random.default_rng(seed).normal(size=(2, 3, 2))) == []


@pytest.mark.parametrize(
    ("words", "reduce"),
    [
        ("mean of its window", lambda windows: windows.mean(axis=1)),
        ("minimum", lambda windows: windows.min(axis=1)),
        ("farthest from 0", lambda windows: windows[np.arange(len(windows)), np.abs(windows).argmax(axis=1)]),
        ("place of the maximum", lambda windows: windows.argmax(axis=1)),
        ("maximum of its window without the last row", lambda windows: windows[:, :6].max(axis=1)),
    ],
)
def test_what_is_made_of_a_window_instead_of_its_maximum(words, reduce):
    x = np.random.default_rng(0).normal(0.25, 1, size=(1, 6, 6, 1))
    windows = np.array([x[0, i : i + 3, j : j + 3, 0].ravel() for i in (0, 3) for j in (0, 3)])
    flat = np.arange(36).reshape(6, 6)
    entries = [flat[i : i + 3, j : j + 3].ravel().tolist() for i in (0, 3) for j in (0, 3)]
    terms = Terms("max", ("x",), entries)
    np.testing.assert_allclose(total(terms, {"x": x}), windows.max(axis=1))
    assert words in found(terms, {"x": x}, reduce(windows))[0]


def test_the_last_of_the_terms_alone_is_what_overwriting_leaves():
    dy = np.random.default_rng(0).normal(size=4)
    terms = Terms("sum", ("dy",), [[0], [0, 1], [1, 2], [2, 3], [3]])
    assert "last term" in found(terms, {"dy": dy}, dy[[0, 1, 2, 3, 3]])[0]


def test_of_single_terms_there_is_nothing_to_leave_out():
    dy = np.random.default_rng(0).normal(size=4)
    terms = Terms("sum", ("dy",), [[0], [1], [2], [3]])
    assert found(terms, {"dy": dy}, 2 * dy) == []


def test_terms_that_fill_a_window_are_arranged_as_it_is():
    inputs, terms = example(0)
    grids = arrange(terms, inputs)
    assert grids.axes == ("row", "column", "channel")
    np.testing.assert_array_equal(grids.factors[0][0], inputs["x"][:3, :3])
    np.testing.assert_array_equal(grids.factors[1][1], inputs["w"][..., 1])


def test_a_drawing_shows_the_numbers_that_are_multiplied_and_their_account():
    inputs = {"x": np.arange(9.0).reshape(3, 3), "w": np.array([[1.0, 2], [0, -1]]), "bias": 0.5}
    entries = [[0, 0, 1, 1, 3, 2, 4, 3]]
    drawing = draw_terms(Terms("sum", ("x", "w"), entries, 1.0, "bias", [0]), inputs, 0, "y[0, 0]", -1.5)
    text = "\n".join(drawing.lines)
    assert "x[0:2, 0:2]" in text
    assert [line.split() for line in drawing.lines[2:4]] == [
        ["0", "1", "1", "2", "0", "2"],
        ["3", "4", "0", "-1", "0", "-4"],
    ]
    assert "-2, plus bias = 0.5; together -1.5" in text
    np.testing.assert_array_equal(drawing.panels["product"], [[0, 2], [0, -4]])


def test_a_window_that_reaches_into_the_frame_has_dots_there():
    inputs = {"x": np.arange(9.0).reshape(3, 3), "w": np.arange(1.0, 10).reshape(3, 3)}
    corner, middle = [0, 4, 1, 5, 3, 7, 4, 8], np.repeat(np.arange(9), 2).tolist()
    drawing = draw_terms(Terms("sum", ("x", "w"), [corner, middle]), inputs, 0, "y[0, 0]", 0.0)
    assert drawing.lines[2].split()[:3] == [".", ".", "."]
    assert np.isnan(drawing.panels["x"][0]).all()


def test_of_a_grid_that_is_nearly_empty_only_what_holds_terms_is_drawn():
    inputs = {"x": np.arange(9.0).reshape(3, 3), "w": np.arange(1.0, 10).reshape(3, 3)}
    two, all_of_them = [3, 4, 4, 5], np.repeat(np.arange(9), 2).tolist()
    drawing = draw_terms(Terms("sum", ("x", "w"), [two, all_of_them]), inputs, 0, "y[0, 0]", 0.0)
    np.testing.assert_array_equal(drawing.panels["x"], [[3, 4]])
    np.testing.assert_array_equal(drawing.panels["w"], [[5, 6]])


def test_a_short_sum_is_written_in_a_line():
    inputs = {"dy": np.array([[3.0, 4.0]])}
    [line] = draw_terms(Terms("sum", ("dy",), [[0, 1]], 0.25), inputs, 0, "dx[2]", 1.75).lines
    assert line == "dx[2] should be (dy[0, 0] + dy[0, 1]) * 0.25 = 1.75"
