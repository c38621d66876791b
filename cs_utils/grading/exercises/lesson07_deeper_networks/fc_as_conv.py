"""Lesson 07, fc_as_conv: the weights of a fully connected layer as the filters of a convolution."""

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON
from cs_utils.grading.exercises.shared import draw, quarters


def fc_as_conv(w, shape):
    height, width, depth = shape
    if len(w) != height * width * depth:
        raise ValueError(f"{len(w)} rows of weights for a volume of {height}x{width}x{depth}")
    filters = np.zeros((height, width, depth, w.shape[1]))
    for row, (i, j, c) in enumerate(np.ndindex(height, width, depth)):
        filters[i, j, c] = w[row]
    return filters


def _weights(rng: np.random.Generator, shape: tuple[int, ...], neurons: int, dtype: DTypeLike = np.float64) -> Case:
    return Case({"w": draw(rng, dtype, int(np.prod(shape)), neurons), "shape": shape})


def _square_weights(rng: np.random.Generator) -> list[Case]:
    neurons = int(rng.integers(2, 7))
    return [_weights(rng, (4, 4, 3), neurons), _weights(rng, (2, 2, 5), 7), _weights(rng, (3, 3, 2), 4, np.float32)]


def _any_weights(rng: np.random.Generator) -> list[Case]:
    height, depth, neurons = (int(number) for number in rng.integers(2, 6, 3))
    return [
        _weights(rng, (height, height + 2, depth), neurons),
        _weights(rng, (5, 2, 3), 4),
        _weights(rng, (1, 1, 8), 3),
        _weights(rng, (3, 4, 1), 1),
        _weights(rng, (2, 6, 3), 5, np.float32),
    ]


def _care(rng: np.random.Generator) -> list[Case]:
    return [_weights(rng, (3, 2, 4), int(rng.integers(2, 6))), _weights(rng, (2, 2, 3), 3, np.float32)]


FC_AS_CONV = Exercise(
    name="fc_as_conv",
    lesson=LESSON,
    points=2,
    oracle=fc_as_conv,
    visible=[
        Case({"w": quarters(12, 2), "shape": (2, 2, 3)}),
        Case({"w": quarters(6, 4, start=3), "shape": (3, 1, 2)}),
    ],
    parts=[
        Part("square volumes", 1, _square_weights),
        Part("any height, width and depth", 0.5, _any_weights),
        Part("inputs unchanged", 0.5, _care, unchanged=True),
    ],
    section="3. Do we need fully connected layers?",
    next="a net that takes images of any size",
    returns=("filters",),
)
