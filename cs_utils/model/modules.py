"""The layers that a `ConvNet` is made of: shapes, parameters and costs around the functions of `layers`.

What passes between them are maps (N, H, W, C), behind a fully connected layer (N, 1, 1, M).
"""

import math
from typing import Any

import numpy as np

from cs_utils import layers
from cs_utils.engine import conv_pool, im2col_images, norm, pooling, workspace
from cs_utils.engine.validation import both_pads, output_size
from cs_utils.model.pattern import Item

Arrays = dict[str, np.ndarray]
Shape = tuple[int, int, int]


class Layer:
    """A layer for inputs of one shape. This base has no parameters and keeps the shape; subclasses say what differs.

    `saved` is whatever `backward` needs from `forward`; it is handed back rather than kept here, because several
    threads send their images through the same layer at once.
    """

    def __init__(self, item: Item, name: str, input_shape: Shape, first: bool) -> None:
        self.item, self.name, self.input_shape, self.first = item, name, input_shape, first

    def output_shape(self) -> Shape:
        return self.input_shape

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """The arrays to learn; names of weights begin with w (these decay)."""
        return {}

    def statistics(self) -> Arrays:
        """The arrays that are averaged over the batches, not learned."""
        return {}

    def multiply_adds(self) -> int:
        """Products with a weight, an image."""
        return 0

    def windows(self) -> list[tuple[int, int]]:
        """(extent, stride) of each window that the image passes, for the receptive field."""
        return []

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        """The output, and `saved`; p are the parameters of the whole network."""
        raise NotImplementedError

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        """dx (None is allowed if it isn't needed), and the gradients of the parameters."""
        raise NotImplementedError


class Conv(Layer):
    def output_shape(self) -> Shape:
        item, (height, width, _) = self.item, self.input_shape
        rows, columns = (output_size(n, item.size, item.stride, item.pad) for n in (height, width))
        return rows, columns, item.count or 0

    def parameters(self, rng: np.random.Generator) -> Arrays:
        size, depth, filters = self.item.size, self.input_shape[2], self.item.count or 0
        return {f"w_{self.name}": he_normal(rng, (size, size, depth, filters)), f"b_{self.name}": zeros(filters)}

    def multiply_adds(self) -> int:
        return math.prod(self.output_shape()) * self.item.size**2 * self.input_shape[2]

    def windows(self) -> list[tuple[int, int]]:
        return [(self.item.size, self.item.stride)]

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        return layers.conv2d(x, p[f"w_{self.name}"], p[f"b_{self.name}"], self.item.stride, self.item.pad), x

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        arguments = (dy, saved, p[f"w_{self.name}"], self.item.stride, self.item.pad)
        if needs_dx:
            dx, dw, db = layers.conv2d_backward(*arguments)
        else:
            dx, (dw, db) = None, layers.conv2d_filter_gradient(*arguments)
        return dx, {f"w_{self.name}": dw, f"b_{self.name}": db}


class Relu(Layer):
    """In place, which saves a fiftieth of a deep net's step: nobody else needs what comes in, but for the images."""

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        y = layers.relu(x) if self.first else np.maximum(x, 0, out=x)
        return y, y  # y > 0 where x > 0

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        with workspace.frame():
            positive = np.greater(saved, 0, out=workspace.take(saved.shape, np.dtype(bool)))
            return np.multiply(dy, positive, out=dy), {}


class Pool(Layer):
    """Max pooling."""

    def output_shape(self) -> Shape:
        height, width, depth = self.input_shape
        rows, columns = (output_size(n, self.item.size, self.item.stride) for n in (height, width))
        return rows, columns, depth

    def windows(self) -> list[tuple[int, int]]:
        return [(self.item.size, self.item.stride)]

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        y = workspace.result((len(x), *self.output_shape()), x.dtype)
        return y, pooling.max_saving(x, self.item.size, self.item.stride, y)

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        dx = workspace.result((len(dy), *self.input_shape), dy.dtype)
        pooling.max_backward_saved(dy, saved, self.item.stride, dx)
        return dx, {}


class ConvPool(Layer):
    """A convolution and the max pooling behind it, computed together."""

    def __init__(self, conv: Layer, pool: Layer) -> None:
        super().__init__(conv.item, conv.name, conv.input_shape, conv.first)
        self.pool = pool
        self.of_images = self.first and im2col_images.pays(self.input_shape[2])

    def output_shape(self) -> Shape:
        return self.pool.output_shape()

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        item, function = self.item, conv_pool.conv_pool_of_images if self.of_images else conv_pool.conv_pool
        y = workspace.result((len(x), *self.output_shape()), x.dtype)
        w, b = p[f"w_{self.name}"], p[f"b_{self.name}"]
        return y, (x, function(x, w, b, item.stride, both_pads(item.pad)[0], self.pool.item.size, y))

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        (x, pieces), item, w, before = saved, self.item, p[f"w_{self.name}"], both_pads(self.item.pad)[0]
        if self.of_images:
            dx, (dw, db) = None, conv_pool.conv_pool_of_images_backward(dy, pieces, w)
        else:
            dx, dw, db = conv_pool.conv_pool_backward(dy, pieces, x, w, item.stride, before, self.pool.item.size)
        return dx, {f"w_{self.name}": dw, f"b_{self.name}": db}


class AveragePool(Pool):
    """Average pooling: the same but for the two functions."""

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        return layers.avg_pool2d(x, self.item.size, self.item.stride), x

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        return layers.avg_pool2d_backward(dy, saved, self.item.size, self.item.stride), {}


class GlobalAveragePool(Layer):
    def output_shape(self) -> Shape:
        return 1, 1, self.input_shape[2]

    def windows(self) -> list[tuple[int, int]]:
        return [(max(self.input_shape[:2]), 1)]

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        return layers.global_average_pool(x)[:, None, None], x.shape

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        return layers.global_average_pool_backward(dy[:, 0, 0], saved), {}


class FullyConnected(Layer):
    def output_shape(self) -> Shape:
        return 1, 1, self.item.count or 0

    def parameters(self, rng: np.random.Generator) -> Arrays:
        neurons = self.item.count or 0
        w = he_normal(rng, (math.prod(self.input_shape), neurons))
        return {f"w_{self.name}": w, f"b_{self.name}": zeros(neurons)}

    def multiply_adds(self) -> int:
        return math.prod(self.input_shape) * (self.item.count or 0)

    def windows(self) -> list[tuple[int, int]]:
        return [(max(self.input_shape[:2]), 1)]

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        rows = x.reshape(len(x), -1)
        return layers.linear(rows, p[f"w_{self.name}"], p[f"b_{self.name}"])[:, None, None], rows

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        dx, dw, db = layers.linear_backward(dy.reshape(len(dy), -1), saved, p[f"w_{self.name}"])
        return dx.reshape(len(dx), *self.input_shape), {f"w_{self.name}": dw, f"b_{self.name}": db}


class BatchNorm(Layer):
    """In training, moments of the micro-batch at hand ("ghost" batch norm); in use, the averages from training."""

    def parameters(self, rng: np.random.Generator) -> Arrays:
        depth = self.input_shape[2]
        return {f"gamma_{self.name}": zeros(depth) + 1, f"beta_{self.name}": zeros(depth)}

    def statistics(self) -> Arrays:
        depth = self.input_shape[2]
        return {f"mean_{self.name}": zeros(depth), f"variance_{self.name}": zeros(depth) + 1}

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        remembered = (p[f"mean_{self.name}"], p[f"variance_{self.name}"])
        moments = norm.channel_moments(x) if training else remembered
        return norm.normalize(x, *moments, p[f"gamma_{self.name}"], p[f"beta_{self.name}"]), (x, moments)

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        x, (mean, variance) = saved
        names = [f"{word}_{self.name}" for word in ("gamma", "beta", "mean", "variance")]
        dx, dgamma, dbeta = norm.normalize_backward(dy, x, p[names[0]], mean, variance)
        return dx, dict(zip(names, (dgamma, dbeta, mean, variance)))


class Residual(Layer):
    """relu(conv(relu(conv(x))) + x): the block learns what to add to its input (He et al., 2015)."""

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
        inner = layers.relu(layers.conv2d(x, w1, b1, pad=self.item.pad))
        total = layers.conv2d(inner, w2, b2, pad=self.item.pad)
        total += x
        y = layers.relu(total)
        return y, (x, inner, y)

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        x, inner, y = saved
        names = [f"{part}_{self.name}" for part in ("w1", "b1", "w2", "b2")]
        d_total = layers.relu_backward(dy, y)
        d_inner, dw2, db2 = layers.conv2d_backward(d_total, inner, p[names[2]], pad=self.item.pad)
        dx, dw1, db1 = layers.conv2d_backward(layers.relu_backward(d_inner, inner), x, p[names[0]], pad=self.item.pad)
        dx += d_total
        return dx, dict(zip(names, (dw1, db1, dw2, db2)))


KINDS: dict[str, type[Layer]] = {
    "conv": Conv,
    "relu": Relu,
    "pool": Pool,
    "avgpool": AveragePool,
    "gap": GlobalAveragePool,
    "fc": FullyConnected,
    "bn": BatchNorm,
    "res": Residual,
}


def he_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Normal numbers of standard deviation sqrt(2 / fan_in): ReLU halves the variance, this restores it (He, 2015)."""
    return (rng.standard_normal(shape) * math.sqrt(2 / math.prod(shape[:-1]))).astype(np.float32)


def zeros(n: int) -> np.ndarray:
    return np.zeros(n, np.float32)
