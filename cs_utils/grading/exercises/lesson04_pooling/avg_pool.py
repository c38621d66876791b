"""Lesson 04, avg_pool: the mean of each window."""

import numpy as np

from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson04_pooling import LESSON
from cs_utils.grading.exercises.lesson04_pooling.pool_output_shape import pool_output_shape
from cs_utils.grading.exercises.lesson04_pooling.shared import VISIBLE_FORWARD, any_layout, one_map, plain_maps, window
from cs_utils.grading.stubs import POOLS


def avg_pool(x, size, stride):
    y = np.zeros(pool_output_shape(x.shape, size, stride))
    for place in np.ndindex(y.shape):
        y[place] = sum(x[pixel] for pixel in window(place, size, stride)) / size**2
    return y


AVG_POOL = Exercise(
    name="avg_pool",
    lesson=LESSON,
    points=2,
    oracle=avg_pool,
    visible=VISIBLE_FORWARD,
    parts=[
        Part("2x2 windows on one square map", 1, one_map),
        Part("any size and stride, several images and channels", 0.5, any_layout),
        Part("input unchanged", 0.5, plain_maps, unchanged=True),
    ],
    section="4. Or keep the mean",
    next="the two side by side",
    stubs=POOLS,
)
