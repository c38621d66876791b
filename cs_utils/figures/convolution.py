"""A filter that moves over a picture: one channel, the full depth, and the map that it makes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cs_utils.figures.grids import GAP, by, canvas, corners, draw_grid, expect_places, number, say, so_far
from cs_utils.figures.picture import Animation, Picture


def sliding_filter(x: np.ndarray, w: np.ndarray) -> Animation:
    """Animate a filter that slides over one channel: window, products, and the map as it fills.

    Parameters
    ----------
    x : ndarray (H, W)
        The picture, small, because each of the (H - F + 1) * (W - F + 1) places is a frame.
    w : ndarray (F, F)
        The filter.

    Returns
    -------
    Animation

    Raises
    ------
    ValueError
        If the filter does not fit the picture, or there are more than 25 places.
    """
    y = _correlate(x[:, :, None], w[:, :, None], 0.0)
    alt = (
        f"A {len(w)} by {len(w)} filter slides over a {x.shape[0]} by {x.shape[1]} image, row by row. "
        f"At each place the products are added up and fill one entry of the map: {say(y)}."
    )
    return Animation(lambda step: _slide_frame(x, w, y, [step]), y.size, alt)


def sliding_filter_still(x: np.ndarray, w: np.ndarray, places: list[tuple[int, int]]) -> Picture:
    """Draw what `sliding_filter` shows at a few places (row, column of the map), one below the other."""
    y = _correlate(x[:, :, None], w[:, :, None], 0.0)
    expect_places(y, places)
    said = "; ".join(f"at row {i}, column {j} the products add up to {number(y[i, j])}" for i, j in places)
    figure = _slide_frame(x, w, y, [i * y.shape[1] + j for i, j in places])
    return Picture(figure, f"The window on the image, the filter, their products, and the map so far: {said}.")


def volume_filter(x: np.ndarray, w: np.ndarray, b: float) -> Animation:
    """Animate a filter that spans the full depth of a small volume.

    Parameters
    ----------
    x : ndarray (H, W, C)
        The volume; its channels are drawn one below the other.
    w : ndarray (F, F, C)
        The filter.
    b : float
        The bias.

    Returns
    -------
    Animation

    Raises
    ------
    ValueError
        If the filter does not fit the volume, or there are more than 25 places.
    """
    y = _correlate(x, w, b)
    alt = (
        f"A filter of {by(w.shape)} moves over a volume of {by(x.shape)}. At each place the sums of the {x.shape[2]} "
        f"channels and the bias {number(b)} are added up to one entry of the map: {say(y)}."
    )
    return Animation(lambda step: _volume_frame(x, w, b, y, step), y.size, alt)


def volume_filter_still(x: np.ndarray, w: np.ndarray, b: float, place: tuple[int, int]) -> Picture:
    """Draw what `volume_filter` shows at one place (row, column of the map)."""
    y = _correlate(x, w, b)
    expect_places(y, [place])
    i, j = place
    sums = " + ".join(number(value) for value in _channel_sums(x, w, i, j))
    alt = (
        f"The channels of a volume of {by(x.shape)}, each with the window at row {i}, column {j} outlined, beside the "
        f"slices of the filter. The channels' sums and the bias: {sums} + {number(b)} = {number(y[i, j])}."
    )
    return Picture(_volume_frame(x, w, b, y, i * y.shape[1] + j), alt)


def _correlate(x: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    size = len(w)
    if size > min(x.shape[:2]) or w.shape[2] != x.shape[2]:
        raise ValueError(f"a filter of shape {w.shape} does not fit a picture of shape {x.shape}")
    rows, columns = x.shape[0] - size + 1, x.shape[1] - size + 1
    return np.array(
        [[np.sum(x[i : i + size, j : j + size] * w) + b for j in range(columns)] for i in range(rows)], np.float64
    )


def _slide_frame(x: np.ndarray, w: np.ndarray, y: np.ndarray, steps: list[int]) -> Figure:
    """A row of grids for each step: the picture, the filter, the products, the map."""
    size, shapes = len(w), [x.shape, w.shape, w.shape, y.shape]
    with canvas([shapes] * len(steps)) as (figure, axes):
        for row, step in enumerate(steps):
            i, j = divmod(step, y.shape[1])
            products = x[i : i + size, j : j + size] * w
            of_x, of_w, of_products, of_y = corners(shapes, top=row * (len(x) + GAP))
            draw_grid(axes, x, "image x", of_x, window=(i, j, size))
            draw_grid(axes, w, "filter w", of_w)
            draw_grid(axes, products, f"products, sum {number(products.sum())}", of_products)
            draw_grid(axes, so_far(y, step), "map y", of_y, ring=(i, j))
        return figure


def _channel_sums(x: np.ndarray, w: np.ndarray, i: int, j: int) -> np.ndarray:
    return np.asarray(np.sum(x[i : i + len(w), j : j + len(w)] * w, axis=(0, 1)))


def _volume_frame(x: np.ndarray, w: np.ndarray, b: float, y: np.ndarray, step: int) -> Figure:
    """A row for each channel: its slice of the volume, its slice of the filter and their sum; the map on the right."""
    depth, size = x.shape[2], len(w)
    i, j = divmod(step, y.shape[1])
    sums = _channel_sums(x, w, i, j)
    shapes = [x.shape, w.shape, y.shape]
    with canvas([shapes] * depth) as (figure, axes):
        for p in range(depth):
            of_x, of_w, of_y = corners(shapes, top=p * (len(x) + GAP))
            draw_grid(axes, x[:, :, p], f"x, channel {p}", of_x, window=(i, j, size))
            draw_grid(axes, w[:, :, p], f"w, channel {p}", of_w)
            _write_below(axes, f"sum of products: {number(sums[p])}", of_w, w.shape)
            if p == depth // 2:
                terms = " + ".join(map(number, sums)).replace("+ \N{MINUS SIGN}", "\N{MINUS SIGN} ")
                draw_grid(axes, so_far(y, step), "map y", of_y, ring=(i, j))
                _write_below(axes, f"{terms}\n+ bias {number(b)} = {number(y[i, j])}", of_y, y.shape)
        return figure


def _write_below(axes: Axes, text: str, corner: tuple[float, float], shape: tuple[int, ...]) -> None:
    """Write a line or two under a grid."""
    axes.text(corner[0] + shape[1] / 2, corner[1] + shape[0] + 0.2, text, ha="center", va="top", fontsize=9)
