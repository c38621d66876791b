"""Lesson 03, conv_forward: the whole convolution layer, with stride and padding."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson03_stride_padding import LESSON
from cs_utils.grading.exercises.lesson03_stride_padding.output_size import output_size
from cs_utils.grading.exercises.lesson03_stride_padding.shared import side
from cs_utils.grading.exercises.lesson03_stride_padding.zero_pad import zero_pad
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import CONVOLUTIONS


def conv_forward(x, w, b, stride=1, pad=0):
    size = len(w)
    rows, columns = (output_size(n, size, stride, pad) for n in x.shape[1:3])
    if w.shape[2] != x.shape[3]:
        raise ValueError(f"filters of depth {w.shape[2]} on images of depth {x.shape[3]}")
    padded, y = zero_pad(x, pad), np.zeros((len(x), rows, columns, len(b)))
    for i in range(rows):
        for j in range(columns):
            window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size, :, None]
            y[:, i, j] = np.sum(window * w, axis=(1, 2, 3)) + b
    return y


def _shown(shape: tuple[int, ...], size: int, b: list[float], *options: int) -> Case:
    x, w = quarters(*shape, start=4) / 5, quarters(size, size, shape[-1], len(b), start=1)
    named = dict(zip(("stride", "pad"), options, strict=False))
    return Case({"x": x, "w": w, "b": np.array(b)} | named)


def _layer(
    rng: np.random.Generator,
    places: tuple[int, int],
    count: int,
    size: int,
    depth: int,
    filters: int,
    stride: int | None = None,
    pad: int | None = None,
    dtype: DTypeLike = np.float64,
) -> Case:
    """Return a batch on which filters have at least `places` (rows, columns); None leaves stride or pad out."""
    shape = (count, *(side(p, size, stride or 1, pad or 0) for p in places), depth)
    arrays = {"x": draw(rng, dtype, *shape), "w": draw(rng, dtype, size, size, depth, filters)}
    options = {name: value for name, value in (("stride", stride), ("pad", pad)) if value is not None}
    return Case(arrays | {"b": draw(rng, dtype, filters)} | options)


def _plain(rng: np.random.Generator) -> list[Case]:
    return [_layer(rng, (3, 3), 3, 3, 2, 4), _layer(rng, (4, 4), 2, 3, 3, 2, 1, 0, np.float32)]


def _padded(rng: np.random.Generator) -> list[Case]:
    return [_layer(rng, (4, 4), 2, 3, 2, 3, 1, pad) for pad in (1, 2, 3)]


def _strided(rng: np.random.Generator) -> list[Case]:
    return [
        _layer(rng, (3, 3), 2, 3, 2, 3, 2, 0),
        _layer(rng, (3, 3), 3, 3, 2, 4, 3, 0),
        _layer(rng, (2, 2), 2, 3, 3, 2, 4, 0),
    ]


def _general(rng: np.random.Generator) -> list[Case]:
    rows = ((2, 4, 3, 2, 1), (4, 2, 1, 2, 3), (3, 1, 3, 3, 2), (1, 3, 4, 1, 3), (5, 2, 2, 2, 1))  # F, C, K, S, P
    sides = [pair if rng.random() < 0.5 else pair[::-1] for pair in ((2, 3), (2, 4), (3, 4), (3, 5), (2, 3))]
    drawn = [_layer(rng, p, n, *row) for p, n, row in zip(sides, (1, 3, 2, 3, 2), rows, strict=True)]
    as_high = _layer(rng, (1, 3), 2, 3, 2, 2, 2, 0)  # filters as high as the images
    return [*drawn, as_high, _layer(rng, (2, 4), 3, 3, 2, 3, 3, 1, np.float32)]


def _refusals(rng: np.random.Generator) -> list[Case]:
    fitting = _layer(rng, (3, 3), 2, 3, 2, 3, 2, 1)
    x, w = fitting.arguments["x"], fitting.arguments["w"]
    misfits: list[dict[str, Any]] = [
        {"x": x[:, :-1]},  # one row, one column, both too short for stride 2
        {"x": x[:, :, :-1]},
        {"x": x[:, :-1, :-1]},
        {"w": w[:, :, :1]},  # of other depths than the images
        {"w": np.concatenate([w, w[:, :, :1]], axis=2)},
        {"x": x[:, :1], "pad": 0},  # higher, wider than the images
        {"x": x[:, :, :1], "pad": 0},
    ]
    return [fitting, *(Case(fitting.arguments | misfit) for misfit in misfits), _layer(rng, (3, 3), 2, 3, 2, 3)]


def _care(rng: np.random.Generator) -> list[Case]:
    return [_layer(rng, (3, 3), 2, 3, 2, 3, 1, 0), _layer(rng, (3, 3), 2, 3, 2, 3, 1, 1, np.float32)]


CONV_FORWARD = Exercise(
    name="conv_forward",
    lesson=LESSON,
    points=5,
    oracle=conv_forward,
    visible=[
        _shown((3, 3, 4, 2), 2, [0.5, -1.25, 2.0]),
        _shown((2, 3, 5, 2), 3, [-0.75, 1.5], 1, 2),
        _shown((1, 4, 7, 1), 2, [0.25, 1.0], 3, 2),
        _shown((3, 5, 3, 1), 3, [0.75, -1.0], 2, 0),
        _shown((1, 3, 6, 2), 2, [-0.5, 1.0, 0.25], 3, 1),
        _shown((1, 3, 4, 2), 3, [0.5], 2, 1),
        _shown((1, 4, 3, 2), 3, [0.5], 2, 1),
        Case({"x": quarters(1, 3, 3, 3), "w": quarters(2, 2, 1, 2), "b": np.array([0.25, 1.0])}),
    ],
    parts=[
        Part("3x3 filters, stride 1, no padding", 1, _plain),
        Part("padding", 1, _padded),
        Part("strides", 1, _strided),
        Part("stride and padding together, any sizes and numbers", 1, _general),
        Part("what does not fit is refused", 0.5, _refusals),
        Part("inputs unchanged", 0.5, _care, unchanged=True),
    ],
    section="5. The whole layer",
    next="count its parameters",
    stubs=CONVOLUTIONS,
)
