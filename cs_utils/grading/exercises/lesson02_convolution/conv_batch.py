"""Lesson 02, conv_batch: a layer of filters over a batch of images."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson02_convolution import LESSON
from cs_utils.grading.exercises.lesson02_convolution.conv_layer import conv_layer
from cs_utils.grading.exercises.lesson02_convolution.shared import SIZES, layer, unequal_sides
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import CONVOLUTIONS


def conv_batch(x, w, b):
    return np.stack([conv_layer(image, w, b) for image in x])


def _values(rng: np.random.Generator) -> list[Case]:
    return [
        layer(rng, (3, 5, 5, 3), 3, 4),
        layer(rng, (2, 6, 6, 2), 3, 3),
        layer(rng, (3, 5, 5, 2), 3, 2, np.float32),
    ]


def _sizes(rng: np.random.Generator) -> list[Case]:
    counts = (1, 3, 4, 2, 3)
    uneven = [
        layer(rng, (count, *unequal_sides(rng, size), depth), size, filters)
        for count, (size, depth, filters) in zip(counts, SIZES, strict=True)
    ]
    exact = [layer(rng, (2, 3, 5, 4), 3, 2), layer(rng, (3, 5, 3, 2), 3, 4)]  # as high as the filters, as wide
    return [layer(rng, (3, 4, 6, 3), 2, 5, np.float32), layer(rng, (3, 6, 4, 2), 3, 3), *uneven, *exact]


def _care(rng: np.random.Generator) -> list[Case]:
    return [layer(rng, (3, 5, 5, 3), 3, 4), layer(rng, (2, 4, 4, 2), 3, 3, np.float32)]


CONV_BATCH = Exercise(
    name="conv_batch",
    lesson=LESSON,
    points=3,
    oracle=conv_batch,
    visible=[
        Case({"x": quarters(2, 4, 4, 2), "w": quarters(3, 3, 2, 3, start=2), "b": np.array([0.5, -1.25, 2.0])}),
        Case({"x": quarters(3, 3, 5, 3, start=4), "w": quarters(2, 2, 3, 2, start=1), "b": np.array([-0.75, 1.5])}),
        Case({"x": quarters(1, 5, 4, 1, start=2), "w": quarters(4, 4, 1, 2, start=3), "b": np.array([0.5, -0.25])}),
        Case({"x": quarters(2, 2, 3, 4, start=1) / 5, "w": quarters(2, 2, 4, 2, start=4), "b": np.array([0.75, -0.5])}),
    ],
    parts=[
        Part("several images, several 3x3 filters", 1.5, _values),
        Part("any size, depth, number of images and filters", 1, _sizes),
        Part("inputs unchanged", 0.5, _care, unchanged=True),
    ],
    section="7. A whole batch, one product per place",
    next="how fast is it?",
    stubs=CONVOLUTIONS,
)
