"""Lesson 01, cross_entropy: one number that says how wrong the scores of a batch are."""

import math

import numpy as np

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


def cross_entropy(scores, labels):
    losses = []
    for row, label in zip(scores, labels, strict=True):
        log_of_sum = max(row) + math.log(sum(math.exp(score - max(row)) for score in row))
        losses.append(log_of_sum - row[label])
    return float(sum(losses) / len(losses))


def _labelled(rng: np.random.Generator, scores: np.ndarray, integers: type = np.int64) -> Case:
    """Return scores with labels: in the first two rows those of the second largest score, so that no guess is right."""
    ranks = np.argsort(scores, axis=1)
    places = rng.integers(0, scores.shape[1], len(scores))
    places[:2] = scores.shape[1] - 2
    return _case(scores, ranks[np.arange(len(scores)), places].astype(integers))


def _case(scores: np.ndarray, labels: np.ndarray) -> Case:
    return Case({"scores": scores, "labels": labels})


def _values(rng: np.random.Generator) -> list[Case]:
    return [
        _labelled(rng, 2 * rng.normal(size=(4, 3))),
        _labelled(rng, 2 * rng.normal(size=(3, 5))),
        _labelled(rng, (2 * rng.normal(size=(3, 4))).astype(np.float32)),
    ]


def _large(rng: np.random.Generator) -> list[Case]:
    alike = large_scores(rng, NEAR_1000, NEAR_MINUS_1000, NEAR_0)
    apart = large_scores(rng, *FAR_APART)
    hopeless = _case(apart, np.array([1, 0, 2, 1]))  # the right class has the lowest score
    return [_labelled(rng, alike), hopeless, _labelled(rng, alike.astype(np.float32))]


def _sizes(rng: np.random.Generator) -> list[Case]:
    shapes = {np.uint8: (3, 10), np.int32: (1, 4), np.int64: (6, 2), np.uint16: (4, 4)}
    cases = [_labelled(rng, 2 * rng.normal(size=shape), integers) for integers, shape in shapes.items()]
    count = int(rng.integers(2, 5))
    return [*cases, _labelled(rng, (2 * rng.normal(size=(count, 5))).astype(np.float32), np.uint8)]


CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    lesson=LESSON,
    points=2,
    oracle=cross_entropy,
    visible=[
        _case(np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 0.5]]), np.array([0, 2])),
        _case(np.array([[0.5, 28.5], [18.5, 0.25]]), np.array([0, 1])),
        _case(np.array([[1000.0, -1000.0], [0.5, 1.0]]), np.array([1, 0])),
        _case(np.array([[1000.0, 999.0], [-1000.0, -1001.0], [1000.0, -1000.0]]), np.array([1, 0, 0])),
        _case(np.array([[800.0, 0.5, 0.25]]), np.array([0])),
        _case(np.array([[0.5, -0.25, 800.0]]), np.array([2])),
        _case(np.array([[700.0, 0.5, -700.0]]), np.array([1])),  # not too far from the median
        _case(np.array([[-1000.0, -999.5, -1001.0], [-900.0, -899.0, -899.5]]), np.array([0, 2])),
    ],
    parts=[
        Part("the mean over the images", 1, _values),
        Part("scores of 1000 and -1000", 0.5, _large),
        Part("any sizes and integer labels, inputs unchanged", 0.5, _sizes, unchanged=True),
    ],
    section="7. How wrong? One number",
    next="what does a layer cost?",
    returns=("loss",),
    stubs=FULLY_CONNECTED,
)
