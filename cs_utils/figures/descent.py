"""Gradient descent seen from above: the path that each way of stepping takes through a valley."""

from collections.abc import Mapping

import numpy as np

from cs_utils.figures.axes import LINES, plot
from cs_utils.figures.picture import Picture

GREYS, MARKERS = ("0.0", "0.45", "0.25", "0.6"), ("o", "s", "^", "D")


def valley_paths(paths: Mapping[str, np.ndarray], steepness: tuple[float, float]) -> Picture:
    """Draw paths through the valley (s_a a^2 + s_b b^2) / 2, seen from above: lines of equal height, a mark per step.

    Parameters
    ----------
    paths : dict of str to ndarray (steps, 2)
        By name: the places a, b, the start first.
    steepness : (float, float)
        s_a and s_b, more than 0.

    Raises
    ------
    ValueError
        If there is no path, one is not (steps, 2), or a steepness is not positive.
    """
    if not paths or any(path.ndim != 2 or path.shape[1] != 2 or not len(path) for path in paths.values()):
        shapes = ", ".join(f"{name} {path.shape}" for name, path in paths.items()) or "none"
        raise ValueError(f"paths are arrays (steps, 2) of places; got {shapes}")
    if min(steepness) <= 0:
        raise ValueError(f"a valley is steep upwards on both axes, but steepness is {steepness}")
    places = np.concatenate([*paths.values(), np.zeros((1, 2))])  # with the lowest point
    low, high = places.min(axis=0), places.max(axis=0)
    low, high = low - 0.15 * (high - low), high + 0.15 * (high - low)
    with plot(7.4, 2.9) as (figure, axes):
        a, b = np.meshgrid(*(np.linspace(low[axis], high[axis], 121) for axis in (0, 1)))
        height = 0.5 * (steepness[0] * a**2 + steepness[1] * b**2)
        axes.contour(a, b, height, levels=height.max() * 0.5 ** np.arange(8, 0, -1), colors="0.8", linewidths=0.8)
        for i, (name, path) in enumerate(paths.items()):
            (line,) = axes.plot(path[:, 0], path[:, 1], label=name, color=GREYS[i % 4], linestyle=LINES[i % 4])
            line.set(marker=MARKERS[i % 4], markersize=3, linewidth=1.2)
        axes.plot(0, 0, marker="x", color="black", markersize=9, linestyle="none", label="lowest point")
        axes.set(xlabel="a, along the valley", ylabel="b, across")
        axes.legend(framealpha=1, edgecolor="none", loc="upper left", fontsize=8)
        said = "; ".join(
            f"{name}: from {_say(path[0])}, {_turns(path)} times across the middle, in {len(path) - 1} steps to "
            f"{_say(path[-1])}"
            for name, path in paths.items()
        )
        return Picture(figure, f"A long narrow valley from above, lowest at (0, 0), with a path for each name. {said}.")


def _turns(path: np.ndarray) -> int:
    """How often a path crosses the middle of the valley; a place that is nearly there is on no side."""
    sides = np.sign(path[np.abs(path[:, 1]) > 1e-3, 1])
    return int(np.sum(sides[1:] != sides[:-1]))


def _say(place: np.ndarray) -> str:
    return f"({place[0]:.2f}, {place[1]:.2f})".replace("-0.00", "0.00")
