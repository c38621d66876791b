"""Lesson 04, avg_pool_backward: each pixel of a window gets an equal share of its gradient."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson04_pooling import LESSON
from cs_utils.grading.exercises.lesson04_pooling.pool_output_shape import pool_output_shape
from cs_utils.grading.exercises.lesson04_pooling.shared import (
    ONE_ROW,
    THREE_IMAGES,
    TWO_IMAGES,
    WIDE,
    WITH_A_NEGATIVE_WINDOW,
    gradients_overlapping,
    gradients_side_by_side,
    one_image,
    plain_gradients,
    window,
)
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import POOLS


def avg_pool_backward(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for place in np.ndindex(pool_output_shape(x.shape, size, stride)):
        for pixel in window(place, size, stride):
            dx[pixel] += dy[place] / size**2
    return dx


AVG_POOL_BACKWARD = Exercise(
    name="avg_pool_backward",
    lesson=LESSON,
    points=2,
    oracle=avg_pool_backward,
    visible=[
        Case({"dy": one_image([[1.0, -2], [0.5, 3]]), "x": WITH_A_NEGATIVE_WINDOW, "size": 2, "stride": 2}),
        Case({"dy": quarters(2, 1, 2, 2, start=5), "x": TWO_IMAGES, "size": 3, "stride": 2}),
        Case({"dy": quarters(1, 2, 4, 1, start=4), "x": WIDE, "size": 3, "stride": 1}),
        Case({"dy": quarters(3, 1, 2, 2, start=2) / 5, "x": THREE_IMAGES, "size": 2, "stride": 3}),
        Case({"dy": quarters(1, 1, 2, 1, start=1), "x": ONE_ROW, "size": 1, "stride": 2}),
    ],
    parts=[
        Part("windows side by side", 1, gradients_side_by_side),
        Part("windows that overlap", 0.5, gradients_overlapping),
        Part("inputs unchanged", 0.5, plain_gradients, unchanged=True),
    ],
    section="8. Back through the mean",
    next="could a stride do the same?",
    returns=("dx",),
    stubs=POOLS,
)
