"""Lesson 02, conv_layer: several filters, each with its bias, make a new image."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson02_convolution import LESSON
from cs_utils.grading.exercises.lesson02_convolution.correlate_volume import correlate_volume
from cs_utils.grading.exercises.lesson02_convolution.shared import SIZES, layer, unequal_sides
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import CONVOLUTIONS


def conv_layer(x, w, b):
    return np.stack([correlate_volume(x, w[..., k]) + b[k] for k in range(w.shape[3])], axis=2)


def _values(rng: np.random.Generator) -> list[Case]:
    return [layer(rng, (5, 5, 3), 3, 4), layer(rng, (6, 6, 2), 3, 3), layer(rng, (5, 5, 3), 3, 2, np.float32)]


def _sizes(rng: np.random.Generator) -> list[Case]:
    uneven = [layer(rng, (*unequal_sides(rng, size), depth), size, filters) for size, depth, filters in SIZES]
    exact = [layer(rng, (3, 5, 4), 3, 2), layer(rng, (5, 3, 2), 3, 4)]  # as high as the filters, as wide
    return [layer(rng, (4, 6, 3), 2, 5, np.float32), layer(rng, (6, 4, 2), 3, 3), *uneven, *exact]


def _care(rng: np.random.Generator) -> list[Case]:
    return [layer(rng, (5, 5, 3), 3, 4), layer(rng, (4, 4, 2), 3, 3, np.float32)]


CONV_LAYER = Exercise(
    name="conv_layer",
    lesson=LESSON,
    points=3,
    oracle=conv_layer,
    visible=[
        Case({"x": quarters(4, 4, 2), "w": quarters(3, 3, 2, 3, start=2), "b": np.array([0.5, -1.25, 2.0])}),
        Case({"x": quarters(3, 4, 3, start=4), "w": quarters(2, 2, 3, 2, start=1), "b": np.array([-0.75, 1.5])}),
        Case({"x": quarters(5, 4, 1, start=2), "w": quarters(4, 4, 1, 2, start=3), "b": np.array([0.5, -0.25])}),
        Case({"x": quarters(2, 3, 4, start=1) / 5, "w": quarters(2, 2, 4, 2, start=4), "b": np.array([0.75, -0.5])}),
    ],
    parts=[
        Part("several 3x3 filters on square images, each with its bias", 1.5, _values),
        Part("any size, depth and number of filters", 1, _sizes),
        Part("inputs unchanged", 0.5, _care, unchanged=True),
    ],
    section="6. Many filters make a new image",
    next="many images at once",
    stubs=CONVOLUTIONS,
)
