"""Lesson 03: larger steps and a frame of zeros, up to the whole convolution layer.

Batches are (N, H, W, C), filters are square: (F, F, C, K).
"""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import CONVOLUTIONS

LESSON = "03_stride_padding"


# Right answers, in plain loops.


def output_size_by_counting(n, size, stride=1, pad=0):
    """Put the window on each place in turn; the last one must end where the padded axis ends."""
    places, end = 0, size
    while end <= n + 2 * pad:
        places, end = places + 1, end + stride
    if places == 0 or end - stride != n + 2 * pad:
        raise ValueError(f"windows of {size} with stride {stride} on {n} pixels with padding {pad}")
    return places


def _zero_pad(x, pad):
    count, height, width, depth = x.shape
    y = np.zeros((count, height + 2 * pad, width + 2 * pad, depth))
    for i in range(height):
        for j in range(width):
            y[:, i + pad, j + pad] = x[:, i, j]
    return y


def _same_pad(size):
    for pad in range(size):
        if output_size_by_counting(size, size, pad=pad) == size:
            return pad
    raise ValueError(f"a filter of extent {size}, which is even")


def _conv_forward(x, w, b, stride=1, pad=0):
    size = len(w)
    rows, columns = (output_size_by_counting(n, size, stride, pad) for n in x.shape[1:3])
    if w.shape[2] != x.shape[3]:
        raise ValueError(f"filters of depth {w.shape[2]} on pictures of depth {x.shape[3]}")
    padded, y = _zero_pad(x, pad), np.zeros((len(x), rows, columns, len(b)))
    for i in range(rows):
        for j in range(columns):
            window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size, :, None]
            y[:, i, j] = np.sum(window * w, axis=(1, 2, 3)) + b
    return y


# Cases. The visible ones hold quarters, so that sums are exact; the hidden ones are drawn from a random generator.


def _sizes(*rows: tuple[int, ...]) -> list[Case]:
    return [Case(dict(zip(("n", "size", "stride", "pad"), row, strict=False))) for row in rows]


def _fitting_row(rng, size: int, stride: int, pad: int) -> tuple[int, int, int, int]:
    """An axis on which windows of this size, stride and padding fit."""
    return (_side(int(rng.integers(3, 9)), size, stride, pad), size, stride, pad)


def _side(places: int, size: int, stride: int, pad: int) -> int:
    """Pixels of an axis with this many places, or with the fewest more that leave it at least one pixel."""
    while (n := size - 2 * pad + stride * (places - 1)) < 1:
        places += 1
    return n


def _sizes_without_padding(rng):
    drawn = [_fitting_row(rng, int(rng.integers(1, 8)), stride, 0) for stride in (1, 2, 3, 4)]
    return _sizes((32, 5), (7, 3, 2), (5, 5, 3), *drawn)


def _sizes_with_padding(rng):
    drawn = [_fitting_row(rng, int(rng.integers(1, 8)), stride, pad) for stride, pad in ((1, 2), (2, 1), (3, 2))]
    return _sizes((32, 3, 1, 1), (33, 5, 2, 2), (10, 3, 3, 1), (7, 3, 3, 1), (3, 5, 1, 2), *drawn)


def _sizes_refused(rng):
    n, size, stride, pad = _fitting_row(rng, 3, 3, 1)
    too_long = [(n + 1, size, stride, pad), (n + 2, size, stride, pad)]
    too_small = [(3, 5, 1, 0), (3, 5, 2, 0), (2, 8, 2, 1), (1, 7, 3, 0)]
    return _sizes(
        (n, size, stride, pad), (7, 3, 3, 0), (32, 5, 2, 1), (9, 2, 2, 0), *too_long, *too_small, (5, 3, 2, 0)
    )


def _frames(rng, *rows: tuple) -> list[Case]:
    return [Case({"x": _draw(rng, dtype, *shape), "pad": pad}) for shape, pad, dtype in rows]


def _square_frames(rng):
    return _frames(rng, ((2, 4, 4, 3), 1, np.float64), ((3, 3, 3, 2), 2, np.float64), ((2, 5, 5, 3), 3, np.float32))


def _any_frames(rng):
    count, depth = (int(number) for number in rng.integers(1, 5, 2))
    first, second = _uneven(rng)
    return _frames(
        rng,
        ((count, *first, depth), 1, np.float64),
        ((3, *second, 2), 0, np.float64),
        ((1, 2, 5, 1), 3, np.float32),
        ((2, 4, 3, 4), 2, np.float64),
    )


def _frames_unchanged(rng):
    return _frames(rng, ((2, 4, 4, 3), 1, np.float64), ((3, 5, 5, 2), 2, np.float32))


def _uneven(rng) -> list[tuple[int, int]]:
    """Two pairs of different sides, one higher and one wider."""
    short, more = (int(number) for number in rng.integers(2, 4, 2))
    return [(short, short + more), (short + more, short)]


def _same_pads(rng):
    sizes = (3, 5, 1, 4, 2, int(2 * rng.integers(3, 9) + 1), int(2 * rng.integers(3, 9)), 7)
    return [Case({"size": size}) for size in sizes]


def _visible_layer(shape, size, b, *options) -> Case:
    x, w = quarters(*shape, start=4), quarters(size, size, shape[-1], len(b), start=1)
    named = dict(zip(("stride", "pad"), options, strict=False))
    return Case({"x": x, "w": w, "b": np.array(b)} | named)


def _layer(rng, places, count, size, depth, filters, stride=None, pad=None, dtype=np.float64) -> Case:
    """A batch on which K filters have at least `places` (rows, columns); stride and pad are left out where None."""
    shape = (count, *(_side(p, size, stride or 1, pad or 0) for p in places), depth)
    arguments = {"x": _draw(rng, dtype, *shape), "w": _draw(rng, dtype, size, size, depth, filters)}
    options = {key: value for key, value in (("stride", stride), ("pad", pad)) if value is not None}
    return Case(arguments | {"b": _draw(rng, dtype, filters)} | options)


def _draw(rng, dtype, *shape) -> np.ndarray:
    return rng.normal(size=shape).astype(dtype)


def _plain_layers(rng):
    return [_layer(rng, (3, 3), 3, 3, 2, 4), _layer(rng, (4, 4), 2, 3, 3, 2, 1, 0, np.float32)]


def _padded_layers(rng):
    return [_layer(rng, (4, 4), 2, 3, 2, 3, 1, pad) for pad in (1, 2, 3)]


def _strided_layers(rng):
    return [
        _layer(rng, (3, 3), 2, 3, 2, 3, 2, 0),
        _layer(rng, (3, 3), 3, 3, 2, 4, 3, 0),
        _layer(rng, (2, 2), 2, 3, 3, 2, 4, 0),
    ]


def _general_layers(rng):
    rows = ((2, 4, 3, 2, 1), (4, 2, 1, 2, 3), (3, 1, 3, 3, 2), (1, 3, 4, 1, 3), (5, 2, 2, 2, 1))  # size, C, K, S, P
    sides = [pair if rng.random() < 0.5 else pair[::-1] for pair in ((2, 3), (2, 4), (3, 4), (3, 5), (2, 3))]
    drawn = [_layer(rng, p, n, *row) for p, n, row in zip(sides, (1, 3, 2, 3, 2), rows, strict=True)]
    return [*drawn, _layer(rng, (2, 4), 3, 3, 2, 3, 3, 1, np.float32)]


def _refused_layers(rng):
    fitting = _layer(rng, (3, 3), 2, 3, 2, 3, 2, 1)
    x, w = fitting.arguments["x"], fitting.arguments["w"]
    misfits = [
        {"x": x[:, :-1]},  # one row, one column, both too short for stride 2
        {"x": x[:, :, :-1]},
        {"x": x[:, :-1, :-1]},
        {"w": w[:, :, :1]},  # of other depths than the pictures
        {"w": np.concatenate([w, w[:, :, :1]], axis=2)},
        {"x": x[:, :1], "pad": 0},  # higher, wider than the pictures
        {"x": x[:, :, :1], "pad": 0},
    ]
    return [fitting, *(Case(fitting.arguments | misfit) for misfit in misfits), _layer(rng, (3, 3), 2, 3, 2, 3)]


# The exercises, in the lesson's order.

OUTPUT_SIZE = Exercise(
    name="output_size",
    lesson=LESSON,
    points=2,
    oracle=output_size_by_counting,
    visible=_sizes(
        (7, 3), (7, 3, 2), (32, 5, 1, 2), (7, 3, 3), (7, 3, 3, 1), (11, 3, 4, 2), (8, 2, 2), (5, 5), (3, 5, 2)
    ),
    parts=[
        Part("any stride, no padding", 0.5, _sizes_without_padding),
        Part("any stride and padding", 0.5, _sizes_with_padding),
        Part("what does not fit is refused", 1, _sizes_refused),
    ],
    section="3. A frame of zeros",
    next="build the frame",
    returns=("size",),
    stubs=("engine.validation.output_size",),
)

ZERO_PAD = Exercise(
    name="zero_pad",
    lesson=LESSON,
    points=2,
    oracle=_zero_pad,
    visible=[
        Case({"x": quarters(2, 2, 3, 2, start=1), "pad": 1}),
        Case({"x": quarters(1, 3, 2, 1, start=4), "pad": 2}),
        Case({"x": quarters(2, 2, 2, 1, start=2), "pad": 0}),
    ],
    parts=[
        Part("frames of 1 to 3 around square pictures", 1, _square_frames),
        Part("any height and width, any number of pictures and channels, pad 0", 0.5, _any_frames),
        Part("input unchanged", 0.5, _frames_unchanged, unchanged=True),
    ],
    section="3. A frame of zeros",
    next="how wide must the frame be?",
)

SAME_PAD = Exercise(
    name="same_pad",
    lesson=LESSON,
    points=1,
    oracle=_same_pad,
    visible=[Case({"size": size}) for size in (3, 5, 1, 4)],
    parts=[Part("odd sizes, and even ones refused", 1, _same_pads)],
    section="4. The frame that keeps the size",
    next="stride and padding in one layer",
    returns=("pad",),
)

CONV_FORWARD = Exercise(
    name="conv_forward",
    lesson=LESSON,
    points=5,
    oracle=_conv_forward,
    visible=[
        _visible_layer((2, 3, 4, 2), 2, [0.5, -1.25, 2.0]),
        _visible_layer((2, 3, 5, 2), 3, [-0.75, 1.5], 1, 2),
        _visible_layer((1, 4, 7, 1), 2, [0.25, 1.0], 3, 2),
        _visible_layer((1, 3, 4, 2), 3, [0.5], 2, 1),
        _visible_layer((1, 4, 3, 2), 3, [0.5], 2, 1),
        Case({"x": quarters(1, 3, 3, 3), "w": quarters(2, 2, 1, 2), "b": np.array([0.25, 1.0])}),
    ],
    parts=[
        Part("3x3 filters, stride 1, no padding", 1, _plain_layers),
        Part("padding", 1, _padded_layers),
        Part("strides", 1, _strided_layers),
        Part("stride and padding together, any sizes and numbers", 1, _general_layers),
        Part("what does not fit is refused, inputs unchanged", 1, _refused_layers, unchanged=True),
    ],
    section="5. The whole layer",
    next="count its parameters",
    stubs=CONVOLUTIONS,
)
