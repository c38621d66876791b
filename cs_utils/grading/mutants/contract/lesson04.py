"""Lesson 04: windows of any size and stride, maps with many ties; misfits where they are to be refused."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.mutants.contract.arrays import few, floats, special

Layout = tuple[tuple[int, int, int, int], int, int]


def _layout(rng: np.random.Generator, misfit: bool = False) -> Layout:
    size, stride = few(rng, 4), few(rng, 4)
    height, width = (size + stride * few(rng, 3, 0) for _ in range(2))
    if misfit:
        over = 1 if stride > 1 and rng.random() < 0.7 else -few(rng, size)
        height, width = (max(1, height + over), width) if rng.random() < 0.5 else (height, max(1, width + over))
    return (few(rng, 3), height, width, few(rng, 3)), size, stride


def _pool_output_shape(rng: np.random.Generator) -> Case:
    shape, size, stride = _layout(rng, misfit=rng.random() < 0.3)
    return Case({"shape": shape, "size": size, "stride": stride})


def _max_pool(rng: np.random.Generator) -> Case:
    shape, size, stride = _layout(rng, misfit=rng.random() < 0.15)
    return Case({"x": special(rng, *shape, dtype=floats(rng)), "size": size, "stride": stride})


def _avg_pool(rng: np.random.Generator) -> Case:
    shape, size, stride = _layout(rng)
    return Case({"x": special(rng, *shape, dtype=floats(rng)), "size": size, "stride": stride})


def _backward(rng: np.random.Generator) -> Case:
    (shape, size, stride), dtype = _layout(rng), floats(rng)
    rows, columns = ((n - size) // stride + 1 for n in shape[1:3])
    dy, x = special(rng, shape[0], rows, columns, shape[3], dtype=dtype), special(rng, *shape, dtype=dtype)
    return Case({"dy": dy, "x": x, "size": size, "stride": stride})


DRAWS = {
    "pool_output_shape": _pool_output_shape,
    "max_pool": _max_pool,
    "avg_pool": _avg_pool,
    "max_pool_backward": _backward,
    "avg_pool_backward": _backward,
}
