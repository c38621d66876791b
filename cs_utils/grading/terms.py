"""What each number of an expected result is made of, found by probing the oracle.

A result is a sum of terms if it is linear in one of the inputs: a single entry of that input set to 1, and all others
to 0, shows the factor of this entry in each number of the result. If these factors are entries of another input, each
term is a product of two entries, as in a convolution; if they are all the same, the result is a sum or a mean. A
result that follows a very large entry wherever it stands is a maximum. Nothing is known of other results.

What is found is data, indices of the visible cases' own arrays. It tells a student which numbers go into an entry, but
computes nothing for other inputs.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call
from cs_utils.checks.explain.sums import total
from cs_utils.checks.explain.terms import Terms
from cs_utils.checks.values import Made

MOST = 100  # entries of an input: as many calls of the oracle does it take
ROUNDING = 1e-9
LARGE = 2.0**40

Function = Callable[[dict[str, Any]], list[np.ndarray]]


def find_terms(oracle: Callable[..., Any], case: Case, expected: Outcome, returns: tuple[str, ...]) -> dict[str, Terms]:
    """Return the terms of those of the results that are sums or maxima of entries, by the results' names."""
    results = _results(expected.value)
    if case.view or case.then or not results:
        return {}
    arrays = [name for name, value in case.arguments.items() if _is_array(value)]

    def function(changed: dict[str, Any]) -> list[np.ndarray]:
        with np.errstate(all="ignore"):  # a very large entry is more than some can take
            outcome = call(oracle, replace(case, arguments=case.arguments | changed))
        return _results(outcome.value) if outcome.error is None else []

    found: dict[str, Terms] = {}

    def keep(name: str, terms: Terms | None, result: np.ndarray) -> None:
        if terms is not None and np.allclose(total(terms, case.arguments), result, rtol=1e-6, atol=ROUNDING):
            found.setdefault(name, terms)

    for array in arrays:
        values = case.arguments[array]
        if values.size > MOST:
            continue
        for fixed in (_unique_numbers(case, array), {}):
            if len(found) < len(returns) and _is_linear(function, array, values, fixed):
                slopes, rest = _slopes(function, array, values, fixed)
                for name, slope, left, result in zip(returns, slopes, rest, results):
                    keep(name, _sum_of(array, array == arrays[0], slope, left, fixed), result)
        if len(found) < len(returns):
            for name, inside, result in zip(returns, _followed(function, array, values), results):
                keep(
                    name, _terms("max", (array,), [[(int(k),) for k in np.flatnonzero(row)] for row in inside]), result
                )
    return found


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _results(value: Any) -> list[np.ndarray]:
    """Return the results of a call, each as one row of numbers; [] if one of them is of another kind."""
    values = list(value) if isinstance(value, tuple) else [value]
    right = all(_is_array(item) or isinstance(item, float) for item in values)
    return [np.ravel(item) for item in values] if right else []


def _unique_numbers(case: Case, but: str) -> dict[str, Any]:
    """Return other numbers in place of all arrays but one, and of a scalar summand, no two of them alike."""
    rng = np.random.default_rng(0)
    return {
        name: rng.uniform(1, 2, value.shape) if _is_array(value) else float(rng.uniform(1, 2))
        for name, value in case.arguments.items()
        if name != but and (_is_array(value) or name == "bias") and not isinstance(value, Made)
    }


def _is_linear(function: Function, name: str, values: np.ndarray, fixed: dict[str, Any]) -> bool:
    """Is some result as far from that of 0 to that of the input as from there to that of twice the input?"""
    at = [function(fixed | {name: factor * values}) for factor in (0, 1, 2)]
    return all(at) and any(np.allclose(two - one, one - zero) for zero, one, two in zip(*at))


def _slopes(
    function: Function, name: str, values: np.ndarray, fixed: dict[str, Any]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return, for each result, what each entry of an input adds to each number, and what is left without that input."""
    rest = function(fixed | {name: np.zeros(values.shape)})
    columns: list[list[np.ndarray]] = []
    for k in range(values.size):
        single = np.zeros(values.size)
        single[k] = 1
        results = function(fixed | {name: single.reshape(values.shape)})
        if len(results) != len(rest):
            return [], []
        columns.append([result - left for result, left in zip(results, rest)])
    return [np.stack(column, axis=1) for column in zip(*columns)], rest


def _sum_of(array: str, first: bool, slope: np.ndarray, rest: np.ndarray, fixed: dict[str, Any]) -> Terms | None:
    """Return the terms of a linear result, or None if the factors are neither entries of an input nor all the same.

    `first` says whether the array is to be the first of two factors.
    """
    active = np.abs(slope) > ROUNDING
    if not active.any():
        return None
    plus = _origin(rest, fixed) if np.abs(rest).max() > ROUNDING else ("", [])
    if plus is None:
        return None
    factors = slope[active]
    if np.ptp(factors) < ROUNDING:
        terms = _terms("sum", (array,), [[(int(k),) for k in np.flatnonzero(row)] for row in active], float(factors[0]))
        return replace(terms, plus=plus[0], plus_at=plus[1] or None)
    if (origin := _origin(factors, fixed)) is None:
        return None
    other, places = origin
    numbered = np.zeros(slope.shape, int)
    numbered[active] = places
    pairs = [[(int(k), int(numbered[e, k])) for k in np.flatnonzero(row)] for e, row in enumerate(active)]
    entries: list[list[tuple[int, ...]]] = [[pair if first else pair[::-1] for pair in entry] for entry in pairs]
    terms = _terms("sum", (array, other) if first else (other, array), entries)
    return replace(terms, plus=plus[0], plus_at=plus[1] or None)


def _origin(numbers: np.ndarray, fixed: dict[str, Any]) -> tuple[str, list[int]] | None:
    """Return the input that has all of these numbers, and where."""
    for name, value in fixed.items():
        distances = np.abs(np.ravel(value)[None] - numbers[:, None])
        if (distances.min(axis=1) < ROUNDING).all():
            return name, distances.argmin(axis=1).tolist()
    return None


def _followed(function: Function, name: str, values: np.ndarray) -> list[np.ndarray]:
    """Return, for each result, which numbers become as large as an entry of an input that is made very large."""
    columns = []
    for k in range(values.size):
        large = values.copy()
        large.flat[k] = LARGE
        columns.append([result == LARGE for result in function({name: large})])
    return [np.stack(column, axis=1) for column in zip(*columns)]


def _terms(how: str, of: tuple[str, ...], entries: list[list[tuple[int, ...]]], scale: float = 1.0) -> Terms:
    return Terms(how, of, [[k for term in entry for k in term] for entry in entries], scale)
