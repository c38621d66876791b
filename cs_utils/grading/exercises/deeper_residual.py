"""Lesson 07: the residual block, forward and backward: relu(conv(relu(conv(x, w1, b1)), w2, b2) + x)."""

from dataclasses import replace

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.deeper_networks import LESSON
from cs_utils.grading.exercises.shared import draw, quarters

# Right answers, in plain loops.


def _conv(x, w, b):
    """3x3 filters, stride 1, padding 1: nine shifted copies of the padded batch, each times its weights."""
    padded, y = _padded(x), np.zeros((*x.shape[:3], len(b))) + b
    for m, n in np.ndindex(3, 3):
        y += padded[:, m : m + x.shape[1], n : n + x.shape[2]] @ w[m, n]
    return y


def _conv_backward(dy, x, w):
    padded, dw = _padded(x), np.zeros(w.shape)
    dpadded = np.zeros(padded.shape)
    for m, n in np.ndindex(3, 3):
        window = np.s_[:, m : m + x.shape[1], n : n + x.shape[2]]
        dpadded[window] += dy @ w[m, n].T
        dw[m, n] = np.tensordot(padded[window], dy, axes=((0, 1, 2), (0, 1, 2)))
    return dpadded[:, 1:-1, 1:-1], dw, dy.sum(axis=(0, 1, 2))


def _padded(x):
    return np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))


def _residual_block(x, w1, b1, w2, b2):
    inner = np.maximum(_conv(x, w1, b1), 0)
    return np.maximum(_conv(inner, w2, b2) + x, 0)


def _residual_block_backward(dy, x, w1, b1, w2, b2):
    before = _conv(x, w1, b1)
    inner = np.maximum(before, 0)
    total = _conv(inner, w2, b2) + x
    dtotal = dy * (total > 0)
    dinner, dw2, db2 = _conv_backward(dtotal, inner, w2)
    dx, dw1, db1 = _conv_backward(dinner * (before > 0), x, w1)
    return dx + dtotal, dw1, db1, dw2, db2


# Cases. In float32 all numbers are multiples of a power of two, so that no rounding pushes one over ReLU's kink, and
# the biases keep every sum away from 0 (by 1/32 in the first layer, by 1/256 in the second).


def _block(rng, shape, backward: bool) -> Case:
    depth = shape[-1]
    filters = (3, 3, depth, depth)
    arrays = {"x": shape, "w1": filters, "b1": (depth,), "w2": filters, "b2": (depth,)}
    drawn = {name: draw(rng, np.float64, *shape) for name, shape in arrays.items()}
    return Case({"dy": draw(rng, np.float64, *shape)} | drawn if backward else drawn)


def _exact(rng, shape, backward: bool) -> Case:
    drawn = _block(rng, shape, backward).arguments
    rounded = {name: np.round(np.clip(array, -2, 2) * 4) / 4 for name, array in drawn.items()}
    rounded["b1"] += 1 / 32
    rounded["b2"] += 1 / 256
    return Case({name: array.astype(np.float32) for name, array in rounded.items()})


def _squares(backward: bool):
    def cases(rng):
        return [_block(rng, shape, backward) for shape in ((2, 4, 4, 2), (3, 3, 3, 3))]

    return cases


def _any(backward: bool):
    """Any size, one image, one channel; and a block in which every sum is 0: there ReLU's gradient is 0."""

    def cases(rng):
        height = int(rng.integers(2, 5))
        drawn = [_block(rng, shape, backward) for shape in ((2, height, height + 2, 3), (1, 5, 3, 2), (3, 2, 1, 1))]
        return [*drawn, _with_sums_of_zero(_block(rng, (1, 3, 2, 2), backward))]

    return cases


def _with_sums_of_zero(case: Case) -> Case:
    return Case(case.arguments | {name: np.zeros_like(case.arguments[name]) for name in ("x", "b1", "b2")})


def _careful(backward: bool):
    def cases(rng):
        return [_block(rng, (2, 3, 4, 2), backward), _exact(rng, (2, 4, 3, 3), backward)]

    return cases


def _alone(cases, *judged: str):
    """The same cases, in which only the named gradients count."""
    return lambda rng: [replace(case, judged=judged) for case in cases(rng)]


def _visible(shape, b1, b2, start, **more) -> Case:
    depth = shape[-1]
    x = quarters(*shape, start=start)
    w1, w2 = (quarters(3, 3, depth, depth, start=start + k) / 2 for k in (2, 5))
    return Case(more | {"x": x, "w1": w1, "b1": np.array(b1), "w2": w2, "b2": np.array(b2)})


# The exercises, in the lesson's order.

RESIDUAL_BLOCK = Exercise(
    name="residual_block",
    lesson=LESSON,
    points=2,
    oracle=_residual_block,
    visible=[_visible((2, 2, 3, 2), [0.5, -0.25], [1.0, 0.75], 1), _visible((1, 3, 3, 1), [-0.5], [0.25], 4)],
    parts=[
        Part("square maps of several images", 1, _squares(False)),
        Part("any height and width, one image, one channel", 0.5, _any(False)),
        Part("float32, and inputs unchanged", 0.5, _careful(False), unchanged=True),
    ],
    section="8. A way past the layers",
    next="start from a block that does nothing",
)

RESIDUAL_BLOCK_BACKWARD = Exercise(
    name="residual_block_backward",
    lesson=LESSON,
    points=2,
    oracle=_residual_block_backward,
    visible=[
        _visible((2, 2, 3, 2), [0.5, -0.25], [1.0, 0.75], 1, dy=quarters(2, 2, 3, 2, start=7)),
        _visible((1, 3, 3, 1), [-0.5], [0.25], 4, dy=quarters(1, 3, 3, 1, start=2)),
        _with_sums_of_zero(_visible((1, 2, 2, 1), [0.0], [0.0], 3, dy=quarters(1, 2, 2, 1, start=4))),
    ],
    parts=[
        Part("dx: square maps of several images", 0.25, _alone(_squares(True), "dx")),
        Part("dw1: square maps of several images", 0.25, _alone(_squares(True), "dw1")),
        Part("dw2: square maps of several images", 0.25, _alone(_squares(True), "dw2")),
        Part("db1 and db2: square maps of several images", 0.25, _alone(_squares(True), "db1", "db2")),
        Part("all five: any height and width, one image, one channel, sums of 0", 0.5, _any(True)),
        Part("all five: float32, and inputs unchanged", 0.5, _careful(True), unchanged=True),
    ],
    section="9. And back",
    next="measure it",
    returns=("dx", "dw1", "db1", "dw2", "db2"),
)
