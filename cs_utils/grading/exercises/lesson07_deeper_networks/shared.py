"""What exercises of lesson 07 share: the cases of global average pooling, batch norm and the residual block."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercises.shared import draw, quarters

Make = Callable[..., Case]  # make(rng, shape) -> Case, for maps of this shape
Cases = Callable[[np.random.Generator], list[Case]]


def alone(cases: Cases, *judged: str) -> Cases:
    """Return the same cases, in which only the named gradients count."""
    return lambda rng: [replace(case, judged=judged) for case in cases(rng)]


def _with(case: Case, **arguments: Any) -> Case:
    return Case(case.arguments | arguments)


# Global average pooling


def pool_shapes(rng: np.random.Generator) -> list[tuple[int, int, int, int]]:
    count, depth = (int(number) for number in rng.integers(2, 5, 2))
    return [(count, 3, 3, depth), (3, 2, 5, 4), (1, 4, 3, 2), (2, 1, 6, 3)]


# Batch norm


def maps(rng: np.random.Generator, dtype: DTypeLike, *shape: int) -> np.ndarray:
    """Return maps whose channels differ in mean and spread; no mean is 0 and no spread 1."""
    depth = shape[-1]
    mean, spread = rng.choice([-3, -2, 2, 3], depth), rng.uniform(1.5, 3, depth)
    return (mean + spread * rng.normal(size=shape)).astype(dtype)


def plain_maps(make: Make) -> Cases:
    """Square maps of several images, gamma 1, spread so far that eps = 1e-5 does not count: it does in other parts."""

    def cases(rng: np.random.Generator) -> list[Case]:
        drawn = [make(rng, shape) for shape in ((3, 3, 3, 2), (4, 2, 2, 3))]
        return [_with(case, gamma=np.ones_like(case.arguments["gamma"])) for case in drawn]

    return cases


def any_maps(make: Make) -> Cases:
    """Any gamma and eps, one image, maps of one pixel, a channel that is constant."""

    def cases(rng: np.random.Generator) -> list[Case]:
        count, width = (int(number) for number in rng.choice([2, 3, 4, 5], 2, replace=False))
        drawn = [
            make(rng, (count, 3, width, 2)),
            _with(make(rng, (2, 2, 5, 3)), eps=0.5),
            _with(make(rng, (1, 4, 3, 2)), eps=0.25),
            make(rng, (6, 1, 1, 4)),
        ]
        constant = make(rng, (2, 3, 2, 3))
        x = constant.arguments["x"].copy()
        x[..., 1] = 0.75
        narrow = make(rng, (2, 3, 3, 2))  # spreads so small that eps counts
        return [*drawn, _with(constant, x=x), _with(narrow, x=0.01 * narrow.arguments["x"])]

    return cases


def float32_maps(make: Make) -> Cases:
    def cases(rng: np.random.Generator) -> list[Case]:
        shapes = ((2, 3, 4, 3), (3, 2, 3, 2))
        return [make(rng, shapes[0]), *(make(rng, shape, dtype=np.float32) for shape in shapes)]

    return cases


def visible_maps(*shape: int, start: int) -> np.ndarray:
    """Return quarters, each channel shifted by another amount."""
    return quarters(*shape, start=start) + 1 + np.arange(shape[-1])


# The residual block


def padded(x: np.ndarray) -> np.ndarray:
    return np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Convolve with 3x3 filters, stride 1, padding 1: add nine shifted copies of the batch, each times its weights."""
    frame = padded(x)
    y: np.ndarray = np.zeros((*x.shape[:3], len(b))) + b
    for m, n in np.ndindex(3, 3):
        y += frame[:, m : m + x.shape[1], n : n + x.shape[2]] @ w[m, n]
    return y


def block(rng: np.random.Generator, shape: tuple[int, ...]) -> Case:
    """Return the arguments of a residual block, drawn in float64."""
    depth = shape[-1]
    filters = (3, 3, depth, depth)
    arrays = {"x": shape, "w1": filters, "b1": (depth,), "w2": filters, "b2": (depth,)}
    return Case({name: draw(rng, np.float64, *shape) for name, shape in arrays.items()})


def square_blocks(make: Make) -> Cases:
    return lambda rng: [make(rng, shape) for shape in ((2, 4, 4, 2), (3, 3, 3, 3))]


def any_blocks(make: Make) -> Cases:
    """Any size, one image, one channel; and a block in which every sum is 0, where ReLU's gradient is 0."""

    def cases(rng: np.random.Generator) -> list[Case]:
        height = int(rng.integers(2, 5))
        drawn = [make(rng, shape) for shape in ((2, height, height + 2, 3), (1, 5, 3, 2), (3, 2, 1, 1))]
        return [*drawn, with_sums_of_zero(make(rng, (1, 3, 2, 2)))]

    return cases


def float32_blocks(make: Make) -> Cases:
    return lambda rng: [make(rng, (2, 3, 4, 2)), _exact(make(rng, (2, 4, 3, 3)))]


def with_sums_of_zero(case: Case) -> Case:
    return _with(case, **{name: np.zeros_like(case.arguments[name]) for name in ("x", "b1", "b2")})


def _exact(case: Case) -> Case:
    """Return the case in float32, rounded so that no rounding error can push a sum over ReLU's kink.

    All numbers are multiples of a power of two, and the biases keep every sum away from 0 (by 1/32 in the first layer,
    by 1/256 in the second).
    """
    rounded = {name: np.round(np.clip(array, -2, 2) * 4) / 4 for name, array in case.arguments.items()}
    rounded["b1"] += 1 / 32
    rounded["b2"] += 1 / 256
    return Case({name: array.astype(np.float32) for name, array in rounded.items()})


def visible_block(shape: tuple[int, ...], b1: ArrayLike, b2: ArrayLike, start: int, **more: Any) -> Case:
    depth = shape[-1]
    x = quarters(*shape, start=start)
    w1, w2 = (quarters(3, 3, depth, depth, start=start + k) / 2 for k in (2, 5))
    return Case(more | {"x": x, "w1": w1, "b1": np.array(b1), "w2": w2, "b2": np.array(b2)})
