"""The same work in PyTorch, eager, in its two memory formats; import this only where PyTorch is installed.

PyTorch has images (N, C, H, W) and filters (K, C, F, F); "nchw" and "channels_last" say how they lie in memory.
"""

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from cs_utils.benchmark.work import LEARNING_RATE, Contender, Convolution, Pooling, TrainingStep, Work
from cs_utils.model.convnet import ConvNet
from cs_utils.model.layer import Layer

torch: Any = import_module("torch")  # this course does not depend on it
functional = torch.nn.functional
FORMATS = {"torch nchw": torch.contiguous_format, "torch channels_last": torch.channels_last}
MAPS_TO_TORCH, MAPS_FROM_TORCH = (0, 3, 1, 2), (0, 2, 3, 1)
FILTERS_TO_TORCH, FILTERS_FROM_TORCH = (3, 2, 0, 1), (2, 3, 1, 0)


def tensor(x: np.ndarray, name: str, axes: tuple[int, ...] = MAPS_TO_TORCH) -> Any:
    """Maps, or filters with other axes, as a tensor of its own in the memory format of `name`."""
    return torch.from_numpy(np.ascontiguousarray(x.transpose(axes))).contiguous(memory_format=FORMATS[name])


def contender(work: Work, name: str) -> Contender:
    return _training_step(work, name) if isinstance(work, TrainingStep) else _layer(work, name)


def _layer(work: Convolution | Pooling, name: str) -> Contender:
    """A layer forward, without a graph, or forward and backward, by autograd."""
    inputs = {"dx": tensor(work.x, name).requires_grad_(isinstance(work, Pooling) or work.needs_dx)}
    if isinstance(work, Convolution):
        inputs["dw"] = tensor(work.w, name, FILTERS_TO_TORCH).requires_grad_()
        inputs["db"] = torch.from_numpy(work.b.copy()).requires_grad_()
    wanted = {key: x for key, x in inputs.items() if x.requires_grad}
    dy = tensor(work.dy, name)

    def forward() -> dict[str, Any]:
        with torch.no_grad():
            return {"y": _forward(work, *inputs.values())}

    def forward_and_backward() -> dict[str, Any]:
        y = _forward(work, *inputs.values())
        return {"y": y, **dict(zip(wanted, torch.autograd.grad(y, list(wanted.values()), dy)))}

    run = forward_and_backward if work.backward else forward
    return Contender(run, lambda: _arrays(run()))


def _forward(work: Convolution | Pooling, x: Any, *parameters: Any) -> Any:
    if isinstance(work, Convolution):
        return functional.conv2d(x, *parameters, work.stride, work.pad)
    pool = functional.max_pool2d if work.kind == "max" else functional.avg_pool2d
    return pool(x, work.size, work.stride)


def _arrays(tensors: dict[str, Any]) -> dict[str, np.ndarray]:
    arrays = {key: x.detach().numpy() for key, x in tensors.items()}
    return {
        key: x.transpose(FILTERS_FROM_TORCH if key == "dw" else MAPS_FROM_TORCH) if x.ndim == 4 else x
        for key, x in arrays.items()
    }


def _training_step(work: TrainingStep, name: str) -> Contender:
    """The net in torch.nn, with the same weights, and a step of torch.optim.SGD."""
    model, grads = network(work.net(), name)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)
    x, labels = tensor(work.x, name), torch.from_numpy(work.labels)

    def loss_and_gradients() -> Any:
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(x), labels)
        loss.backward()
        return loss

    def step() -> None:
        loss_and_gradients()
        optimizer.step()

    return Contender(step, lambda: {"loss": loss_and_gradients().detach().numpy(), **grads()})


def network(net: ConvNet, name: str) -> tuple[Any, Callable[[], dict[str, np.ndarray]]]:
    """The same net as a module of PyTorch, and a function that gives its gradients in our names and shapes."""
    modules: list[Any] = []
    learned: dict[str, tuple[Any, tuple[int, int, int]]] = {}
    for layer in net.layers:
        if layer.item.kind == "fc":
            modules.append(torch.nn.Flatten())
        modules.append(_module(layer))
        if layer.item.kind in ("conv", "fc"):
            w, b = (net.parameters[f"{letter}_{layer.name}"] for letter in "wb")
            _set_weights(modules[-1], layer.input_shape, w, b)
            learned[layer.name] = (modules[-1], layer.input_shape)

    def grads() -> dict[str, np.ndarray]:
        found = {}
        for key, (module, shape) in learned.items():
            found[f"w_{key}"] = _weights_back(module.weight.grad.numpy(), shape)
            found[f"b_{key}"] = module.bias.grad.numpy().copy()
        return found

    return torch.nn.Sequential(*modules).to(memory_format=FORMATS[name]), grads


def _module(layer: Layer) -> Any:
    kind, item, depth = layer.item.kind, layer.item, layer.input_shape[2]
    if kind == "relu":
        return torch.nn.ReLU()
    if kind == "pool":
        return torch.nn.MaxPool2d(item.size, item.stride)
    if kind == "avgpool":
        return torch.nn.AvgPool2d(item.size, item.stride)
    if kind == "conv":
        return torch.nn.Conv2d(depth, item.count, item.size, item.stride, item.pad[0])
    if kind == "fc":
        return torch.nn.Linear(math.prod(layer.input_shape), layer.output_shape()[2])
    raise ValueError(f"{item.text}: what is compared has conv, relu, pool, avgpool and fc alone")


def _set_weights(module: Any, input_shape: tuple[int, int, int], w: np.ndarray, b: np.ndarray) -> None:
    if w.ndim == 4:
        w = w.transpose(FILTERS_TO_TORCH)
    else:  # a fully connected layer gets the map channel after channel
        w = w.reshape(*input_shape, -1).transpose(3, 2, 0, 1).reshape(w.shape[::-1])
    module.weight.data = torch.from_numpy(np.ascontiguousarray(w))
    module.bias.data = torch.from_numpy(b.copy())


def _weights_back(w: np.ndarray, input_shape: tuple[int, int, int]) -> np.ndarray:
    if w.ndim == 4:
        return w.transpose(FILTERS_FROM_TORCH).copy()
    height, width, depth = input_shape
    return w.reshape(-1, depth, height, width).transpose(2, 3, 1, 0).reshape(math.prod(input_shape), -1)
