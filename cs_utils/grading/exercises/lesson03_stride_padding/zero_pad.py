"""Lesson 03, zero_pad: a border of zeros around every image of a batch."""

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson03_stride_padding import LESSON
from cs_utils.grading.exercises.shared import draw, quarters


def zero_pad(x, pad):
    count, height, width, depth = x.shape
    y = np.zeros((count, height + 2 * pad, width + 2 * pad, depth))
    for i in range(height):
        for j in range(width):
            y[:, i + pad, j + pad] = x[:, i, j]
    return y


def _batch(rng: np.random.Generator, shape: tuple[int, ...], pad: int, dtype: DTypeLike = np.float64) -> Case:
    return Case({"x": draw(rng, dtype, *shape), "pad": pad})


def _square(rng: np.random.Generator) -> list[Case]:
    return [
        _batch(rng, (2, 4, 4, 3), 1),
        _batch(rng, (3, 3, 3, 2), 2),
        _batch(rng, (2, 5, 5, 3), 3, np.float32),
    ]


def _any_shape(rng: np.random.Generator) -> list[Case]:
    count, depth = (int(number) for number in rng.integers(1, 5, 2))
    short, more = (int(number) for number in rng.integers(2, 4, 2))
    return [
        _batch(rng, (count, short, short + more, depth), 1),
        _batch(rng, (3, short + more, short, 2), 0),
        _batch(rng, (1, 2, 5, 1), 3, np.float32),
        _batch(rng, (2, 4, 3, 4), 2),
    ]


def _unchanged(rng: np.random.Generator) -> list[Case]:
    return [_batch(rng, (2, 4, 4, 3), 1), _batch(rng, (3, 5, 5, 2), 2, np.float32)]


ZERO_PAD = Exercise(
    name="zero_pad",
    lesson=LESSON,
    points=2,
    oracle=zero_pad,
    visible=[
        Case({"x": quarters(2, 2, 3, 2, start=1), "pad": 1}),
        Case({"x": quarters(1, 3, 2, 1, start=4), "pad": 2}),
        Case({"x": quarters(2, 2, 2, 1, start=2), "pad": 0}),
    ],
    parts=[
        Part("borders of 1 to 3 around square images", 1, _square),
        Part("any height and width, any number of images and channels, pad 0", 0.5, _any_shape),
        Part("input unchanged", 0.5, _unchanged, unchanged=True),
    ],
    section="3. A border of zeros",
    next="how wide must the border be?",
)
