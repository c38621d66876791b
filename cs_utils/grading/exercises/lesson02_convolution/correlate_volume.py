"""Lesson 02, correlate_volume: a filter as deep as its image gives one map."""

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson02_convolution import LESSON
from cs_utils.grading.exercises.lesson02_convolution.shared import map_shape, unequal_sides
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import CONVOLUTIONS


def correlate_volume(x, w):
    y = np.zeros(map_shape(x.shape, w.shape))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + len(w), j : j + len(w)] * w)
    return y


def _volume(
    rng: np.random.Generator, height: int, width: int, depth: int, size: int, dtype: DTypeLike = np.float64
) -> Case:
    return Case({"x": draw(rng, dtype, height, width, depth), "w": draw(rng, dtype, size, size, depth)})


def _values(rng: np.random.Generator) -> list[Case]:
    return [_volume(rng, 6, 6, 3, 3), _volume(rng, 5, 5, 2, 3), _volume(rng, 5, 5, 3, 3, np.float32)]


def _sizes(rng: np.random.Generator) -> list[Case]:
    sizes = ((1, 4), (2, 1), (3, 2), (4, 3), (5, 5))  # filter size, depth
    uneven = [_volume(rng, *unequal_sides(rng, size), depth, size) for size, depth in sizes]
    return [_volume(rng, 4, 6, 2, 2, np.float32), _volume(rng, 6, 4, 2, 3), *uneven, *_exact(rng)]


def _exact(rng: np.random.Generator) -> list[Case]:
    return [_volume(rng, 3, 5, 4, 3), _volume(rng, 5, 3, 2, 3)]


def _care(rng: np.random.Generator) -> list[Case]:
    return [_volume(rng, 5, 5, 3, 3), _volume(rng, 4, 4, 2, 3, np.float32)]


CORRELATE_VOLUME = Exercise(
    name="correlate_volume",
    lesson=LESSON,
    points=2,
    oracle=correlate_volume,
    visible=[
        Case({"x": quarters(4, 4, 2), "w": quarters(3, 3, 2, start=2)}),
        Case({"x": quarters(3, 5, 3, start=4), "w": quarters(2, 2, 3, start=1)}),
        Case({"x": quarters(2, 3, 4, start=1) / 5, "w": quarters(2, 2, 4, start=4)}),  # deeper than wide
        Case({"x": quarters(4, 3, 2, start=3), "w": quarters(3, 3, 2, start=5)}),  # as wide as the filter
    ],
    parts=[
        Part("3x3 filters on square images of several channels", 1, _values),
        Part("any size of image and filter, any depth", 0.5, _sizes),
        Part("inputs unchanged", 0.5, _care, unchanged=True),
    ],
    section="5. A filter as deep as its image",
    next="more than one filter",
    stubs=CONVOLUTIONS,
)
