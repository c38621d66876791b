"""Residual blocks (He et al., 2015): layers that learn what to add to their input."""

import math
from typing import Any, ClassVar

import numpy as np

from cs_utils import layers
from cs_utils.engine import norm
from cs_utils.model.layer import Arrays, Layer, he_normal, zeros


class Residual(Layer):
    """resF3: relu(conv(relu(conv(x))) + x). The block learns what to add to its input (He et al., 2015)."""

    letters: ClassVar = {"F": 3}

    def parameters(self, rng: np.random.Generator) -> Arrays:
        size, depth = self.item.size, self.input_shape[2]
        if size % 2 == 0:
            raise ValueError(f"{self.item.text!r}: the extent should be odd, so that the size stays as it is")
        arrays = {}
        for number in (1, 2):
            arrays[f"w{number}_{self.name}"] = he_normal(rng, (size, size, depth, depth))
            arrays[f"b{number}_{self.name}"] = zeros(depth)
        return arrays

    def multiply_adds(self) -> int:
        return 2 * math.prod(self.input_shape) * self.item.size**2 * self.input_shape[2]

    def windows(self) -> list[tuple[int, int]]:
        return [(self.item.size, 1)] * 2

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        w1, b1, w2, b2 = (p[f"{part}_{self.name}"] for part in ("w1", "b1", "w2", "b2"))
        pad = self.item.size // 2
        inner = layers.relu(layers.conv2d(x, w1, b1, pad=pad))
        total = layers.conv2d(inner, w2, b2, pad=pad)
        total += x
        y = layers.relu(total)
        return y, (x, inner, y)

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        (x, inner, y), pad = saved, self.item.size // 2
        names = [f"{part}_{self.name}" for part in ("w1", "b1", "w2", "b2")]
        d_total = layers.relu_backward(dy, y)
        d_inner, dw2, db2 = layers.conv2d_backward(d_total, inner, p[names[2]], pad=pad)
        dx, dw1, db1 = layers.conv2d_backward(layers.relu_backward(d_inner, inner), x, p[names[0]], pad=pad)
        dx += d_total
        return dx, dict(zip(names, (dw1, db1, dw2, db2)))


class NormedResidual(Residual):
    """resbnF3: relu(bn(conv(relu(bn(conv(x))))) + x), as in He et al. (2015). Its convolutions need no biases."""

    def parameters(self, rng: np.random.Generator) -> Arrays:
        arrays = {name: array for name, array in super().parameters(rng).items() if name.startswith("w")}
        for number in (1, 2):
            arrays[f"gamma{number}_{self.name}"] = zeros(self.input_shape[2]) + 1
            arrays[f"beta{number}_{self.name}"] = zeros(self.input_shape[2])
        return arrays

    def statistics(self) -> Arrays:
        arrays = {}
        for number in (1, 2):
            arrays[f"mean{number}_{self.name}"] = zeros(self.input_shape[2])
            arrays[f"variance{number}_{self.name}"] = zeros(self.input_shape[2]) + 1
        return arrays

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        maps1, moments1, normed = self._conv_bn(p, 1, x, training)
        inner = layers.relu(normed)
        maps2, moments2, total = self._conv_bn(p, 2, inner, training)
        total += x
        y = layers.relu(total)
        return y, (x, maps1, moments1, inner, maps2, moments2, y)

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        x, maps1, moments1, inner, maps2, moments2, y = saved
        d_total = layers.relu_backward(dy, y)
        d_inner, grads2 = self._conv_bn_backward(p, 2, d_total, inner, maps2, moments2)
        dx, grads1 = self._conv_bn_backward(p, 1, layers.relu_backward(d_inner, inner), x, maps1, moments1)
        dx += d_total
        return dx, grads1 | grads2

    def _conv_bn(self, p: Arrays, number: int, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any, np.ndarray]:
        """What comes out of the convolution, its moments, and what batch norm makes of it."""
        w, gamma, beta, mean, variance = (
            p[f"{part}{number}_{self.name}"] for part in ("w", "gamma", "beta", "mean", "variance")
        )
        maps = layers.conv2d(x, w, np.zeros_like(beta), pad=self.item.size // 2)
        moments = norm.channel_moments(maps) if training else (mean, variance)
        return maps, moments, norm.normalize(maps, *moments, gamma, beta)

    def _conv_bn_backward(
        self, p: Arrays, number: int, dy: np.ndarray, x: np.ndarray, maps: np.ndarray, moments: Any
    ) -> tuple[np.ndarray, Arrays]:
        w, gamma = (p[f"{part}{number}_{self.name}"] for part in ("w", "gamma"))
        d_maps, dgamma, dbeta = norm.normalize_backward(dy, maps, gamma, *moments)
        dx, dw, _ = layers.conv2d_backward(d_maps, x, w, pad=self.item.size // 2)
        found = {"w": dw, "gamma": dgamma, "beta": dbeta, "mean": moments[0], "variance": moments[1]}
        return dx, {f"{part}{number}_{self.name}": array for part, array in found.items()}
