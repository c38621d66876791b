"""What each number of an expected result is made of: which entries of the inputs are multiplied, added or compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs_utils.checks.explain.pair import axis_names


@dataclass(frozen=True)
class Terms:
    """Where the terms of each number of one result stand in the inputs: data of a visible case, and no formula.

    Attributes
    ----------
    how : {"sum", "max"}
        What is made of the terms.
    of : tuple of str
        The one or two inputs whose entries are multiplied.
    entries : list
        For each number of the result, in flat order, its terms: flat indices in these inputs, one after the other.
    scale : float
        What each term is multiplied by: for a mean one over their number.
    plus, plus_at : str, list of int
        An input that is added, or "", and the flat index of its entry for each number of the result.
    """

    how: str
    of: tuple[str, ...]
    entries: list[list[int]]
    scale: float = 1.0
    plus: str = ""
    plus_at: list[int] | None = None

    def places(self, number: int) -> np.ndarray:
        """Return the flat indices of one number's terms: (terms, inputs)."""
        return np.array(self.entries[number], int).reshape(-1, len(self.of))

    def added(self, inputs: Mapping[str, Any]) -> np.ndarray:
        """Return what is added to each number."""
        if self.plus_at is None:
            return np.zeros(len(self.entries))
        return np.asarray(np.ravel(inputs[self.plus])[self.plus_at], np.float64)


@dataclass(frozen=True)
class Grids:
    """The terms of all numbers, each number's in a grid of the same shape: that of the window or the filter.

    Attributes
    ----------
    factors : list of ndarray (numbers, *grid)
        For each of the multiplied inputs the entries that stand there; 0 where there is no term.
    present : ndarray of bool (numbers, *grid)
        Where there is a term: a window that reaches into the border of zeros has fewer.
    axes : tuple of str
        The names of the grid's axes; ("term",) for a list of terms.
    """

    factors: list[np.ndarray]
    present: np.ndarray
    axes: tuple[str, ...]


def arrange(terms: Terms, inputs: Mapping[str, Any]) -> Grids:
    """Return the terms in grids, if they stand in one of the inputs as a window or a filter does; else as lists."""
    numbers = range(len(terms.entries))
    places = [terms.places(number) for number in numbers]
    layouts = [_layout(terms, inputs, places, i) for i in reversed(range(len(terms.of)))]  # rather that of the filter
    cells, axes = min((found for found in layouts if found is not None), key=_size, default=(None, ("term",)))
    if cells is None:
        cells = [np.arange(len(place))[:, None] for place in places]
    shape = (len(places), *_extent(cells))
    present, factors = np.zeros(shape, bool), [np.zeros(shape) for _ in terms.of]
    for number, (cell, place) in enumerate(zip(cells, places)):
        index = (number, *cell.T)
        present[index] = True
        for factor, name, flat in zip(factors, terms.of, place.T):
            factor[index] = np.ravel(inputs[name])[flat]
    return Grids(factors, present, axes)


def _extent(cells: list[np.ndarray]) -> np.ndarray:
    return np.asarray(np.concatenate(cells).max(axis=0, initial=0) + 1)


def _size(layout: tuple[list[np.ndarray], tuple[str, ...]]) -> int:
    return int(_extent(layout[0]).prod())


def _layout(
    terms: Terms, inputs: Mapping[str, Any], places: list[np.ndarray], i: int
) -> tuple[list[np.ndarray], tuple[str, ...]] | None:
    """Return the cells of each number's terms in a grid along the axes of input `i` that differ between its terms.

    None if two terms would share a cell. A single factor has its grid begin in the corner of each window, and there
    must be a term in each cell.
    """
    name, shape = terms.of[i], np.shape(inputs[terms.of[i]])
    cells = [np.stack(np.unravel_index(place[:, i], shape), axis=1) for place in places]
    alone = len(terms.of) == 1
    if alone:
        cells = [cell - cell.min(axis=0, initial=max(shape)) for cell in cells]
    varying = [a for a in range(len(shape)) if any(len(np.unique(cell[:, a])) > 1 for cell in cells)]
    cells = [cell[:, varying] for cell in cells]
    if not varying or any(len(np.unique(cell, axis=0)) < len(cell) for cell in cells):
        return None
    if alone and any(len(cell) < _extent(cells).prod() for cell in cells):
        return None
    names = axis_names(name, shape, inputs)
    return cells, tuple(names[a] for a in varying) if len(varying) > 1 else ("term",)
