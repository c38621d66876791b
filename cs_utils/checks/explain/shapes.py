"""Relations between a result and an expected one of another shape: not added up yet, with a border, a row too few."""

from collections.abc import Callable, Iterator
from itertools import combinations, product

import numpy as np

from cs_utils.checks.explain.pair import Pair, distinct
from cs_utils.checks.explain.values import moves

REDUCTIONS: dict[str, Callable[..., np.ndarray]] = {"sum": np.sum, "mean": np.mean, "maximum": np.max}


def other_shape(pair: Pair) -> Iterator[str]:
    """Yield how `got` follows from the expected array of another shape, in words that complete "y is ..."."""
    got, expected = pair.got, pair.expected
    if distinct(expected) < 2:
        return
    for words, moved in moves(expected, pair.axes):
        if moved.shape == got.shape and pair.same(got, moved):
            yield f"the expected one, {words}"
    if got.size == expected.size and pair.same(got.ravel(), expected.ravel()):
        yield "the expected numbers in the right order, in another shape"
    yield from _reduced(pair)
    if got.ndim == expected.ndim:
        yield from _cut(pair)
        yield from _stepped(pair)


def _reduced(pair: Pair) -> Iterator[str]:
    got, expected = pair.got, pair.expected
    for name, reduce in REDUCTIONS.items():
        for axes in _some_axes(got.ndim):
            if got.ndim > expected.ndim and pair.same(reduce(got, axis=axes), expected):
                yield f"not finished: its {name} over {_axes(axes, got.ndim)} is the expected one"
        for axes in _some_axes(expected.ndim):
            reduced = [reduce(expected, axis=axes, keepdims=keep) for keep in (False, True)]
            if any(distinct(got) > 1 and pair.same(got, one) for one in reduced):
                names = " and ".join(f"{pair.axes[axis]}s" for axis in axes)
                yield f"the {name} of the expected one over its {names}"


def _some_axes(ndim: int) -> list[tuple[int, ...]]:
    return [axes for count in range(1, ndim + 1) for axes in combinations(range(ndim), count)]


def _axes(axes: tuple[int, ...], ndim: int) -> str:
    if len(axes) == ndim:
        return "all axes"
    if axes == (ndim - 1,):
        return "the last axis"
    return f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"


def _cut(pair: Pair) -> Iterator[str]:
    """Yield rows, columns and other slices that are missing or too many at the ends of axes."""
    got, expected = pair.got, pair.expected
    if all(g >= e for g, e in zip(got.shape, expected.shape)):
        large, small, words = got, expected, ("with a border", "with {} too many")
    elif all(g <= e for g, e in zip(got.shape, expected.shape)):
        large, small, words = expected, got, ("without its border", "without {}")
    else:
        return
    if distinct(small) < 2:
        return
    spare = [a - b for a, b in zip(large.shape, small.shape)]
    for begin in product(*(range(count + 1) for count in spare)):
        inside = tuple(slice(start, start + side) for start, side in zip(begin, small.shape))
        if not pair.same(large[inside], small):
            continue
        around = large.copy()
        around[inside] = 0
        zeros = " of zeros" if large is got and not around.any() else ""
        if all(count == 2 * start for count, start in zip(spare, begin)):
            yield f"the expected one {words[0]}{zeros}"
        else:
            ends = (_ends(name, start, count) for name, start, count in zip(pair.axes, begin, spare) if count)
            yield f"the expected one {words[1].format(' and '.join(ends))}{zeros}"


def _ends(name: str, start: int, count: int) -> str:
    if start in (0, count):
        which = "last" if start == 0 else "first"
        return f"the {which} {name}" if count == 1 else f"the {which} {count} {name}s"
    return f"{count} {name}s at both ends"


def _stepped(pair: Pair) -> Iterator[str]:
    """Yield a step: every second row and column of `got` is the expected one, or the other way round."""
    for large, small, words in (
        (pair.got, pair.expected, "the expected one with the places between: yours has {} times as many"),
        (pair.expected, pair.got, "every {} row and column of the expected one"),
    ):
        spatial = [axis for axis, name in enumerate(pair.axes) if name in ("row", "column")]
        for step, ordinal in ((2, "second"), (3, "third"), (4, "fourth")):
            index = tuple(slice(None, None, step if axis in spatial else 1) for axis in range(large.ndim))
            if distinct(small) > 1 and pair.same(large[index], small):
                yield words.format(step if large is pair.got else ordinal)
