"""Graphs of small computations: every value and gradient is said, each node lies after what it takes."""

import pytest
from reading_pictures import LARGEST, assert_refused, numbers, pixels

from cs_utils import figures
from cs_utils.figures.expressions import places

FORMULAS = {"u": "a + b", "v": "a · b", "L": "u · v"}
VALUES = {"a": 2.0, "b": 3.0, "u": 5.0, "v": 6.0, "L": 30.0}


def test_values_and_gradients_are_said():
    gradients = {"L": 1.0, "v": 5.0, "u": 6.0, "b": 16.0, "a": 21.0}
    forward, back = figures.expression_graph(FORMULAS, VALUES, gradients).alt.split("Back along")
    assert numbers(forward) == [2, 3, 5, 6, 30]
    assert numbers(back) == [1, 5, 6, 16, 21]
    assert "Back along" not in figures.expression_graph(FORMULAS, VALUES).alt


def test_gradients_are_drawn_and_the_picture_stays_small():
    plain, full = (figures.expression_graph(FORMULAS, VALUES, gradients) for gradients in (None, {"a": 21.0}))
    assert (pixels(plain.png) < 0.5).sum() < (pixels(full.png) < 0.5).sum()
    assert len(full._repr_html_()) <= LARGEST


def test_nodes_lie_after_what_they_take_and_apart():
    takes = {"u": ["a", "b"], "v": ["a"], "L": ["u", "v", "a"]}
    at = places(takes, ["a", "b"])
    assert all(at[name][0] > at[taken][0] for name in takes for taken in takes[name])
    assert len(set(at.values())) == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ({"u": "c + d"}, {"a": 1.0, "u": 2.0}),
        ({"u": "a + a"}, {"a": 1.0}),
        ({"u": "a + a"}, {"a": 1.0, "u": 2.0}, {"b": 1.0}),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments):
    assert_refused(lambda: figures.expression_graph(*arguments))
