"""Lesson 01, flatten: a batch of images becomes one row of numbers per image."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson01_fully_connected import LESSON
from cs_utils.grading.exercises.shared import draw, quarters


def flatten(images):
    count, height, width, channels = images.shape
    rows = np.zeros((count, height * width * channels))
    for n, i, j, c in np.ndindex(images.shape):
        rows[n, (i * width + j) * channels + c] = images[n, i, j, c]
    return rows


def _any_images(rng: np.random.Generator) -> list[Case]:
    count = int(rng.integers(2, 5))
    return [
        Case({"images": draw(rng, np.float64, count, 4, 5, 3)}),
        Case({"images": draw(rng, np.float32, 3, 5, 2, 2)}),
        Case({"images": draw(rng, np.float64, 1, 3, 4, 3)}),
        Case({"images": draw(rng, np.float64, 2, 4, 4, 1)}),
    ]


FLATTEN = Exercise(
    name="flatten",
    lesson=LESSON,
    points=1,
    oracle=flatten,
    visible=[
        Case({"images": quarters(2, 2, 3, 2)}),
        Case({"images": quarters(3, 4, 2, 1, start=5)}),
    ],
    parts=[Part("any number, size and depth of images, input unchanged", 1, _any_images, unchanged=True)],
    section="2. An image becomes a row of numbers",
    next="weigh these numbers: a score for each class",
)
