"""The layers of this course, called in the way that all NumPy versions in this package are called.

A layer's function gives its output and what its derivative needs (`saved`); the derivative takes the upstream gradient
and that. So no version has to compute again for its gradient what it has computed before.
"""

from typing import Any, Protocol

import numpy as np

from cs_utils import layers


class Layers(Protocol):
    """What a NumPy version of the layers consists of; shapes as in `cs_utils.layers`, whatever the memory order."""

    memory_order: tuple[int, int, int, int]  # of the axes of (N, H, W, C), outermost first: how it likes its maps

    def conv2d(self, x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pad: int) -> tuple[np.ndarray, Any]: ...

    def conv2d_backward(
        self, dy: np.ndarray, saved: Any, needs_dx: bool
    ) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]: ...

    def max_pool2d(self, x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]: ...

    def max_pool2d_backward(self, dy: np.ndarray, saved: Any) -> np.ndarray: ...

    def avg_pool2d(self, x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]: ...

    def avg_pool2d_backward(self, dy: np.ndarray, saved: Any) -> np.ndarray: ...


memory_order = (0, 1, 2, 3)


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pad: int) -> tuple[np.ndarray, Any]:
    return layers.conv2d(x, w, b, stride, pad), (x, w, stride, pad)


def conv2d_backward(dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    if needs_dx:
        return layers.conv2d_backward(dy, *saved)
    return None, *layers.conv2d_filter_gradient(dy, *saved)


def max_pool2d(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
    return layers.max_pool2d(x, size, stride), (x, size, stride)


def max_pool2d_backward(dy: np.ndarray, saved: Any) -> np.ndarray:
    return layers.max_pool2d_backward(dy, *saved)


def avg_pool2d(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
    return layers.avg_pool2d(x, size, stride), (x, size, stride)


def avg_pool2d_backward(dy: np.ndarray, saved: Any) -> np.ndarray:
    return layers.avg_pool2d_backward(dy, *saved)
