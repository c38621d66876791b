"""Lesson 02, true_convolution2d: what mathematicians call convolution, in which the filter is flipped."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson02_convolution import LESSON
from cs_utils.grading.exercises.lesson02_convolution.shared import map_shape, planes_of_any_size, square_planes
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import CONVOLUTIONS


def true_convolution2d(x, w):
    last = len(w) - 1
    y = np.zeros(map_shape(x.shape, w.shape))
    for i, j in np.ndindex(y.shape):
        for m, n in np.ndindex(w.shape):
            y[i, j] += w[m, n] * x[i + last - m, j + last - n]
    return y


def _planes(rng: np.random.Generator) -> list[Case]:
    return square_planes(rng) + planes_of_any_size(rng)


TRUE_CONVOLUTION2D = Exercise(
    name="true_convolution2d",
    lesson=LESSON,
    points=1,
    oracle=true_convolution2d,
    visible=[
        Case({"x": quarters(4, 4), "w": quarters(3, 3, start=2)}),
        Case({"x": quarters(3, 5, start=4), "w": quarters(2, 2, start=1)}),
        Case({"x": quarters(4, 3, start=1) / 5, "w": quarters(3, 3, start=4)}),  # as wide as the filter
        Case({"x": quarters(6, 5, start=3) / 5, "w": quarters(4, 4, start=2)}),
    ],
    parts=[Part("any size of image and filter, inputs unchanged", 1, _planes, unchanged=True)],
    section="4. Correlation or convolution?",
    next="colour: images that are three numbers deep",
    stubs=CONVOLUTIONS,
)
