"""The layers that a `ConvNet` is made of: shapes, parameters and costs around the functions of `cs_utils.layers`.

A new layer takes a class and a line in `KINDS`, at the end. Between layers pass maps (N, H, W, C); the output of a
fully connected layer is (N, 1, 1, M).
"""

import math
import re
from typing import Any, ClassVar

import numpy as np

from cs_utils import layers
from cs_utils.engine import norm, workspace
from cs_utils.engine.validation import output_size
from cs_utils.model.layer import Arrays, Layer, Shape, he_normal, zeros
from cs_utils.model.pattern import Item
from cs_utils.model.residual import NormedResidual, Residual


class Conv(Layer):
    """conv32F5S1P2: a convolution with 32 filters."""

    letters: ClassVar = {"n": None, "F": 3, "S": 1, "P": None}

    def output_shape(self) -> Shape:
        item, (height, width, _) = self.item, self.input_shape
        rows, columns = (output_size(n, item.size, item.stride, item.pad) for n in (height, width))
        return rows, columns, item.count

    def parameters(self, rng: np.random.Generator) -> Arrays:
        size, depth, filters = self.item.size, self.input_shape[2], self.item.count
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
    """relu: max(0, x), written over x and dy, which saves a fifth of a deep network's memory.

    Only the images, which the first layer gets, belong to the caller and stay as they are.
    """

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        y = layers.relu(x) if self.first else np.maximum(x, 0, out=x)
        return y, y  # y > 0 where x > 0

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        with workspace.frame():
            positive = np.greater(saved, 0, out=workspace.take(saved.shape, np.dtype(bool)))
            return np.multiply(dy, positive, out=dy), {}


class Pool(Layer):
    """What max and average pooling share: windows of F pixels at a stride of S."""

    letters: ClassVar = {"F": 2, "S": 2}

    def output_shape(self) -> Shape:
        height, width, depth = self.input_shape
        rows, columns = (output_size(n, self.item.size, self.item.stride) for n in (height, width))
        return rows, columns, depth

    def windows(self) -> list[tuple[int, int]]:
        return [(self.item.size, self.item.stride)]


class MaxPool(Pool):
    """poolF2S2: max pooling."""

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        return layers.max_pool2d(x, self.item.size, self.item.stride), x

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        return layers.max_pool2d_backward(dy, saved, self.item.size, self.item.stride), {}


class AveragePool(Pool):
    """avgpoolF2S2: average pooling."""

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        return layers.avg_pool2d(x, self.item.size, self.item.stride), x

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        return layers.avg_pool2d_backward(dy, saved, self.item.size, self.item.stride), {}


class GlobalAveragePool(Layer):
    """gap: the mean of each map."""

    def output_shape(self) -> Shape:
        return 1, 1, self.input_shape[2]

    def windows(self) -> list[tuple[int, int]]:
        return [(max(self.input_shape[:2]), 1)]

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        return layers.global_average_pool(x)[:, None, None], x.shape

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        return layers.global_average_pool_backward(dy[:, 0, 0], saved), {}


class FullyConnected(Layer):
    """fc128: a fully connected layer with 128 neurons. The last one may leave the number out: one per class."""

    letters: ClassVar = {"n": None}

    def output_shape(self) -> Shape:
        return 1, 1, self.item.count

    def parameters(self, rng: np.random.Generator) -> Arrays:
        w = he_normal(rng, (math.prod(self.input_shape), self.item.count))
        return {f"w_{self.name}": w, f"b_{self.name}": zeros(self.item.count)}

    def multiply_adds(self) -> int:
        return math.prod(self.input_shape) * self.item.count

    def windows(self) -> list[tuple[int, int]]:
        return [(max(self.input_shape[:2]), 1)]

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        rows = x.reshape(len(x), -1)
        return layers.linear(rows, p[f"w_{self.name}"], p[f"b_{self.name}"])[:, None, None], rows

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        dx, dw, db = layers.linear_backward(dy.reshape(len(dy), -1), saved, p[f"w_{self.name}"])
        return dx.reshape(len(dx), *self.input_shape), {f"w_{self.name}": dw, f"b_{self.name}": db}


class BatchNorm(Layer):
    """bn: batch norm. It trains with the moments of one micro-batch ("ghost" batch norm), then uses their averages."""

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


KINDS: dict[str, type[Layer]] = {
    "conv": Conv,
    "relu": Relu,
    "pool": MaxPool,
    "avgpool": AveragePool,
    "gap": GlobalAveragePool,
    "fc": FullyConnected,
    "bn": BatchNorm,
    "res": Residual,
    "resbn": NormedResidual,
}

_ITEM = re.compile(r"(?P<kind>[a-z]+)(?P<n>\d+)?(F(?P<F>\d+))?(S(?P<S>\d+))?(P(?P<P>\d+)(:(?P<after>\d+))?)?")


def read_item(text: str) -> Item:
    """What one item of a pattern says, with its kind's `letters` for what it leaves out.

    Raises
    ------
    ValueError
        If there is no such kind of layer, or it takes no such number.
    """
    match = _ITEM.fullmatch(text)
    if not match or match["kind"] not in KINDS:
        raise ValueError(f"{text!r} is no layer; there are {', '.join(KINDS)}, with numbers as in conv32F5S1P2")
    kind, letters = match["kind"], KINDS[match["kind"]].letters
    written = {letter: int(match[letter]) for letter in "nFSP" if match[letter] is not None}
    for letter, number in written.items():
        if letter not in letters:
            raise ValueError(f"{text!r}: {kind} takes no {'number' if letter == 'n' else letter}")
        if number == 0 and letter != "P":
            raise ValueError(f"{text!r}: its numbers should be at least 1")
    count, size, stride, before = (written.get(letter, letters.get(letter)) for letter in "nFSP")
    if before is None:
        before = ((size or 0) - 1) // 2 if "P" in letters else 0
    after = before if match["after"] is None else int(match["after"])
    return Item(text, kind, count or 0, size or 0, stride or 0, (before, after))
