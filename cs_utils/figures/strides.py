"""Larger steps and a border of zeros: what a filter does with them, how sizes shrink, how much a value sees."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle

from cs_utils.figures.axes import sheet
from cs_utils.figures.grids import (
    CELL,
    GAP,
    by,
    canvas,
    corners,
    draw_grid,
    expect_places,
    number,
    outline_window,
    say,
    shade_frame,
    so_far,
)
from cs_utils.figures.picture import Animation, Picture
from cs_utils.figures.windows import WIDEST
from cs_utils.layers import output_size


def padded_image(x: np.ndarray, pad: int, size: int = 0) -> Picture:
    """Draw an image of numbers with its border of zeros.

    Parameters
    ----------
    x : ndarray (H, W)
    pad : int
        Width of the border.
    size : int, optional
        Side of a window to outline at the first place.

    Raises
    ------
    ValueError
        If x does not have two axes, or the window is larger than the padded image.
    """
    padded = _padded(x, pad)
    if size > min(padded.shape):
        raise ValueError(f"a window of {size} does not fit a padded image of shape {padded.shape}")
    with canvas([[padded.shape]]) as (figure, axes):
        title, corner = f"{by(x.shape)}, padded {by(padded.shape)}", corners([padded.shape])[0]
        _draw_padded(axes, padded, pad, title, corner, (0, 0, size) if size else None)
        outlined = f" A window of {size} by {size} is outlined at its upper left corner." if size else ""
        border = f"with a border of zeros, {pad} wide, which makes it {by(padded.shape)}"
        return Picture(figure, f"An image of {by(x.shape)} numbers {border}.{outlined} The numbers: {say(x)}.")


def strided_filter(x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0) -> Animation:
    """Animate a filter that moves over a padded image in steps of `stride`, and the map as it fills.

    Parameters
    ----------
    x : ndarray (H, W)
        The image, small, because each place is a frame of the animation.
    w : ndarray (F, F)
        The filter.
    stride, pad : int

    Raises
    ------
    ValueError
        If the windows do not fit, or there are more than 25 places.
    """
    y = _correlate(x, w, stride, pad)
    alt = (
        f"A {by(w.shape)} filter moves over a {by(x.shape)} image with a border of zeros {pad} wide, step {stride}. "
        f"At each place the products are added up and fill one entry of the {by(y.shape)} map: {say(y)}."
    )
    return Animation(lambda step: _strided_frame(x, w, y, stride, pad, [step]), y.size, alt)


def strided_filter_still(x: np.ndarray, w: np.ndarray, stride: int, pad: int, places: list[tuple[int, int]]) -> Picture:
    """Draw what `strided_filter` shows at a few places (row, column of the map), one below the other."""
    y = _correlate(x, w, stride, pad)
    expect_places(y, places)
    said = "; ".join(
        f"entry {i}, {j} comes from the window at row {i * stride - pad}, column {j * stride - pad} "
        f"of the image and is {number(y[i, j])}"
        for i, j in places
    )
    figure = _strided_frame(x, w, y, stride, pad, [i * y.shape[1] + j for i, j in places])
    return Picture(figure, f"The padded image with a window, the filter, and the map so far: {said}.")


def _strided_frame(x: np.ndarray, w: np.ndarray, y: np.ndarray, stride: int, pad: int, steps: list[int]) -> Figure:
    """A row of grids for each step: the padded image, the filter, the map."""
    padded, size = _padded(x, pad), len(w)
    shapes = [padded.shape, w.shape, y.shape]
    title = "image x, padded" if pad else "image x"
    with canvas([shapes] * len(steps)) as (figure, axes):
        for row, step in enumerate(steps):
            i, j = divmod(step, y.shape[1])
            of_x, of_w, of_y = corners(shapes, top=row * (len(padded) + GAP))
            _draw_padded(axes, padded, pad, title, of_x, (i * stride, j * stride, size))
            draw_grid(axes, w, "filter w", of_w)
            draw_grid(axes, so_far(y, step), "map y", of_y, ring=(i, j))
        return figure


def size_ladder(rows: Mapping[str, Sequence[int]]) -> Picture:
    """Draw how a map's side changes from layer to layer, as squares in a row; one row per title.

    Raises
    ------
    ValueError
        If there is nothing to draw, or a side is not positive.
    """
    if not rows or any(min(sides, default=0) < 1 for sides in rows.values()):
        raise ValueError("a ladder needs at least one row, and each row sides of at least 1 pixel")
    largest, longest = max(max(sides) for sides in rows.values()), max(len(sides) for sides in rows.values())
    width, height, xlim = min(9.0, 1.15 * longest + 0.4), 1.75 * len(rows), (-0.2, 1.3 * longest)
    with sheet(width, height, xlim, (1.95 * len(rows), 0), aspect="equal") as (figure, axes):
        for row, (title, sides) in enumerate(rows.items()):
            bottom = 1.95 * row + 1.5
            axes.text(-0.1, bottom - 1.15, title, va="bottom")
            for step, side in enumerate(sides):
                _draw_square(axes, 1.3 * step, bottom, side / largest, str(side), arrow=step > 0)
        said = "; ".join(f"{title}: {', then '.join(map(str, sides))}" for title, sides in rows.items())
        return Picture(figure, f"Squares whose side is that of the maps from layer to layer. {said}.")


def _draw_square(axes: Axes, left: float, bottom: float, side: float, text: str, arrow: bool) -> None:
    axes.add_patch(Rectangle((left, bottom - side), side, side, facecolor="0.9", edgecolor="black", linewidth=1.2))
    axes.text(left + side / 2, bottom + 0.2, text, ha="center", va="center")
    if arrow:
        axes.annotate("", (left - 0.03, bottom - 0.12), (left - 0.27, bottom - 0.12), arrowprops={"arrowstyle": "->"})


def receptive_fields(layers: Sequence[tuple[int, int]]) -> Picture:
    """Draw, seen from the side, what one value after a stack of layers depends on, down to the pixels.

    Parameters
    ----------
    layers : sequence of (size, stride)
        The first one is next to the image.

    Raises
    ------
    ValueError
        If there is no layer, or the value sees more than 24 pixels: too many to draw.
    """
    widths = [1]
    for size, stride in reversed(layers):
        widths.insert(0, (widths[0] - 1) * stride + size)
    if not layers or widths[0] > WIDEST:
        raise ValueError(f"one layer or more, which see at most {WIDEST} pixels; these see {widths[0]}")
    centres = _centres(layers, widths)
    height = 1.7 * len(layers)
    xlim, ylim = (-0.7, widths[0] + 10.3), (-1, height + 1)
    with sheet(CELL * (widths[0] + 11), CELL * (height + 2), xlim, ylim, aspect="equal") as (figure, axes):
        for level, (size, stride) in enumerate(layers):
            _draw_cones(axes, centres[level], centres[level + 1], size, stride, 1.7 * level)
        for level, places in enumerate(centres):
            for place in places:
                axes.add_patch(Rectangle((place - 0.4, 1.7 * level - 0.4), 0.8, 0.8, facecolor="0.85", edgecolor="0.3"))
            axes.text(widths[0] + 0.4, 1.7 * level, _label(level, layers, len(places)), va="center", fontsize=9)
        axes.add_patch(Circle((centres[-1][0], height), 0.75, fill=False, edgecolor="black", linewidth=1.8))
        said = ", ".join(f"{width} after layer {level}" for level, width in enumerate(widths) if level)
        alt = f"A stack of layers seen from the side. One value at the top sees {widths[0]} pixels of the image"
        return Picture(figure, f"{alt}; on the way there are as many values as: {said}.")


def _centres(layers: Sequence[tuple[int, int]], widths: list[int]) -> list[np.ndarray]:
    """Where the values of each level are drawn, in pixels: in the middle of their windows."""
    centres = [np.arange(widths[0]) + 0.5]
    for (size, stride), width in zip(layers, widths[1:], strict=True):
        below = centres[-1]
        centres.append(np.array([(below[i * stride] + below[i * stride + size - 1]) / 2 for i in range(width)]))
    return centres


def _draw_cones(axes: Axes, below: np.ndarray, above: np.ndarray, size: int, stride: int, height: float) -> None:
    """Join each value to the window below it."""
    for i, place in enumerate(above):
        first, last = below[i * stride] - 0.4, below[i * stride + size - 1] + 0.4
        cone = [(place - 0.4, height + 1.3), (place + 0.4, height + 1.3), (last, height + 0.4), (first, height + 0.4)]
        axes.add_patch(Polygon(cone, fill=False, edgecolor="0.55", linewidth=0.8))


def _label(level: int, layers: Sequence[tuple[int, int]], width: int) -> str:
    if level == 0:
        return f"image: {width} pixels"
    size, stride = layers[level - 1]
    return f"after layer {level} (F = {size}, S = {stride}): {width} value{'s' * (width > 1)}"


def _padded(x: np.ndarray, pad: int) -> np.ndarray:
    if x.ndim != 2 or pad < 0:
        raise ValueError(f"an image (H, W) and a pad of at least 0 are needed, not {x.shape} and {pad}")
    return np.pad(x, pad)


def _draw_padded(
    axes: Axes,
    padded: np.ndarray,
    pad: int,
    title: str,
    corner: tuple[float, float],
    window: tuple[int, int, int] | None,
) -> None:
    """Draw a grid of numbers whose border of zeros is darker than the image inside it."""
    (height, width), (left, top) = padded.shape, corner
    if pad:
        shade_frame(axes, corner, padded.shape, pad)
        inner = (left + pad, top + pad), width - 2 * pad, height - 2 * pad
        axes.add_patch(Rectangle(*inner, fill=False, edgecolor="black", linewidth=1.2))
    draw_grid(axes, padded, title, corner)
    if window is not None:
        outline_window(axes, corner, *window)


def _correlate(x: np.ndarray, w: np.ndarray, stride: int, pad: int) -> np.ndarray:
    padded, size = _padded(x, pad), len(w)
    rows, columns = (output_size(n, size, stride, pad) for n in x.shape)
    starts = [[(i * stride, j * stride) for j in range(columns)] for i in range(rows)]
    return np.array([[np.sum(padded[i : i + size, j : j + size] * w) for i, j in row] for row in starts], np.float64)
