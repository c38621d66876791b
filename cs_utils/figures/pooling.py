"""Pooling windows, their maxima, and where the gradient goes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from cs_utils.figures.axes import plot
from cs_utils.figures.grids import canvas, corners, draw_grid, number, say
from cs_utils.figures.picture import Animation, Picture
from cs_utils.layers import max_pool2d, max_pool2d_backward

# Neighbouring windows differ in line style, so that overlapping ones can be told apart in grey.
WINDOW_LINES = (("-", "--"), (":", "-."))
MARKERS = "osD^v*"


def pooling_windows(x: np.ndarray, size: int, stride: int) -> Picture:
    """Draw a map with its pooling windows outlined and the maximum of each ringed, and the pooled map beside it.

    Where windows overlap, shared pixels are shaded, and the lines differ; the pooled number of a window has the same
    line around it.

    Parameters
    ----------
    x : ndarray (H, W)
    size, stride : int

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If x is no map, or the windows don't fit (see `output_size`).
    """
    y = _pooled(x, size, stride)
    places = list(np.ndindex(y.shape))
    count = _coverage(x.shape, size, stride, places)
    with canvas([[x.shape, y.shape]]) as (figure, axes):
        of_x, of_y = corners([x.shape, y.shape])
        draw_grid(axes, x, "x", of_x)
        draw_grid(axes, y, "y", of_y)
        _shade_shared(axes, of_x, count)
        for i, j in places:
            _outline(axes, of_x, (i * stride, j * stride), size, (i, j), inset=_inset(size, stride))
            _outline(axes, of_y, (i, j), 1, (i, j), inset=0.05)
        _ring_all(axes, of_x, _is_maximum(x, size, stride, places))
    shared = int((count > 1).sum())
    alt = (
        f"A {x.shape[0]} by {x.shape[1]} grid of numbers; each {size} by {size} window has its maximum ringed: "
        f"{', '.join(map(number, y.ravel()))}."
    )
    return Picture(figure, alt + (f" {shared} of the numbers lie in more than one window." if shared else ""))


def max_pool_gradient(x: np.ndarray, dy: np.ndarray, size: int, stride: int) -> Picture:
    """Draw where max pooling sends its gradient: a map with its maxima ringed, dy, and dx with the same rings.

    Parameters
    ----------
    x : ndarray (H, W)
    dy : ndarray (H', W')
        The upstream gradient, a number for each window.
    size, stride : int

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If x is no map, the windows don't fit, or dy does not have one number for each of them.
    """
    dx, maxima = _sent_back(x, dy, size, stride), _is_maximum(x, size, stride, list(np.ndindex(dy.shape)))
    alt = (
        f"A map x with {int(maxima.sum())} maxima of {size} by {size} windows ringed: {say(x)}. The gradient dy of the "
        f"windows: {say(dy)}. It goes to the ringed places alone, so that dx is: {say(dx)}."
    )
    return Picture(_gradient_frame(x, dy, size, stride), alt)


def max_pool_gradient_steps(x: np.ndarray, dy: np.ndarray, size: int, stride: int) -> Animation:
    """Animate `max_pool_gradient`: window after window hands its dy to its maxima, and dx adds up."""
    dx = _sent_back(x, dy, size, stride)
    alt = (
        f"Window after window, {dy.size} of them, hands its entry of dy to the place of its maximum. Where that place "
        f"has a gradient already, the two are added. In the end dx is: {say(dx)}."
    )
    return Animation(lambda step: _gradient_frame(x, dy, size, stride, step), dy.size, alt)


def change_under_shift(shifts: Sequence[int], curves: Mapping[str, Sequence[float]]) -> Picture:
    """Draw how much maps change when their image moves: one line per kind of pooling, one marker per shift.

    Parameters
    ----------
    shifts : sequence of int
        By how many pixels the image moved.
    curves : dict of str to sequence of float
        By kind of pooling: the relative change at each shift.

    Raises
    ------
    ValueError
        If there is no curve, or one does not have a number for each shift.
    """
    if not curves or any(len(values) != len(shifts) for values in curves.values()):
        lengths = ", ".join(f"{name} {len(values)}" for name, values in curves.items()) or "none"
        raise ValueError(f"every curve needs {len(shifts)} numbers, one for each shift; got {lengths}")
    with plot(5.6, 3.0) as (figure, axes):
        for k, (name, values) in enumerate(curves.items()):
            axes.plot(shifts, values, marker=MARKERS[k % len(MARKERS)], color="black", linewidth=1.2, clip_on=False)
            axes.annotate(name, (shifts[-1], values[-1]), xytext=(8, 0), textcoords="offset points", va="center")
        axes.set(xlabel="the image moves by ... pixels", ylabel="change of the maps", xticks=list(shifts))
        axes.set_ylim(bottom=0)
    said = "; ".join(f"{name}: {', '.join(map(number, values))}" for name, values in curves.items())
    steps = ", ".join(map(str, shifts))
    return Picture(figure, f"Lines of the relative change of maps when the image moves by {steps} pixels. {said}.")


def _pooled(x: np.ndarray, size: int, stride: int) -> np.ndarray:
    if np.ndim(x) != 2:
        raise ValueError(f"x should be one map, (H, W), but its shape is {np.shape(x)}")
    return max_pool2d(x[None, :, :, None], size, stride)[0, :, :, 0]


def _sent_back(x: np.ndarray, dy: np.ndarray, size: int, stride: int) -> np.ndarray:
    expected = _pooled(x, size, stride).shape
    if dy.shape != expected:
        raise ValueError(f"dy should have one number for each window, {expected}, but its shape is {dy.shape}")
    return max_pool2d_backward(dy[None, :, :, None], x[None, :, :, None], size, stride)[0, :, :, 0]


def _window(place: tuple[int, ...], size: int, stride: int) -> tuple[slice, slice]:
    """The pixels that the output at `place` depends on."""
    i, j = place
    return np.s_[i * stride : i * stride + size, j * stride : j * stride + size]


def _coverage(shape: tuple[int, ...], size: int, stride: int, places: list[tuple[int, ...]]) -> np.ndarray:
    """In how many of the windows that belong to these places of the output each pixel is."""
    count = np.zeros(shape, int)
    for place in places:
        count[_window(place, size, stride)] += 1
    return count


def _is_maximum(x: np.ndarray, size: int, stride: int, places: list[tuple[int, ...]]) -> np.ndarray:
    """Which pixels are the maximum of one of the windows that belong to these places of the output."""
    found = np.zeros(x.shape, bool)
    for place in places:
        window = _window(place, size, stride)
        found[window] |= x[window] == x[window].max()
    return found


def _gradient_frame(x: np.ndarray, dy: np.ndarray, size: int, stride: int, step: int | None = None) -> Figure:
    """x, dy and dx with all windows and their maxima; or, at a step, with one window and dx so far."""
    places = list(np.ndindex(dy.shape))
    given = dy if step is None else np.where(np.arange(dy.size).reshape(dy.shape) <= step, dy, 0.0)
    dx, shapes = _sent_back(x, given, size, stride), [x.shape, dy.shape, x.shape]
    shown = places if step is None else [places[step]]
    maxima = _is_maximum(x, size, stride, shown)
    with canvas([shapes]) as (figure, axes):
        of_x, of_dy, of_dx = corners(shapes)
        draw_grid(axes, dy, "dy", of_dy)
        for i, j in shown:
            _outline(axes, of_dy, (i, j), 1, (i, j), inset=0.05)
        for values, title, corner in ((x, "x", of_x), (dx, "dx", of_dx)):
            draw_grid(axes, values, title, corner)
            for i, j in shown:
                _outline(axes, corner, (i * stride, j * stride), size, (i, j), inset=_inset(size, stride))
            _ring_all(axes, corner, maxima)
        return figure


def _inset(size: int, stride: int) -> float:
    """How far inside its cells a window is outlined: overlapping outlines must not hide each other."""
    return 0.05 if stride < size else 0.0


def _outline(
    axes: Axes, corner: tuple[float, float], place: tuple[int, int], side: int, window: tuple[int, int], inset: float
) -> None:
    """Draw the border of a window that begins at `place`, in the line style of window (i, j)."""
    start = (corner[0] + place[1] + inset, corner[1] + place[0] + inset)
    line = WINDOW_LINES[window[0] % 2][window[1] % 2]
    axes.add_patch(
        Rectangle(start, side - 2 * inset, side - 2 * inset, fill=False, linewidth=2.0, linestyle=line, zorder=3)
    )


def _ring_all(axes: Axes, corner: tuple[float, float], places: np.ndarray) -> None:
    for row, column in np.argwhere(places):
        centre = (corner[0] + column + 0.5, corner[1] + row + 0.5)
        axes.add_patch(Circle(centre, 0.38, fill=False, edgecolor="black", linewidth=1.6, zorder=4))


def _shade_shared(axes: Axes, corner: tuple[float, float], count: np.ndarray) -> None:
    """Shade pixels that lie in more than one window, the darker the more; count (H, W)."""
    for row, column in np.argwhere(count > 1):
        grey = f"{1 - 0.06 * count[row, column]:.2f}"
        place = (corner[0] + column, corner[1] + row)
        axes.add_patch(Rectangle(place, 1, 1, facecolor=grey, edgecolor="none", zorder=0))
