"""Relations that say where a result is right: in the first image, in all but the last row, where x is above 0."""

from collections.abc import Iterator

import numpy as np

from cs_utils.checks.explain.pair import Pair, distinct
from cs_utils.checks.explain.values import ENOUGH, plural

ORDINALS = ("first", "second", "third")


def right_places(pair: Pair) -> Iterator[str]:
    """Yield where `got` is right and where it is wrong, in words that complete "y is ...".

    A single wrong entry is told by the comparison itself; here it counts only if an input explains it.
    """
    wrong = pair.wrong
    if wrong.all():
        return
    if (wrong == ~np.isfinite(pair.got)).all():
        count = int(wrong.sum())
        yield "right but for " + ("the entry that is" if count == 1 else "the entries that are") + " nan or inf"
        return
    there = f"; where it is wrong, it {words}" if (words := _there(pair)) else ""
    if wrong.sum() > 1:
        crossings = _crossings(pair) if there or (~wrong).sum() > 1 else ()  # one right entry may be so by accident
        slices = () if wrong.ndim == 1 else (*_slices(pair), *crossings, *_border(pair))
        yield from (f"{words}{there}" for words in slices)
    yield from (f"right but where {words}{there}" for words in _conditions(pair))
    if wrong.ndim == 1 and wrong.sum() > 1:
        yield from (f"{words}{there}" for words in _slices(pair))


def _slices(pair: Pair) -> Iterator[str]:
    """Yield the images, rows, columns or channels in which most entries are wrong, if all others are right.

    Where right and wrong ones alternate, all of the latter must be wrong: a few entries that are right by accident
    would look like that, too.
    """
    for axis, name in enumerate(pair.axes):
        others = tuple(other for other in range(pair.wrong.ndim) if other != axis)
        share = pair.wrong.mean(axis=others)
        bad, good = np.flatnonzero(share), np.flatnonzero(share == 0)
        if not len(good) or share[bad].min() < 0.5:
            continue
        last = len(share) - 1
        if np.diff(share == 0).sum() > 1 and len(bad) > 1 and share[bad].min() < 1:
            continue
        if len(good) == 1 and good[0] in (0, last):
            yield f"right only in the {'last' if good[0] else 'first'} {name}"
        elif len(bad) == 1:
            yield f"right in all {plural(name)} but the {_ordinal(int(bad[0]), last)}"
        else:
            yield f"right in {_numbered(name, good)}, wrong in {_numbered(name, bad)}"


def _crossings(pair: Pair) -> Iterator[str]:
    """Yield the rows and columns, the first among them, at whose crossings alone all is right, and most else wrong."""
    spatial = tuple(axis for axis, name in enumerate(pair.axes) if name in ("row", "column"))
    share = pair.wrong.mean(axis=tuple(axis for axis in range(pair.wrong.ndim) if axis not in spatial))
    if share.ndim != 2:
        return
    right = share == 0
    rows, columns = right.any(axis=1), right.any(axis=0)
    if (
        not right[0, 0]
        or rows.all()
        or columns.all()
        or (right != np.outer(rows, columns)).any()
        or share[~right].min() < 0.5
    ):
        return
    told = [_numbered(name, np.flatnonzero(there)) for name, there in (("row", rows), ("column", columns))]
    yield f"right only where {' and '.join(told)} meet"


def _ordinal(index: int, last: int) -> str:
    if index == last:
        return "last"
    return ORDINALS[index] if index < len(ORDINALS) else f"{index + 1}th"


def _numbered(name: str, indices: np.ndarray) -> str:
    listed = ", ".join(map(str, indices[:6])) + (", ..." if len(indices) > 6 else "")
    return f"{name if len(indices) == 1 else plural(name)} {listed}"


def _border(pair: Pair) -> Iterator[str]:
    """Yield how far the border reaches, if entries are wrong only there, or only inside."""
    spatial = [axis for axis, name in enumerate(pair.axes) if name in ("row", "column")]
    sides = [pair.wrong.shape[axis] for axis in spatial]
    for width in range(1, (min(sides, default=0) + 1) // 2):
        inside = [slice(None)] * pair.wrong.ndim
        for axis in spatial:
            inside[axis] = slice(width, -width)
        border = np.ones(pair.wrong.shape, bool)
        border[tuple(inside)] = False
        far = "" if width == 1 else f" ({width} entries wide)"
        if min(border.sum(), (~border).sum()) < ENOUGH:
            return
        if not pair.wrong[~border].any() and pair.wrong[border].mean() >= 0.5:
            yield f"right inside, wrong at the border{far}"
        if not pair.wrong[border].any() and pair.wrong[~border].mean() >= 0.5:
            yield f"right at the border{far}, wrong inside"


def _conditions(pair: Pair) -> Iterator[str]:
    """Yield what is true of an input of the same shape, or of the expected number, just where `got` is wrong."""
    arrays = {name: value for name, value in pair.inputs.items() if np.shape(value) == pair.wrong.shape}
    numbers = {name: value for name, value in arrays.items() if value.dtype.kind in "fiu"}
    for name, value in {**numbers, "the expected number": pair.expected}.items():
        for words, holds in (
            ("0", value == 0),
            ("negative", value < 0),
            ("positive", value > 0),
            ("0 or negative", value <= 0),
            ("0 or positive", value >= 0),
            ("above 1 or below -1", np.abs(value) > 1),
        ):
            if (holds == pair.wrong).all():
                yield f"{name} is {words}"


def where_wrong(pair: Pair) -> Iterator[str]:
    """Yield what `got` holds where it is wrong, wherever that is."""
    if not pair.wrong.all() and pair.wrong.sum() >= ENOUGH and (words := _there(pair)):
        yield f"right in some entries only; where it is wrong, it {words}"


def _there(pair: Pair) -> str:
    """Return what `got` holds where it is wrong, if that can be said in a few words."""
    got, expected = pair.got[pair.wrong], pair.expected[pair.wrong]
    if not np.isfinite(got).any():
        return "is nan or inf"
    if not got.any():
        return "is 0"
    if not np.isfinite(got).all():
        return ""
    if pair.same(got, -expected):
        return "has the opposite sign"
    for name, value in pair.inputs.items():
        if np.shape(value) == pair.wrong.shape and value.dtype.kind in "fiu":
            for sign in ("", "-"):
                if pair.same(got, -value[pair.wrong] if sign else value[pair.wrong]):
                    return f"is {sign}{name}"
    if distinct(got) == 1 and len(got) > 1:
        return f"is {got[0]:.6g} everywhere"
    ratio = got / expected if expected.all() else np.zeros(1)
    return f"is {ratio[0]:.6g} times as large" if distinct(ratio) == 1 and ratio[0] and len(got) > 1 else ""
