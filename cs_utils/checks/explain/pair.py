"""A wrong array beside the expected one, and the words for their axes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

MAPS = {4: ("image", "row", "column", "channel"), 3: ("row", "column", "channel"), 2: ("row", "column"), 1: ("entry",)}
FILTERS = ("row", "column", "channel", "filter")


@dataclass(frozen=True)
class Pair:
    """A wrong array, the expected one, and what may be named where they are compared.

    Attributes
    ----------
    got, expected : ndarray
        In float64, whatever they were.
    tolerance : float
        As in `checks.compare`: a share of the largest expected number.
    axes : tuple of str
        The name of each axis of `expected`.
    inputs : dict
        The arguments of the call by name.
    """

    got: np.ndarray
    expected: np.ndarray
    tolerance: float
    axes: tuple[str, ...]
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def same(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Are two arrays equal up to the tolerance, and finite?"""
        return one.shape == other.shape and bool(self.near(one, other).all())

    def near(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return where two arrays of one shape are equal up to the tolerance."""
        largest = float(np.abs(other[np.isfinite(other)]).max(initial=0.0))
        with np.errstate(invalid="ignore"):  # inf - inf
            return np.asarray(np.abs(one - other) <= self.tolerance * (largest or 1.0))

    @cached_property
    def wrong(self) -> np.ndarray:
        """Where `got` is wrong; both have the same shape."""
        return ~self.near(self.got, self.expected)


def axis_names(name: str, shape: tuple[int, ...], inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the axes of an array of this name and shape are called in this course."""
    if len(shape) == 4 and name.removeprefix("d").startswith(("w", "filters")):
        return FILTERS
    names = MAPS.get(len(shape), tuple(f"axis {axis}" for axis in range(len(shape))))
    filters = inputs.get("w")
    if name in ("y", "dy") and len(shape) >= 3 and isinstance(filters, np.ndarray) and filters.ndim == 4:
        return (*names[:-1], "filter")
    return names


def distinct(values: np.ndarray) -> int:
    """Return how many different numbers there are, up to rounding."""
    scale = float(np.abs(values).max(initial=0.0)) or 1.0
    return len(np.unique(np.round(values / scale, 9)))


def runs(inputs: Mapping[str, Any], length: int) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Yield the names and lengths of neighbouring axes of an input that fill an axis of this length when flattened.

    A window of `size` rows and columns and all channels counts as well: it is a row of `im2col`.
    """
    found = []
    for name, value in inputs.items():
        if isinstance(value, np.ndarray) and value.ndim > 1:
            found.append((axis_names(name, value.shape, inputs), value.shape))
        if isinstance(value, tuple) and all(isinstance(item, int) for item in value):
            found.append((MAPS.get(len(value), ()), value))
    size, maps = inputs.get("size"), inputs.get("x")
    if isinstance(size, int) and isinstance(maps, np.ndarray) and maps.ndim == 4:
        found.append((MAPS[3], (size, size, maps.shape[3])))
    for names, shape in found:
        for begin, end in combinations(range(len(shape) + 1), 2):
            run = shape[begin:end]
            if len(names) == len(shape) and sum(side > 1 for side in run) > 1 and int(np.prod(run)) == length:
                yield names[begin:end], run
