"""Relations that hold for all entries: axes in another order, a flip, a shift, a factor, a sum, a sign, a rounding.

Each function yields how `got` follows from `expected`, in words that complete "y is the expected one, ...". What would
be true of nearly any two arrays is left out: a factor between single numbers, a flip of a row of equal ones.
"""

from collections.abc import Callable, Iterator
from itertools import combinations, permutations, product

import numpy as np

from cs_utils.checks.explain.numbers import factors, named_numbers, summands
from cs_utils.checks.explain.pair import Pair, distinct

ENOUGH = 3  # different numbers, where a relation has a number of its own that could be fitted to fewer
FLIPPED = {"row": "upside down (its rows in reverse order)", "column": "mirrored (its columns in reverse order)"}
SHIFTED = {
    ("row", True): "down",
    ("row", False): "up",
    ("column", True): "to the right",
    ("column", False): "to the left",
}
FARTHEST = 3  # rows or columns of a shift


def _rounded(decimals: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda values: np.round(values, decimals)


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "without its minus signs (the absolute value)": np.abs,
    "with 0 in place of its negative numbers": lambda e: np.maximum(e, 0),
    "with 0 in place of its positive numbers": lambda e: np.minimum(e, 0),
    "rounded to whole numbers": np.round,
    **{f"rounded to {n} decimals": _rounded(n) for n in range(1, 7)},
    "cut off to whole numbers": np.trunc,
    "rounded down to whole numbers": np.floor,
    "rounded up to whole numbers": np.ceil,
    "squared": np.square,
    "with the square root taken": np.sqrt,
    "with exp taken": np.exp,
    "with the logarithm taken": np.log,
    "with the reciprocal taken (1 / ...)": np.reciprocal,
    "with its signs alone (-1, 0 or 1)": np.sign,
}


def all_entries(pair: Pair) -> Iterator[str]:
    """Yield every relation that holds between all entries, the simplest first."""
    yield from changed(pair)
    for words, moved in moves(pair.expected, pair.axes):
        if moved.shape != pair.got.shape:
            continue
        if pair.same(pair.got, moved):
            yield words
        else:
            after = Pair(pair.got, moved, pair.tolerance, pair.axes, pair.inputs)
            yield from (f"{words}, {more}" for more in (*_multiplied(after), *_added(after)))
    yield from shifts(pair)


def moves(expected: np.ndarray, axes: tuple[str, ...]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the array with its axes in each other order, and flipped along one axis or two, each with the words."""
    for order in permutations(range(expected.ndim)):
        if order != tuple(range(expected.ndim)):
            yield _reordered(order, axes), expected.transpose(order)
    long = [axis for axis in range(expected.ndim) if expected.shape[axis] > 1]
    for count in (1, 2):
        for chosen in combinations(long, count):
            names = [axes[axis] for axis in chosen]
            if count == 1 and expected.shape[chosen[0]] == 2:  # a flip, or a step around the edge, who knows
                yield f"with its two {plural(names[0])} exchanged", np.flip(expected, chosen)
            if names == ["row", "column"]:
                words = "turned by 180 degrees (rows and columns in reverse order)"
            else:
                words = " and ".join(FLIPPED.get(name, f"with {plural(name)} in reverse order") for name in names)
            yield words, np.flip(expected, chosen)


def _reordered(order: tuple[int, ...], axes: tuple[str, ...]) -> str:
    moved = [axis for axis, source in enumerate(order) if axis != source]
    if len(moved) == 2:
        return f"with {plural(axes[moved[0]])} and {plural(axes[moved[1]])} exchanged"
    return f"with its axes in the order ({', '.join(axes[axis] for axis in order)})"


def plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def changed(pair: Pair) -> Iterator[str]:
    """Yield what was done to each number alike, or to those of each row, channel or filter alike."""
    if not pair.got.any():
        return
    yield from _multiplied(pair)
    yield from _added(pair)
    many = distinct(pair.got) > 1 and distinct(pair.expected) >= ENOUGH
    with np.errstate(all="ignore"):
        for words, change in CHANGES.items():
            if many and pair.same(pair.got, change(pair.expected)) and _seen_on_both_sides(pair):
                yield words
    for axis in range(pair.got.ndim):
        yield from _slice_by_slice(pair, axis)
    yield from _other_exponents(pair)


def _seen_on_both_sides(pair: Pair) -> bool:
    """If zeros are all that is wrong, are there enough of them, and enough numbers beside them, to say why?"""
    largest = float(np.abs(pair.expected).max(initial=0.0))
    zeros = pair.wrong & (np.abs(pair.got) <= pair.tolerance * largest)
    if (zeros != pair.wrong).any():
        return True
    kept = pair.expected[~zeros]
    return min(distinct(pair.expected[zeros]), distinct(kept[kept != 0])) >= 2


def _other_exponents(pair: Pair) -> Iterator[str]:
    """Yield the factor by which scores differed before exp and a division by the sum of each row made them these."""
    got, expected = pair.got, pair.expected
    if got.ndim != 2 or got.shape[1] < 2 or min(got.min(), expected.min()) <= 0 or distinct(expected) < ENOUGH:
        return
    low, high = expected[0].argmin(), expected[0].argmax()
    wanted = np.log(expected[0, high] / expected[0, low])
    power = float(np.log(got[0, high] / got[0, low]) / wanted) if wanted else 0.0
    powers = expected**power
    if power and pair.same(got, powers * _ratios(got, powers)[:, None]):
        yield f"as if the exponents in it were multiplied by {power:.6g}"


def _multiplied(pair: Pair) -> Iterator[str]:
    factor = float(_ratios(pair.got.reshape(1, -1), pair.expected.reshape(1, -1))[0])
    sizes = np.abs(pair.expected)
    if not factor or not pair.same(pair.got, factor * pair.expected) or distinct(sizes[sizes > 0]) < 2:
        return
    if abs(factor + 1) < 1e-6:
        yield "with the opposite sign"
        return
    yield from factors(factor, named_numbers(pair.inputs, pair.expected.shape), 10 * pair.tolerance)
    if distinct(sizes) >= ENOUGH:
        yield f"times a constant number: {factor:.6g}"


def _ratios(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return for each row the ratio where the expected number is the farthest from 0; 0 for a row of zeros."""
    places = np.arange(len(got)), np.abs(expected).argmax(axis=1)
    largest = expected[places]
    return np.where(largest == 0, 0, got[places] / np.where(largest == 0, 1, largest))


def _added(pair: Pair) -> Iterator[str]:
    constant = float((pair.got - pair.expected).ravel()[0])
    if not constant or not pair.same(pair.got, pair.expected + constant) or distinct(pair.expected) < 2:
        return
    yield from summands(constant, pair.inputs, 1e-6)
    if distinct(pair.expected) >= ENOUGH:
        yield f"plus a constant number: {constant:.6g}"


def _slice_by_slice(pair: Pair, axis: int) -> Iterator[str]:
    """Yield a factor or a summand that differs between rows, channels or other slices, but is one number in each."""
    name, count = pair.axes[axis], pair.got.shape[axis]
    got, expected = (np.moveaxis(array, axis, 0).reshape(count, -1) for array in (pair.got, pair.expected))
    if count < 2 or got.shape[1] < 2:
        return
    added, ratios = (got - expected).mean(axis=1), _ratios(got, expected)
    sums = pair.same(got, expected + added[:, None]) and distinct(added) > 1
    products = bool(ratios.all()) and pair.same(got, expected * ratios[:, None]) and distinct(ratios) > 1
    if not (sums or products):
        return
    different = [distinct(row) for row in expected]
    if min(different) < 2 or sum(different) - count < ENOUGH:  # so few numbers would fit anything
        return
    if sums:
        yield from (f"{sign} {text} in each {name}" for text, sign in _vectors(pair, added))
        yield f"plus a number that is constant in each {name}: {_list(added)}"
    if products:
        yield f"times a number that is constant in each {name}: {_list(ratios)}"


def _vectors(pair: Pair, numbers: np.ndarray) -> Iterator[tuple[str, str]]:
    """Yield the one-dimensional inputs that these numbers are, and with which sign."""
    for name, value in pair.inputs.items():
        if isinstance(value, np.ndarray) and value.shape == numbers.shape:
            for sign, signed in (("plus", value), ("minus", -value)):
                if np.allclose(numbers, signed, rtol=1e-6, atol=1e-9):
                    yield name, sign


def _list(numbers: np.ndarray) -> str:
    return ", ".join(f"{number:.4g}" for number in numbers[:5]) + (", ..." if len(numbers) > 5 else "")


def shifts(pair: Pair) -> Iterator[str]:
    """Yield shifts along rows or columns or both; what is shifted in from outside may be anything."""
    spatial = [axis for axis, name in enumerate(pair.axes) if name in ("row", "column")]
    for steps in product(sorted(range(-FARTHEST, FARTHEST + 1), key=abs), repeat=len(spatial)):
        taken, left = [slice(None)] * pair.got.ndim, [slice(None)] * pair.got.ndim
        for axis, step in zip(spatial, steps):
            side = pair.got.shape[axis]
            taken[axis] = slice(max(step, 0), max(side + min(step, 0), 0))
            left[axis] = slice(max(-step, 0), max(side + min(-step, 0), 0))
        kept = pair.expected[tuple(left)]
        if any(steps) and kept.size and distinct(kept) >= ENOUGH and pair.same(pair.got[tuple(taken)], kept):
            moved = [(SHIFTED[pair.axes[axis], step > 0], abs(step)) for axis, step in zip(spatial, steps) if step]
            yield f"shifted {' and '.join(f'{direction} by {count}' for direction, count in moved)}"
            yield f"shifted {' and '.join(direction for direction, _ in moved)}"
