"""Lesson 02: filters of any size on images of any size, too large ones where they are to be refused."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercises.shared import draw
from cs_utils.grading.mutants.contract.arrays import few, floats, special


def _window_score(rng: np.random.Generator) -> Case:
    size, depth, dtype = few(rng), few(rng, 4), floats(rng)
    window, filt = (draw(rng, dtype, size, size, depth) for _ in range(2))
    bias = float(rng.choice([0.0, 3, -30, 30]) + rng.normal())
    return Case({"window": window, "filt": filt, "bias": bias})


def _sides(rng: np.random.Generator, size: int) -> tuple[int, int]:
    return size + few(rng, 3, 0), size + few(rng, 3, 0)


def _plane(rng: np.random.Generator) -> Case:
    size, dtype = few(rng), floats(rng)
    return Case({"x": special(rng, *_sides(rng, size), dtype=dtype), "w": special(rng, size, size, dtype=dtype)})


def _plane_or_misfit(rng: np.random.Generator) -> Case:
    if rng.random() < 0.8:
        return _plane(rng)
    size = few(rng, 5, 2)
    sides = [size - few(rng, size - 1), size + few(rng, 2, -1)]
    height, width = rng.permutation([max(1, side) for side in sides])
    return Case({"x": special(rng, int(height), int(width)), "w": special(rng, size, size)})


def _correlate_volume(rng: np.random.Generator) -> Case:
    size, depth, dtype = few(rng), few(rng, 4), floats(rng)
    x = special(rng, *_sides(rng, size), depth, dtype=dtype)
    return Case({"x": x, "w": special(rng, size, size, depth, dtype=dtype)})


def _layer(rng: np.random.Generator, *count: int) -> Case:
    size, depth, filters, dtype = few(rng), few(rng, 4), few(rng, 4), floats(rng)
    x = special(rng, *count, *_sides(rng, size), depth, dtype=dtype)
    w = special(rng, size, size, depth, filters, dtype=dtype)
    return Case({"x": x, "w": w, "b": special(rng, filters, dtype=dtype)})


def _conv_batch(rng: np.random.Generator) -> Case:
    return _layer(rng, few(rng, 4))


DRAWS = {
    "window_score": _window_score,
    "correlate2d": _plane_or_misfit,
    "true_convolution2d": _plane,
    "correlate_volume": _correlate_volume,
    "conv_layer": _layer,
    "conv_batch": _conv_batch,
}
