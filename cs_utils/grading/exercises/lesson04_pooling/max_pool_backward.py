"""Lesson 04, max_pool_backward: the gradient goes to every pixel that equals the maximum of its window."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson04_pooling import LESSON
from cs_utils.grading.exercises.lesson04_pooling.max_pool import max_pool
from cs_utils.grading.exercises.lesson04_pooling.shared import (
    SIDE_BY_SIDE,
    THREE_IMAGES,
    TWO_IMAGES,
    WITH_A_NEGATIVE_WINDOW,
    backward_case,
    drawn_layout,
    gradients_overlapping,
    gradients_side_by_side,
    one_image,
    plain_gradients,
    window,
    with_x,
)
from cs_utils.grading.exercises.shared import quarters
from cs_utils.grading.stubs import POOLS


def max_pool_backward(dy, x, size, stride):
    y, dx = max_pool(x, size, stride), np.zeros(x.shape)
    for place in np.ndindex(y.shape):
        for pixel in window(place, size, stride):
            if x[pixel] == y[place]:  # each of several equal maxima gets all of dy
                dx[pixel] += dy[place]
    return dx


def _with_ties(rng):
    plain = [backward_case(rng, layout) for layout in [*SIDE_BY_SIDE[:2], drawn_layout(rng, False)]]
    cases = [with_x(case, lambda x, s=case.arguments["stride"]: _tied(x, s)) for case in plain]
    after_relu = with_x(backward_case(rng, ((2, 6, 4, 3), 2, 2)), lambda x: _flat_corner(np.maximum(x, 0), 0.0))
    single = with_x(backward_case(rng, ((1, 4, 6, 2), 2, 2), np.float32), lambda x: _flat_corner(x, -1.5))
    return [*cases, after_relu, single, with_x(plain[0], _nearly_tied)]


def _ties_and_overlaps(rng):
    """Ties that windows share, as in flat maps, and ties that they don't."""
    apart = with_x(backward_case(rng, ((2, 5, 5, 2), 3, 2)), _tied_where_windows_do_not_overlap)
    shared = with_x(backward_case(rng, ((2, 4, 5, 2), 3, 1)), lambda x: np.maximum(np.round(x), 0))
    return [apart, shared]


def _tied(x: np.ndarray, stride: int) -> np.ndarray:
    """Make the first two pixels of each window's first row its maximum, the same number in all windows."""
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


MAX_POOL_BACKWARD = Exercise(
    name="max_pool_backward",
    lesson=LESSON,
    points=4,
    oracle=max_pool_backward,
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
        Case({"dy": quarters(3, 1, 2, 2, start=2) / 5, "x": THREE_IMAGES, "size": 2, "stride": 3}),
        Case({"dy": one_image([[1.5]]), "x": one_image([[1.0, 1.000001], [0.25, -1]]), "size": 2, "stride": 2}),
    ],
    parts=[
        Part("windows side by side, one maximum in each", 1, gradients_side_by_side),
        Part("every one of several equal maxima", 1, _with_ties),
        Part("windows that overlap", 1, gradients_overlapping),
        Part("equal maxima in windows that overlap", 0.5, _ties_and_overlaps),
        Part("inputs unchanged", 0.5, plain_gradients, unchanged=True),
    ],
    section="6. Where does the gradient go?",
    next="how common are ties, and do they matter?",
    returns=("dx",),
    stubs=POOLS,
)
