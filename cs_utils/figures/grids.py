"""Grids of numbers, with windows outlined and results ringed: what most pictures about filters are made of."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from cs_utils.figures.axes import sheet
from cs_utils.figures.picture import Picture

Item = TypeVar("Item")

CELL = 0.36  # inches per cell
GAP = 1.3  # cells between grids, for their titles


def number_grids(
    panels: Mapping[str, np.ndarray], fontsize: float = 9, per_row: int | None = None, heading: str = ""
) -> Picture:
    """Draw small matrices side by side, each under its title.

    Parameters
    ----------
    panels : dict of str to ndarray (H, W)
        What to draw, by title; NaN leaves a cell empty.
    fontsize : float
        Of the numbers: 7 leaves room for a sign and two decimals.
    per_row : int, optional
        How many of them stand in a row; by default all.
    heading : str, optional
        A line above them all.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, or something does not have two axes.
    """
    if not panels:
        raise ValueError("there is no grid to draw: panels is empty")
    for title, values in panels.items():
        if np.ndim(values) != 2:
            raise ValueError(f"{title!r} should have two axes, (H, W), but its shape is {np.shape(values)}")
    rows = list(batched(panels.items(), per_row or len(panels)))
    shapes = [[np.shape(values) for _, values in row] for row in rows]
    top = 0.7 if heading else 0.0
    with canvas(shapes, above=top) as (figure, axes):
        axes.text(GAP / 2, 0.3, heading, ha="left", va="center", fontsize=10)
        for row, of_row in zip(rows, shapes, strict=True):
            for corner, (title, values) in zip(corners(of_row, top), row, strict=True):
                draw_grid(axes, values, title, corner, fontsize=fontsize)
            top += max(shape[0] for shape in of_row) + GAP
        said = "; ".join(f"{title}: {say(values)}" for title, values in panels.items())
        return Picture(figure, f"{heading or 'Grids of numbers'}. {said}.")


def batched(items: Iterable[Item], count: int) -> Iterator[list[Item]]:
    """Yield the items, `count` of them at a time (`itertools.batched` is there from Python 3.12 on)."""
    left = list(items)
    for begin in range(0, len(left), count):
        yield left[begin : begin + count]


@contextmanager
def canvas(rows: list[list[tuple[int, ...]]], above: float = 0.0) -> Iterator[tuple[Figure, Axes]]:
    """A figure and its axes, whose unit is a cell, with room for rows of grids of these shapes and cells above them."""
    width = max(sum(shape[1] + GAP for shape in row) for row in rows)
    height = above + sum(max(shape[0] for shape in row) + GAP for row in rows)
    with sheet(CELL * width, CELL * height, (0, width), (height, 0)) as (figure, axes):
        axes.add_patch(Rectangle((0, 0), width, height, color="white", zorder=-1))  # all frames get the same size
        yield figure, axes


def corners(shapes: list[tuple[int, ...]], top: float = 0.0) -> list[tuple[float, float]]:
    """Where the grids of one row begin, (across, down) in cells; those that are less high are centred."""
    tallest = max(shape[0] for shape in shapes)
    across = np.cumsum([GAP / 2, *(shape[1] + GAP for shape in shapes)])
    return [(float(x), top + GAP - 0.2 + (tallest - shape[0]) / 2) for x, shape in zip(across, shapes)]


def draw_grid(
    axes: Axes,
    values: np.ndarray,
    title: str,
    corner: tuple[float, float] = (0.0, 0.0),
    window: tuple[int, int, int] | None = None,
    ring: tuple[int, int] | None = None,
    fontsize: float = 9,
) -> None:
    """Draw a matrix as a grid of numbers, in axes whose unit is a cell and whose rows go down.

    Parameters
    ----------
    axes : matplotlib Axes
    values : ndarray (H, W)
        NaN leaves a cell empty.
    title : str
        Written above.
    corner : (float, float)
        Its upper left corner, (across, down) in cells.
    window : (int, int, int), optional
        Row, column and size of a window to shade and outline.
    ring : (int, int), optional
        Row and column of an entry to ring.
    fontsize : float
        Of the numbers.
    """
    (height, width), (left, top) = np.shape(values), corner
    axes.hlines(top + np.arange(height + 1), left, left + width, color="0.6", linewidth=0.8)
    axes.vlines(left + np.arange(width + 1), top, top + height, color="0.6", linewidth=0.8)
    axes.text(left + width / 2, top - 0.3, title, ha="center", va="bottom")
    if window is not None:
        row, column, size = window
        place = (left + column, top + row)
        axes.add_patch(Rectangle(place, size, size, facecolor="0.88", edgecolor="none", zorder=0))
        axes.add_patch(Rectangle(place, size, size, fill=False, edgecolor="black", linewidth=2.5, zorder=3))
    if ring is not None:
        centre = (left + ring[1] + 0.5, top + ring[0] + 0.5)
        axes.add_patch(Circle(centre, 0.46, fill=False, edgecolor="black", linewidth=1.8))
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            axes.text(left + column + 0.5, top + row + 0.5, number(value), ha="center", va="center", fontsize=fontsize)


def shade_frame(axes: Axes, corner: tuple[float, float], shape: tuple[int, ...], pad: int) -> None:
    """Make the outer `pad` cells of a grid of this shape darker than what is inside."""
    (left, top), (height, width) = corner, shape
    axes.add_patch(Rectangle(corner, width, height, facecolor="0.78", edgecolor="none", zorder=-0.5))
    inner = (left + pad, top + pad), width - 2 * pad, height - 2 * pad
    axes.add_patch(Rectangle(*inner, facecolor="white", edgecolor="none", zorder=-0.4))


def outline_window(axes: Axes, corner: tuple[float, float], row: int, column: int, size: int) -> None:
    """Outline a window of a grid that has this corner, without shading it."""
    place = (corner[0] + column, corner[1] + row)
    axes.add_patch(Rectangle(place, size, size, fill=False, edgecolor="black", linewidth=3, zorder=3))


def so_far(values: np.ndarray, step: int) -> np.ndarray:
    """The values with all entries after number `step`, row by row, still empty."""
    return np.where(np.arange(values.size).reshape(values.shape) <= step, values, np.nan)


def expect_places(y: np.ndarray, places: list[tuple[int, int]]) -> None:
    """Raise ValueError if the map y has no entry at one of these places (row, column)."""
    for i, j in places:
        if not (0 <= i < y.shape[0] and 0 <= j < y.shape[1]):
            raise ValueError(f"the map has {y.shape[0]} rows and {y.shape[1]} columns: there is no place {i, j}")


def number(value: float) -> str:
    """A number as short as it can be said, with at most two decimals and a typographic minus sign."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "\N{MINUS SIGN}")


def say(values: np.ndarray) -> str:
    """A matrix in words for an alt text: its rows, separated by slashes."""
    return " / ".join(" ".join("empty" if np.isnan(v) else number(v) for v in row) for row in np.asarray(values))


def by(shape: tuple[int, ...]) -> str:
    """A shape in words for an alt text: (3, 4) is "3 by 4"."""
    return " by ".join(map(str, shape))
