"""Shapes of arrays: volumes as boxes, matrices as rectangles."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from cs_utils.figures.axes import sheet
from cs_utils.figures.grids import by
from cs_utils.figures.picture import Picture

SHEETS = 16  # the deepest volume whose maps are drawn one by one
SLANT = np.array([0.45, 0.35])  # the direction of a volume's width; its depth is drawn across, its height upwards


def volume_boxes(shapes: list[tuple[int, int, int]], steps: list[str], filters: Sequence[int] | None = None) -> Picture:
    """Draw volumes (H, W, depth) as boxes in a row, their maps as sheets, with an arrow from each to the next.

    Parameters
    ----------
    shapes : list of (int, int, int)
    steps : list of str
        What happens between one box and the next: one less than shapes. May have several lines.
    filters : list of int, optional
        The extent of the filter that each step slides, drawn as a dark block as deep as the volume, with lines to the
        one number that it gives.

    Raises
    ------
    ValueError
        If there is not one step fewer than shapes, or not one filter per step.
    """
    if len(steps) != len(shapes) - 1:
        raise ValueError(f"{len(shapes)} volumes have {len(shapes) - 1} steps between them, not {len(steps)}")
    if filters is not None and len(filters) != len(steps):
        raise ValueError(f"{len(filters)} filters for {len(steps)} steps")
    unit = 1 / max(shape[0] for shape in shapes)
    width, xlim, ylim = 2.6 * len(shapes) - 0.6, (-0.25, 2.35 * len(shapes) - 1.3), (-0.35, 1.4)
    with sheet(width, 2.3, xlim, ylim, aspect="equal", margin=True) as (figure, axes):
        for i, shape in enumerate(shapes):
            left = 2.35 * i
            _draw_volume(axes, left, shape, unit)
            axes.text(left + 0.25, -0.22, "x".join(map(str, shape)), ha="center", va="center", fontsize=11)
            if i < len(steps):
                end = left + _drawn(shape[2]) + shape[1] * unit * SLANT[0]  # where the box ends
                start, height = max(left + 1.0, end + 0.1), 0.1 if filters else 0.4
                axes.annotate("", (left + 2.2, height), (start, height), arrowprops={"arrowstyle": "->", "lw": 1.5})
                words = (height + 0.06, "bottom") if not filters else (height - 0.06, "top")
                axes.text((start + left + 2.2) / 2, words[0], steps[i], ha="center", va=words[1], fontsize=9)
                if filters:
                    _draw_filter(axes, (left, left + 2.35), shape, filters[i], unit)
        ways = [
            f"then, after {' '.join(step.split())}, {by(shape)}" for step, shape in zip(steps, shapes[1:], strict=True)
        ]
        blocks = " In each a filter as a small block of its full depth, with lines to one place of the next volume."
        said = "Volumes as boxes: " + "; ".join([by(shapes[0]), *ways]) + "."
        return Picture(figure, said + blocks * bool(filters))


def matrix_product(left: tuple[int, int], right: tuple[int, int], rows: str, inner: str, columns: str) -> Picture:
    """Draw the shapes of a matrix product: (n, d) times (d, k) gives (n, k).

    Parameters
    ----------
    left, right : (int, int)
        The factors' shapes.
    rows, inner, columns : str
        What a row of the left factor, an entry of that row and a column of the right factor are.

    Raises
    ------
    ValueError
        If the inner sizes differ.
    """
    if left[1] != right[0]:
        raise ValueError(f"a {left[0]}x{left[1]} and a {right[0]}x{right[1]} matrix can't be multiplied")
    (n, d), k = left, right[1]
    with sheet(6.4, 2.6, (-1.1, 7.9), (-0.6, 2.8), aspect="equal", margin=True) as (figure, axes):
        _draw_matrix(axes, (0, 0.5), (2.6, 1.0), left, down=rows, across=inner)
        axes.text(3.1, 1.0, "@", ha="center", va="center", fontsize=14)
        _draw_matrix(axes, (4.1, -0.1), (1.1, 2.2), right, down=inner, across=columns)
        axes.text(5.6, 1.0, "=", ha="center", va="center", fontsize=14)
        _draw_matrix(axes, (6.5, 0.5), (1.1, 1.0), (n, k), down=rows, across=columns)
        alt = (
            f"A matrix of {n} {rows} by {d} {inner}, times one of {d} {inner} by {k} {columns}, "
            f"gives one of {n} {rows} by {k} {columns}."
        )
        return Picture(figure, alt)


def _drawn(depth: int) -> float:
    """How wide a box of this depth is drawn: each map the same up to 6, then with the logarithm, so that 512 fit."""
    return 0.055 * min(depth, 6) + 0.06 * float(np.log2(max(depth, 6) / 6))


def _draw_volume(axes: Axes, left: float, shape: tuple[int, int, int], unit: float) -> None:
    """Draw a volume as a box; if it is not too deep, with a line between any two of its maps."""
    height, width, depth = shape[0] * unit, shape[1] * unit, _drawn(shape[2])
    _draw_box(axes, (left, 0.0), height, width, depth, ("0.95", "0.85", "0.7"))
    if shape[2] <= SHEETS:
        for k in range(1, shape[2]):
            x = left + depth * k / shape[2]
            edge = np.array([(x, 0), (x, height), (x + SLANT[0] * width, height + SLANT[1] * width)])
            axes.plot(edge[:, 0], edge[:, 1], color="black", linewidth=0.8)


def _draw_box(
    axes: Axes, corner: tuple[float, float], height: float, width: float, depth: float, greys: tuple[str, str, str]
) -> None:
    """Draw a box whose front's lower left corner is given: its front, its top and its flank in three greys."""
    back = SLANT * width
    front = np.array([[0, 0], [depth, 0], [depth, height], [0, height]]) + np.array(corner)
    top = np.array([front[3], front[2], front[2] + back, front[3] + back])
    flank = np.array([front[1], front[2], front[2] + back, front[1] + back])
    for corners, grey in zip((front, top, flank), greys, strict=True):
        axes.add_patch(Polygon(corners, facecolor=grey, edgecolor="black", linewidth=1.2))


def _draw_filter(axes: Axes, lefts: tuple[float, float], shape: tuple[int, int, int], size: int, unit: float) -> None:
    """Draw a filter in a volume, high up on its front, and lines from its flank to a place of the next volume."""
    depth, side, down = _drawn(shape[2]), size * unit, 0.62 * shape[0] * unit
    _draw_box(axes, (lefts[0], down), side, side, depth, ("0.45", "0.35", "0.25"))
    place = (lefts[1], down + side / 2)
    nearest, farthest = np.array([lefts[0] + depth, down]), np.array([lefts[0] + depth, down + side]) + SLANT * side
    for x, y in (nearest, farthest):
        axes.plot((x, place[0]), (y, place[1]), color="black", linewidth=0.8)
    axes.plot(*place, marker="o", markersize=5, color="black")


def _draw_matrix(
    axes: Axes, corner: tuple[float, float], size: tuple[float, float], shape: tuple[int, int], down: str, across: str
) -> None:
    axes.add_patch(Rectangle(corner, *size, facecolor="0.93", edgecolor="black", linewidth=1.2))
    x, y = corner[0] + size[0] / 2, corner[1] + size[1] / 2
    axes.text(x, y, f"{shape[0]}x{shape[1]}", ha="center", va="center", fontsize=9)
    axes.text(x, corner[1] + size[1] + 0.08, across, ha="center", va="bottom", fontsize=8)
    axes.text(corner[0] - 0.08, y, down, ha="right", va="center", fontsize=8, rotation=90)
