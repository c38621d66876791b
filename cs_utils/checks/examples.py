"""The visible cases as a student can have them: as arrays in the notebook, and as text."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.records import find
from cs_utils.checks.values import fresh

NUMBERS, LINES = 48, 20  # of the largest array that is printed, and of all together
GAP = "    "


def case(name: str, number: int = 1) -> Any:
    """Return the inputs of one of the cases that a check calls: ``x, w, b = case("conv_layer", 1)``.

    Parameters
    ----------
    name : str
        The exercise.
    number : int
        Which of its cases, counted from 1 as in the check's message.

    Returns
    -------
    tuple
        The arguments in the order in which the function takes them; a single one alone, without a tuple. They are
        copies: what you do to them changes no check.

    Raises
    ------
    KeyError
        If there is no such exercise.
    IndexError
        If it has no case of this number.
    """
    cases = find(name).cases
    if not 1 <= number <= len(cases):
        raise IndexError(f"{name} has the cases 1 to {len(cases)}; there is no case {number}")
    inputs = tuple(fresh(value) for value in cases[number - 1].arguments.values())
    return inputs if len(inputs) > 1 else inputs[0]


def line_to_paste(exercise: str, given: Case, number: int) -> str:
    """Return the line that recreates the inputs of a case in a notebook."""
    return f'from cs_utils.checks import case; {", ".join(given.arguments)} = case("{exercise}", {number})'


def written_out(given: Case) -> list[str]:
    """Return the arrays of a case as text, as far as there is room."""
    lines: list[str] = []
    for name, value in given.arguments.items():
        if isinstance(value, np.ndarray) and 0 < value.size <= NUMBERS:
            text = _array(name, value)
            lines += text if len(lines) + len(text) <= LINES else []
    return lines


def _array(name: str, value: np.ndarray) -> list[str]:
    """Return an array as matrices under their names, those of one image or of one channel of filters side by side."""
    if value.ndim < 3:
        return side_by_side({name: np.atleast_2d(value)})
    lines = []
    filters = value.ndim == 4 and name.startswith("w")
    for first in range(value.shape[2] if filters else value.shape[0] if value.ndim == 4 else 1):
        maps = {}
        for last in range(value.shape[-1]):
            index = (..., first, last) if filters else (first, ..., last) if value.ndim == 4 else (..., last)
            maps[f"{name}[{', '.join(':, :' if i is ... else str(i) for i in index)}]"] = value[index]
        lines += side_by_side(maps)
    return lines


def side_by_side(matrices: Mapping[str, np.ndarray]) -> list[str]:
    """Return matrices as text, each under its name; a dot stands for NaN."""
    blocks = []
    for name, values in matrices.items():
        texts = [["." if np.isnan(value) else f"{value:.6g}" for value in row] for row in values]
        width = max(len(text) for row in texts for text in row)
        rows = [" ".join(text.rjust(width) for text in row) for row in texts]
        wide = max(len(name), len(rows[0]))
        blocks.append([name.ljust(wide), *(row.ljust(wide) for row in rows)])
    return [GAP.join(parts).rstrip() for parts in zip(*blocks)]
