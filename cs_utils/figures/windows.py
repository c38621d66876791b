"""Where the windows of a layer are: along one axis, and on a square of pixels."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cs_utils.figures.axes import sheet
from cs_utils.figures.grids import CELL
from cs_utils.figures.picture import Picture

WIDEST = 24  # pixels of a drawn axis: more would be too small to read
MOST = 36  # windows drawn on a square of pixels, each on a grid of its own
TINY = 0.15  # inches per cell of these grids


def window_places(n: int, size: int, strides: Sequence[int], pad: int = 0) -> Picture:
    """Draw the places of a window on an axis, one stride below the other; pixels that are left over are crossed out.

    Parameters
    ----------
    n, size : int
        Pixels of the axis and of the window.
    strides : sequence of int
    pad : int
        Zeros on each side, drawn grey.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the window is larger than the padded axis, or the axis longer than 24 pixels.
    """
    length = n + 2 * pad
    if not 0 < size <= length <= WIDEST:
        raise ValueError(f"a window of {size} on {length} pixels can't be drawn: 1 to {length}, on at most {WIDEST}")
    starts = {stride: range(0, length - size + 1, stride) for stride in strides}
    rows = sum(len(places) for places in starts.values()) * 0.45 + len(strides) * 2.1
    with sheet(CELL * (length + 9), CELL * rows, (-0.5, length + 8.5), (rows, 0)) as (figure, axes):
        top = 0.4
        for stride, places in starts.items():
            top = _draw_places(axes, n, size, stride, pad, places, top)
        said = "; ".join(_say_places(n, size, stride, pad, places) for stride, places in starts.items())
        border = f" with a border of zeros {pad} wide" if pad else ""
        return Picture(figure, f"Windows of {size} on an axis of {n} pixels{border}: {said}.")


def _draw_places(axes: Axes, n: int, size: int, stride: int, pad: int, places: range, top: float) -> float:
    """Draw one axis with a bar for each window below it; return where the next axis begins."""
    length, end = n + 2 * pad, places[-1] + size
    for i in range(length):
        inside = pad <= i < n + pad
        axes.add_patch(Rectangle((i, top), 1, 1, facecolor="white" if inside else "0.85", edgecolor="0.4"))
        axes.text(i + 0.5, top + 0.55, str(i - pad) if inside else "", ha="center", va="center", fontsize=8)
        if i >= end:
            axes.plot([i + 0.1, i + 0.9], [top + 0.1, top + 0.9], color="black", linewidth=1)
            axes.plot([i + 0.1, i + 0.9], [top + 0.9, top + 0.1], color="black", linewidth=1)
    for row, start in enumerate(places):
        height = top + 1.35 + 0.45 * row
        axes.plot([start + 0.1, start + size - 0.1], [height, height], color="black", linewidth=3)
    count, rest = len(places), length - end
    verdict = f"{count} places" if rest == 0 else f"{(length - size) / stride + 1:.2f}: does not fit, {rest} left over"
    axes.text(length + 0.4, top + 0.55, f"S = {stride}:  {verdict}", va="center", fontsize=10)
    return top + 1.7 + 0.45 * count


def _say_places(n: int, size: int, stride: int, pad: int, places: range) -> str:
    begins = f"with stride {stride} they begin at {', '.join(str(place - pad) for place in places)}"
    rest = n + 2 * pad - places[-1] - size
    if rest == 0:
        return f"{begins}: {len(places)} places"
    count = (n + 2 * pad - size) / stride + 1
    return f"{begins}, and {rest} pixel{'s are' if rest > 1 else ' is'} left over: {count:.2f} does not fit"


def window_grid(n: int, size: int, stride: int, pad: int = 0) -> Picture:
    """Draw every place of a window on an image of n by n pixels, a small grid for each, in the order of the map.

    Parameters
    ----------
    n, size, stride : int
        Pixels along each axis of the image and of the window, and from one window to the next.
    pad : int
        Zeros on each side, drawn grey.

    Returns
    -------
    Picture
        Pixels that no window reaches, because the stride does not fit, are crossed out.

    Raises
    ------
    ValueError
        If the window is larger than the padded image, the image wider than 24 pixels, or there are more than 36 places.
    """
    length = n + 2 * pad
    if not 0 < size <= length <= WIDEST:
        raise ValueError(f"a window of {size} on {length} pixels can't be drawn: 1 to {length}, on at most {WIDEST}")
    starts = range(0, length - size + 1, stride)
    if len(starts) ** 2 > MOST:
        raise ValueError(f"{len(starts)} by {len(starts)} windows are too many to draw: at most {MOST}")
    apart, rest = length + 2.5, length - starts[-1] - size
    side = apart * len(starts)
    with sheet(TINY * side, TINY * side, (-0.5, side - 0.5), (side - 0.5, -1.5), aspect="equal") as (figure, axes):
        for i, top in enumerate(starts):
            for j, left in enumerate(starts):
                corner = (apart * j, apart * i)
                axes.text(corner[0], corner[1] - 0.3, f"({i}, {j})", fontsize=7)
                _draw_place(axes, corner, length, pad, rest, (top, left, size))
        return Picture(figure, _say_grid(n, size, stride, pad, starts, rest))


def _draw_place(
    axes: Axes, corner: tuple[float, float], length: int, pad: int, rest: int, window: tuple[int, int, int]
) -> None:
    """Draw the padded pixels with one window, shaded and outlined; cross out the last `rest` rows and columns."""
    (across, down), (top, left, size) = corner, window
    for row in range(length):
        for column in range(length):
            x, y = across + column, down + row
            inside = pad <= min(row, column) and max(row, column) < length - pad
            colour = "white" if inside else "0.85"
            axes.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="0.6", linewidth=0.6))
            if max(row, column) >= length - rest:
                axes.plot([x + 0.15, x + 0.85], [y + 0.15, y + 0.85], color="black", linewidth=0.7)
                axes.plot([x + 0.15, x + 0.85], [y + 0.85, y + 0.15], color="black", linewidth=0.7)
    place = (across + left, down + top)
    axes.add_patch(Rectangle(place, size, size, facecolor="0.4", alpha=0.6, edgecolor="none", zorder=2))
    axes.add_patch(Rectangle(place, size, size, fill=False, edgecolor="black", linewidth=2, zorder=3))


def _say_grid(n: int, size: int, stride: int, pad: int, starts: range, rest: int) -> str:
    border = f" with a border of zeros {pad} wide" if pad else ""
    begins = ", ".join(str(start - pad) for start in starts)
    left = "; no pixel is left over"
    if rest:
        ends = "row and column are" if rest == 1 else f"{rest} rows and columns are"
        left = f"; the last {ends} in no window: stride {stride} does not fit"
    return (
        f"An image of {n} by {n} pixels{border}, drawn once for each place of a {size} by {size} window with stride "
        f"{stride}: {len(starts)} rows of {len(starts)} places. They begin at rows and columns {begins}{left}."
    )
