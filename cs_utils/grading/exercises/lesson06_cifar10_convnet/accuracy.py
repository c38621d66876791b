"""Lesson 06, accuracy: the share of images whose largest score is that of the right class."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson06_cifar10_convnet import LESSON


def accuracy(scores, labels):
    right = 0
    for row, label in zip(scores, labels, strict=True):
        right += int(row.argmax() == label)
    return right / len(labels)


def _answers(rng: np.random.Generator, n: int, classes: int, dtype: type, floats: type = np.float64) -> Case:
    """Return scores of which some, but neither half nor all, put the right class first."""
    scores = rng.permuted(np.tile(np.linspace(-3.0, 4.5, classes), (n, 1)), axis=1)
    scores[0] = np.sort(scores[0])  # the last class is among those of few images, too
    scores[1::2] -= 5.0  # every other row has negative scores alone, and the one farthest from 0 is the lowest
    labels = scores.argmax(axis=1)
    wrong = 1 + rng.permutation(n - 1)[: n // 4 + 1]
    labels[wrong] = (labels[wrong] + rng.integers(1, classes, len(wrong))) % classes
    return _case(scores.astype(floats), labels.astype(dtype))


def _case(scores: np.ndarray, labels: np.ndarray) -> Case:
    return Case({"scores": scores, "labels": labels})


def _cases(rng: np.random.Generator) -> list[Case]:
    doubles = [_answers(rng, 12, 10, np.uint8), _answers(rng, 10, 10, np.int64), _answers(rng, 7, 3, np.int32)]
    return [*doubles, _answers(rng, 8, 10, np.uint8, np.float32)]


ACCURACY = Exercise(
    name="accuracy",
    lesson=LESSON,
    points=1,
    oracle=accuracy,
    visible=[
        _case(
            np.array([[2.0, 0.5, 1.0], [-1.5, -0.5, -3.0], [-2.0, 3.0, -0.5], [0.0, 2.0, 4.5]]),
            np.array([0, 1, 2, 2]),
        ),
        _case(  # all correct; and two of the scores happen to equal their labels
            np.array([[-1.0, 3.0, 0.5, 0.0], [0.0, -2.0, -1.0, -0.5], [0.0, 1.0, -3.0, 3.0]]),
            np.array([1, 0, 3]),
        ),
        _case(  # four right; among the other labels are the class before, the class after and the lowest score
            np.array(
                [
                    [1.5, 0.0, -1.0, 0.5],
                    [0.25, 2.0, 1.0, -0.5],
                    [-3.0, -2.5, -0.5, -1.0],
                    [0.0, 0.5, 1.0, 1.5],
                    [-1.0, 0.75, 0.5, -2.0],
                    [3.5, 2.0, -0.25, 3.0],
                    [-0.5, 1.25, 2.5, 0.0],
                    [1.0, -3.0, 0.5, -0.25],  # also the farthest from 0
                    [4.0, 0.25, 1.0, 0.5],
                ]
            ),
            np.array([0, 1, 2, 3, 2, 2, 1, 1, 1]),
        ),
    ],
    parts=[Part("the share of images with the right class, inputs unchanged", 1, _cases, unchanged=True)],
    section="6. How often is it right?",
    next="fifty images by heart",
    returns=("accuracy",),
)
