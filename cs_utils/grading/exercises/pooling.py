"""Lesson 04: pooling by the maximum and by the mean. Its gradients are in `pooling_backward`.

Batches are (N, H, W, C); windows are square, `size` pixels a side, and begin every `stride` pixels.
"""

from collections.abc import Iterator

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import POOLS

LESSON = "04_pooling"


# Right answers, in plain loops.


def pooled_shape(shape, size, stride):
    count, height, width, channels = shape
    return count, _places(height, size, stride), _places(width, size, stride), channels


def max_pooled(x, size, stride):
    y = np.zeros(pooled_shape(x.shape, size, stride))
    for place in np.ndindex(y.shape):
        y[place] = max(x[pixel] for pixel in window(place, size, stride))
    return y


def _avg_pool(x, size, stride):
    y = np.zeros(pooled_shape(x.shape, size, stride))
    for place in np.ndindex(y.shape):
        y[place] = sum(x[pixel] for pixel in window(place, size, stride)) / size**2
    return y


def _places(n: int, size: int, stride: int) -> int:
    """Windows along an axis of n pixels, or ValueError where they don't fit."""
    if size > n:
        raise ValueError(f"a window of {size} on {n} pixels")
    if (n - size) % stride:
        raise ValueError(f"windows of {size} with stride {stride} on {n} pixels: some would be left over")
    return (n - size) // stride + 1


def window(place: tuple[int, ...], size: int, stride: int) -> Iterator[tuple[int, int, int, int]]:
    """The pixels (image, row, column, channel) that the output at `place` looks at."""
    n, i, j, c = place
    for m in range(size):
        for k in range(size):
            yield n, i * stride + m, j * stride + k, c


# Cases. The visible ones hold quarters, so that means of 2x2 windows are exact; the hidden ones are drawn.

Layout = tuple[tuple[int, int, int, int], int, int]  # shape, size, stride

ONE_MAP: list[Layout] = [((1, 4, 4, 1), 2, 2), ((1, 6, 6, 1), 2, 2), ((1, 8, 8, 1), 2, 2)]
SIDE_BY_SIDE: list[Layout] = [((2, 4, 6, 3), 2, 2), ((1, 9, 6, 2), 3, 3), ((3, 5, 8, 1), 2, 3), ((2, 5, 3, 3), 1, 2)]
OVERLAPPING: list[Layout] = [((2, 7, 5, 2), 3, 2), ((3, 4, 5, 2), 2, 1), ((1, 6, 5, 2), 4, 1), ((1, 8, 11, 1), 5, 3)]
MISFITS: list[Layout] = [
    ((1, 5, 4, 1), 2, 2),  # a row is left over
    ((1, 4, 5, 1), 2, 2),  # a column
    ((1, 6, 6, 1), 3, 2),
    ((1, 2, 6, 1), 4, 2),  # the window is higher than the image, (2 - 4) / 2 + 1 = 0 is whole
    ((1, 7, 3, 1), 5, 2),  # and wider
]


def drawn_layout(rng, overlap: bool) -> Layout:
    """Windows that fit, with H != W, several images and channels."""
    size = int(rng.integers(2, 5))
    stride = int(rng.integers(1, size)) if overlap else size + int(rng.integers(0, 2))
    rows = int(rng.integers(2, 4))
    across = rows + 1 if rng.random() < 0.5 else rows - 1
    height, width = (size + stride * (places - 1) for places in (rows, across))
    return (2, height, width, 2), size, stride


def drawn_misfit(rng) -> Layout:
    size, stride = int(rng.integers(1, 5)), int(rng.integers(2, 4))
    whole, over = size + 2 * stride, size + stride + int(rng.integers(1, stride))
    return ((1, over, whole, 1) if rng.random() < 0.5 else (1, whole, over, 1)), size, stride


def _shape(layout: Layout) -> Case:
    shape, size, stride = layout
    return Case({"shape": shape, "size": size, "stride": stride})


def forward_case(rng, layout: Layout, dtype=np.float64) -> Case:
    shape, size, stride = layout
    return Case({"x": draw(rng, dtype, *shape), "size": size, "stride": stride})


def with_x(case: Case, change) -> Case:
    """The same case with another x."""
    return Case(case.arguments | {"x": change(case.arguments["x"].copy())})


def _fitting_shapes(rng):
    layouts = [*SIDE_BY_SIDE, *OVERLAPPING, ((128, 32, 32, 12), 2, 2), ((1, 33, 17, 64), 3, 2), ((1, 4, 4, 1), 4, 3)]
    return [_shape(layout) for layout in [*layouts, drawn_layout(rng, True), drawn_layout(rng, False)]]


def _refused_shapes(rng):
    return [_shape(layout) for layout in [((2, 7, 5, 3), 3, 2), *MISFITS, drawn_misfit(rng)]]


def _one_map(rng):
    cases = [forward_case(rng, layout) for layout in ONE_MAP] + [forward_case(rng, ONE_MAP[1], np.float32)]
    return [*cases, with_x(forward_case(rng, ONE_MAP[2]), lambda x: -0.25 - np.abs(x))]  # a maximum isn't at least 0


def _any_layout(rng):
    layouts = [*SIDE_BY_SIDE, *OVERLAPPING, drawn_layout(rng, True), drawn_layout(rng, False)]
    return [forward_case(rng, layout) for layout in layouts] + [forward_case(rng, OVERLAPPING[0], np.float32)]


def _refused(rng):
    fitting = with_x(forward_case(rng, ONE_MAP[0]), np.abs)
    return [fitting, *(forward_case(rng, layout) for layout in [*MISFITS, drawn_misfit(rng)])]


# The visible cases of more than one exercise.


def one_image(rows: list[list[float]]) -> np.ndarray:
    """One image of one channel."""
    return np.array(rows)[None, :, :, None]


WITH_A_NEGATIVE_WINDOW = one_image(
    [[-0.5, -1.25, 2, 0.25], [-0.75, -2, 1.5, -1], [0.25, 1, -1.75, 0.5], [-1, 0, 3, -2.5]]
)
OFFSETS = np.array([[1.0, -0.5], [0.5, 0.0]])[:, None, None]  # neither image, neither channel has all maxima
TWO_IMAGES = quarters(2, 3, 5, 2, start=3) + OFFSETS
WIDE = quarters(1, 4, 6, 1, start=1)
LEFT_OVER = quarters(1, 4, 5, 1)


def _visible_forward() -> list[Case]:
    return [
        Case({"x": WITH_A_NEGATIVE_WINDOW, "size": 2, "stride": 2}),
        Case({"x": TWO_IMAGES, "size": 3, "stride": 2}),
        Case({"x": WIDE, "size": 3, "stride": 1}),
        Case({"x": LEFT_OVER, "size": 2, "stride": 2}),
    ]


# The exercises, in the lesson's order.

POOL_OUTPUT_SHAPE = Exercise(
    name="pool_output_shape",
    lesson=LESSON,
    points=1,
    oracle=pooled_shape,
    visible=[
        _shape(layout)
        for layout in [
            ((2, 6, 8, 3), 2, 2),
            ((3, 11, 5, 4), 3, 2),
            ((1, 8, 5, 2), 2, 3),
            ((2, 6, 8, 1), 4, 2),
            ((1, 7, 4, 2), 3, 2),
            ((1, 4, 7, 2), 3, 2),
            ((1, 2, 6, 1), 4, 2),
        ]
    ],
    parts=[
        Part("windows that fit", 0.5, _fitting_shapes),
        Part("windows that don't fit refused", 0.5, _refused_shapes),
    ],
    section="2. How large is the result?",
    next="what is kept of each window?",
    returns=("shape",),
    stubs=POOLS,
)

MAX_POOL = Exercise(
    name="max_pool",
    lesson=LESSON,
    points=3,
    oracle=max_pooled,
    visible=_visible_forward(),
    parts=[
        Part("2x2 windows on one square map", 1, _one_map),
        Part("any size and stride, several images and channels", 1, _any_layout),
        Part("sizes that don't fit refused, input unchanged", 1, _refused, unchanged=True),
    ],
    section="3. Keep the strongest response",
    next="what it makes of a real map",
    stubs=POOLS,
)

AVG_POOL = Exercise(
    name="avg_pool",
    lesson=LESSON,
    points=2,
    oracle=_avg_pool,
    visible=_visible_forward(),
    parts=[
        Part("2x2 windows on one square map", 1, _one_map),
        Part("any size and stride, several images and channels", 0.5, _any_layout),
        Part("sizes that don't fit refused, input unchanged", 0.5, _refused, unchanged=True),
    ],
    section="4. Or keep the mean",
    next="the two side by side",
    stubs=POOLS,
)
