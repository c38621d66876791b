"""Lesson 05, linear_backward: the gradients of a fully connected layer.

Arrays are x (N, D), w (D, M), dy (N, M).
"""

from dataclasses import replace

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson05_backprop import LESSON
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import GRADIENTS


def linear_backward(dy, x, w):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for n, d, m in np.ndindex(len(x), *w.shape):
        dx[n, d] += dy[n, m] * w[d, m]
        dw[d, m] += dy[n, m] * x[n, d]
    for n, m in np.ndindex(dy.shape):
        db[m] += dy[n, m]
    return dx, dw, db


SIZES = [(3, 4, 2), (2, 3, 5), (4, 3, 3)]  # N, D, M
EDGES = [(1, 2, 3), (2, 1, 1)]


def _case(rng, n: int, d: int, m: int, dtype=np.float64) -> Case:
    return Case({"dy": draw(rng, dtype, n, m), "x": draw(rng, dtype, n, d), "w": draw(rng, dtype, d, m)})


def _alone(name: str):
    """Return the part's function: cases that judge one of the three gradients, whatever the others are."""
    return lambda rng: [replace(_case(rng, *size), judged=(name,)) for size in SIZES]


def _all(rng):
    sizes = [*SIZES, *EDGES]
    return [_case(rng, *size) for size in sizes] + [_case(rng, 3, 4, 2, np.float32)]


LINEAR_BACKWARD = Exercise(
    name="linear_backward",
    lesson=LESSON,
    points=3,
    oracle=linear_backward,
    visible=[
        Case({"dy": quarters(3, 2, start=1), "x": quarters(3, 4, start=3), "w": quarters(4, 2, start=9)}),
        Case({"dy": quarters(2, 3, start=4), "x": quarters(2, 3, start=6), "w": quarters(3, 3, start=2)}),
    ],
    parts=[
        Part("dx", 1, _alone("dx")),
        Part("dw", 1, _alone("dw")),
        Part("db", 0.5, _alone("db")),
        Part("all three together, one image, float32; inputs unchanged", 0.5, _all, unchanged=True),
    ],
    section="4. Fully connected: three gradients",
    next="where does the first upstream gradient come from?",
    returns=("dx", "dw", "db"),
    stubs=GRADIENTS,
)
