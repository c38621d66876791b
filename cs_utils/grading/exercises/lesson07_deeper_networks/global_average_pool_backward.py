"""Lesson 07, global_average_pool_backward: the gradient with respect to the maps."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON
from cs_utils.grading.exercises.lesson07_deeper_networks.shared import pool_shapes
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import DEEPER


def global_average_pool_backward(dy, x_shape):
    dx = np.zeros(x_shape)
    for n, i, j, c in np.ndindex(*x_shape):
        dx[n, i, j, c] = dy[n, c] / (x_shape[1] * x_shape[2])
    return dx


def _spread(rng: np.random.Generator) -> list[Case]:
    cases = [Case({"dy": draw(rng, np.float64, s[0], s[3]), "x_shape": s}) for s in pool_shapes(rng)]
    return [*cases, Case({"dy": draw(rng, np.float32, 2, 3), "x_shape": (2, 4, 6, 3)})]


GLOBAL_AVERAGE_POOL_BACKWARD = Exercise(
    name="global_average_pool_backward",
    lesson=LESSON,
    points=1,
    oracle=global_average_pool_backward,
    visible=[
        Case({"dy": quarters(2, 4), "x_shape": (2, 2, 3, 4)}),
        Case({"dy": quarters(1, 2, start=3), "x_shape": (1, 4, 2, 2)}),
    ],
    parts=[Part("any number of images, any size and depth, inputs unchanged", 1, _spread, unchanged=True)],
    section="4. One number per map",
    next="measure it",
    returns=("dx",),
    stubs=DEEPER,
)
