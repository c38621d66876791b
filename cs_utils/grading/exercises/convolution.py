"""Lesson 02: one window, and a filter that slides over one channel. Deeper ones are in `convolution_layers`.

Pictures are (H, W), filters are square: (F, F); a window may be deep, (F, F, C).
"""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import CONVOLUTIONS

LESSON = "02_convolution"


# Right answers, in plain loops.


def _window_score(window, filt, bias):
    return float(sum(a * b for a, b in zip(window.flat, filt.flat, strict=True)) + bias)


def _correlate2d(x, w):
    rows, columns = positions(x.shape, w.shape)
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for m in range(len(w)):
                for n in range(len(w)):
                    y[i, j] += w[m, n] * x[i + m, j + n]
    return y


def _true_convolution2d(x, w):
    rows, columns = positions(x.shape, w.shape)
    size = len(w)
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for m in range(size):
                for n in range(size):
                    y[i, j] += w[m, n] * x[i + size - 1 - m, j + size - 1 - n]
    return y


def positions(image: tuple[int, ...], filt: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of the map, or ValueError for a filter that doesn't fit."""
    (height, width, *depth), (size, _, *filter_depth) = image, filt
    if size > height or size > width:
        raise ValueError(f"a {size}x{size} filter on a {height}x{width} picture")
    if depth != filter_depth:
        raise ValueError(f"a filter of depth {filter_depth[0]} on a picture of depth {depth[0]}")
    return height - size + 1, width - size + 1


# Cases. The visible ones hold quarters, so that sums are exact; the hidden ones are drawn from a random generator.


def _plane(rng, height, width, size, dtype=np.float64) -> Case:
    return Case({"x": draw(rng, dtype, height, width), "w": draw(rng, dtype, size, size)})


def unequal_sides(rng, size: int) -> tuple[int, int]:
    """Two different sides on which a filter of this size fits, either one the larger."""
    short = size + int(rng.integers(1, 3))
    sides = (short, short + int(rng.integers(1, 3)))
    return sides if rng.random() < 0.5 else sides[::-1]


def _window_cases(rng):
    windows = [(3, 3, 3, np.float64), (5, 5, 3, np.float64), (1, 1, 4, np.float64), (4, 4, 1, np.float32)]
    windows.append((2, 2, int(rng.integers(2, 6)), np.float32))
    biases = (3, 3, -30, 3, -30)  # far from 0; with -30 the score is negative for sure
    return [
        Case({"window": draw(rng, dtype, *shape), "filt": draw(rng, dtype, *shape), "bias": float(rng.normal() + bias)})
        for (*shape, dtype), bias in zip(windows, biases, strict=True)
    ]


def _plane_squares(rng):
    return [_plane(rng, 5, 5, 3), _plane(rng, 6, 6, 3), _plane(rng, 7, 7, 3, np.float32)]


def _plane_sizes(rng):
    uneven = [_plane(rng, *unequal_sides(rng, size), size) for size in (1, 2, 3, 4, 5)]
    return [_plane(rng, 4, 7, 2, np.float32), _plane(rng, 7, 4, 3), *uneven, _plane(rng, 4, 4, 4)]


def _all_planes(rng):
    return _plane_squares(rng) + _plane_sizes(rng)


def _plane_refusals(rng):
    return [
        _plane(rng, 5, 5, 3),
        _plane(rng, 3, 6, 4),
        _plane(rng, 6, 3, 4),
        _plane(rng, 2, 2, 5),
        _plane(rng, 3, 3, 3),
    ]


# The exercises, in the lesson's order.

WINDOW_SCORE = Exercise(
    name="window_score",
    lesson=LESSON,
    points=1,
    oracle=_window_score,
    visible=[
        Case({"window": quarters(2, 2, 2), "filt": quarters(2, 2, 2, start=3), "bias": 0.5}),
        Case({"window": quarters(3, 3, 1, start=1), "filt": quarters(3, 3, 1, start=7), "bias": -9.25}),
    ],
    parts=[Part("windows of any size and depth, inputs unchanged", 1, _window_cases, unchanged=True)],
    section="2. One window, one number",
    next="put the window on every place of a picture",
    returns=("score",),
    stubs=CONVOLUTIONS,
)

CORRELATE2D = Exercise(
    name="correlate2d",
    lesson=LESSON,
    points=3,
    oracle=_correlate2d,
    visible=[
        Case({"x": quarters(4, 4), "w": quarters(3, 3, start=2)}),
        Case({"x": quarters(4, 5, start=6), "w": quarters(3, 3, start=5)}),
        Case({"x": quarters(3, 5, start=4), "w": quarters(2, 2, start=1)}),
        Case({"x": quarters(6, 5, start=2), "w": quarters(4, 4, start=3)}),
        Case({"x": quarters(3, 4), "w": quarters(4, 4)}),
    ],
    parts=[
        Part("3x3 filters on square pictures", 1, _plane_squares),
        Part("any size of picture and filter", 1, _plane_sizes),
        Part("filters that are too large refused, inputs unchanged", 1, _plane_refusals, unchanged=True),
    ],
    section="3. Slide the filter over the picture",
    next="see what it finds in a picture",
    stubs=CONVOLUTIONS,
)

TRUE_CONVOLUTION2D = Exercise(
    name="true_convolution2d",
    lesson=LESSON,
    points=1,
    oracle=_true_convolution2d,
    visible=[
        Case({"x": quarters(4, 4), "w": quarters(3, 3, start=2)}),
        Case({"x": quarters(3, 5, start=4), "w": quarters(2, 2, start=1)}),
    ],
    parts=[Part("any size of picture and filter, inputs unchanged", 1, _all_planes, unchanged=True)],
    section="4. Correlation or convolution?",
    next="colour: pictures that are three numbers deep",
    stubs=CONVOLUTIONS,
)
