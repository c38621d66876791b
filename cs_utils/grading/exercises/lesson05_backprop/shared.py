"""What the exercises of lesson 05 share: the windows of a convolution, and the layouts that cases are made of.

Batches are (N, H, W, C), filters (F, F, C, K), upstream gradients (N, H', W', K).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercises.shared import quarters


def places(n: int, size: int, stride: int, pad: int) -> int:
    """Return how many windows there are along an axis of n pixels, or raise ValueError where they don't fit."""
    if size > n + 2 * pad:
        raise ValueError(f"a window of {size} on {n} pixels with {pad} zeros on each side")
    if (n + 2 * pad - size) % stride:
        raise ValueError(f"windows of {size}, stride {stride}, pad {pad} on {n} pixels: some would be left over")
    return (n + 2 * pad - size) // stride + 1


def windows(
    shape: tuple[int, ...], size: int, stride: int, pad: int
) -> Iterator[tuple[tuple[int, int, int], tuple[int, slice, slice]]]:
    """Yield each output (image, row, column), in this order, with the index of its window in the padded batch."""
    count, height, width, _ = shape
    for n, i, j in np.ndindex(count, places(height, size, stride, pad), places(width, size, stride, pad)):
        top, left = i * stride, j * stride
        yield (n, i, j), np.s_[n, top : top + size, left : left + size]


def padded(x: np.ndarray, pad: int) -> np.ndarray:
    """Return a batch with a border of `pad` zeros."""
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def inner(x: np.ndarray, pad: int) -> np.ndarray:
    """Return what is within the border."""
    return x[:, pad : x.shape[1] - pad, pad : x.shape[2] - pad]


@dataclass(frozen=True)
class Layout:
    """The sizes of one convolution: the batch's shape, F, K, stride and pad."""

    shape: tuple[int, int, int, int]
    size: int
    filters: int
    stride: int = 1
    pad: int = 0

    @property
    def output(self) -> tuple[int, int, int, int]:
        rows, columns = (places(n, self.size, self.stride, self.pad) for n in self.shape[1:3])
        return self.shape[0], rows, columns, self.filters

    @property
    def weights(self) -> tuple[int, int, int, int]:
        return self.size, self.size, self.shape[3], self.filters


PLAIN = [Layout((2, 4, 5, 2), 2, 3), Layout((1, 5, 4, 1), 3, 2), Layout((2, 2, 3, 3), 1, 2)]
NARROW = [  # in the rows there is room for one window: it needs the padding, or the stride is larger than the image
    Layout((1, 1, 3, 1), 5, 2, pad=2),
    Layout((2, 2, 5, 2), 2, 3, stride=3),
]
FRAMED = [
    Layout((2, 5, 3, 2), 3, 3, stride=2, pad=1),
    Layout((2, 3, 4, 2), 3, 2, pad=1),
    Layout((1, 5, 8, 1), 5, 1, stride=3, pad=3),
    Layout((1, 4, 5, 2), 4, 2, pad=2),
    Layout((3, 5, 2, 1), 1, 2, stride=3, pad=1),
    *NARROW,
]


def drawn_layout(rng: np.random.Generator, stride: int, pad: int) -> Layout:
    """Return sizes that fit, with H != W, several images, channels and filters."""
    size, rows = int(rng.integers(2, 4)), int(rng.integers(2, 4))
    across = rows + 1 if rng.random() < 0.5 else rows - 1
    height, width = (size + stride * (n - 1) + 2 * stride - 2 * pad for n in (rows, across))
    return Layout((2, height, width, 2), size, 3, stride, pad)


def framed_layouts(rng: np.random.Generator) -> list[Layout]:
    """Return layouts with padding and any stride, some of them drawn."""
    return [*FRAMED, drawn_layout(rng, 2, 1), drawn_layout(rng, 1, 1)]


def options(layout: Layout) -> dict[str, int]:
    return {"stride": layout.stride, "pad": layout.pad}


def without_options(case: Case) -> Case:
    """Return a case that leaves stride and padding to the defaults, 1 and 0."""
    return Case({name: value for name, value in case.arguments.items() if name not in ("stride", "pad")})


def visible_cases(make: Callable[[Layout], Case], layouts: list[Layout]) -> list[Case]:
    """Return a case per layout; the first one has no stride and no padding, so it can leave them out."""
    cases = [make(layout) for layout in layouts]
    return [without_options(cases[0]), *cases[1:]]


def fifths(*shape: int, start: int) -> np.ndarray:
    """Return what `quarters` returns, divided by 5: numbers that are rounded in any float."""
    return quarters(*shape, start=start) / 5


# Layouts of the visible cases of im2col and col2im.
PATCHES_VISIBLE = [
    Layout((1, 3, 4, 1), 2, 1),
    Layout((2, 3, 2, 2), 2, 1, pad=1),
    Layout((1, 4, 7, 1), 3, 1, stride=3, pad=1),
    Layout((1, 4, 2, 2), 2, 1, stride=2),
    *NARROW,
]
