"""Pieces of work that each contender does with the same numbers: a convolution, a pooling layer, a training step.

`work.first(n)` is the same work with the first n images alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from cs_utils.engine.validation import output_size
from cs_utils.model.convnet import ConvNet

Arrays = dict[str, np.ndarray]

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
    """y; or y and the gradients of the filters, of the bias and, unless x are images (three channels), of x."""

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
    ) -> Self:
        shape, out = (images, side, side, channels), output_size(side, size, stride, pad)
        x = random_images(shape) if channels == 3 else random_maps(shape)
        w = random_maps((size, size, channels, filters), seed=1)
        return cls(x, w, random_maps((filters,), 2), random_maps((images, out, out, filters), 3), stride, pad, backward)

    @property
    def images(self) -> int:
        return len(self.x)

    @property
    def needs_dx(self) -> bool:
        return bool(self.x.shape[3] != 3)

    @property
    def flops(self) -> int:
        """Additions and multiplications by the formula."""
        products = 1 + self.backward * (1 + self.needs_dx)
        return 2 * products * self.dy[..., 0].size * self.w.size

    bytes = 0  # memory is not the limit

    def first(self, images: int) -> Self:
        return replace(self, x=self.x[:images], dy=self.dy[:images])


@dataclass(frozen=True)
class Pooling:
    """y, or y and the gradient of x. In random numbers there are no ties, so that all rules for them agree."""

    kind: str  # "max" or "avg"
    x: np.ndarray
    dy: np.ndarray
    size: int
    stride: int
    backward: bool

    @classmethod
    def random(cls, kind: str, images: int, side: int, channels: int, size: int, stride: int, backward: bool) -> Self:
        out = output_size(side, size, stride)
        x, dy = random_maps((images, side, side, channels)), random_maps((images, out, out, channels), 1)
        return cls(kind, x, dy, size, stride, backward)

    @property
    def images(self) -> int:
        return len(self.x)

    flops = 0  # the processor is not the limit

    @property
    def bytes(self) -> int:
        """What must be read and written at the least."""
        return (1 + 2 * self.backward) * self.x.nbytes + (1 + self.backward) * self.dy.nbytes

    def first(self, images: int) -> Self:
        return replace(self, x=self.x[:images], dy=self.dy[:images])


@dataclass(frozen=True)
class TrainingStep:
    """The loss, its gradients with respect to all parameters, and a step of SGD with momentum."""

    pattern: str
    x: np.ndarray
    labels: np.ndarray

    @classmethod
    def random(cls, pattern: str, images: int, side: int) -> Self:
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

    def first(self, images: int) -> Self:
        return replace(self, x=self.x[:images], labels=self.labels[:images])


Work = Convolution | Pooling | TrainingStep
