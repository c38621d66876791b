"""Lesson 02, correlate2d: a filter slides over an image with one channel."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson02_convolution import LESSON
from cs_utils.grading.exercises.lesson02_convolution.shared import map_shape, plane, planes_of_any_size, square_planes
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import CONVOLUTIONS


def correlate2d(x, w):
    y = np.zeros(map_shape(x.shape, w.shape))
    for i, j in np.ndindex(y.shape):
        for m, n in np.ndindex(w.shape):
            y[i, j] += w[m, n] * x[i + m, j + n]
    return y


def _refusals(rng: np.random.Generator) -> list[Case]:
    """Filters that are too large for the height, the width or both, between two that fit."""
    sizes = ((5, 5, 3), (3, 6, 4), (6, 3, 4), (3, 4, 4), (4, 3, 4), (2, 2, 5), (3, 3, 3))
    return [plane(rng, *size) for size in sizes]


def _care(rng: np.random.Generator) -> list[Case]:
    return [plane(rng, 5, 5, 3), plane(rng, 4, 4, 3, np.float32)]


CORRELATE2D = Exercise(
    name="correlate2d",
    lesson=LESSON,
    points=3,
    oracle=correlate2d,
    visible=[
        Case({"x": quarters(4, 4), "w": quarters(3, 3, start=2)}),
        Case({"x": quarters(4, 5, start=6), "w": quarters(3, 3, start=5)}),
        Case({"x": quarters(3, 5, start=4), "w": quarters(2, 2, start=1)}),
        Case({"x": quarters(6, 5, start=2), "w": quarters(4, 4, start=3)}),
        Case({"x": quarters(3, 4, start=1) / 5, "w": quarters(3, 3, start=4)}),  # as high as the filter
        Case({"x": quarters(3, 2, start=5), "w": quarters(2, 2, start=3)}),  # as wide as the filter
        Case({"x": quarters(3, 4), "w": quarters(4, 4)}),
        Case({"x": quarters(4, 3), "w": quarters(4, 4)}),
    ],
    parts=[
        Part("3x3 filters on square images", 1, square_planes),
        Part("any size of image and filter", 1, planes_of_any_size),
        Part("filters that are too large refused", 0.5, _refusals),
        Part("inputs unchanged", 0.5, _care, unchanged=True),
    ],
    section="3. Slide the filter over the image",
    next="see what it finds in an image",
    stubs=CONVOLUTIONS,
)
