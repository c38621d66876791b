"""Lesson 03, count_conv_parameters: what a convolution layer costs."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson03_stride_padding import LESSON


def count_conv_parameters(size, depth, filters):
    weights_per_filter = sum(1 for _row in range(size) for _column in range(size) for _channel in range(depth))
    return filters * (weights_per_filter + 1)


def _any_numbers(rng: np.random.Generator) -> list[Case]:
    drawn = [tuple(int(number) for number in rng.integers(2, 9, 3)) for _ in range(3)]
    rows = [(5, 3, 10), (3, 12, 20), (1, 4, 2), (7, 1, 1), *drawn]
    return [Case(dict(zip(("size", "depth", "filters"), row, strict=True))) for row in rows]


COUNT_CONV_PARAMETERS = Exercise(
    name="count_conv_parameters",
    lesson=LESSON,
    points=1,
    oracle=count_conv_parameters,
    visible=[
        Case({"size": 5, "depth": 3, "filters": 10}),
        Case({"size": 3, "depth": 12, "filters": 20}),
        Case({"size": 1, "depth": 4, "filters": 2}),
    ],
    parts=[Part("any size, depth and number of filters", 1, _any_numbers)],
    section="6. Count before you build",
    next="the layer on one page",
    returns=("count",),
)
