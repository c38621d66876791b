"""Figures in the course's one style, with the axes that a picture needs: a plot, several panels, or an empty sheet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cs_utils.figures.picture import style

LINES = ("-", "--", ":", "-.")  # lines differ by these too, because a grey alone is hard to find in a legend


@contextmanager
def plot(width: float, height: float) -> Iterator[tuple[Figure, Axes]]:
    """A figure, width and height in inches, with one pair of axes for a curve or an image."""
    with panels(width, height) as (figure, every):
        yield figure, every[0, 0]


@contextmanager
def panels(
    width: float, height: float, rows: int = 1, columns: int = 1, **options: Any
) -> Iterator[tuple[Figure, np.ndarray]]:
    """A figure with several axes, as an array (rows, columns); the options are those of `Figure.subplots`."""
    with style():
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.subplots(rows, columns, squeeze=False, **options)


@contextmanager
def sheet(
    width: float,
    height: float,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    aspect: Literal["auto", "equal"] = "auto",
    margin: bool = False,
) -> Iterator[tuple[Figure, Axes]]:
    """A figure with nothing on it, to draw shapes and words in the given coordinates; with a margin if asked for."""
    with style():
        figure = Figure(figsize=(width, height), layout="constrained" if margin else None)
        axes = figure.subplots() if margin else figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=xlim, ylim=ylim, aspect=aspect)
        axes.axis("off")
        yield figure, axes
