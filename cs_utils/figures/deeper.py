"""Deeper networks: the chain of layers that a pattern describes, a residual block, and what depth and size do."""

from collections import Counter
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator

from cs_utils.figures.axes import LINES, plot, sheet
from cs_utils.figures.picture import Picture

PER_ROW = 9  # boxes: the most that fit on a page and can be read
SHADES = {"conv": "0.75", "fc": "0.35", "pool": "0.93", "res": "0.6"}  # all other kinds are white
MARKERS = "osv^D"


def layer_chain(items: Sequence[str]) -> Picture:
    """Draw a net as boxes in reading order, one box per layer, at most nine in a row.

    Parameters
    ----------
    items : sequence of str
        Names of layers, such as ["conv12", "relu", "pool", "fc"].

    Raises
    ------
    ValueError
        If there is none.
    """
    if not items:
        raise ValueError("there is no layer to draw: items is empty")
    rows = [items[start : start + PER_ROW] for start in range(0, len(items), PER_ROW)]
    longest, width, height = len(rows[0]), 0.95 * len(rows[0]) + 0.3, 0.62 * len(rows) + 0.1
    with sheet(width, height, (-0.1, longest + 0.2), (-len(rows) - 0.05, 0.05), margin=True) as (figure, axes):
        for i, row in enumerate(rows):
            for j, item in enumerate(row):
                _draw_layer(axes, j, -i, item)
                if j + 1 < len(row) or i + 1 < len(rows):
                    axes.annotate("", (j + 1.07, -i - 0.5), (j + 0.83, -i - 0.5), arrowprops={"arrowstyle": "->"})
        count = Counter(_kind(item) for item in items)
        said = ", ".join(f"{number} {kind}" for kind, number in count.items())
        return Picture(figure, f"{len(items)} layers as boxes in a chain, from {items[0]} to {items[-1]}: {said}.")


def residual_graph() -> Picture:
    """Draw a residual block: two convolutions, and a line that carries x past them to the sum."""
    with sheet(7.0, 1.9, (-0.3, 8.6), (-0.75, 1.5), margin=True) as (figure, axes):
        for place, text in ((1.2, "conv w1, b1"), (2.9, "relu"), (4.2, "conv w2, b2"), (6.9, "relu")):
            box = {"boxstyle": "round,pad=0.45", "facecolor": "0.85" if "conv" in text else "white"}
            axes.text(place, 0, text, ha="center", va="center", bbox=box, fontsize=9)
        axes.text(5.8, 0, "+", ha="center", va="center", fontsize=15, bbox={"boxstyle": "circle", "facecolor": "white"})
        for start, end in ((0.0, 0.55), (1.85, 2.55), (3.25, 3.55), (4.85, 5.5), (6.1, 6.55), (7.25, 7.8)):
            axes.annotate("", (end, 0), (start, 0), arrowprops={"arrowstyle": "->", "lw": 1.3})
        axes.plot([0.2, 0.2, 5.8], [0, 1.1, 1.1], color="black", linewidth=2.2)
        axes.annotate("", (5.8, 0.33), (5.8, 1.1), arrowprops={"arrowstyle": "->", "lw": 2.2})
        axes.text(3, 1.2, "the skip: x, as it is", ha="center", va="bottom", fontsize=9)
        axes.text(-0.1, 0, "x", ha="center", va="center", fontsize=12)
        axes.text(8.0, 0, "y", ha="center", va="center", fontsize=12)
        return Picture(
            figure,
            "A residual block from x to y: convolution, ReLU and convolution in a row; a thick line carries x past all "
            "three to a plus sign, after which a last ReLU stands.",
        )


def through_depth(curves: Mapping[str, Sequence[float]], quantity: str, step: str = "layer") -> Picture:
    """Draw how large a quantity is at each layer, on a logarithmic scale; each curve has its own line and marker.

    Parameters
    ----------
    curves : dict of str to sequence of float
        By name: a positive number for each layer, the first layer first.
    quantity : str
        What the numbers are.
    step : str
        What one step of the depth is: "layer", "block", ...

    Raises
    ------
    ValueError
        If there is no curve, or one has a number that is not above 0 and so has no logarithm.
    """
    if not curves:
        raise ValueError("there is nothing to draw: curves is empty")
    for name, values in curves.items():
        if not len(values) or min(values) <= 0:
            raise ValueError(f"{name}: numbers above 0 can be drawn on a logarithmic scale, not {list(values)}")
    with plot(6.4, 3.0) as (figure, axes):
        for i, (name, values) in enumerate(curves.items()):
            line = axes.plot(range(1, len(values) + 1), values, color=str(0.15 * (i % 4)), label=name, markersize=4)[0]
            line.set(marker=MARKERS[i % len(MARKERS)], linestyle=LINES[i % len(LINES)])
        axes.set(yscale="log", xlabel=step, ylabel=quantity)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False, fontsize=9)
        said = "; ".join(
            f"{name}: from {v[0]:.2g} at {step} 1 to {v[-1]:.2g} at {step} {len(v)}" for name, v in curves.items()
        )
        return Picture(figure, f"{quantity}, {step} by {step}, on a logarithmic scale. {said}.")


def losses_at_depths(losses: Mapping[str, Mapping[int, Sequence[float]]], guessing: float) -> Picture:
    """Draw how low a loss nets of several depths reach: for each kind of net a line, and bars from lowest to highest.

    Parameters
    ----------
    losses : dict of str to dict of int to sequence of float
        By kind ("plain"), by depth: the last loss of each run, such as one per seed.
    guessing : float
        The loss of pure guessing, drawn as a thin line.

    Returns
    -------
    Picture
        Its alt text says what holds for all runs, and no loss itself: the last digits of these differ between machines.

    Raises
    ------
    ValueError
        If there is no kind of net, or one has fewer than two depths or a depth without a run.
    """
    if not losses or not all(len(found) > 1 and all(len(runs) for runs in found.values()) for found in losses.values()):
        raise ValueError("losses are drawn for at least one kind of net, two depths and one run of each")
    with plot(6.4, 3.4) as (figure, axes):
        for i, (kind, found) in enumerate(losses.items()):
            means = [sum(runs) / len(runs) for runs in found.values()]
            below = [mean - min(runs) for mean, runs in zip(means, found.values(), strict=True)]
            above = [max(runs) - mean for mean, runs in zip(means, found.values(), strict=True)]
            drawn = axes.errorbar(list(found), means, (below, above), label=kind, capsize=4, color=str(0.2 * (i % 4)))
            drawn[0].set(marker=MARKERS[i % len(MARKERS)], linestyle=LINES[i % len(LINES)], markersize=6)
        axes.axhline(guessing, color="0.6", linewidth=0.8, label="guessing")
        depths = sorted({depth for found in losses.values() for depth in found})
        axes.set(xlabel="convolutions in the stack", ylabel="loss on training images", xticks=depths, ylim=(0, None))
        axes.legend(frameon=False, fontsize=9, loc="lower left")
        said = ". ".join(f"{kind}: {_say_depths(found)}" for kind, found in losses.items())
        return Picture(figure, f"The last loss on training images for stacks of several depths. {said}.")


def _say_depths(found: Mapping[int, Sequence[float]]) -> str:
    """In words, which of the deeper nets end always higher, or always lower, than the shallowest."""
    (shallow, first), *deeper = sorted(found.items())
    words = []
    for depth, runs in deeper:
        way = "higher" if min(runs) > max(first) else "lower" if max(runs) < min(first) else "now higher, now lower"
        words.append(f"with {depth} convolutions {way} than with {shallow}")
    return ", ".join(words)


def accuracy_against_parameters(groups: Mapping[str, Mapping[str, tuple[int, float]]]) -> Picture:
    """Draw nets as points: parameters across (logarithmic), accuracy upwards; at most five groups, one marker each.

    Parameters
    ----------
    groups : dict of str to dict of str to (int, float)
        By group ("fully connected"), by pattern: number of parameters, and accuracy from 0 to 1.

    Raises
    ------
    ValueError
        If there is no net, or an accuracy is not from 0 to 1.
    """
    points = [point for nets in groups.values() for point in nets.values()]
    if not points or not all(parameters > 0 and 0 <= accuracy <= 1 for parameters, accuracy in points):
        raise ValueError(f"nets are drawn by their parameters, above 0, and accuracies from 0 to 1; got {points}")
    with plot(7.0, 4.0) as (figure, axes):
        for i, (group, nets) in enumerate(groups.items()):
            axes.plot(*zip(*nets.values(), strict=True), MARKERS[i], color=str(0.3 * i), label=group, markersize=7)
            for j, (name, place) in enumerate(sorted(nets.items(), key=_size)):  # names above and below in turn
                axes.annotate(
                    name, place, (0, 8 if j % 2 else -14), textcoords="offset points", fontsize=7, ha="center"
                )
        axes.set(xscale="log", xlabel="parameters", ylabel="test accuracy", ylim=(0, 1))
        axes.margins(x=0.15)
        axes.legend(frameon=False, loc="lower left", fontsize=9)
        said = ". ".join(f"{group}: {_say_nets(nets)}" for group, nets in groups.items())
        return Picture(figure, f"Test accuracy against the number of parameters, each net by its pattern. {said}.")


def _say_nets(nets: Mapping[str, tuple[int, float]]) -> str:
    return "; ".join(f"{name} {count:,} and {share:.0%}" for name, (count, share) in sorted(nets.items(), key=_size))


def _size(entry: tuple[str, tuple[int, float]]) -> int:
    return entry[1][0]


def _draw_layer(axes: Axes, left: float, top: float, item: str) -> None:
    shade = SHADES.get(_kind(item), "white")
    box = FancyBboxPatch((left + 0.06, top - 0.8), 0.74, 0.6, boxstyle="round,pad=0.03", facecolor=shade, linewidth=1)
    axes.add_patch(box)
    colour = "white" if shade == SHADES["fc"] else "black"
    axes.text(
        left + 0.43, top - 0.5, item, ha="center", va="center", fontsize=9 if len(item) < 8 else 6.5, color=colour
    )


def _kind(item: str) -> str:
    """The letters that an item begins with: those of "conv12" are "conv"."""
    return item[: next((i for i, character in enumerate(item) if not character.isalpha()), len(item))]
