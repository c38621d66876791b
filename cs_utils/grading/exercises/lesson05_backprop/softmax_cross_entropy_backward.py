"""Lesson 05, softmax_cross_entropy_backward: where the first upstream gradient comes from."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson05_backprop import LESSON
from cs_utils.grading.exercises.shared import FAR_APART, quarters
from cs_utils.grading.stubs import GRADIENTS


def softmax_cross_entropy_backward(scores, labels):
    dscores = np.zeros(scores.shape)
    for n, (row, label) in enumerate(zip(scores, labels, strict=True)):
        powers = np.exp(row - max(row))
        dscores[n] = powers / sum(powers)
        dscores[n, label] -= 1
    return dscores / len(scores)


def _case(rng, n: int, classes: int, dtype=np.float64, scale: float = 1.5) -> Case:
    """Return a case whose first two images share a label, so that a mix-up of rows and labels shows."""
    labels = rng.integers(0, classes, size=n)
    labels[1:2] = labels[0]
    return Case({"scores": (scale * rng.normal(size=(n, classes))).astype(dtype), "labels": labels})


def _one_image(rng):
    return [_case(rng, 1, classes) for classes in (3, 10)] + [_case(rng, 1, 4, np.float32)]


def _several_images(rng):
    small = _case(rng, 5, 4)
    bytes_ = Case(small.arguments | {"labels": small.arguments["labels"].astype(np.uint8)})
    return [bytes_, _case(rng, 3, 10), _case(rng, 4, 3, scale=6.0), _case(rng, 3, 5, np.float32)]


def _large_scores(rng):
    case = _case(rng, 4, 3)
    rows_apart = case.arguments["scores"] + np.array([[1000.0], [-1000.0], [0.0], [900.0]])
    far_apart = case.arguments["scores"] + FAR_APART
    lowest = {"scores": far_apart, "labels": far_apart.argmin(axis=1)}  # whose probability is too small for a float
    return [Case(case.arguments | {"scores": rows_apart}), Case(lowest), _case(rng, 3, 4)]


SOFTMAX_CROSS_ENTROPY_BACKWARD = Exercise(
    name="softmax_cross_entropy_backward",
    lesson=LESSON,
    points=3,
    oracle=softmax_cross_entropy_backward,
    visible=[
        Case({"scores": np.array([[1.0, -0.5, 2.0, 0.25]]), "labels": np.array([1])}),
        Case({"scores": quarters(4, 3, start=3), "labels": np.array([2, 0, 0, 1])}),
        Case({"scores": np.array([[1000.0, 999.5, 998.0], [-1000.0, -999.0, -1001.0]]), "labels": np.array([1, 0])}),
        Case(
            {
                "scores": np.array([[1000.0, 0.5, -1000.0], [0.5, -0.25, 800.0], [800.0, 0.5, 0.25]]),
                "labels": np.array([2, 2, 0]),
            }
        ),
        Case({"scores": np.array([[700.0, 0.5, -700.0]]), "labels": np.array([1])}),  # not too far from the median
        Case(
            {
                "scores": np.array([[-1000.0, -999.5, -1001.0], [-900.0, -899.0, -899.5]]),
                "labels": np.array([0, 2]),
            }
        ),
    ],
    parts=[
        Part("one image", 1, _one_image),
        Part("several images: the mean over the batch", 1, _several_images),
        Part("scores of 1000 and -1000, inputs unchanged", 1, _large_scores, unchanged=True),
    ],
    section="5. Where the gradient begins",
    next="the layer of this course: convolution",
    returns=("dscores",),
    stubs=GRADIENTS,
)
