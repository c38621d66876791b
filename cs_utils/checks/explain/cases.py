"""What tells the visible cases that came out wrong from those that came out right."""

from collections.abc import Iterator, Sequence

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.explain.pair import axis_names

MOST = 2  # differences that are told; with more of them none is telling


def told_apart(right: Sequence[Case], wrong: Sequence[Case]) -> str:
    """Return what all wrong cases have and no right one, in a sentence; empty if there is nothing, or too much."""
    if not right or not wrong:
        return ""
    ours, others = [dict(_features(case)) for case in wrong], [dict(_features(case)) for case in right]
    found = []
    for name in ours[0]:
        bad, good = [{features.get(name, "") for features in group} for group in (ours, others)]
        if bad.isdisjoint(good) and len(bad) == 1 and "" not in bad | good:
            found.append(f"{bad.pop()} (right: {' or '.join(sorted(good))})")
    return f"What the wrong cases have in common: {', and '.join(found)}." if 0 < len(found) <= MOST else ""


def _features(case: Case) -> Iterator[tuple[str, str]]:
    for name, value in case.arguments.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, f"{name} {value:g}"
        if isinstance(value, np.ndarray) and value.ndim >= 2:
            axes = axis_names(name, value.shape, case.arguments)
            sides = dict(zip(axes, value.shape))
            if not name.startswith(("w", "filt", "dy")) and "column" in sides:
                square = sides["row"] == sides["column"]
                yield f"{name} square", f"{name} has {'as many' if square else 'not as many'} rows as columns"
            for axis in ("image", "channel", "filter"):
                if axis in sides:
                    count = f"one {axis}" if sides[axis] == 1 else f"several {axis}s"
                    yield f"{name} {axis}", f"{name} has {count}"
