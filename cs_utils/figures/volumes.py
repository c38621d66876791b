"""Shapes of arrays: volumes as boxes, matrices as rectangles."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from cs_utils.figures.axes import sheet
from cs_utils.figures.grids import by
from cs_utils.figures.picture import Picture

SLANT = np.array([0.45, 0.35])  # the direction of a volume's width; its depth is drawn across, its height upwards


def volume_boxes(shapes: list[tuple[int, int, int]], steps: list[str]) -> Picture:
    """Draw volumes (H, W, depth) as boxes in a row, with an arrow from each to the next.

    Parameters
    ----------
    shapes : list of (int, int, int)
    steps : list of str
        What happens between one box and the next: one less than shapes. May have several lines.

    Raises
    ------
    ValueError
        If there is not one step fewer than shapes.
    """
    if len(steps) != len(shapes) - 1:
        raise ValueError(f"{len(shapes)} volumes have {len(shapes) - 1} steps between them, not {len(steps)}")
    unit = 1 / max(shape[0] for shape in shapes)
    width, xlim, ylim = 2.6 * len(shapes) - 0.6, (-0.25, 2.35 * len(shapes) - 1.3), (-0.35, 1.4)
    with sheet(width, 2.3, xlim, ylim, aspect="equal", margin=True) as (figure, axes):
        for i, shape in enumerate(shapes):
            left = 2.35 * i
            _draw_box(axes, left, shape[0] * unit, shape[1] * unit, _drawn(shape[2]))
            axes.text(left + 0.25, -0.22, "x".join(map(str, shape)), ha="center", va="center", fontsize=11)
            if i < len(steps):
                axes.annotate("", (left + 2.15, 0.4), (left + 1.0, 0.4), arrowprops={"arrowstyle": "->", "lw": 1.5})
                axes.text(left + 1.57, 0.5, steps[i], ha="center", va="bottom", fontsize=9)
        ways = [
            f"then, after {' '.join(step.split())}, {by(shape)}" for step, shape in zip(steps, shapes[1:], strict=True)
        ]
        return Picture(figure, "Volumes as boxes: " + "; ".join([by(shapes[0]), *ways]) + ".")


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
    """How wide a box of this depth is drawn: with the logarithm, so that 512 maps still fit on the page."""
    return 0.04 + 0.08 * float(np.log2(depth))


def _draw_box(axes: Axes, left: float, height: float, width: float, depth: float) -> None:
    back = SLANT * width
    front = np.array([[0, 0], [depth, 0], [depth, height], [0, height]]) + np.array([left, 0])
    top = np.array([front[3], front[2], front[2] + back, front[3] + back])
    flank = np.array([front[1], front[2], front[2] + back, front[1] + back])
    for corners, grey in ((front, "0.95"), (top, "0.85"), (flank, "0.7")):
        axes.add_patch(Polygon(corners, facecolor=grey, edgecolor="black", linewidth=1.2))


def _draw_matrix(
    axes: Axes, corner: tuple[float, float], size: tuple[float, float], shape: tuple[int, int], down: str, across: str
) -> None:
    axes.add_patch(Rectangle(corner, *size, facecolor="0.93", edgecolor="black", linewidth=1.2))
    x, y = corner[0] + size[0] / 2, corner[1] + size[1] / 2
    axes.text(x, y, f"{shape[0]}x{shape[1]}", ha="center", va="center", fontsize=9)
    axes.text(x, corner[1] + size[1] + 0.08, across, ha="center", va="bottom", fontsize=8)
    axes.text(corner[0] - 0.08, y, down, ha="right", va="center", fontsize=8, rotation=90)
