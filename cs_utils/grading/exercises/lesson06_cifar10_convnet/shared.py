"""Lesson 06: the nets and images that `convnet_scores` and `convnet_loss` are examined with."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cs_utils import layers

MARGIN = 1e-3  # how far cases stay away from the kinks of ReLU and of the maximum, where rounding would decide

Draw = Callable[..., np.ndarray]  # draw(*shape) -> array


def random_quarters(seed: int) -> Draw:
    """Return a source of small multiples of 1/4, for visible cases: short to read, and their sums are exact."""
    rng = np.random.default_rng(seed)
    return lambda *shape: rng.integers(-5, 6, shape) / 4


def random_fifths(seed: int) -> Draw:
    """Return a source of the same numbers divided by 5/4: multiples of 1/5, which are rounded in any float."""
    draw = random_quarters(seed)
    return lambda *shape: draw(*shape) / 1.25


def normal(rng: np.random.Generator) -> Draw:
    """Return a source of normal numbers, for hidden cases."""
    return lambda *shape: rng.normal(0, 0.7, shape)


def net_and_images(
    draw: Draw, shape: tuple[int, int, int, int], filters: int, classes: int, **given: np.ndarray
) -> dict[str, Any]:
    """Return `params` and `x` (N, H, W, C) such that no number is near a kink and ReLU sets whole windows to zero.

    Parameters that are `given` replace those that are drawn.
    """
    n, height, width, depth = shape
    while True:
        x = draw(*shape)
        params = {
            "w_conv": draw(3, 3, depth, filters),
            "b_conv": draw(filters),
            "w_fc": draw(height // 2 * width // 2 * filters, classes),
            "b_fc": draw(classes),
        } | given
        maps = layers.conv2d(x, params["w_conv"], params["b_conv"], pad=1)
        windows = maps.reshape(n, height // 2, 2, width // 2, 2, filters).transpose(0, 1, 3, 5, 2, 4).reshape(-1, 4)
        smooth = np.abs(maps).min() > MARGIN and np.diff(np.sort(windows)).min() > MARGIN
        if smooth and windows.max(axis=1).min() < 0:
            return {"params": params, "x": x}


def few_images(rng: np.random.Generator) -> dict[str, Any]:
    return net_and_images(normal(rng), (3, 4, 4, 2), 3, 4)


def any_size(rng: np.random.Generator) -> dict[str, Any]:
    """Return a net and images of 1 to 4 channels whose height and width differ."""
    height, width = rng.permutation([2, 4, 6])[:2]
    shape = (int(rng.integers(2, 4)), int(height), int(width), int(rng.integers(1, 5)))
    return net_and_images(normal(rng), shape, int(rng.integers(2, 5)), int(rng.integers(2, 6)))


def float32(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the same in float32, with scores close together: where one class has won, gradients are mere rounding."""
    params = {name: (0.1 * value).astype(np.float32) for name, value in arguments["params"].items()}
    return arguments | {"params": params, "x": arguments["x"].astype(np.float32)}
