"""What the exercises of lesson 04 share: the pixels of a window, and the cases.

Batches are (N, H, W, C); windows are square, `size` pixels wide, and begin every `stride` pixels.
"""

from collections.abc import Iterator

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercises.shared import draw, quarters


def window(place: tuple[int, ...], size: int, stride: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield the pixels (image, row, column, channel) that the output at `place` looks at."""
    n, i, j, c = place
    for m in range(size):
        for k in range(size):
            yield n, i * stride + m, j * stride + k, c


# Layouts: what is pooled, and how.

Layout = tuple[tuple[int, int, int, int], int, int]  # shape of x, size, stride

ONE_MAP: list[Layout] = [((1, 4, 4, 1), 2, 2), ((1, 6, 6, 1), 2, 2), ((1, 8, 8, 1), 2, 2)]
SIDE_BY_SIDE: list[Layout] = [
    *[((2, 4, 6, 3), 2, 2), ((1, 9, 6, 2), 3, 3), ((3, 5, 8, 1), 2, 3), ((2, 5, 3, 3), 1, 2)],
    *[((2, 2, 5, 3), 2, 3), ((3, 5, 2, 2), 2, 3)],  # one row of windows, one column
    *[((2, 1, 5, 2), 1, 2), ((2, 3, 1, 2), 1, 2)],  # of single pixels
]
OVERLAPPING: list[Layout] = [
    *[((2, 7, 5, 2), 3, 2), ((3, 4, 5, 2), 2, 1), ((1, 6, 5, 2), 4, 1), ((1, 8, 11, 1), 5, 3)],
    *[((2, 3, 7, 3), 3, 2), ((3, 5, 3, 1), 3, 1)],  # as high as the window, as wide
]
MISFITS: list[Layout] = [
    ((1, 5, 4, 1), 2, 2),  # a row is left over
    ((1, 4, 5, 1), 2, 2),  # a column
    ((1, 6, 6, 1), 3, 2),
    ((1, 2, 6, 1), 4, 2),  # the window is higher than the image, although (2 - 4) / 2 + 1 = 0 is whole
    ((1, 7, 3, 1), 5, 2),  # and wider
]


def drawn_layout(rng: np.random.Generator, overlap: bool) -> Layout:
    """Return windows that fit, with H != W, several images and channels."""
    size = int(rng.integers(2, 5))
    stride = int(rng.integers(1, size)) if overlap else size + int(rng.integers(0, 2))
    rows = int(rng.integers(2, 4))
    across = rows + 1 if rng.random() < 0.5 else rows - 1
    height, width = (size + stride * (places - 1) for places in (rows, across))
    return (2, height, width, 2), size, stride


def drawn_misfit(rng: np.random.Generator) -> Layout:
    """Return windows that leave pixels over along one of the axes."""
    size, stride = int(rng.integers(1, 5)), int(rng.integers(2, 4))
    whole, over = size + 2 * stride, size + stride + int(rng.integers(1, stride))
    return ((1, over, whole, 1) if rng.random() < 0.5 else (1, whole, over, 1)), size, stride


# Hidden cases of max_pool and avg_pool.


def forward_case(rng, layout: Layout, dtype=np.float64) -> Case:
    shape, size, stride = layout
    return Case({"x": draw(rng, dtype, *shape), "size": size, "stride": stride})


def with_x(case: Case, change) -> Case:
    """Return the same case with another x."""
    return Case(case.arguments | {"x": change(case.arguments["x"].copy())})


def one_map(rng):
    cases = [forward_case(rng, layout) for layout in ONE_MAP] + [forward_case(rng, ONE_MAP[1], np.float32)]
    cases.append(with_x(forward_case(rng, ONE_MAP[2]), lambda x: np.maximum(x, 0)))  # many zeros, as after ReLU
    return [*cases, with_x(forward_case(rng, ONE_MAP[2]), lambda x: -0.25 - np.abs(x))]  # every maximum is negative


def any_layout(rng):
    layouts = [*SIDE_BY_SIDE, *OVERLAPPING, drawn_layout(rng, True), drawn_layout(rng, False)]
    return [forward_case(rng, layout) for layout in layouts] + [forward_case(rng, OVERLAPPING[0], np.float32)]


def plain_maps(rng):
    return [forward_case(rng, ONE_MAP[0]), forward_case(rng, ONE_MAP[1], np.float32)]


# Hidden cases of their gradients.


def backward_case(rng, layout: Layout, dtype=np.float64) -> Case:
    """Return a case with dy as large as y."""
    (count, height, width, channels), size, stride = layout
    rows, columns = ((n - size) // stride + 1 for n in (height, width))
    case = forward_case(rng, layout, dtype)
    return Case({"dy": draw(rng, dtype, count, rows, columns, channels)} | case.arguments)


def gradients_side_by_side(rng):
    cases = [backward_case(rng, layout) for layout in [*SIDE_BY_SIDE, drawn_layout(rng, False)]]
    return [*cases, backward_case(rng, SIDE_BY_SIDE[0], np.float32)]


def gradients_overlapping(rng):
    """In each map one pixel that several windows share is raised, so that it is the maximum of all of them."""
    layouts = [*OVERLAPPING, drawn_layout(rng, True)]
    cases = [backward_case(rng, layout) for layout in layouts] + [backward_case(rng, OVERLAPPING[0], np.float32)]
    return [with_x(case, lambda x, s=case.arguments["stride"]: _raised(x, s)) for case in cases]


def _raised(x: np.ndarray, stride: int) -> np.ndarray:
    x[:, stride, stride] += 9
    return x


def plain_gradients(rng):
    return [backward_case(rng, ONE_MAP[0]), backward_case(rng, ONE_MAP[1], np.float32)]


# Visible cases. They hold quarters, so that means of 2x2 windows are exact.


def one_image(rows: list[list[float]]) -> np.ndarray:
    """Return one image of one channel."""
    return np.array(rows)[None, :, :, None]


WITH_A_NEGATIVE_WINDOW = one_image(
    [[-0.5, -1.25, 2, 0.25], [-0.75, -2, 1.5, -1], [0.25, 1, -1.75, 0.5], [-1, 0, 3, -2.5]]
)
OFFSETS = np.array([[1.0, -0.5], [0.5, 0.0]])[:, None, None]  # neither image, neither channel has all maxima
TWO_IMAGES = quarters(2, 3, 5, 2, start=3) + OFFSETS
TWO_IMAGES[1, 0, 4, 1] = 3.25  # the largest number of the first window is in the first image, of the second in this one
WIDE = quarters(1, 4, 6, 1, start=1)
THREE_IMAGES = quarters(3, 2, 5, 2, start=6) / 5  # windows of 2 with stride 3 leave a gap

ONE_ROW = quarters(1, 1, 3, 1, start=8)  # only windows of one pixel fit

VISIBLE_FORWARD = [
    Case({"x": WITH_A_NEGATIVE_WINDOW, "size": 2, "stride": 2}),
    Case({"x": TWO_IMAGES, "size": 3, "stride": 2}),
    Case({"x": WIDE, "size": 3, "stride": 1}),
    Case({"x": THREE_IMAGES, "size": 2, "stride": 3}),
    Case({"x": ONE_ROW, "size": 1, "stride": 2}),
]
