"""What a wrong number makes of the right terms: which it leaves out or counts twice, and what it does to them instead.

Each rule is tried on all numbers of a result. Words complete "each number of y is ...".
"""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

import numpy as np

from cs_utils.checks.explain.pair import axis_names
from cs_utils.checks.explain.terms import Grids, Terms, arrange
from cs_utils.checks.explain.values import plural

Rule = tuple[str, np.ndarray]  # words, and all numbers of the result if they are true


def total(terms: Terms, inputs: Mapping[str, Any]) -> np.ndarray:
    """Return all numbers of the result, in flat order: what the terms say, for the proof that they are right."""
    grids = arrange(terms, inputs)
    if terms.how == "max":
        return _largest(grids)
    return np.asarray(terms.scale * _sum(np.prod(grids.factors, axis=0)) + terms.added(inputs))


def rules(terms: Terms, inputs: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield what a result would be if its terms were treated otherwise, the likeliest mistakes first."""
    grids, added = arrange(terms, inputs), terms.added(inputs)
    if terms.how == "max":
        yield from _of_windows(grids)
        return
    yield from _exchanged(terms, inputs, added)
    products = terms.scale * np.prod(grids.factors, axis=0)
    right = _sum(products)
    if terms.plus:
        yield f"the right sum without {terms.plus}", right
        yield f"the right sum with {terms.plus} twice", right + 2 * added
        yield f"the right sum with {terms.plus} taken away instead of added", right - added
        yield f"the right sum with {terms.plus} added to every product", right + _sum(grids.present) * added
    for words, numbers in _changed(terms, grids, products):
        yield words, numbers + added
        if terms.plus:
            yield f"{words}, and without {terms.plus}", numbers


def _exchanged(terms: Terms, inputs: Mapping[str, Any], added: np.ndarray) -> Iterator[Rule]:
    """Yield the sums with the rows and columns of one input exchanged, where that keeps its shape."""
    for name in terms.of:
        shape = np.shape(inputs[name])
        axes = [axis for axis, words in enumerate(axis_names(name, shape, inputs)) if words in ("row", "column")]
        if len(axes) == 2 and shape[axes[0]] == shape[axes[1]] > 1:
            turned = {**inputs, name: np.swapaxes(inputs[name], *axes)}
            products = np.prod(arrange(terms, turned).factors, axis=0)
            yield f"the right sum, but with rows and columns of {name} exchanged", terms.scale * _sum(products) + added


def _largest(grids: Grids) -> np.ndarray:
    products = np.where(grids.present, np.prod(grids.factors, axis=0), -np.inf)
    return np.asarray(products.reshape(len(products), -1).max(axis=1))


def _sum(terms: np.ndarray) -> np.ndarray:
    return np.asarray(terms.reshape(len(terms), -1).sum(axis=1))


def _changed(terms: Terms, grids: Grids, products: np.ndarray) -> Iterator[Rule]:
    if len(grids.factors) == 2:
        yield from _other_pairs(terms, grids)
    for words, mask in _parts(grids):
        yield f"the right sum, but {words}", _sum(np.where(mask, products, 0))
    yield from _single_terms(grids, products)
    count = np.maximum(_sum(grids.present), 1)
    what = "products" if len(terms.of) == 2 else "numbers"
    right = "sum" if terms.scale == 1 else "mean"
    if right == "sum":
        yield f"the mean of the {what} instead of their sum", _sum(products) / count
    else:
        yield f"the sum of the {what} instead of their mean", _sum(products) / terms.scale
    yield f"the largest of the {what} instead of their {right}", _largest(grids)
    yield f"the {right} of the {what} without their minus signs", _sum(np.abs(products))
    for name, factor in zip(terms.of, grids.factors):
        if len(terms.of) == 2:
            yield f"the sum of {name} alone, not multiplied", _sum(factor)


def _other_pairs(terms: Terms, grids: Grids) -> Iterator[Rule]:
    """Yield the sums with the second factor flipped or transposed, or with its channels added up first."""
    one, other = grids.factors
    name, axes = terms.of[1], [axis for axis, words in enumerate(grids.axes, 1) if words in ("row", "column")]
    spatial = [(axes, "turned by 180 degrees")] if len(axes) == 2 else []
    spatial += [([axis], f"with its {plural(grids.axes[axis - 1])} in reverse order") for axis in range(1, one.ndim)]
    for chosen, words in spatial:
        yield f"the right sum, but with {name} {words}", _sum(one * np.flip(other, tuple(chosen)))
    for axis, words in enumerate(grids.axes, 1):
        if words == "channel":
            apart = one.sum(axis, keepdims=True) * other.sum(axis, keepdims=True)
            yield "the right sum, but with the channels added up before they are multiplied", _sum(apart)


def _parts(grids: Grids) -> Iterator[tuple[str, np.ndarray]]:
    """Yield parts of the grid: one axis without an end or with one end alone, and two such axes together."""
    shape = grids.present.shape[1:]
    cuts = [list(_cuts(name, side)) for name, side in zip(grids.axes, shape)]
    for count in (1, 2):
        for axes in combinations(range(len(shape)), count):
            within = {grids.axes[axis] for axis in axes} <= {"row", "column"} and len(grids.factors) == 2
            for chosen in product(*(cuts[axis] for axis in axes)):
                mask = np.ones(shape, bool)
                for axis, (_, kept) in zip(axes, chosen):
                    mask &= np.isin(np.arange(shape[axis]), kept).reshape(
                        [-1 if other == axis else 1 for other in range(len(shape))]
                    )
                yield " and ".join(words for words, _ in chosen) + (" of the window" if within else ""), mask


def _cuts(name: str, side: int) -> Iterator[tuple[str, list[int]]]:
    every = list(range(side))
    if side == 1:  # what is left is nothing
        yield f"without the last {name}", []
        yield f"without the first {name}", []
    else:
        yield f"of the first {name} alone", every[:1]
        yield f"of the last {name} alone", every[-1:]
        yield f"without the last {name}", every[:-1]
        yield f"without the first {name}", every[1:]
        yield f"of every second {name}", every[::2]


def _single_terms(grids: Grids, products: np.ndarray) -> Iterator[Rule]:
    """Yield the sums without one term, or with it twice; and the last term alone, which is what overwriting leaves."""
    right, shape = _sum(products), products.shape[1:]
    if products[0].size < 2:
        return
    if grids.axes == ("term",):
        last = np.maximum(grids.present.sum(axis=1) - 1, 0)
        yield "the last term of the right sum alone", products[np.arange(len(products)), last]
    kind = "product" if len(grids.factors) == 2 else "number"
    for cell in np.ndindex(shape):
        place = ", ".join(f"{name} {index}" for name, index in zip(grids.axes, cell))
        term = products[:, *cell]
        yield f"the right sum, but without the {kind} of {place}", right - term
        yield f"the right sum, but with the {kind} of {place} twice", right + term


def _of_windows(grids: Grids) -> Iterator[Rule]:
    """Yield what else could be made of the numbers of its window than their maximum."""
    windows = grids.factors[0]
    parts = [(words, mask) for words, mask in _parts(grids) if mask.any()]
    for words, mask in parts:
        yield f"the maximum of its window {words}", windows[:, mask].max(axis=1)
    numbers = windows.reshape(len(windows), -1)
    largest = np.abs(numbers).argmax(axis=1)
    yield "the minimum of its window", numbers.min(axis=1)
    yield "the mean of its window", numbers.mean(axis=1)
    yield "the sum of its window", numbers.sum(axis=1)
    yield "the median of its window", np.median(numbers, axis=1)
    yield "the first number of its window", numbers[:, 0]
    yield "the number of its window that is the farthest from 0", numbers[np.arange(len(numbers)), largest]
    yield "the largest absolute value of its window", np.abs(numbers).max(axis=1)
    yield "the place of the maximum in its window, not its value", numbers.argmax(axis=1).astype(np.float64)
    for words, mask in parts:
        yield f"the mean of its window {words}", windows[:, mask].mean(axis=1)
