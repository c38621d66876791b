"""Lesson 05, im2col: the windows of a batch as the rows of a matrix.

Rows are in the order (image, row, column), columns in the order (row, column, channel) of the window.
"""

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
    options,
    padded,
    visible_cases,
    windows,
    without_options,
)
from cs_utils.grading.exercises.shared import draw
from cs_utils.grading.stubs import PATCHES


def im2col(x, size, stride=1, pad=0):
    framed = padded(x, pad)
    return np.array([framed[window].ravel() for _, window in windows(x.shape, size, stride, pad)])


def _case(rng, layout: Layout, dtype=np.float64) -> Case:
    return Case({"x": draw(rng, dtype, *layout.shape), "size": layout.size} | options(layout))


def _plain(rng):
    cases = [_case(rng, layout) for layout in [*PLAIN, drawn_layout(rng, 1, 0)]]
    return [*cases, without_options(cases[0]), _case(rng, PLAIN[0], np.float32)]


def _framed(rng):
    return [_case(rng, layout) for layout in framed_layouts(rng)]


def _care(rng):
    return [_case(rng, PLAIN[0]), _case(rng, FRAMED[0], np.float32)]


def _visible(layout: Layout) -> Case:
    return Case({"x": fifths(*layout.shape, start=4), "size": layout.size} | options(layout))


IM2COL = Exercise(
    name="im2col",
    lesson=LESSON,
    points=2,
    oracle=im2col,
    visible=visible_cases(_visible, PATCHES_VISIBLE),
    parts=[
        Part("stride 1 and no padding", 1, _plain),
        Part("padding, any stride", 0.5, _framed),
        Part("input unchanged", 0.5, _care, unchanged=True),
    ],
    section="7. All windows in one matrix",
    next="the convolution as one matrix product",
    returns=("cols",),
    stubs=PATCHES,
)
