"""A small computation as a graph: values forward, and the gradients that come back."""

import re
from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from cs_utils.figures.axes import sheet
from cs_utils.figures.grids import number
from cs_utils.figures.picture import Picture

ACROSS, DOWN, RADIUS = 2.6, 1.5, 0.42  # units from one column of nodes to the next, between nodes of one, and of a node
Place = tuple[float, float]


def expression_graph(
    formulas: Mapping[str, str], values: Mapping[str, float], gradients: Mapping[str, float] | None = None
) -> Picture:
    """Draw a computation as a graph: each name is a node, with an arrow from all that its formula takes.

    Parameters
    ----------
    formulas : dict of str to str
        By result, in the order of computation: how it is made, such as "a + b"; a name used twice has two arrows out.
    values : dict of str to float
        Of every name, inputs first; they are written above the nodes.
    gradients : dict of str to float, optional
        The result's derivatives by them, as far as they are known; written below the nodes, after a dashed arrow back.

    Raises
    ------
    ValueError
        If a formula takes nothing that was computed before it, or a gradient belongs to no value.
    """
    gradients, known = gradients or {}, [name for name in values if name not in formulas]
    takes: dict[str, list[str]] = {}
    for name, formula in formulas.items():
        takes[name] = [word for word in re.findall(r"\w+", formula) if word in known]
        if not takes[name] or name not in values:
            raise ValueError(f"{name} = {formula} takes none of {', '.join(known)}, or has no value")
        known.append(name)
    if strangers := gradients.keys() - values.keys():
        raise ValueError(f"gradients of {', '.join(sorted(strangers))}, which have no value")
    at = places(takes, [name for name in values if name not in formulas])
    right, low = (max(abs(place[axis]) for place in at.values()) for axis in (0, 1))
    width, height = right + 1.8, 2 * low + 2.4
    with sheet(0.75 * width, 0.75 * height, (-0.9, right + 0.9), (low + 1.2, -low - 1.2), "equal") as (figure, axes):
        for name, place in at.items():
            for taken in takes.get(name, ()):
                _connect(axes, at[taken], place, bool(gradients))
            _draw_node(axes, place, name, formulas.get(name), values[name], gradients.get(name))
        forward = "; ".join(
            f"{name} = {formulas[name]} = {number(values[name])}" if name in formulas else f"{name} = {number(value)}"
            for name, value in values.items()
        )
        back = "; ".join(f"{number(gradient)} at {name}" for name, gradient in gradients.items())
        alt = f"A graph of a computation, with arrows from left to right: {forward}."
        return Picture(figure, alt + (f" Back along dashed arrows come the gradients: {back}." if back else ""))


def places(takes: Mapping[str, list[str]], inputs: list[str]) -> dict[str, Place]:
    """Where nodes lie: each in the column after the last that it takes, the nodes of a column around the middle."""
    column = dict.fromkeys(inputs, 0)
    for name, taken in takes.items():
        column[name] = 1 + max(column[one] for one in taken)
    at = {}
    for depth in sorted(set(column.values())):
        names = [name for name in column if column[name] == depth]
        for i, name in enumerate(names):
            at[name] = (ACROSS * depth, DOWN * (i - (len(names) - 1) / 2))
    return at


def _connect(axes: Axes, start: Place, end: Place, back: bool) -> None:
    """An arrow from node to node; beside it, dashed, the gradient's way back."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = (across**2 + down**2) ** 0.5
    unit, side = (across / length, down / length), (-down / length * 0.09, across / length * 0.09)
    begin = (start[0] + RADIUS * unit[0], start[1] + RADIUS * unit[1])
    stop = (end[0] - RADIUS * unit[0], end[1] - RADIUS * unit[1])
    if back:
        axes.annotate("", _moved(begin, side), _moved(stop, side), arrowprops={"arrowstyle": "->", "linestyle": "--"})
        side = (-side[0], -side[1])
        begin, stop = _moved(begin, side), _moved(stop, side)
    axes.annotate("", stop, begin, arrowprops={"arrowstyle": "->", "lw": 1.5})


def _moved(place: Place, by: Place) -> Place:
    return place[0] + by[0], place[1] + by[1]


def _draw_node(axes: Axes, place: Place, name: str, formula: str | None, value: float, gradient: float | None) -> None:
    axes.add_patch(Circle(place, RADIUS, facecolor="0.92", edgecolor="black", linewidth=1.2))
    axes.text(*place, name, ha="center", va="center", fontsize=11, weight="bold")
    made = f"{formula} = " if formula else ""
    axes.text(place[0], place[1] - RADIUS - 0.06, made + number(value), ha="center", va="bottom", fontsize=9)
    if gradient is not None:
        below = place[1] + RADIUS + 0.06
        axes.text(place[0], below, f"d{name} = {number(gradient)}", ha="center", va="top", fontsize=9, style="italic")
