"""A network's training step in plain NumPy: the whole batch at once, one layer after the other, as in its pattern."""

from typing import Any

import numpy as np

from cs_utils.benchmark.numpy_layers import Layers
from cs_utils.layers import softmax_cross_entropy
from cs_utils.model.convnet import ConvNet
from cs_utils.model.layer import Layer

Arrays = dict[str, np.ndarray]


class PlainNet:
    """The layers (conv, relu, pool, avgpool, fc) and the parameters of a `ConvNet`, computed by other functions."""

    def __init__(self, net: ConvNet, functions: Layers) -> None:
        self.layers, self.parameters, self.functions = net.layers, net.parameters, functions

    def loss(self, x: np.ndarray, labels: np.ndarray) -> tuple[float, Arrays]:
        """As `ConvNet.loss`."""
        everything_saved: list[Any] = []
        grads: Arrays = {}
        for layer in self.layers:
            x, saved = self._forward(layer, x)
            everything_saved.append(saved)
        dy: np.ndarray | None
        loss, dy = softmax_cross_entropy(x, labels)
        for layer, saved in zip(reversed(self.layers), reversed(everything_saved)):
            dy, new = self._backward(layer, dy, saved)
            grads |= new
        return loss, grads

    def _forward(self, layer: Layer, x: np.ndarray) -> tuple[np.ndarray, Any]:
        item, kind = layer.item, layer.item.kind
        if kind == "relu":
            return np.maximum(x, 0), x
        if kind == "pool":
            return self.functions.max_pool2d(x, item.size, item.stride)
        if kind == "avgpool":
            return self.functions.avg_pool2d(x, item.size, item.stride)
        w, b = (self.parameters[f"{letter}_{layer.name}"] for letter in "wb")
        if kind == "conv":
            return self.functions.conv2d(x, w, b, item.stride, item.pad[0])
        if kind == "fc":
            rows = x.reshape(len(x), -1)
            return rows @ w + b, (rows, x.shape)
        raise ValueError(f"{item.text}: a plain net has conv, relu, pool, avgpool and fc alone")

    def _backward(self, layer: Layer, dy: Any, saved: Any) -> tuple[np.ndarray | None, Arrays]:
        kind = layer.item.kind
        if kind == "relu":
            return dy * (saved > 0), {}
        if kind == "pool":
            return self.functions.max_pool2d_backward(dy, saved), {}
        if kind == "avgpool":
            return self.functions.avg_pool2d_backward(dy, saved), {}
        if kind == "conv":
            dx, dw, db = self.functions.conv2d_backward(dy, saved, needs_dx=layer is not self.layers[0])
        else:
            rows, shape = saved
            dx, dw, db = (dy @ self.parameters[f"w_{layer.name}"].T).reshape(shape), rows.T @ dy, dy.sum(axis=0)
        return dx, {f"w_{layer.name}": dw, f"b_{layer.name}": db}
