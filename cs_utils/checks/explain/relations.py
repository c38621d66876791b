"""How a wrong array is related to the expected one, found by search and told in true sentences.

Nothing here knows an exercise. A relation is told only if it holds for all entries, and none that would hold for nearly
any two arrays.
"""

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

import numpy as np

from cs_utils.checks.explain.numbers import named_numbers
from cs_utils.checks.explain.pair import Pair, axis_names, distinct, runs
from cs_utils.checks.explain.places import right_places, where_wrong
from cs_utils.checks.explain.shapes import other_shape
from cs_utils.checks.explain.values import ENOUGH, all_entries, plural

NEARLY = 1e-3  # of the largest number: what an eps or single precision changes


def relations(
    got: np.ndarray,
    expected: np.ndarray,
    tolerance: float,
    name: str = "y",
    inputs: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return the relations that are found, in words that complete "y is ...", the most telling first.

    Parameters
    ----------
    got, expected : ndarray
        Numbers of any dtype. Shapes may differ.
    tolerance : float
        As in `checks.compare`.
    name : str
        What messages call the result.
    inputs : dict, optional
        The arguments of the call by name. Sizes and inputs that explain a number are named.
    """
    pair = _pair(got, expected, tolerance, name, inputs or {})
    if got.shape != expected.shape:
        return list(other_shape(pair))
    return list(_of_one_shape(pair)) if expected.size > 1 else []


def loose_relations(
    got: np.ndarray,
    expected: np.ndarray,
    tolerance: float,
    name: str = "y",
    inputs: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return relations that tell less, for want of a better one: the same numbers in another order, nearly right."""
    pair = _pair(got, expected, tolerance, name, inputs or {})
    if got.shape != expected.shape:
        return []
    if not np.isfinite(pair.got).all():
        return list(where_wrong(pair))
    if distinct(pair.expected) < ENOUGH:
        return list(_nearly(pair))
    return [*_nearly(pair), *_two_exchanged(pair, name), *_same_numbers(pair), *_constant(pair), *where_wrong(pair)]


def _pair(got: np.ndarray, expected: np.ndarray, tolerance: float, name: str, inputs: Mapping[str, Any]) -> Pair:
    floats = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    return Pair(*floats, tolerance, axis_names(name, np.shape(expected), inputs), inputs)


def _of_one_shape(pair: Pair) -> Iterator[str]:
    finite = bool(np.isfinite(pair.got).all())
    if finite:
        yield from (f"the expected one, {words}" for words in all_entries(pair))
    if finite and distinct(pair.expected) >= ENOUGH:
        yield from (f"the expected one, {words}" for words in _other_orders(pair))
    yield from right_places(pair)


def _other_orders(pair: Pair) -> Iterator[str]:
    """Yield axes that were flattened in another order, and the same rows, columns or images in another order."""
    for axis in range(pair.got.ndim):
        yield from _unrolled_otherwise(pair, axis)
    for axis, name in enumerate(pair.axes):
        got, expected = np.moveaxis(pair.got, axis, 0), np.moveaxis(pair.expected, axis, 0)
        found = [[other for other in range(len(expected)) if pair.same(row, expected[other])] for row in got]
        order = [matches[0] for matches in found if len(matches) == 1]
        if len(order) == len(got) > 2 and sorted(order) == list(range(len(got))) and order != sorted(order):
            yield f"with its {plural(name)} in another order: {', '.join(map(str, order[:12]))}"


def _two_exchanged(pair: Pair, name: str) -> Iterator[str]:
    if pair.wrong.sum() == 2 and pair.same(pair.got[pair.wrong][::-1], pair.expected[pair.wrong]):
        one, other = (f"{name}[{', '.join(map(str, place))}]" for place in np.argwhere(pair.wrong))
        yield f"right but for {one} and {other}, which have each other's numbers"


def _same_numbers(pair: Pair) -> Iterator[str]:
    if pair.got.ndim == 2:
        for axis, name in ((1, "row"), (0, "column")):
            if pair.got.shape[axis] >= ENOUGH and pair.same(np.sort(pair.got, axis), np.sort(pair.expected, axis)):
                yield f"made of the right numbers in each {name}, in another order"
    if pair.same(np.sort(pair.got, None), np.sort(pair.expected, None)):
        yield "made of the right numbers, in another order"


def _unrolled_otherwise(pair: Pair, axis: int) -> Iterator[str]:
    """Yield an order in which the axes of an image or a window were flattened, other than the expected one."""
    before, after = pair.got.shape[:axis], pair.got.shape[axis + 1 :]
    for names, run in runs(pair.inputs, pair.got.shape[axis]):
        expected = pair.expected.reshape(*before, *run, *after)
        for order in permutations(range(len(run))):
            axes = (*range(axis), *(axis + o for o in order), *range(axis + len(run), expected.ndim))
            other = expected.transpose(axes).reshape(pair.got.shape)
            if order != tuple(range(len(run))) and pair.same(pair.got, other):
                told = ", ".join(names[o] for o in order)
                yield f"flattened in the order ({told}) instead of ({', '.join(names)})"


def _nearly(pair: Pair) -> Iterator[str]:
    largest = float(np.abs(pair.expected).max(initial=0.0))
    error = float(np.abs(pair.got - pair.expected).max(initial=0.0)) / (largest or 1.0)
    if largest and 0 < error <= NEARLY:
        share = 10.0 ** np.ceil(np.log10(100 * error))
        yield (
            f"nearly right, within {share:g} % of the largest number: "
            "look for something small, such as an eps, a step or numbers kept in float32"
        )


def _constant(pair: Pair) -> Iterator[str]:
    if distinct(pair.got) == 1:
        yield "0 everywhere" if not pair.got.any() else f"the same number everywhere: {pair.got.ravel()[0]:.6g}"


def scalar_relations(
    got: list[float], expected: list[float], inputs: list[Mapping[str, Any]], tolerance: float
) -> list[str]:
    """Return relations between single numbers that hold in all of several wrong cases."""
    return list(_of_scalars(np.array(got, np.float64), np.array(expected, np.float64), inputs, tolerance))


def _of_scalars(
    got: np.ndarray, expected: np.ndarray, inputs: list[Mapping[str, Any]], tolerance: float
) -> Iterator[str]:
    if not np.isfinite(got).all():
        return
    if float(np.abs(got - expected).max()) <= NEARLY * float(np.abs(expected).max()):
        yield "nearly right: look for something small, such as an eps, a step or numbers kept in float32"
    if len(got) < 2:
        return
    alike = Pair(got, expected, tolerance, ("case",))
    if distinct(expected) > 1 and alike.same(got, -expected):
        yield "the expected one with the opposite sign"
    common = [named_numbers(given) for given in inputs]
    for name in common[0]:
        numbers = np.array([named.get(name, 0.0) for named in common])
        if numbers.all() and expected.any() and distinct(expected) > 1:
            if alike.same(got, expected * numbers):
                yield f"the expected one times {name}"
            if alike.same(got, expected / numbers):
                yield f"the expected one divided by {name}"
        for sign, words in ((1, "plus"), (-1, "minus")):
            if numbers.all() and alike.same(got, expected + sign * numbers):
                yield f"the expected one {words} {name}"
    if len(got) <= ENOUGH:  # a number without a name could be fitted to a few
        return
    difference = got - expected
    if distinct(difference) == 1 and difference[0]:
        yield f"{abs(difference[0]):.6g} too {'large' if difference[0] > 0 else 'small'} each time"
    ratio = got / expected if expected.all() else np.zeros(1)
    if distinct(ratio) == 1 and ratio[0] and distinct(expected) > 1 and ratio[0] != -1:
        yield f"the expected one times {ratio[0]:.6g}"
    if alike.same(got, np.abs(expected)) and (expected > 0).any():
        yield "the expected one without its minus sign"
