"""Lesson 03, same_pad: how much padding keeps the size of an image."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson03_stride_padding import LESSON
from cs_utils.grading.exercises.lesson03_stride_padding.output_size import output_size


def same_pad(size):
    for pad in range(size):
        if output_size(size, size, pad=pad) == size:
            return pad
    raise ValueError(f"a filter of extent {size}, which is even")


def _cases(*sizes: int) -> list[Case]:
    return [Case({"size": size}) for size in sizes]


def _odd(rng: np.random.Generator) -> list[Case]:
    return _cases(3, 5, 1, 7, int(2 * rng.integers(4, 9) + 1))


def _even(rng: np.random.Generator) -> list[Case]:
    return _cases(4, 2, int(2 * rng.integers(3, 9)), 3)


SAME_PAD = Exercise(
    name="same_pad",
    lesson=LESSON,
    points=1,
    oracle=same_pad,
    visible=_cases(3, 5, 1, 4, 9, 2),
    parts=[Part("odd sizes", 0.5, _odd), Part("even sizes refused", 0.5, _even)],
    section="4. The padding that keeps the size",
    next="stride and padding in one layer",
    returns=("pad",),
)
