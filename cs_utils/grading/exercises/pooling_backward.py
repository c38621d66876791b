"""Lesson 04: where the gradient of pooling goes."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.pooling import (
    LEFT_OVER,
    LESSON,
    MISFITS,
    OVERLAPPING,
    SIDE_BY_SIDE,
    TWO_IMAGES,
    WIDE,
    WITH_A_NEGATIVE_WINDOW,
    Layout,
    drawn_layout,
    drawn_misfit,
    forward_case,
    max_pooled,
    one_image,
    pooled_shape,
    window,
    with_x,
)
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import POOLS

# Right answers, in plain loops.


def _max_pool_backward(dy, x, size, stride):
    y, dx = max_pooled(x, size, stride), np.zeros(x.shape)
    for place in np.ndindex(y.shape):
        for pixel in window(place, size, stride):
            if x[pixel] == y[place]:
                dx[pixel] += dy[place]
    return dx


def _avg_pool_backward(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for place in np.ndindex(pooled_shape(x.shape, size, stride)):
        for pixel in window(place, size, stride):
            dx[pixel] += dy[place] / size**2
    return dx


# Cases.


def _backward(rng, layout: Layout, dtype=np.float64) -> Case:
    """Where the windows don't fit, dy is as large as those that do."""
    (count, height, width, channels), size, stride = layout
    rows, columns = ((n - size) // stride + 1 if n >= size else 1 for n in (height, width))
    case = forward_case(rng, layout, dtype)
    return Case({"dy": draw(rng, dtype, count, rows, columns, channels)} | case.arguments)


def _gradients_side_by_side(rng):
    cases = [_backward(rng, layout) for layout in [*SIDE_BY_SIDE, drawn_layout(rng, False)]]
    return [*cases, _backward(rng, SIDE_BY_SIDE[0], np.float32)]


def _gradients_overlapping(rng):
    """A pixel that several windows share stands out in each map: it is the maximum of all of them."""
    layouts = [*OVERLAPPING, drawn_layout(rng, True)]
    cases = [_backward(rng, layout) for layout in layouts] + [_backward(rng, OVERLAPPING[0], np.float32)]
    return [with_x(case, lambda x, s=case.arguments["stride"]: _raised(x, s)) for case in cases]


def _raised(x: np.ndarray, stride: int) -> np.ndarray:
    x[:, stride, stride] += 9
    return x


def _gradients_with_ties(rng):
    plain = [_backward(rng, layout) for layout in [*SIDE_BY_SIDE[:2], drawn_layout(rng, False)]]
    cases = [with_x(case, lambda x, s=case.arguments["stride"]: _tied(x, s)) for case in plain]
    after_relu = with_x(_backward(rng, ((2, 6, 4, 3), 2, 2)), lambda x: _flat_corner(np.maximum(x, 0), 0.0))
    single = with_x(_backward(rng, ((1, 4, 6, 2), 2, 2), np.float32), lambda x: _flat_corner(x, -1.5))
    overlapping = with_x(_backward(rng, ((2, 5, 5, 2), 3, 2)), _tied_where_windows_do_not_overlap)
    return [*cases, after_relu, single, overlapping, with_x(plain[0], _nearly_tied)]


def _tied(x: np.ndarray, stride: int) -> np.ndarray:
    """The first two pixels of each window's first row are its maximum; the same number in all windows."""
    x[:, ::stride, ::stride] = x[:, ::stride, 1::stride] = 5.0
    return x


def _flat_corner(x: np.ndarray, value: float) -> np.ndarray:
    x[:, :2, :2] = value
    return x


def _tied_where_windows_do_not_overlap(x: np.ndarray) -> np.ndarray:
    x[:, 1::2, [0, 1, 3, 4]] = 5.0  # of windows of 3 with stride 2 on 5x5: two ties in each, none of them shared
    return x


def _nearly_tied(x: np.ndarray) -> np.ndarray:
    x[:, 0, 0], x[:, 0, 1] = 5.0, 5.000001
    return x


def _refused_gradients(rng):
    return [_backward(rng, layout) for layout in [((1, 4, 6, 1), 2, 2), *MISFITS, drawn_misfit(rng)]]


# The exercises, in the lesson's order.

MAX_POOL_BACKWARD = Exercise(
    name="max_pool_backward",
    lesson=LESSON,
    points=4,
    oracle=_max_pool_backward,
    visible=[
        Case({"dy": one_image([[1.0, -2], [0.5, 3]]), "x": WITH_A_NEGATIVE_WINDOW, "size": 2, "stride": 2}),
        Case(
            {
                "dy": one_image([[2.0, -1.5]]),
                "x": one_image([[0.5, 0.5, 0, 0], [-1, 0.5, 0, 0]]),
                "size": 2,
                "stride": 2,
            }
        ),
        Case({"dy": quarters(2, 1, 2, 2, start=5), "x": TWO_IMAGES, "size": 3, "stride": 2}),
        Case(
            {
                "dy": one_image([[1.0, 0.5, -2], [0.25, 4, 1.5]]),
                "x": one_image([[2.0, 0, -2, -1], [1, 3, 0.25, -0.5], [0.5, 1.25, -3, 0.75]]),
                "size": 2,
                "stride": 1,
            }
        ),
        Case({"dy": one_image([[1.5]]), "x": one_image([[1.0, 1.000001], [0.25, -1]]), "size": 2, "stride": 2}),
        Case({"dy": quarters(1, 2, 2, 1, start=2), "x": LEFT_OVER, "size": 2, "stride": 2}),
    ],
    parts=[
        Part("windows side by side, one maximum in each", 1, _gradients_side_by_side),
        Part("every one of several equal maxima", 1, _gradients_with_ties),
        Part("windows that overlap", 1, _gradients_overlapping),
        Part("sizes that don't fit refused, inputs unchanged", 1, _refused_gradients, unchanged=True),
    ],
    section="6. Where does the gradient go?",
    next="how common are ties, and do they matter?",
    returns=("dx",),
    stubs=POOLS,
)

AVG_POOL_BACKWARD = Exercise(
    name="avg_pool_backward",
    lesson=LESSON,
    points=2,
    oracle=_avg_pool_backward,
    visible=[
        Case({"dy": one_image([[1.0, -2], [0.5, 3]]), "x": WITH_A_NEGATIVE_WINDOW, "size": 2, "stride": 2}),
        Case({"dy": quarters(2, 1, 2, 2, start=5), "x": TWO_IMAGES, "size": 3, "stride": 2}),
        Case({"dy": quarters(1, 2, 4, 1, start=4), "x": WIDE, "size": 3, "stride": 1}),
        Case({"dy": quarters(1, 2, 2, 1, start=2), "x": LEFT_OVER, "size": 2, "stride": 2}),
    ],
    parts=[
        Part("windows side by side", 1, _gradients_side_by_side),
        Part("windows that overlap", 0.5, _gradients_overlapping),
        Part("sizes that don't fit refused, inputs unchanged", 0.5, _refused_gradients, unchanged=True),
    ],
    section="8. Back through the mean",
    next="could a stride do the same?",
    returns=("dx",),
    stubs=POOLS,
)
