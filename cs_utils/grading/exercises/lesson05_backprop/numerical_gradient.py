"""Lesson 05, numerical_gradient: push each number of x up and down, and see what the loss makes of it."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.values import Made
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson05_backprop import LESSON
from cs_utils.grading.exercises.shared import quarters


def numerical_gradient(f, x, dy, h=1e-5):
    dx = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += h
        down[place] -= h
        dx[place] = np.sum((f(up) - f(down)) * dy) / (2 * h)
    return dx


# An answer may push x itself, and push it back, so x holds numbers that come back exactly.

CUBES, PRODUCTS = Made("cubes"), Made("products_of_rows")
STEP = 1e-5
DOUBLE = 1e-8  # of cases with a large step; float32 is refused everywhere, for it has no good step at all


def numbers_that_come_back(rng: np.random.Generator, h: float, *shape: int) -> np.ndarray:
    """Return numbers from -2 to 2 that are the same again after a push by h up and down, in whatever order."""
    numbers = rng.uniform(-2, 2, size=20 * int(np.prod(shape)) + 200)
    ways = [numbers + h - h, numbers - h + h, numbers + h - 2 * h + h, numbers - h + 2 * h - h]
    return numbers[np.all([way == numbers for way in ways], axis=0)][: int(np.prod(shape))].reshape(shape)


def _one_to_one(rng):
    """Return cases where each entry of y depends on one of x, with steps so large that a wrong step shows."""
    return [
        Case({"f": CUBES, "x": rng.normal(size=size), "dy": rng.normal(size=size), "h": h}, tolerance=DOUBLE)
        for size, h in [(4, 0.25), (3, 0.125), (5, float(rng.uniform(0.05, 0.5)))]
    ]


def _all_to_all(rng):
    shapes = [(2, 3), (3, 2), (3, 4)]
    drawn = [{"f": PRODUCTS, "x": rng.normal(size=(m, n)), "dy": rng.normal(size=(m, m)), "h": 0.25} for m, n in shapes]
    cubes = {"f": CUBES, "x": rng.normal(size=(2, 3, 2)), "dy": rng.normal(size=(2, 3, 2)), "h": 0.5}
    return [Case(arguments, tolerance=DOUBLE) for arguments in [*drawn, cubes]]


def _usual_step(rng):
    """Return cases with a loose tolerance: in differences of nearly equal numbers rounding leaves ten right digits."""
    x, matrix = numbers_that_come_back(rng, STEP, 4), numbers_that_come_back(rng, STEP, 2, 3)
    return [
        Case({"f": CUBES, "x": x, "dy": rng.normal(size=4)}, tolerance=1e-7),
        Case({"f": PRODUCTS, "x": matrix, "dy": rng.normal(size=(2, 2)), "h": STEP}, tolerance=1e-7),
    ]


NUMERICAL_GRADIENT = Exercise(
    name="numerical_gradient",
    lesson=LESSON,
    points=2,
    oracle=numerical_gradient,
    visible=[  # all of these numbers come back exactly
        Case(
            {"f": CUBES, "x": np.array([0.5, -1.25, 2.0]), "dy": np.array([1.0, -2.0, 0.75]), "h": 0.25},
            tolerance=DOUBLE,
        ),
        Case(
            {
                "f": PRODUCTS,
                "x": quarters(3, 2, start=2),
                "dy": np.array([[1.0, -0.5, 0.25], [2.0, 0.25, -1.0], [-0.75, 0.5, 1.5]]),
                "h": 0.5,
            },
            tolerance=DOUBLE,
        ),
        Case({"f": CUBES, "x": np.array([[1.0], [-0.25]]), "dy": np.array([[2.0], [-1.0]])}, tolerance=1e-7),
    ],
    parts=[
        Part("one number after the other, any step h", 1, _one_to_one),
        Part("x and y of any shape", 0.5, _all_to_all),
        Part("the usual step, x left as it was", 0.5, _usual_step, unchanged=True),
    ],
    section="1. Push and see",
    next="how small should the step be?",
    returns=("dx",),
)
