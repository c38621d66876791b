"""Lesson 04, max_pool: the largest number of each window."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson04_pooling import LESSON
from cs_utils.grading.exercises.lesson04_pooling.pool_output_shape import pool_output_shape
from cs_utils.grading.exercises.lesson04_pooling.shared import (
    MISFITS,
    ONE_MAP,
    VISIBLE_FORWARD,
    any_layout,
    drawn_misfit,
    forward_case,
    one_map,
    plain_maps,
    window,
    with_x,
)
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import POOLS


def max_pool(x, size, stride):
    y = np.zeros(pool_output_shape(x.shape, size, stride))
    for place in np.ndindex(y.shape):
        y[place] = max(x[pixel] for pixel in window(place, size, stride))
    return y


def _refused(rng):
    fitting = with_x(forward_case(rng, ONE_MAP[0]), np.abs)
    return [fitting, *(forward_case(rng, layout) for layout in [*MISFITS, drawn_misfit(rng)])]


MAX_POOL = Exercise(
    name="max_pool",
    lesson=LESSON,
    points=3,
    oracle=max_pool,
    visible=[
        *VISIBLE_FORWARD,
        Case({"x": quarters(1, 4, 5, 1), "size": 2, "stride": 2}),  # a column is left over
        Case({"x": quarters(1, 5, 4, 1), "size": 2, "stride": 2}),  # a row
        Case({"x": quarters(1, 2, 6, 1), "size": 4, "stride": 2}),  # the window is too high
        Case({"x": quarters(1, 6, 2, 1), "size": 4, "stride": 2}),  # too wide
    ],
    parts=[
        Part("2x2 windows on one square map", 1, one_map),
        Part("any size and stride, several images and channels", 1, any_layout),
        Part("sizes that don't fit refused", 0.5, _refused),
        Part("input unchanged", 0.5, plain_maps, unchanged=True),
    ],
    section="3. Keep the strongest response",
    next="what it makes of a real map",
    stubs=POOLS,
)
