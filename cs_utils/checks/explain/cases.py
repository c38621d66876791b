"""What tells the visible cases that came out wrong from those that came out right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.explain.pair import axis_names

OPTIONS = ("stride", "pad", "size", "weight_decay", "eps", "h")  # a mistake may hang on; not numbers such as n
OVERLAP, OVERLAPPING = "windows", "windows overlap"  # a property, and what a mistake hangs on most often
NEUTRAL = {"stride": 1, "pad": 0}  # with these an option changes nothing
USUAL, OF_ARRAYS = ", usual", ", shape"  # ends of the names of properties
MOST = 2  # differences that are told; with more of them none is telling


def told_apart(right: Sequence[Case], wrong: Sequence[Case], defaults: dict[str, Any]) -> str:
    """Return what all wrong cases have and no right one, or the reverse, in a sentence.

    Empty if there is nothing, or too much. `defaults` are the values of arguments that a case leaves out.
    """
    if not right or not wrong:
        return ""
    ours, others = ([dict(_features(defaults | case.arguments)) for case in cases] for cases in (wrong, right))
    of_wrong, of_right = _only(ours, others), _only(others, ours)
    told = [
        (_of_options(of_wrong), wrong, "wrong"),
        (list(of_right.values()) if _of_options(of_right) else [], right, "right"),
        (list(of_wrong.values()), wrong, "wrong"),
    ]
    for found, cases, verdict in told:
        if 0 < len(found) <= MOST:
            which, are = ("case", "is") if len(cases) == 1 else ("cases", "are")
            return f"Only the {which} in which {' and '.join(found)} {are} {verdict}."
    return ""


def _only(ours: list[dict[str, str]], others: list[dict[str, str]]) -> dict[str, str]:
    """Return the properties that all of these cases have and none of the others has."""
    common = {
        name: words
        for name, words in ours[0].items()
        if all(features.get(name) == words for features in ours)
        and all(features.get(name, words) != words for features in others)
    }
    return {
        name: words for name, words in common.items() if name.removesuffix(USUAL) not in common or USUAL not in name
    }


def _of_options(found: dict[str, str]) -> list[str]:
    """Return those properties that come from options: a mistake hangs on them rather than on an input's size."""
    if found.get(OVERLAP) == OVERLAPPING:
        return [OVERLAPPING]
    return [words for name, words in found.items() if not name.endswith(OF_ARRAYS)]


def _features(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield properties of a case that a mistake may hang on: the name of each, and what it is here."""
    filters, size = given.get("w"), given.get("size")
    if isinstance(filters, np.ndarray) and filters.ndim == 4:
        size = len(filters)
    if isinstance(size, int) and isinstance(stride := given.get("stride"), int):
        lie = "windows lie next to each other" if size == stride else "windows lie apart"
        yield OVERLAP, OVERLAPPING if size > stride else lie
    for name, value in given.items():
        if name in OPTIONS:
            yield name, f"{name} is {value:g}"
            if name in NEUTRAL:
                more = "" if value == NEUTRAL[name] else "more than "
                yield f"{name}{USUAL}", f"{name} is {more}{NEUTRAL[name]}"
        if isinstance(value, np.ndarray) and value.ndim >= 3 and not name.startswith(("w", "filt", "dy")):
            sides = dict(zip(axis_names(name, value.shape, given), value.shape))
            if "column" in sides:
                is_square = sides["row"] == sides["column"]
                yield f"{name}, square{OF_ARRAYS}", f"{name} is {'' if is_square else 'not '}square"
            for axis in ("image", "channel", "filter"):
                if axis in sides:
                    count = f"one {axis}" if sides[axis] == 1 else f"several {axis}s"
                    yield f"{name}, {axis}s{OF_ARRAYS}", f"{name} has {count}"
