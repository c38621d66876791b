"""Lesson 04, pool_output_shape: the shape of the result, or ValueError where windows don't fit."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson04_pooling import LESSON
from cs_utils.grading.exercises.lesson04_pooling.shared import (
    MISFITS,
    OVERLAPPING,
    SIDE_BY_SIDE,
    Layout,
    drawn_layout,
    drawn_misfit,
)
from cs_utils.grading.stubs import POOLS


def pool_output_shape(shape, size, stride):
    count, height, width, channels = shape
    return count, _windows(height, size, stride), _windows(width, size, stride), channels


def _windows(n: int, size: int, stride: int) -> int:
    """Return how many windows there are along an axis of n pixels."""
    if size > n:
        raise ValueError(f"a window of {size} on {n} pixels")
    if (n - size) % stride:
        raise ValueError(f"windows of {size} with stride {stride} on {n} pixels: some would be left over")
    return (n - size) // stride + 1


def _case(layout: Layout) -> Case:
    shape, size, stride = layout
    return Case({"shape": shape, "size": size, "stride": stride})


def _fitting(rng: np.random.Generator) -> list[Case]:
    layouts = [*SIDE_BY_SIDE, *OVERLAPPING, ((128, 32, 32, 12), 2, 2), ((1, 33, 17, 64), 3, 2), ((1, 4, 4, 1), 4, 3)]
    return [_case(layout) for layout in [*layouts, drawn_layout(rng, True), drawn_layout(rng, False)]]


def _refused(rng: np.random.Generator) -> list[Case]:
    return [_case(layout) for layout in [((2, 7, 5, 3), 3, 2), *MISFITS, drawn_misfit(rng)]]


POOL_OUTPUT_SHAPE = Exercise(
    name="pool_output_shape",
    lesson=LESSON,
    points=1,
    oracle=pool_output_shape,
    visible=[
        _case(layout)
        for layout in [
            ((2, 6, 8, 3), 2, 2),
            ((3, 11, 5, 4), 3, 2),
            ((1, 8, 5, 2), 2, 3),
            ((2, 6, 8, 1), 4, 2),
            ((1, 7, 4, 2), 3, 2),
            ((1, 4, 7, 2), 3, 2),
            ((1, 2, 6, 1), 4, 2),
            ((1, 6, 2, 1), 4, 2),
            ((2, 3, 7, 1), 3, 2),
            ((2, 2, 5, 1), 2, 3),
            ((3, 7, 3, 1), 3, 2),
        ]
    ],
    parts=[
        Part("windows that fit", 0.5, _fitting),
        Part("windows that don't fit refused", 0.5, _refused),
    ],
    section="2. How large is the result?",
    next="what is kept of each window?",
    returns=("shape",),
    stubs=POOLS,
)
