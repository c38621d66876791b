"""Lesson 01, softmax: scores become probabilities, row by row."""

import math

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson01_fully_connected import LESSON
from cs_utils.grading.exercises.lesson01_fully_connected.shared import (
    NEAR_0,
    NEAR_1000,
    NEAR_MINUS_1000,
    large_scores,
)
from cs_utils.grading.exercises.shared import FAR_APART
from cs_utils.grading.stubs import FULLY_CONNECTED


def softmax(scores):
    probabilities = np.zeros(scores.shape)
    for n, row in enumerate(scores):
        powers = [math.exp(score - max(row)) for score in row]
        probabilities[n] = [power / sum(powers) for power in powers]
    return probabilities


def _scores(rng: np.random.Generator, count: int, classes: int, dtype: DTypeLike = np.float64) -> Case:
    return Case({"scores": (2 * rng.normal(size=(count, classes))).astype(dtype)})


def _values(rng: np.random.Generator) -> list[Case]:
    return [_scores(rng, 4, 3), _scores(rng, 2, 5), _scores(rng, 3, 4, np.float32)]


def _large(rng: np.random.Generator) -> list[Case]:
    scores = large_scores(rng, NEAR_1000, NEAR_MINUS_1000, NEAR_0, *FAR_APART)
    return [Case({"scores": rng.permutation(scores)}), Case({"scores": scores.astype(np.float32)})]


def _sizes(rng: np.random.Generator) -> list[Case]:
    sizes = [(1, 4), (3, 3), (5, 10), (4, 1), (int(rng.integers(6, 9)), 2)]
    return [_scores(rng, *size) for size in sizes] + [_scores(rng, 1, 6, np.float32)]


SOFTMAX = Exercise(
    name="softmax",
    lesson=LESSON,
    points=2,
    oracle=softmax,
    visible=[
        Case({"scores": np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 0.5], [2.0, 2.0, -0.75]])}),
        Case({"scores": np.array([[0.5, 1.5, -2.25, 1.0], [3.0, 0.25, 1.0, -0.5]])}),
        Case({"scores": np.array([[1000.0, 999.0, 998.5], [-1000.0, -1001.0, -999.5], [0.5, 1.5, -0.25]])}),
        Case({"scores": np.array([[1000.0, 0.5, -1000.0], [0.5, -0.25, 800.0], [800.0, 0.5, 0.25]])}),
        Case({"scores": np.array([[-700.0, 0.5, 700.0], [0.5, 700.0, -700.0]])}),  # not too far from the median
        Case({"scores": np.array([[-1000.0, -999.5, -1001.0], [-900.0, -899.0, -899.5]])}),
    ],
    parts=[
        Part("probabilities, row by row", 1, _values),
        Part("scores of 1000 and -1000", 0.5, _large),
        Part("any sizes, input unchanged", 0.5, _sizes, unchanged=True),
    ],
    section="6. From scores to probabilities",
    next="one number that says how wrong they are",
    returns=("probabilities",),
    stubs=FULLY_CONNECTED,
)
