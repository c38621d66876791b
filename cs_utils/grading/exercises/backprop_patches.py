"""Lesson 05: windows as the rows of a matrix (im2col), and the way back (col2im).

Rows are in the order (image, row, column), columns in the order (row, column, channel) of the window.
"""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.backprop import LESSON
from cs_utils.grading.exercises.backprop_conv import (
    FITTING,
    FRAMED,
    MISFITS,
    PLAIN,
    Layout,
    drawn_layout,
    inner,
    options,
    padded,
    windows,
)
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import GRADIENTS, PATCHES

# Right answers, in plain loops.


def _im2col(x, size, stride=1, pad=0):
    framed = padded(x, pad)
    return np.array([framed[window].ravel() for _, window in windows(x.shape, size, stride, pad)])


def _col2im(cols, x_shape, size, stride=1, pad=0):
    dframed = np.zeros(padded(np.zeros(x_shape), pad).shape)
    for row, (_, window) in zip(cols, windows(x_shape, size, stride, pad), strict=True):
        dframed[window] += row.reshape(size, size, x_shape[3])
    return inner(dframed, pad)


# Cases.

SIDE_BY_SIDE = [Layout((2, 4, 6, 2), 2, 1, stride=2), Layout((1, 6, 3, 1), 3, 1, stride=3), Layout((2, 3, 2, 2), 1, 1)]


def _x_case(rng, layout: Layout, dtype=np.float64) -> Case:
    return Case({"x": draw(rng, dtype, *layout.shape), "size": layout.size} | options(layout))


def _cols_shape(layout: Layout) -> tuple[int, int]:
    count, rows, columns, _ = layout.output
    return count * rows * columns, layout.size**2 * layout.shape[3]


def _cols_case(rng, layout: Layout, dtype=np.float64) -> Case:
    cols = draw(rng, dtype, *_cols_shape(layout))
    return Case({"cols": cols, "x_shape": layout.shape, "size": layout.size} | options(layout))


def _plain_patches(rng):
    cases = [_x_case(rng, layout) for layout in [*PLAIN, drawn_layout(rng, 1, 0)]]
    return [*cases, _x_case(rng, PLAIN[0], np.float32)]


def _any_patches(rng):
    return [_x_case(rng, layout) for layout in [*FRAMED, drawn_layout(rng, 2, 1), drawn_layout(rng, 1, 1)]]


def _refused_patches(rng):
    return [_x_case(rng, layout) for layout in [*FITTING, *MISFITS]]


def _back_side_by_side(rng):
    return [_cols_case(rng, layout) for layout in SIDE_BY_SIDE] + [_cols_case(rng, SIDE_BY_SIDE[0], np.float32)]


def _back_overlapping(rng):
    return [_cols_case(rng, layout) for layout in [*PLAIN[:2], drawn_layout(rng, 1, 0)]]


def _back_framed(rng):
    return [_cols_case(rng, layout) for layout in [*FRAMED, drawn_layout(rng, 2, 1), drawn_layout(rng, 1, 1)]]


def _refused_back(rng):
    return [_cols_case(rng, layout) for layout in [*FITTING, *MISFITS]]


VISIBLE = [
    Layout((1, 3, 4, 1), 2, 1),
    Layout((2, 3, 2, 2), 2, 1, pad=1),
    Layout((2, 5, 3, 1), 3, 1, stride=2, pad=1),
    Layout((2, 4, 2, 2), 2, 1, stride=2),
    Layout((1, 5, 4, 1), 2, 1, stride=2),
]


def _visible_x(layout: Layout) -> Case:
    return Case({"x": quarters(*layout.shape, start=4), "size": layout.size} | options(layout))


def _visible_cols(layout: Layout) -> Case:
    cols = quarters(*_cols_shape(layout), start=6)
    return Case({"cols": cols, "x_shape": layout.shape, "size": layout.size} | options(layout))


# The exercises, in the lesson's order.

IM2COL = Exercise(
    name="im2col",
    lesson=LESSON,
    points=2,
    oracle=_im2col,
    visible=[_visible_x(layout) for layout in VISIBLE],
    parts=[
        Part("stride 1 and no padding", 1, _plain_patches),
        Part("padding, any stride", 0.5, _any_patches),
        Part("sizes that don't fit refused, input unchanged", 0.5, _refused_patches, unchanged=True),
    ],
    section="7. All windows in one matrix",
    next="the convolution as one matrix product",
    returns=("cols",),
    stubs=PATCHES,
)

COL2IM = Exercise(
    name="col2im",
    lesson=LESSON,
    points=3,
    oracle=_col2im,
    visible=[_visible_cols(layout) for layout in VISIBLE],
    parts=[
        Part("windows side by side", 1, _back_side_by_side),
        Part("windows that overlap", 1, _back_overlapping),
        Part("padding, any stride", 0.5, _back_framed),
        Part("sizes that don't fit refused, input unchanged", 0.5, _refused_back, unchanged=True),
    ],
    section="8. And back: add up",
    next="dx by one matrix product",
    returns=("dx",),
    stubs=GRADIENTS,
)
