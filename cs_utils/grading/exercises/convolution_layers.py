"""Lesson 02, filters as deep as their pictures: one, many, and many over a batch.

Pictures are (H, W, C), batches (N, H, W, C); filters are (F, F, C) or (F, F, C, K).
"""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part, Written
from cs_utils.grading.exercises.convolution import LESSON, positions, unequal_sides
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import CONVOLUTIONS

# Right answers, in plain loops.


def _correlate_volume(x, w):
    rows, columns = positions(x.shape, w.shape)
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = np.sum(x[i : i + len(w), j : j + len(w)] * w)
    return y


def _conv_layer(x, w, b):
    return np.stack([_correlate_volume(x, w[..., k]) + b[k] for k in range(w.shape[3])], axis=2)


def _conv_batch(x, w, b):
    return np.stack([_conv_layer(image, w, b) for image in x])


# Cases. The visible ones hold quarters, so that sums are exact; the hidden ones are drawn from a random generator.


def _volume(rng, height, width, depth, size, dtype=np.float64) -> Case:
    return Case({"x": draw(rng, dtype, height, width, depth), "w": draw(rng, dtype, size, size, depth)})


def _layer(rng, shape, size, filters, dtype=np.float64) -> Case:
    """One picture or a batch, by `shape`."""
    x, w = draw(rng, dtype, *shape), draw(rng, dtype, size, size, shape[-1], filters)
    return Case({"x": x, "w": w, "b": draw(rng, dtype, filters)})


def _too_deep(case: Case, depth: int) -> Case:
    """The same case with filters of another depth."""
    w = case.arguments["w"]
    return Case(case.arguments | {"w": np.resize(w, (*w.shape[:2], depth, *w.shape[3:]))})


def _volume_values(rng):
    return [_volume(rng, 6, 6, 3, 3), _volume(rng, 5, 5, 2, 3), _volume(rng, 5, 5, 3, 3, np.float32)]


def _volume_sizes(rng):
    depths = (4, 1, 2, 3, 5)
    uneven = [
        _volume(rng, *unequal_sides(rng, size), depth, size)
        for size, depth in zip((1, 2, 3, 4, 5), depths, strict=True)
    ]
    return [_volume(rng, 4, 6, 2, 2, np.float32), _volume(rng, 6, 4, 2, 3), *uneven]


def _volume_refusals(rng):
    fitting = _volume(rng, 5, 5, 3, 3)
    large = [_volume(rng, 3, 6, 3, 4), _volume(rng, 6, 3, 3, 4), _volume(rng, 2, 2, 3, 5)]
    return [fitting, *large, _too_deep(fitting, 1), _too_deep(fitting, 4), _volume(rng, 5, 5, 2, 3)]


def _layer_values(rng):
    return [_layer(rng, (5, 5, 3), 3, 4), _layer(rng, (6, 6, 2), 3, 3), _layer(rng, (5, 5, 3), 3, 2, np.float32)]


def _layer_sizes(rng):
    uneven = [_layer(rng, (*unequal_sides(rng, size), depth), size, k) for size, depth, k in _SIZES]
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
        _layer(rng, (count, *unequal_sides(rng, size), depth), size, k)
        for count, (size, depth, k) in zip(counts, _SIZES, strict=True)
    ]
    return [_layer(rng, (3, 4, 6, 3), 2, 5, np.float32), _layer(rng, (3, 6, 4, 2), 3, 3), *uneven]


def _batch_refusals(rng):
    fitting = _layer(rng, (3, 5, 5, 3), 3, 4)
    large = [_layer(rng, (2, *sides, 3), size, 2) for sides, size in (((3, 6), 4), ((6, 3), 4), ((2, 2), 5))]
    return [fitting, *large, _too_deep(fitting, 1), _too_deep(fitting, 4), _layer(rng, (2, 6, 6, 2), 3, 3)]


_SIZES = ((1, 4, 3), (2, 1, 2), (3, 3, 4), (4, 2, 1), (5, 3, 2))  # filter size, depth, number of filters


# The exercises, in the lesson's order.

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
        Case({"x": quarters(5, 4, 1, start=2), "w": quarters(4, 4, 1, 2, start=3), "b": np.array([0.5, -0.25])}),
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
        Case({"x": quarters(1, 5, 4, 1, start=2), "w": quarters(4, 4, 1, 2, start=3), "b": np.array([0.5, -0.25])}),
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

WHY_SHARE_WEIGHTS = Written("why_share_weights", LESSON, 2, section="10. Why share weights?")
