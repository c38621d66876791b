"""Lesson 01, count_linear_parameters: what a fully connected layer costs."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson01_fully_connected import LESSON


def count_linear_parameters(n_in, n_out):
    weights = n_in * n_out
    biases = n_out
    return weights + biases


def _any_sizes(rng: np.random.Generator) -> list[Case]:
    sizes = [(int(rng.integers(20, 4000)), int(rng.integers(5, 20))), (7, 11), (5, 1), (1, 6)]
    return [Case({"n_in": n_in, "n_out": n_out}) for n_in, n_out in sizes]


COUNT_LINEAR_PARAMETERS = Exercise(
    name="count_linear_parameters",
    lesson=LESSON,
    points=1,
    oracle=count_linear_parameters,
    visible=[Case({"n_in": 4, "n_out": 3}), Case({"n_in": 3072, "n_out": 10})],
    parts=[Part("layers of any size", 1, _any_sizes)],
    section="8. What a layer costs",
    next="what such a net does not know about images",
    returns=("parameters",),
)
