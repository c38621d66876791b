"""Lesson 07, global_average_pool: the mean of each map."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON
from cs_utils.grading.exercises.lesson07_deeper_networks.shared import pool_shapes
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import DEEPER


def global_average_pool(x):
    count, height, width, depth = x.shape
    y = np.zeros((count, depth))
    for n, c in np.ndindex(count, depth):
        y[n, c] = sum(x[n, i, j, c] for i in range(height) for j in range(width)) / (height * width)
    return y


def _pooled(rng: np.random.Generator) -> list[Case]:
    cases = [Case({"x": draw(rng, np.float64, *shape)}) for shape in (*pool_shapes(rng), (2, 5, 1, 1))]
    return [*cases, Case({"x": draw(rng, np.float32, 2, 4, 6, 3)})]


GLOBAL_AVERAGE_POOL = Exercise(
    name="global_average_pool",
    lesson=LESSON,
    points=1,
    oracle=global_average_pool,
    visible=[Case({"x": quarters(1, 2, 3, 2, start=1)}), Case({"x": quarters(2, 4, 2, 3)})],
    parts=[Part("any number of images, any size and depth, input unchanged", 1, _pooled, unchanged=True)],
    section="4. One number per map",
    next="and its gradient",
    stubs=DEEPER,
)
