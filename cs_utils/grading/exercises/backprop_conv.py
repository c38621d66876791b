"""Lesson 05: the gradients of a convolution.

Batches are (N, H, W, C), filters (F, F, C, K), upstream gradients (N, H', W', K).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.backprop import LESSON
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import GRADIENTS

# The right answer, in plain loops; what a window is, is shared with `backprop_patches`.


def places(n: int, size: int, stride: int, pad: int) -> int:
    """Windows along an axis of n pixels, or ValueError where they don't fit."""
    if size > n + 2 * pad:
        raise ValueError(f"a window of {size} on {n} pixels with {pad} zeros on each side")
    if (n + 2 * pad - size) % stride:
        raise ValueError(f"windows of {size}, stride {stride}, pad {pad} on {n} pixels: some would be left over")
    return (n + 2 * pad - size) // stride + 1


def windows(shape, size: int, stride: int, pad: int) -> Iterator[tuple[tuple[int, int, int], tuple]]:
    """For each output (image, row, column), in this order, its window of the padded batch as an index."""
    count, height, width, _ = shape
    for n, i, j in np.ndindex(count, places(height, size, stride, pad), places(width, size, stride, pad)):
        top, left = i * stride, j * stride
        yield (n, i, j), np.s_[n, top : top + size, left : left + size]


def padded(x: np.ndarray, pad: int) -> np.ndarray:
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def inner(x: np.ndarray, pad: int) -> np.ndarray:
    """What is within the frame."""
    return x[:, pad : x.shape[1] - pad, pad : x.shape[2] - pad]


def _conv_backward(dy, x, w, stride=1, pad=0):
    framed = padded(x, pad)
    dframed, dw, db = np.zeros(framed.shape), np.zeros(w.shape), np.zeros(w.shape[3])
    for place, window in windows(x.shape, len(w), stride, pad):
        for k, push in enumerate(dy[place]):
            dframed[window] += push * w[..., k]
            dw[..., k] += push * framed[window]
            db[k] += push
    return inner(dframed, pad), dw, db


# Cases.


@dataclass(frozen=True)
class Layout:
    """Sizes of one convolution: the batch's shape, F, K, stride and pad."""

    shape: tuple[int, int, int, int]
    size: int
    filters: int
    stride: int = 1
    pad: int = 0

    @property
    def output(self) -> tuple[int, int, int, int]:
        """The output's shape, rounded down where the windows don't fit."""
        rows, columns = (
            max((n + 2 * self.pad - self.size) // self.stride + 1, 1) for n in (self.shape[1], self.shape[2])
        )
        return self.shape[0], rows, columns, self.filters

    @property
    def weights(self) -> tuple[int, int, int, int]:
        return self.size, self.size, self.shape[3], self.filters


PLAIN = [Layout((2, 4, 5, 2), 2, 3), Layout((1, 5, 4, 1), 3, 2), Layout((2, 2, 3, 3), 1, 2)]
FRAMED = [
    Layout((2, 5, 3, 2), 3, 3, stride=2, pad=1),
    Layout((2, 3, 4, 2), 3, 2, pad=1),
    Layout((1, 5, 8, 1), 5, 1, stride=3, pad=3),
    Layout((1, 4, 5, 2), 4, 2, pad=2),
    Layout((3, 5, 2, 1), 1, 2, stride=3, pad=1),
]
MISFITS = [
    Layout((1, 5, 4, 1), 2, 1, stride=2),  # a row is left over
    Layout((1, 4, 5, 1), 2, 1, stride=2),  # a column
    Layout((1, 4, 4, 2), 3, 2, stride=2, pad=1),
    Layout((1, 2, 6, 1), 4, 1, stride=2),  # the filter is higher than the image, (2 - 4) / 2 + 1 = 0 is whole
    Layout((1, 7, 3, 1), 5, 1, stride=2),  # and wider
]
FITTING = [Layout((2, 3, 5, 1), 3, 2, stride=2, pad=1), Layout((1, 4, 6, 1), 2, 2, stride=2), PLAIN[0]]


def drawn_layout(rng, stride: int, pad: int) -> Layout:
    """Sizes that fit, with H != W, several images, channels and filters."""
    size, rows = int(rng.integers(2, 4)), int(rng.integers(2, 4))
    across = rows + 1 if rng.random() < 0.5 else rows - 1
    height, width = (size + stride * (n - 1) + 2 * stride - 2 * pad for n in (rows, across))
    return Layout((2, height, width, 2), size, 3, stride, pad)


def _case(rng, layout: Layout, dtype=np.float64) -> Case:
    arrays = {"dy": layout.output, "x": layout.shape, "w": layout.weights}
    return Case({k: draw(rng, dtype, *shape) for k, shape in arrays.items()} | options(layout))


def options(layout: Layout) -> dict[str, int]:
    return {"stride": layout.stride, "pad": layout.pad}


def _plain(name: str):
    """Cases that judge one of the three gradients, whatever the others are; stride 1, no padding."""
    return lambda rng: [replace(_case(rng, layout), judged=(name,)) for layout in [*PLAIN, drawn_layout(rng, 1, 0)]]


def _any_layout(name: str):
    def cases(rng):
        layouts = [*FRAMED, drawn_layout(rng, 2, 1), drawn_layout(rng, 1, 1)]
        drawn = [_case(rng, layout) for layout in layouts] + [_case(rng, FRAMED[0], np.float32)]
        return [replace(case, judged=(name,)) for case in drawn]

    return cases


def _refused(rng):
    return [_case(rng, layout) for layout in [*FITTING, *MISFITS]]


def _visible(layout: Layout) -> Case:
    arrays = {"dy": (layout.output, 2), "x": (layout.shape, 5), "w": (layout.weights, 11)}
    return Case({k: quarters(*shape, start=start) for k, (shape, start) in arrays.items()} | options(layout))


CONV_BACKWARD = Exercise(
    name="conv_backward",
    lesson=LESSON,
    points=6,
    oracle=_conv_backward,
    visible=[
        _visible(Layout((1, 3, 4, 1), 2, 1)),
        _visible(Layout((2, 3, 4, 2), 2, 3, pad=1)),
        _visible(Layout((2, 5, 3, 2), 3, 2, stride=2, pad=1)),
        _visible(Layout((1, 5, 4, 1), 2, 1, stride=2)),
    ],
    parts=[
        Part("dx, stride 1 and no padding", 1.5, _plain("dx")),
        Part("dw, stride 1 and no padding", 1.5, _plain("dw")),
        Part("db, stride 1 and no padding", 0.5, _plain("db")),
        Part("dx with padding, any stride", 0.5, _any_layout("dx")),
        Part("dw with padding, any stride", 0.5, _any_layout("dw")),
        Part("db with padding, any stride", 0.5, _any_layout("db")),
        Part("sizes that don't fit refused, inputs unchanged", 1, _refused, unchanged=True),
    ],
    section="6. Back through a convolution",
    next="dx has a shorter name",
    returns=("dx", "dw", "db"),
    stubs=GRADIENTS,
)
