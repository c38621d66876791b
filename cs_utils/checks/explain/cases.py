"""What tells the visible cases that came out wrong from those that came out right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.explain.pair import axis_names

OPTIONS = ("stride", "pad", "size", "weight_decay", "eps", "h")  # a mistake may hang on; not numbers such as n
NEUTRAL = {"stride": 1, "pad": 0}  # with these an option changes nothing
USUAL = ", usual"
MOST = 2  # differences that are told; with more of them none is telling


def told_apart(right: Sequence[Case], wrong: Sequence[Case], defaults: dict[str, Any]) -> str:
    """Return what all wrong cases have and no right one, in a sentence; empty if there is nothing, or too much.

    `defaults` are the values of arguments that a case leaves out.
    """
    if not right or not wrong:
        return ""
    ours, others = ([dict(_features(defaults | case.arguments)) for case in cases] for cases in (wrong, right))
    common = {
        name: words
        for name, words in ours[0].items()
        if all(features.get(name) == words for features in ours)
        and all(features.get(name, words) != words for features in others)
    }
    found = [words for name, words in common.items() if name.removesuffix(USUAL) not in common or USUAL not in name]
    return f"Only the cases in which {' and '.join(found)} are wrong." if 0 < len(found) <= MOST else ""


def _features(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield properties of a case that a mistake may hang on: the name of each, and what it is here."""
    for name, value in given.items():
        if name in OPTIONS:
            yield name, f"{name} is {value:g}"
            if name in NEUTRAL:
                more = "" if value == NEUTRAL[name] else "more than "
                yield f"{name}{USUAL}", f"{name} is {more}{NEUTRAL[name]}"
        if isinstance(value, np.ndarray) and value.ndim >= 2 and not name.startswith(("w", "filt", "dy")):
            sides = dict(zip(axis_names(name, value.shape, given), value.shape))
            if "column" in sides:
                yield f"{name}, shape", f"{name} is {'' if sides['row'] == sides['column'] else 'not '}square"
            for axis in ("image", "channel", "filter"):
                if axis in sides:
                    count = f"one {axis}" if sides[axis] == 1 else f"several {axis}s"
                    yield f"{name}, {axis}s", f"{name} has {count}"
