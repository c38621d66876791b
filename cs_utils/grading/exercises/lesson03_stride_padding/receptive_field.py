"""Lesson 03, receptive_field: how many pixels a value deep in a net sees."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson03_stride_padding import LESSON


def receptive_field(layers):
    pixels = {0}
    for size, stride in reversed(layers):
        pixels = {stride * place + m for place in pixels for m in range(size)}
    return max(pixels) + 1


def _stack(*layers: tuple[int, int]) -> Case:
    return Case({"layers": list(layers)})


def _plain(rng: np.random.Generator) -> list[Case]:
    drawn = [(int(size), 1) for size in rng.integers(2, 8, 4)]
    return [_stack((3, 1), (3, 1), (3, 1)), _stack((5, 1)), _stack(*drawn), _stack((1, 1), (3, 1), (1, 1))]


def _strided(rng: np.random.Generator) -> list[Case]:
    sizes, strides = rng.integers(2, 6, 5), rng.integers(2, 4, 5)
    drawn = [(int(size), int(stride)) for size, stride in zip(sizes, strides, strict=True)]
    return [_stack((3, 2), (3, 2), (3, 2)), _stack((3, 1), (2, 2), (3, 1), (2, 2), (5, 1)), _stack(*drawn)]


def _special(rng: np.random.Generator) -> list[Case]:
    jump = int(rng.integers(2, 5))
    drawn = [_stack((1, jump), (3, 1), (2, 3)), _stack((3, 1), (2, jump))]
    return [*drawn, _stack(), _stack((7, 2), (1, 1), (3, 2)), _stack((1, 4), (3, 1))]


RECEPTIVE_FIELD = Exercise(
    name="receptive_field",
    lesson=LESSON,
    points=2,
    oracle=receptive_field,
    visible=[
        _stack((3, 1), (3, 1), (3, 1)),
        _stack((3, 2), (5, 3), (2, 4)),
        _stack((1, 3), (2, 1), (4, 2)),
        _stack(),
    ],
    parts=[
        Part("stride 1", 0.5, _plain),
        Part("any strides", 1, _strided),
        Part("windows of one pixel, no layer at all; input unchanged", 0.5, _special, unchanged=True),
    ],
    section="9. How far does a value see?",
    next="test it on a layer",
    returns=("side",),
)
