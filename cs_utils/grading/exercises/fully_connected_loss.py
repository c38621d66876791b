"""Lesson 01: from scores to probabilities, and how wrong they are. Scores have a row an image, (N, M)."""

import math

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.fully_connected import LESSON
from cs_utils.grading.stubs import FULLY_CONNECTED

# Right answers, in plain loops.


def _softmax(scores):
    probabilities = np.zeros(scores.shape)
    for n, row in enumerate(scores):
        powers = [math.exp(score - max(row)) for score in row]
        probabilities[n] = [power / sum(powers) for power in powers]
    return probabilities


def _cross_entropy(scores, labels):
    losses = []
    for row, label in zip(scores, labels, strict=True):
        log_of_sum = max(row) + math.log(sum(math.exp(score - max(row)) for score in row))
        losses.append(log_of_sum - row[label])
    return float(sum(losses) / len(losses))


# Cases.


def _scores_case(rng, count: int, classes: int, dtype=np.float64) -> Case:
    return Case({"scores": (2 * rng.normal(size=(count, classes))).astype(dtype)})


def _labelled(rng, scores: np.ndarray, integers: type = np.int64) -> Case:
    """Scores with labels: the second largest score of the first two rows, so that no guess is right."""
    ranks = np.argsort(scores, axis=1)
    places = rng.integers(0, scores.shape[1], len(scores))
    places[:2] = scores.shape[1] - 2
    return Case({"scores": scores, "labels": ranks[np.arange(len(scores)), places].astype(integers)})


def _large_scores(rng, *rows: tuple[float, float, float]) -> np.ndarray:
    """Scores (len(rows), 3): ordinary numbers added to these rows."""
    return np.array(rows) + rng.uniform(0.5, 1.5, (len(rows), 3)) * [1.0, -1.0, 0.5]


NEAR_1000, NEAR_MINUS_1000, NEAR_0 = (1000.0,) * 3, (-1000.0,) * 3, (0.0,) * 3
FAR_APART = (1000.0, -1000.0, 0.0)


def _softmax_values(rng):
    return [_scores_case(rng, 4, 3), _scores_case(rng, 2, 5), _scores_case(rng, 3, 4, np.float32)]


def _softmax_large(rng):
    scores = _large_scores(rng, NEAR_1000, NEAR_MINUS_1000, NEAR_0, FAR_APART)
    return [Case({"scores": rng.permutation(scores)}), Case({"scores": scores.astype(np.float32)})]


def _softmax_sizes(rng):
    sizes = [(1, 4), (3, 3), (5, 10), (4, 1), (int(rng.integers(6, 9)), 2)]
    return [_scores_case(rng, *size) for size in sizes] + [_scores_case(rng, 1, 6, np.float32)]


def _cross_entropy_values(rng):
    return [
        _labelled(rng, 2 * rng.normal(size=(4, 3))),
        _labelled(rng, 2 * rng.normal(size=(3, 5))),
        _labelled(rng, (2 * rng.normal(size=(3, 4))).astype(np.float32)),
    ]


def _cross_entropy_large(rng):
    alike = _large_scores(rng, NEAR_1000, NEAR_MINUS_1000, NEAR_0)
    apart = _large_scores(rng, FAR_APART, NEAR_0)
    hopeless = Case({"scores": apart, "labels": np.array([1, 0])})  # the right class has the score -1000
    return [_labelled(rng, alike), hopeless, _labelled(rng, alike.astype(np.float32))]


def _cross_entropy_sizes(rng):
    shapes = {np.uint8: (3, 10), np.int32: (1, 4), np.int64: (6, 2), np.uint16: (4, 4)}
    cases = [_labelled(rng, 2 * rng.normal(size=shape), integers) for integers, shape in shapes.items()]
    count = int(rng.integers(2, 5))
    return [*cases, _labelled(rng, (2 * rng.normal(size=(count, 5))).astype(np.float32), np.uint8)]


# The exercises, in the lesson's order.

SOFTMAX = Exercise(
    name="softmax",
    lesson=LESSON,
    points=2,
    oracle=_softmax,
    visible=[
        Case({"scores": np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 0.5], [2.0, 2.0, -0.75]])}),
        Case({"scores": np.array([[0.5, 1.5, -2.25], [3.0, 0.25, 1.0]])}),
        Case({"scores": np.array([[1000.0, 999.0, 998.5], [-1000.0, -1001.0, -999.5]])}),
    ],
    parts=[
        Part("probabilities, row by row", 1, _softmax_values),
        Part("scores of 1000 and -1000", 0.5, _softmax_large),
        Part("any sizes, input unchanged", 0.5, _softmax_sizes, unchanged=True),
    ],
    section="6. From scores to probabilities",
    next="one number that says how wrong they are",
    returns=("probabilities",),
    stubs=FULLY_CONNECTED,
)

CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    lesson=LESSON,
    points=2,
    oracle=_cross_entropy,
    visible=[
        Case({"scores": np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 0.5]]), "labels": np.array([0, 2])}),
        Case({"scores": np.array([[0.5, 28.5], [1.5, 0.25]]), "labels": np.array([0, 1])}),
        Case({"scores": np.array([[1000.0, -1000.0], [0.5, 1.0]]), "labels": np.array([1, 0])}),
        Case({"scores": np.array([[1000.0, 999.0], [-1000.0, -1001.0]]), "labels": np.array([1, 0])}),
    ],
    parts=[
        Part("the mean over the images", 1, _cross_entropy_values),
        Part("scores of 1000 and -1000", 0.5, _cross_entropy_large),
        Part("any sizes and integer labels, inputs unchanged", 0.5, _cross_entropy_sizes, unchanged=True),
    ],
    section="7. How wrong? One number",
    next="what does a layer cost?",
    returns=("loss",),
    stubs=FULLY_CONNECTED,
)
