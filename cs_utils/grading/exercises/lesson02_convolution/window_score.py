"""Lesson 02, window_score: one window and one filter give one number."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson02_convolution import LESSON
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import CONVOLUTIONS


def window_score(window, filt, bias):
    return float(sum(a * b for a, b in zip(window.flat, filt.flat, strict=True)) + bias)


def _windows(rng: np.random.Generator) -> list[Case]:
    windows = [(3, 3, 3, np.float64), (5, 5, 3, np.float64), (1, 1, 4, np.float64), (4, 4, 1, np.float32)]
    windows.append((2, 2, int(rng.integers(2, 6)), np.float32))
    biases = (3, 3, -30, 3, -30)  # far from 0; with -30 the score is surely negative
    return [
        _case(draw(rng, dtype, *shape), draw(rng, dtype, *shape), float(rng.normal() + bias))
        for (*shape, dtype), bias in zip(windows, biases, strict=True)
    ]


def _case(window: np.ndarray, filt: np.ndarray, bias: float) -> Case:
    return Case({"window": window, "filt": filt, "bias": bias})


WINDOW_SCORE = Exercise(
    name="window_score",
    lesson=LESSON,
    points=1,
    oracle=window_score,
    visible=[
        _case(quarters(2, 2, 2), quarters(2, 2, 2, start=3), 0.5),
        _case(quarters(3, 3, 1, start=1), quarters(3, 3, 1, start=7), -9.25),
    ],
    parts=[Part("windows of any size and depth, inputs unchanged", 1, _windows, unchanged=True)],
    section="2. One window, one number",
    next="put the window on every place of an image",
    returns=("score",),
    stubs=CONVOLUTIONS,
)
