"""Lesson 03, output_size: how many places a window has on one axis."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson03_stride_padding import LESSON
from cs_utils.grading.exercises.lesson03_stride_padding.shared import side


def output_size(n, size, stride=1, pad=0):
    """Put the window on each place in turn; the last one must end where the padded axis ends."""
    places, end = 0, size
    while end <= n + 2 * pad:
        places, end = places + 1, end + stride
    if places == 0 or end - stride != n + 2 * pad:
        raise ValueError(f"windows of {size} with stride {stride} on {n} pixels with padding {pad}")
    return places


def _cases(*rows: tuple[int, ...]) -> list[Case]:
    return [Case(dict(zip(("n", "size", "stride", "pad"), row, strict=False))) for row in rows]


def _fitting_row(rng: np.random.Generator, size: int, stride: int, pad: int) -> tuple[int, int, int, int]:
    """Return an axis on which windows of this size, stride and padding fit."""
    return (side(int(rng.integers(3, 9)), size, stride, pad), size, stride, pad)


def _without_padding(rng: np.random.Generator) -> list[Case]:
    drawn = [_fitting_row(rng, int(rng.integers(1, 8)), stride, 0) for stride in (1, 2, 3, 4)]
    return _cases((32, 5), (7, 3, 2), (5, 5, 3), *drawn)


def _with_padding(rng: np.random.Generator) -> list[Case]:
    drawn = [_fitting_row(rng, int(rng.integers(1, 8)), stride, pad) for stride, pad in ((1, 2), (2, 1), (3, 2))]
    return _cases((32, 3, 1, 1), (33, 5, 2, 2), (10, 3, 3, 1), (7, 3, 3, 1), (3, 5, 1, 2), *drawn)


def _refusals(rng: np.random.Generator) -> list[Case]:
    n, size, stride, pad = _fitting_row(rng, 3, 3, 1)
    too_long = [(n + 1, size, stride, pad), (n + 2, size, stride, pad)]
    too_small = [(3, 5, 1, 0), (3, 5, 2, 0), (2, 8, 2, 1), (1, 7, 3, 0)]
    return _cases(
        (n, size, stride, pad), (7, 3, 3, 0), (32, 5, 2, 1), (9, 2, 2, 0), *too_long, *too_small, (5, 3, 2, 0)
    )


OUTPUT_SIZE = Exercise(
    name="output_size",
    lesson=LESSON,
    points=2,
    oracle=output_size,
    visible=_cases(
        (7, 3),
        (7, 3, 2),
        (32, 5, 1, 2),
        (7, 3, 3),
        (7, 3, 3, 1),
        (11, 3, 4, 2),
        (8, 2, 2),
        (5, 5),
        (9, 5, 4),
        (3, 5, 2),
    ),
    parts=[
        Part("any stride, no padding", 0.5, _without_padding),
        Part("any stride and padding", 0.5, _with_padding),
        Part("what does not fit is refused", 1, _refusals),
    ],
    section="3. A border of zeros",
    next="put zeros around an image",
    returns=("size",),
    stubs=("engine.validation.output_size",),
)
