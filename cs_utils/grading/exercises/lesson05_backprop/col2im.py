"""Lesson 05, col2im: the way back from the rows of im2col, where what overlaps adds up."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson05_backprop import LESSON
from cs_utils.grading.exercises.lesson05_backprop.shared import (
    FRAMED,
    PATCHES_VISIBLE,
    PLAIN,
    Layout,
    drawn_layout,
    fifths,
    framed_layouts,
    inner,
    options,
    padded,
    visible_cases,
    windows,
    without_options,
)
from cs_utils.grading.exercises.shared import draw
from cs_utils.grading.stubs import GRADIENTS


def col2im(cols, x_shape, size, stride=1, pad=0):
    dframed = padded(np.zeros(x_shape), pad)
    for row, (_, window) in zip(cols, windows(x_shape, size, stride, pad), strict=True):
        dframed[window] += row.reshape(size, size, x_shape[3])
    return inner(dframed, pad)


SIDE_BY_SIDE = [
    Layout((2, 4, 6, 2), 2, 1, stride=2),
    Layout((1, 6, 3, 1), 3, 1, stride=3),
    Layout((2, 3, 2, 2), 1, 1),
    Layout((1, 1, 2, 1), 1, 1),  # fewer pixels than its sizes add up to
]


def _cols_shape(layout: Layout) -> tuple[int, int]:
    count, rows, columns, _ = layout.output
    return count * rows * columns, layout.size**2 * layout.shape[3]


def _case(rng, layout: Layout, dtype=np.float64) -> Case:
    cols = draw(rng, dtype, *_cols_shape(layout))
    return Case({"cols": cols, "x_shape": layout.shape, "size": layout.size} | options(layout))


def _side_by_side(rng):
    return [_case(rng, layout) for layout in SIDE_BY_SIDE] + [_case(rng, SIDE_BY_SIDE[0], np.float32)]


def _overlapping(rng):
    cases = [_case(rng, layout) for layout in [*PLAIN[:2], drawn_layout(rng, 1, 0)]]
    return [*cases, without_options(cases[0])]


def _framed(rng):
    return [_case(rng, layout) for layout in framed_layouts(rng)]


def _care(rng):
    return [_case(rng, FRAMED[0]), _case(rng, FRAMED[1], np.float32)]


def _visible(layout: Layout) -> Case:
    cols = fifths(*_cols_shape(layout), start=6)
    return Case({"cols": cols, "x_shape": layout.shape, "size": layout.size} | options(layout))


COL2IM = Exercise(
    name="col2im",
    lesson=LESSON,
    points=3,
    oracle=col2im,
    visible=visible_cases(_visible, PATCHES_VISIBLE),
    parts=[
        Part("windows side by side", 1, _side_by_side),
        Part("windows that overlap", 1, _overlapping),
        Part("padding, any stride", 0.5, _framed),
        Part("input unchanged", 0.5, _care, unchanged=True),
    ],
    section="8. And back: add up",
    next="dx by one matrix product",
    returns=("dx",),
    stubs=GRADIENTS,
)
