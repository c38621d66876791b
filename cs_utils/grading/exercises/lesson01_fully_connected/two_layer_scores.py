"""Lesson 01, two_layer_scores: two fully connected layers with max(0, .) between them."""

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson01_fully_connected import LESSON
from cs_utils.grading.exercises.lesson01_fully_connected.linear import linear
from cs_utils.grading.exercises.lesson01_fully_connected.shared import far_from_zero
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import FULLY_CONNECTED


def two_layer_scores(x, w1, b1, w2, b2):
    hidden = np.array([[max(0.0, number) for number in row] for row in linear(x, w1, b1)])
    return linear(hidden, w2, b2)


def _net(
    rng: np.random.Generator, count: int, inputs: int, hidden: int, outputs: int, dtype: DTypeLike = np.float64
) -> Case:
    arrays = {
        "x": rng.normal(size=(count, inputs)),
        "w1": rng.normal(size=(inputs, hidden)),
        "b1": far_from_zero(rng, hidden, 4.0),
        "w2": rng.normal(size=(hidden, outputs)),
        "b2": far_from_zero(rng, outputs, 40.0),
    }
    return Case({name: array.astype(dtype) for name, array in arrays.items()})


def _values(rng: np.random.Generator) -> list[Case]:
    return [_net(rng, 4, 5, 6, 3), _net(rng, 3, 4, 5, 2), _net(rng, 3, 4, 6, 3, np.float32)]


def _sizes(rng: np.random.Generator) -> list[Case]:
    inputs, hidden = (int(n) for n in rng.permutation([5, 7, 8, 9])[:2])
    sizes = [(2, inputs, hidden, 4), (1, 3, 4, 2), (3, 4, 4, 4), (3, 2, 9, 1), (2, 6, 2, 3)]
    small = Case({name: 0.1 * array for name, array in _net(rng, 3, 4, 6, 2).arguments.items()})  # sums of less than 1
    return [small, *(_net(rng, *size) for size in sizes), _net(rng, 2, hidden, inputs, 3, np.float32)]


TWO_LAYER_SCORES = Exercise(
    name="two_layer_scores",
    lesson=LESSON,
    points=2,
    oracle=two_layer_scores,
    visible=[
        Case(
            {
                "x": quarters(2, 3),
                "w1": quarters(3, 4, start=2),
                "b1": np.array([0.5, -1.25, 4.0, -0.5]),
                "w2": quarters(4, 2, start=7),
                "b2": np.array([-3.5, 1.25]),
            }
        ),
        Case(
            {
                "x": quarters(3, 2, start=3),
                "w1": quarters(2, 3, start=9),
                "b1": np.array([-2.0, 0.25, 1.5]),
                "w2": quarters(3, 4, start=1),
                "b2": np.array([0.75, -6.0, 2.5, -0.25]),
            }
        ),
    ],
    parts=[
        Part("the scores, with max(0, .) in its place", 1, _values),
        Part("any sizes, inputs unchanged", 1, _sizes, unchanged=True),
    ],
    section="5. Two layers",
    next="see what the second layer is good for",
    returns=("scores",),
    stubs=FULLY_CONNECTED,
)
