"""The terms of one number as text: the numbers that are multiplied, side by side in small grids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs_utils.checks.examples import side_by_side
from cs_utils.checks.explain.terms import Terms, arrange

PANELS = 3  # channels that are drawn; the others are counted
SIDE = 8  # the largest grid that is drawn
ENOUGH = 0.3  # of a grid's cells have terms; of an emptier one only the rows and columns that have some are drawn
FEW = 4  # terms that are written in a line


@dataclass(frozen=True)
class Drawing:
    """The terms of one number: lines to read, and the same grids by title, for a picture: `per_row` of them a row."""

    lines: list[str]
    panels: dict[str, np.ndarray]
    per_row: int = 1


def draw_terms(terms: Terms, inputs: Mapping[str, Any], number: int, entry: str, expected: float) -> Drawing:
    """Return the terms of one number of a result, without grids if they are too many to be read.

    Parameters
    ----------
    terms : Terms
    inputs : dict
        The arguments of the call.
    number : int
        Its place in the result, counted in flat order.
    entry : str
        What a message calls it, such as ``y[0, 1]``.
    expected : float
    """
    places = terms.places(number)
    grids = arrange(terms, inputs)
    if not len(places):
        from_where = " or ".join(terms.of)
        return Drawing([f"{entry} should be 0: nothing of {from_where} goes into it"], {})
    if len(places) <= FEW and grids.axes == ("term",) and not terms.plus:
        return Drawing([f"{entry} should be {_written_out(terms, inputs, places)} = {expected:.6g}"], {})
    depth = [axis for axis, name in enumerate(grids.axes) if name not in ("row", "column", "term")]
    lines = [f"{entry} should be {_in_words(terms, inputs, places)}"]
    if len(depth) > 1 or max(grids.present.shape[1:]) > SIDE:
        return Drawing(lines, {})
    stack = [_panels(factor[number], grids.present[number], depth) for factor in grids.factors]
    if grids.present[number].mean() < ENOUGH:
        stack = _trimmed(stack)
    panels: dict[str, np.ndarray] = {}
    for index, factors in enumerate(zip(*stack)):
        if index == PANELS:
            lines.append(f"  ... and {len(stack[0]) - PANELS} more of these")
            break
        title = f"{grids.axes[depth[0]]} {index}" if depth and len(stack[0]) > 1 else ""
        drawn = dict(zip(terms.of, factors))
        if len(factors) == 2:
            drawn["product"] = factors[0] * factors[1]
        lines += [f"  {title}:"] if title else []
        lines += [f"  {line}" for line in side_by_side(drawn)]
        panels |= {f"{name}, {title}" if title else name: values for name, values in drawn.items()}
    if terms.how == "sum":
        lines.append(f"  {_account(terms, inputs, number, expected)}")
    if any(values.shape[1] < 2 for values in panels.values()):  # a column would be narrower than its title
        panels = {}
    return Drawing(lines, panels, len(drawn))


def _in_words(terms: Terms, inputs: Mapping[str, Any], places: np.ndarray) -> str:
    """Return what is made of how many terms, and of which parts of the inputs."""
    parts = [_part(name, np.shape(inputs[name]), places[:, i]) for i, name in enumerate(terms.of)]
    plus = f", plus {terms.plus}" if terms.plus else ""
    if len(places) == 1:
        return f"{' times '.join(parts)}{plus}"
    made = "the largest" if terms.how == "max" else "the mean" if _is_mean(terms, places) else "the sum"
    kind = "products of" if len(terms.of) > 1 else "numbers:" if made == "the largest" else "numbers of"
    return f"{made} of the {len(places)} {kind} {' and '.join(parts)}{plus}"


def _is_mean(terms: Terms, places: np.ndarray) -> bool:
    return terms.scale != 1 and abs(terms.scale * len(places) - 1) < 1e-9


def _written_out(terms: Terms, inputs: Mapping[str, Any], places: np.ndarray) -> str:
    """Return a short sum as one writes it: ``dy[0, 0] * w[1] + dy[0, 1] * w[0]``."""
    total = " + ".join(_product(terms, inputs, place) for place in places)
    if terms.how == "max":
        return f"max({total.replace(' + ', ', ')})"
    if terms.scale == 1:
        return total
    return f"{total} * {terms.scale:.4g}" if len(places) == 1 else f"({total}) * {terms.scale:.4g}"


def _product(terms: Terms, inputs: Mapping[str, Any], place: np.ndarray) -> str:
    return " * ".join(
        f"{name}[{', '.join(map(str, np.unravel_index(flat, np.shape(inputs[name]))))}]"
        for name, flat in zip(terms.of, place)
    )


def _panels(values: np.ndarray, present: np.ndarray, depth: list[int]) -> list[np.ndarray]:
    """Return a grid as matrices, one for each channel; NaN where there is no term."""
    shown = np.where(present, values, np.nan)
    if depth:
        return list(np.moveaxis(shown, depth[0], 0))
    return [shown if shown.ndim == 2 else shown[None]]


def _trimmed(stack: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    """Return the matrices without the rows and columns in which none of them has a term."""
    there = np.any([~np.isnan(panel) for panels in stack for panel in panels], axis=0)
    kept = np.ix_(there.any(axis=1), there.any(axis=0))
    return [[panel[kept] for panel in panels] for panels in stack]


def _part(name: str, shape: tuple[int, ...], flat: np.ndarray) -> str:
    """Return the part of an input that these entries fill, as one writes it: ``x[0, 1:3, 0:2, 0]``."""
    spans = [(int(axis.min()), int(axis.max())) for axis in np.unravel_index(flat, shape)]
    if len(set(flat.tolist())) < np.prod([last - first + 1 for first, last in spans]):
        return name  # some entries within are none of the terms
    if all(first == 0 and last == side - 1 for (first, last), side in zip(spans, shape)):
        return name
    return f"{name}[{', '.join(str(a) if a == z else f'{a}:{z + 1}' for a, z in spans)}]"


def _account(terms: Terms, inputs: Mapping[str, Any], number: int, expected: float) -> str:
    added = float(terms.added(inputs)[number])
    total = f"added up: {(expected - added) / terms.scale:.6g}"
    if terms.scale != 1:
        total += f", times {terms.scale:.6g}"
    if terms.plus_at is not None:
        given = np.shape(inputs[terms.plus])
        place = f"[{', '.join(map(str, np.unravel_index(terms.plus_at[number], given)))}]" if given else ""
        total += f", plus {terms.plus}{place} = {added:.6g}"
    return f"{total}; together {expected:.6g}" if terms.scale != 1 or terms.plus_at is not None else total
