"""Pieces of work that each contender does with the same numbers: a convolution, a pooling layer, a training step.

Each `work.contender(name)` gives a `Contender`; `work.first(n)` is the same work with the first n images alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from cs_utils.benchmark import im2col, loops, ours, textbook
from cs_utils.benchmark.plain_net import PlainNet
from cs_utils.engine.validation import output_size
from cs_utils.model.convnet import ConvNet
from cs_utils.training.optim import SGD

Arrays = dict[str, np.ndarray]

NUMPY: dict[str, ours.Layers] = {"ours": ours, "textbook": textbook, "im2col": im2col, "loops": loops}
TORCH = ["torch nchw", "torch channels_last"] if find_spec("torch") else []
LEARNING_RATE = 1e-4  # small: the weights of a net that is timed should stay sound, whatever the number of steps


@dataclass(frozen=True)
class Contender:
    """Something to time.

    Attributes
    ----------
    run : callable
        Does the work once.
    answer : callable
        Does it once from the start, and returns what came out, channels last: to be compared.
    """

    run: Callable[[], Any]
    answer: Callable[[], Arrays]


class Work(Protocol):
    @property
    def images(self) -> int: ...

    @property
    def flops(self) -> int:
        """Additions and multiplications; 0 where memory is the limit."""

    @property
    def bytes(self) -> int:
        """What must be read and written at the least; 0 where the processor is the limit."""

    def first(self, images: int) -> Work: ...

    def contender(self, name: str) -> Contender: ...


def random_maps(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def random_images(shape: tuple[int, ...]) -> np.ndarray:
    """Images (N, H, W, C) that lie in memory plane after plane, as `training.fit` gives its batches to a net."""
    return laid_out(random_maps(shape), (0, 3, 1, 2))


def laid_out(x: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """The same array with its axes in this order in memory, outermost first."""
    return np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))


@dataclass(frozen=True)
class Convolution:
    """y, or y and the gradients by the filters, the bias and, unless x are images (three channels), by x."""

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    dy: np.ndarray
    stride: int
    pad: int
    backward: bool

    @classmethod
    def random(
        cls, images: int, side: int, channels: int, filters: int, size: int, stride: int, pad: int, backward: bool
    ) -> Convolution:
        shape, out = (images, side, side, channels), output_size(side, size, stride, pad)
        x = random_images(shape) if channels == 3 else random_maps(shape)
        w = random_maps((size, size, channels, filters), seed=1)
        return cls(x, w, random_maps((filters,), 2), random_maps((images, out, out, filters), 3), stride, pad, backward)

    @property
    def images(self) -> int:
        return len(self.x)

    @property
    def needs_dx(self) -> bool:
        return self.x.shape[3] != 3

    @property
    def flops(self) -> int:
        products = 1 + self.backward * (1 + self.needs_dx)
        return 2 * products * self.dy[..., 0].size * self.w.size

    bytes = 0

    def first(self, images: int) -> Convolution:
        return replace(self, x=self.x[:images], dy=self.dy[:images])

    def contender(self, name: str) -> Contender:
        if name in TORCH:
            from cs_utils.benchmark import pytorch

            return pytorch.layer(self, name, self.needs_dx)
        run = partial(self._run, NUMPY[name], *_as_liked(name, self.x, self.dy))
        return Contender(run, run)

    def _run(self, functions: ours.Layers, x: np.ndarray, dy: np.ndarray) -> Arrays:
        y, saved = functions.conv2d(x, self.w, self.b, self.stride, self.pad)
        if not self.backward:
            return {"y": y}
        dx, dw, db = functions.conv2d_backward(dy, saved, self.needs_dx)
        return {"y": y, "dw": dw, "db": db} | ({} if dx is None else {"dx": dx})

    def in_torch(self, functional: Any, x: Any, w: Any, b: Any) -> Any:
        return functional.conv2d(x, w, b, self.stride, self.pad)


@dataclass(frozen=True)
class Pooling:
    """y, or y and the gradient by x. In random numbers there are no ties, so that all rules for them agree."""

    kind: str  # "max" or "avg"
    x: np.ndarray
    dy: np.ndarray
    size: int
    stride: int
    backward: bool

    @classmethod
    def random(
        cls, kind: str, images: int, side: int, channels: int, size: int, stride: int, backward: bool
    ) -> Pooling:
        out = output_size(side, size, stride)
        x, dy = random_maps((images, side, side, channels)), random_maps((images, out, out, channels), 1)
        return cls(kind, x, dy, size, stride, backward)

    @property
    def images(self) -> int:
        return len(self.x)

    flops = 0

    @property
    def bytes(self) -> int:
        return (1 + 2 * self.backward) * self.x.nbytes + (1 + self.backward) * self.dy.nbytes

    def first(self, images: int) -> Pooling:
        return replace(self, x=self.x[:images], dy=self.dy[:images])

    def contender(self, name: str) -> Contender:
        if name in TORCH:
            from cs_utils.benchmark import pytorch

            return pytorch.layer(self, name, needs_dx=True)
        run = partial(self._run, NUMPY[name], *_as_liked(name, self.x, self.dy))
        return Contender(run, run)

    def _run(self, functions: ours.Layers, x: np.ndarray, dy: np.ndarray) -> Arrays:
        forward, backward = (getattr(functions, self.kind + end) for end in ("_pool2d", "_pool2d_backward"))
        y, saved = forward(x, self.size, self.stride)
        return {"y": y, "dx": backward(dy, saved)} if self.backward else {"y": y}

    def in_torch(self, functional: Any, x: Any) -> Any:
        return getattr(functional, self.kind + "_pool2d")(x, self.size, self.stride)


@dataclass(frozen=True)
class TrainingStep:
    """The loss, its gradients by all parameters, and a step of SGD with momentum."""

    pattern: str
    x: np.ndarray
    labels: np.ndarray

    @classmethod
    def random(cls, pattern: str, images: int, side: int) -> TrainingStep:
        labels = np.random.default_rng(1).integers(0, 10, images)
        return cls(pattern, random_images((images, side, side, 3)), labels)

    @property
    def images(self) -> int:
        return len(self.x)

    @property
    def flops(self) -> int:
        first, *others = (layer.multiply_adds() for layer in self.net().layers)
        return 2 * self.images * (2 * first + 3 * sum(others))

    bytes = 0

    def net(self) -> ConvNet:
        return ConvNet(self.pattern, input_shape=self.x.shape[1:])  # always with the same weights

    def first(self, images: int) -> TrainingStep:
        return replace(self, x=self.x[:images], labels=self.labels[:images])

    def contender(self, name: str) -> Contender:
        if name in TORCH:
            from cs_utils.benchmark import pytorch

            return pytorch.training_step(self, name)

        def new_net() -> ConvNet | PlainNet:
            return self.net() if name == "ours" else PlainNet(self.net(), NUMPY[name])

        def step() -> None:
            _, grads = net.loss(x, self.labels)
            net.parameters = optimizer.step(net.parameters, grads, LEARNING_RATE)

        def answer() -> Arrays:
            loss, grads = new_net().loss(x, self.labels)
            return {"loss": np.asarray(loss, self.x.dtype), **grads}

        x = self.x if name == "ours" else _as_liked(name, self.x)[0]
        net, optimizer = new_net(), SGD(momentum=0.9)
        return Contender(step, answer)


def _as_liked(name: str, *maps: np.ndarray) -> list[np.ndarray]:
    """Maps in the memory order that a NumPy version likes best; images have the one that `random_images` says."""
    return [x if x.shape[3] == 3 and name != "im2col" else laid_out(x, NUMPY[name].memory_order) for x in maps]
