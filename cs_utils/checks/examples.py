"""The visible cases as a student can have them: as arrays in the notebook, and as text."""

from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.records import find
from cs_utils.checks.values import fresh

LINES = 9  # of the longest array that is printed in full


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
    """Return the inputs of a case as text, those that are small; a batch of maps map by map."""
    lines: list[str] = []
    for name, value in given.arguments.items():
        if isinstance(value, np.ndarray):
            text = _array(name, value)
            lines += text if len(text) <= LINES else [f"{name} has {value.size} numbers"]
    return lines


def _array(name: str, value: np.ndarray) -> list[str]:
    if value.ndim < 3:
        return _matrix(name, value)
    lines = []
    for place in np.ndindex(*value.shape[:-3], value.shape[-1]):
        index = (*place[:-1], slice(None), slice(None), place[-1])
        text = ", ".join(":" if isinstance(i, slice) else str(i) for i in index)
        lines += _matrix(f"{name}[{text}]", value[index])
    return lines


def _matrix(name: str, value: np.ndarray) -> list[str]:
    texts = np.vectorize(lambda number: f"{number:.6g}", otypes=[str])(np.atleast_2d(value))
    width = max(map(len, texts.ravel()), default=0)
    rows = ["  ".join(text.rjust(width) for text in row) for row in texts]
    return [f"{name} =", *(f"    {row}" for row in rows)] if value.ndim > 1 else [f"{name} = {rows[0]}"]
