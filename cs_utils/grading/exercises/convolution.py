"""Lesson 02: from one window to a convolution layer over a batch.

Pictures are (H, W) or (H, W, C), batches (N, H, W, C); filters are square: (F, F), (F, F, C) or (F, F, C, K).
"""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part, Written
from cs_utils.grading.stubs import CONVOLUTIONS

LESSON = "02_convolution"


# Right answers, in plain loops.


def _window_score(window, filt, bias):
    return float(sum(a * b for a, b in zip(window.flat, filt.flat, strict=True)) + bias)


def _correlate2d(x, w):
    rows, columns = _positions(x.shape, w.shape)
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for m in range(len(w)):
                for n in range(len(w)):
                    y[i, j] += w[m, n] * x[i + m, j + n]
    return y


def _true_convolution2d(x, w):
    rows, columns = _positions(x.shape, w.shape)
    size = len(w)
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for m in range(size):
                for n in range(size):
                    y[i, j] += w[m, n] * x[i + size - 1 - m, j + size - 1 - n]
    return y


def _correlate_volume(x, w):
    rows, columns = _positions(x.shape, w.shape)
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = np.sum(x[i : i + len(w), j : j + len(w)] * w)
    return y


def _conv_layer(x, w, b):
    return np.stack([_correlate_volume(x, w[..., k]) + b[k] for k in range(w.shape[3])], axis=2)


def _conv_batch(x, w, b):
    return np.stack([_conv_layer(image, w, b) for image in x])


def _positions(image: tuple[int, ...], filt: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of the map, or ValueError for a filter that doesn't fit."""
    (height, width, *depth), (size, _, *filter_depth) = image, filt
    if size > height or size > width:
        raise ValueError(f"a {size}x{size} filter on a {height}x{width} picture")
    if depth != filter_depth:
        raise ValueError(f"a filter of depth {filter_depth[0]} on a picture of depth {depth[0]}")
    return height - size + 1, width - size + 1


# Cases. The visible ones hold quarters, so that sums are exact; the hidden ones are drawn from a random generator.


def quarters(*shape: int, start: int = 0) -> np.ndarray:
    """Return an array of multiples of 1/4 from -2 to 2, in no regular order; another `start` gives another one."""
    i = np.arange(start, start + np.prod(shape, dtype=int))
    return ((i**4 + 3 * i**3 + 5 * i) % 17 - 8).reshape(shape) / 4


def _plane(rng, height, width, size, dtype=np.float64) -> Case:
    return Case({"x": _draw(rng, dtype, height, width), "w": _draw(rng, dtype, size, size)})


def _volume(rng, height, width, depth, size, dtype=np.float64) -> Case:
    return Case({"x": _draw(rng, dtype, height, width, depth), "w": _draw(rng, dtype, size, size, depth)})


def _layer(rng, shape, size, filters, dtype=np.float64) -> Case:
    """One picture or a batch, by `shape`."""
    x, w = _draw(rng, dtype, *shape), _draw(rng, dtype, size, size, shape[-1], filters)
    return Case({"x": x, "w": w, "b": _draw(rng, dtype, filters)})


def _draw(rng, dtype, *shape) -> np.ndarray:
    return rng.normal(size=shape).astype(dtype)


def _uneven(rng, size: int) -> tuple[int, int]:
    """Two different sides on which a filter of this size fits, either one the larger."""
    short = size + int(rng.integers(1, 3))
    sides = (short, short + int(rng.integers(1, 3)))
    return sides if rng.random() < 0.5 else sides[::-1]


def _too_deep(case: Case, depth: int) -> Case:
    """The same case with filters of another depth."""
    w = case.arguments["w"]
    return Case(case.arguments | {"w": np.resize(w, (*w.shape[:2], depth, *w.shape[3:]))})


def _window_cases(rng):
    windows = [(3, 3, 3, np.float64), (5, 5, 3, np.float64), (1, 1, 4, np.float64), (4, 4, 1, np.float32)]
    windows.append((2, 2, int(rng.integers(2, 6)), np.float32))
    biases = (3, 3, -30, 3, -30)  # far from 0; with -30 the score is negative for sure
    return [
        Case(
            {"window": _draw(rng, dtype, *shape), "filt": _draw(rng, dtype, *shape), "bias": float(rng.normal() + bias)}
        )
        for (*shape, dtype), bias in zip(windows, biases, strict=True)
    ]


def _plane_squares(rng):
    return [_plane(rng, 5, 5, 3), _plane(rng, 6, 6, 3), _plane(rng, 7, 7, 3, np.float32)]


def _plane_sizes(rng):
    uneven = [_plane(rng, *_uneven(rng, size), size) for size in (1, 2, 3, 4, 5)]
    return [_plane(rng, 4, 7, 2, np.float32), _plane(rng, 7, 4, 3), *uneven, _plane(rng, 4, 4, 4)]


def _plane_refusals(rng):
    return [
        _plane(rng, 5, 5, 3),
        _plane(rng, 3, 6, 4),
        _plane(rng, 6, 3, 4),
        _plane(rng, 2, 2, 5),
        _plane(rng, 3, 3, 3),
    ]


def _volume_values(rng):
    return [_volume(rng, 6, 6, 3, 3), _volume(rng, 5, 5, 2, 3), _volume(rng, 5, 5, 3, 3, np.float32)]


def _volume_sizes(rng):
    depths = (4, 1, 2, 3, 5)
    uneven = [
        _volume(rng, *_uneven(rng, size), depth, size) for size, depth in zip((1, 2, 3, 4, 5), depths, strict=True)
    ]
    return [_volume(rng, 4, 6, 2, 2, np.float32), _volume(rng, 6, 4, 2, 3), *uneven]


def _volume_refusals(rng):
    fitting = _volume(rng, 5, 5, 3, 3)
    large = [_volume(rng, 3, 6, 3, 4), _volume(rng, 6, 3, 3, 4), _volume(rng, 2, 2, 3, 5)]
    return [fitting, *large, _too_deep(fitting, 1), _too_deep(fitting, 4), _volume(rng, 5, 5, 2, 3)]


def _layer_values(rng):
    return [_layer(rng, (5, 5, 3), 3, 4), _layer(rng, (6, 6, 2), 3, 3), _layer(rng, (5, 5, 3), 3, 2, np.float32)]


def _layer_sizes(rng):
    uneven = [_layer(rng, (*_uneven(rng, size), depth), size, k) for size, depth, k in _SIZES]
    return [_layer(rng, (4, 6, 3), 2, 5, np.float32), _layer(rng, (6, 4, 2), 3, 3), *uneven]


def _layer_refusals(rng):
    fitting = _layer(rng, (5, 5, 3), 3, 4)
    large = [_layer(rng, shape, size, 2) for shape, size in (((3, 6, 3), 4), ((6, 3, 3), 4), ((2, 2, 3), 5))]
    return [fitting, *large, _too_deep(fitting, 1), _too_deep(fitting, 4), _layer(rng, (6, 6, 2), 3, 3)]


def _batch_values(rng):
    return [
        _layer(rng, (3, 5, 5, 3), 3, 4),
        _layer(rng, (2, 6, 6, 2), 3, 3),
        _layer(rng, (3, 5, 5, 2), 3, 2, np.float32),
    ]


def _batch_sizes(rng):
    counts = (1, 3, 4, 2, 3)
    uneven = [
        _layer(rng, (count, *_uneven(rng, size), depth), size, k)
        for count, (size, depth, k) in zip(counts, _SIZES, strict=True)
    ]
    return [_layer(rng, (3, 4, 6, 3), 2, 5, np.float32), _layer(rng, (3, 6, 4, 2), 3, 3), *uneven]


def _batch_refusals(rng):
    fitting = _layer(rng, (3, 5, 5, 3), 3, 4)
    large = [_layer(rng, (2, *sides, 3), size, 2) for sides, size in (((3, 6), 4), ((6, 3), 4), ((2, 2), 5))]
    return [fitting, *large, _too_deep(fitting, 1), _too_deep(fitting, 4), _layer(rng, (2, 6, 6, 2), 3, 3)]


_SIZES = ((1, 4, 3), (2, 1, 2), (3, 3, 4), (4, 2, 1), (5, 3, 2))  # filter size, depth, number of filters


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
    parts=[Part("windows of any size and depth", 1, _window_cases)],
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
    parts=[Part("any size of picture and filter", 1, lambda rng: _plane_squares(rng) + _plane_sizes(rng))],
    section="4. Correlation or convolution?",
    next="colour: pictures that are three numbers deep",
    stubs=CONVOLUTIONS,
)

CORRELATE_VOLUME = Exercise(
    name="correlate_volume",
    lesson=LESSON,
    points=2,
    oracle=_correlate_volume,
    visible=[
        Case({"x": quarters(4, 4, 2), "w": quarters(3, 3, 2, start=2)}),
        Case({"x": quarters(3, 4, 3, start=4), "w": quarters(2, 2, 3, start=1)}),
        Case({"x": quarters(3, 3, 3), "w": quarters(2, 2, 1)}),
        Case({"x": quarters(3, 4, 2), "w": quarters(4, 4, 2)}),
    ],
    parts=[
        Part("3x3 filters on square pictures of several channels", 1, _volume_values),
        Part("any size of picture and filter, any depth", 0.5, _volume_sizes),
        Part("filters that don't fit refused, inputs unchanged", 0.5, _volume_refusals, unchanged=True),
    ],
    section="5. A filter as deep as its picture",
    next="more than one filter",
    stubs=CONVOLUTIONS,
)

CONV_LAYER = Exercise(
    name="conv_layer",
    lesson=LESSON,
    points=3,
    oracle=_conv_layer,
    visible=[
        Case({"x": quarters(4, 4, 2), "w": quarters(3, 3, 2, 3, start=2), "b": np.array([0.5, -1.25, 2.0])}),
        Case({"x": quarters(3, 4, 3, start=4), "w": quarters(2, 2, 3, 2, start=1), "b": np.array([-0.75, 1.5])}),
        Case({"x": quarters(3, 3, 3), "w": quarters(2, 2, 1, 2), "b": np.array([0.25, 1.0])}),
        Case({"x": quarters(3, 4, 2), "w": quarters(4, 4, 2, 2), "b": np.array([0.25, 1.0])}),
    ],
    parts=[
        Part("several 3x3 filters on square pictures, each with its bias", 1, _layer_values),
        Part("any size, depth and number of filters", 1, _layer_sizes),
        Part("filters that don't fit refused, inputs unchanged", 1, _layer_refusals, unchanged=True),
    ],
    section="6. Many filters make a new picture",
    next="many pictures at once",
    stubs=CONVOLUTIONS,
)

CONV_BATCH = Exercise(
    name="conv_batch",
    lesson=LESSON,
    points=3,
    oracle=_conv_batch,
    visible=[
        Case({"x": quarters(2, 4, 4, 2), "w": quarters(3, 3, 2, 3, start=2), "b": np.array([0.5, -1.25, 2.0])}),
        Case({"x": quarters(3, 3, 4, 3, start=4), "w": quarters(2, 2, 3, 2, start=1), "b": np.array([-0.75, 1.5])}),
        Case({"x": quarters(2, 3, 3, 3), "w": quarters(2, 2, 1, 2), "b": np.array([0.25, 1.0])}),
        Case({"x": quarters(2, 3, 4, 2), "w": quarters(4, 4, 2, 2), "b": np.array([0.25, 1.0])}),
    ],
    parts=[
        Part("several pictures, several 3x3 filters", 1, _batch_values),
        Part("any size, depth, number of pictures and filters", 1, _batch_sizes),
        Part("filters that don't fit refused, inputs unchanged", 1, _batch_refusals, unchanged=True),
    ],
    section="7. A whole batch, one product a place",
    next="how fast is it?",
    stubs=CONVOLUTIONS,
)

WHY_SHARE_WEIGHTS = Written(name="why_share_weights", lesson=LESSON, points=2)
