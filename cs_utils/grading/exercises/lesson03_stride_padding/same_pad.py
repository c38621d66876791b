"""Lesson 03, same_pad: how wide a frame keeps the size of a picture."""

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


def _sizes(rng: np.random.Generator) -> list[Case]:
    sizes = (3, 5, 1, 4, 2, int(2 * rng.integers(3, 9) + 1), int(2 * rng.integers(3, 9)), 7)
    return [Case({"size": size}) for size in sizes]


SAME_PAD = Exercise(
    name="same_pad",
    lesson=LESSON,
    points=1,
    oracle=same_pad,
    visible=[Case({"size": size}) for size in (3, 5, 1, 4)],
    parts=[Part("odd sizes, and even ones refused", 1, _sizes)],
    section="4. The frame that keeps the size",
    next="stride and padding in one layer",
    returns=("pad",),
)
