"""Lesson 05, relu_backward: the gradient passes where x is above 0."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson05_backprop import LESSON
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import GRADIENTS


def relu_backward(dy, x):
    dx = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if x[place] > 0:
            dx[place] = dy[place]
    return dx


def _away_from_zero(rng):
    cases = []
    for shape, dtype in [((3, 5), np.float64), ((2, 3, 4, 2), np.float64), ((7,), np.float64), ((4, 3), np.float32)]:
        x = draw(rng, dtype, *shape)
        x.flat[:2] = 0.75, -0.75  # one passes and one doesn't, whatever is drawn
        cases.append(Case({"dy": draw(rng, dtype, *shape), "x": x}))
    return cases


def _at_zero(rng):
    x = rng.integers(-2, 3, size=(3, 4)) / 2
    x.flat[:3] = 0.0, 1.0, -1.0
    return [Case({"dy": 0.25 + rng.random(size=(3, 4)), "x": x}), *_away_from_zero(rng)[:1]]


RELU_BACKWARD = Exercise(
    name="relu_backward",
    lesson=LESSON,
    points=1,
    oracle=relu_backward,
    visible=[
        Case(
            {
                "dy": np.array([[1.0, -2.0, 0.5], [-0.25, 3.0, -1.5]]),
                "x": np.array([[2.0, 0.5, -1.0], [0.25, 0.0, -3.0]]),
            }
        ),
        Case({"dy": quarters(1, 2, 2, 2, start=1), "x": quarters(1, 2, 2, 2, start=7)}),
    ],
    parts=[
        Part("numbers above and below 0, any shape", 0.5, _away_from_zero),
        Part("the convention at 0, inputs unchanged", 0.5, _at_zero, unchanged=True),
    ],
    section="3. ReLU: pass or stop",
    next="a layer with weights",
    returns=("dx",),
    stubs=GRADIENTS,
)
