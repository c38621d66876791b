"""Lesson 07, residual_block_backward: the gradients with respect to the maps and to all parameters."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON
from cs_utils.grading.exercises.lesson07_deeper_networks.shared import (
    alone,
    any_blocks,
    block,
    conv,
    float32_blocks,
    padded,
    square_blocks,
    visible_block,
    with_sums_of_zero,
)
from cs_utils.grading.exercises.shared import draw, quarters


def residual_block_backward(dy, x, w1, b1, w2, b2):
    before = conv(x, w1, b1)
    inner = np.maximum(before, 0)
    total = conv(inner, w2, b2) + x
    dtotal = dy * (total > 0)
    dinner, dw2, db2 = _conv_backward(dtotal, inner, w2)
    dx, dw1, db1 = _conv_backward(dinner * (before > 0), x, w1)
    return dx + dtotal, dw1, db1, dw2, db2


def _conv_backward(dy, x, w):
    frame, dw = padded(x), np.zeros(w.shape)
    dframe = np.zeros(frame.shape)
    for m, n in np.ndindex(3, 3):
        window = np.s_[:, m : m + x.shape[1], n : n + x.shape[2]]
        dframe[window] += dy @ w[m, n].T
        dw[m, n] = np.tensordot(frame[window], dy, axes=((0, 1, 2), (0, 1, 2)))
    return dframe[:, 1:-1, 1:-1], dw, dy.sum(axis=(0, 1, 2))


def _block(rng: np.random.Generator, shape: tuple[int, ...]) -> Case:
    drawn = block(rng, shape).arguments
    return Case({"dy": draw(rng, np.float64, *shape)} | drawn)


RESIDUAL_BLOCK_BACKWARD = Exercise(
    name="residual_block_backward",
    lesson=LESSON,
    points=2,
    oracle=residual_block_backward,
    visible=[
        visible_block((2, 2, 3, 2), [0.5, -0.25], [1.0, 0.75], 1, dy=quarters(2, 2, 3, 2, start=7)),
        visible_block((2, 3, 3, 1), [-0.5], [0.25], 4, dy=quarters(2, 3, 3, 1, start=2)),
        with_sums_of_zero(visible_block((1, 2, 2, 1), [0.0], [0.0], 3, dy=quarters(1, 2, 2, 1, start=4))),
    ],
    parts=[
        Part("dx: square maps of several images", 0.25, alone(square_blocks(_block), "dx")),
        Part("dw1: square maps of several images", 0.25, alone(square_blocks(_block), "dw1")),
        Part("dw2: square maps of several images", 0.25, alone(square_blocks(_block), "dw2")),
        Part("db1 and db2: square maps of several images", 0.25, alone(square_blocks(_block), "db1", "db2")),
        Part("all five: any height and width, one image, one channel, sums of 0", 0.5, any_blocks(_block)),
        Part("all five: float32, and inputs unchanged", 0.5, float32_blocks(_block), unchanged=True),
    ],
    section="10. And back",
    next="measure it",
    returns=("dx", "dw1", "db1", "dw2", "db2"),
)
