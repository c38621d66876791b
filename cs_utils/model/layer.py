"""What every layer of a `ConvNet` has, and how its parameters start."""

import math
from typing import Any, ClassVar

import numpy as np

from cs_utils.model.pattern import Item

Arrays = dict[str, np.ndarray]
Shape = tuple[int, int, int]


class Layer:
    """A layer for inputs of one shape. This base class learns nothing and keeps the shape; subclasses say what differs.

    `forward` returns its output and `saved`, which is whatever `backward` needs. `saved` is handed back to `backward`
    rather than kept here, because several threads send their images through the same layer at once.

    Maps and gradients belong to the layer that they are passed to, which may write over them, as `Relu` does. So a
    layer may save its input, but its output only if that has no negative numbers: ReLU leaves such maps as they are.

    Attributes
    ----------
    letters : dict of str to (int or None)
        Which numbers an item of this kind may have, and what they are if left out: n the count (None: it must be
        given), F the extent, S the stride, P the padding (None: the one that keeps the size if the stride is 1).
    """

    letters: ClassVar[dict[str, int | None]] = {}

    def __init__(self, item: Item, name: str, input_shape: Shape, first: bool) -> None:
        self.item, self.name, self.input_shape, self.first = item, name, input_shape, first

    def output_shape(self) -> Shape:
        return self.input_shape

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """The arrays to learn. Names of weights begin with w: these decay."""
        return {}

    def statistics(self) -> Arrays:
        """The arrays that are averaged over the batches, not learned."""
        return {}

    def multiply_adds(self) -> int:
        """Products with a weight, per image."""
        return 0

    def windows(self) -> list[tuple[int, int]]:
        """(extent, stride) of each window that an image passes, for the receptive field."""
        return []

    def forward(self, p: Arrays, x: np.ndarray, training: bool) -> tuple[np.ndarray, Any]:
        """The output, and `saved`; p holds the parameters of the whole network."""
        raise NotImplementedError

    def backward(self, p: Arrays, dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, Arrays]:
        """dx (may be None if it is not needed), and the gradients of the parameters."""
        raise NotImplementedError


def he_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Normal numbers of `he_deviation`."""
    return (rng.standard_normal(shape) * he_deviation(shape)).astype(np.float32)


def he_deviation(shape: tuple[int, ...]) -> float:
    """sqrt(2 / fan_in): ReLU halves the variance of what passes through it, and this restores it (He et al., 2015)."""
    return math.sqrt(2 / math.prod(shape[:-1]))


def zeros(n: int) -> np.ndarray:
    return np.zeros(n, np.float32)
