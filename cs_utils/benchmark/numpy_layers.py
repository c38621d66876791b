"""The NumPy versions of the layers that are compared, all called in the same way.

A function returns its output and what its derivative needs (`saved`); the derivative takes the upstream gradient and
that. So no version has to compute again for its gradient what it has computed before.
"""

from types import ModuleType
from typing import Any, Protocol

import numpy as np

from cs_utils import layers, reference
from cs_utils.benchmark import im2col, loops


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


class Pure:
    """The pure functions of `cs_utils.layers` or `cs_utils.reference`: what they need again is their arguments."""

    memory_order = (0, 1, 2, 3)

    def __init__(self, module: ModuleType) -> None:
        self.module: Any = module

    def conv2d(self, x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pad: int) -> tuple[np.ndarray, Any]:
        return self.module.conv2d(x, w, b, stride, pad), (x, w, stride, pad)

    def conv2d_backward(
        self, dy: np.ndarray, saved: Any, needs_dx: bool
    ) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
        if not needs_dx:
            return None, *self.module.conv2d_filter_gradient(dy, *saved)
        dx, dw, db = self.module.conv2d_backward(dy, *saved)
        return dx, dw, db

    def max_pool2d(self, x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
        return self.module.max_pool2d(x, size, stride), (x, size, stride)

    def max_pool2d_backward(self, dy: np.ndarray, saved: Any) -> np.ndarray:
        dx: np.ndarray = self.module.max_pool2d_backward(dy, *saved)
        return dx

    def avg_pool2d(self, x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
        return self.module.avg_pool2d(x, size, stride), (x, size, stride)

    def avg_pool2d_backward(self, dy: np.ndarray, saved: Any) -> np.ndarray:
        dx: np.ndarray = self.module.avg_pool2d_backward(dy, *saved)
        return dx


NUMPY: dict[str, Layers] = {"ours": Pure(layers), "textbook": Pure(reference), "im2col": im2col, "loops": loops}
