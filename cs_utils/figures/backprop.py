"""How gradients flow: a net as a chain, windows as rows of a matrix, and a convolution's gradient as a correlation."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cs_utils.figures.axes import sheet
from cs_utils.figures.grids import GAP, canvas, corners, draw_grid, number, outline_window, say, shade_frame, so_far
from cs_utils.figures.picture import Animation, Picture

Named = tuple[str, tuple[int, ...]]  # a value's name and its shape
STEP, BOX = 2.4, 1.3  # units from one value of a chain to the next, and the width of a layer between them
BACK = {"arrowstyle": "->", "lw": 1.5, "linestyle": "--"}  # gradients are not marked by colour alone


def computation_graph(
    values: Sequence[Named], steps: Sequence[str], parameters: Mapping[str, Sequence[Named]]
) -> Picture:
    """Draw a chain of layers: values forward along the top, their gradients back along the bottom.

    Parameters
    ----------
    values : sequence of (name, shape)
        What goes in, what each step gives; the shape () is a single number.
    steps : sequence of str
        The layers' names, all different: one less than values.
    parameters : dict of str to sequence of (name, shape)
        For layers that have some: their weights, drawn below with their gradients.

    Raises
    ------
    ValueError
        If there is not one step fewer than values, or parameters belong to no step.
    """
    if len(steps) != len(values) - 1 or len(set(steps)) != len(steps):
        raise ValueError(f"{len(values)} values have {len(values) - 1} different steps between them, not {list(steps)}")
    if not set(parameters) <= set(steps):
        raise ValueError(f"parameters for {', '.join(set(parameters) - set(steps))}, which is no step of the chain")
    with sheet(1.7 * len(steps), 2.3, (-0.7, STEP * len(steps) + 0.7), (-2.1, 1.3)) as (figure, axes):
        for i, (name, shape) in enumerate(values):
            _draw_value(axes, STEP * i, name, shape)
        for i, step in enumerate(steps):
            _draw_step(axes, STEP * (i + 0.5), step, parameters.get(step, ()))
        forward = ", ".join(
            f"{step} gives {name} {_by(shape)}" for step, (name, shape) in zip(steps, values[1:], strict=True)
        )
        backward = ", ".join(f"d{name}" for name, _ in reversed(values[:-1]))
        learned = "; ".join(f"{step}: {_say_parameters(named)}" for step, named in parameters.items())
        alt = (
            f"A chain of layers. Forward, from {values[0][0]} {_by(values[0][1])}: {forward}. Back along the bottom "
            f"run the gradients {backward}, each of its value's shape. Gradients of parameters: {learned}."
        )
        return Picture(figure, alt)


def _draw_value(axes: Axes, across: float, name: str, shape: tuple[int, ...]) -> None:
    """A value, its shape and an arrow forward; below, dashed, the gradient back. That of the loss itself is 1."""
    left, right = across - (STEP - BOX) / 2, across + (STEP - BOX) / 2
    axes.text(across, 0.78, name, ha="center", va="bottom", fontsize=11, weight="bold")
    axes.text(across, 0.68, _by(shape), ha="center", va="top", fontsize=9)
    axes.annotate("", (right, 0.25), (left, 0.25), arrowprops={"arrowstyle": "->", "lw": 1.5})
    axes.annotate("", (left, -0.3), (right, -0.3), arrowprops=BACK)
    axes.text(across, -0.72, f"d{name}" if shape else "1", ha="center", va="center", fontsize=11, style="italic")


def _draw_step(axes: Axes, across: float, name: str, parameters: Sequence[Named]) -> None:
    """A box with the layer's name, and below it the gradients of its parameters."""
    axes.add_patch(Rectangle((across - BOX / 2, -0.95), BOX, 1.9, facecolor="0.92", edgecolor="black", linewidth=1.2))
    axes.text(across, 0.0, name, ha="center", va="center", fontsize=10)
    if parameters:
        axes.annotate("", (across, -1.5), (across, -0.97), arrowprops=BACK)
        axes.text(across, -1.55, _say_parameters(parameters), ha="center", va="top", fontsize=9)


def _say_parameters(parameters: Sequence[Named]) -> str:
    return ", ".join(f"d{name} {_by(shape)}" for name, shape in parameters)


def patches_as_rows(x: np.ndarray, w: np.ndarray, row: int) -> Picture:
    """Draw im2col: an image, its windows as the rows of a matrix, times the filter as a column, gives all outputs.

    Parameters
    ----------
    x : ndarray (H, W)
        A small image.
    w : ndarray (F, F)
        The filter, moved with stride 1.
    row : int
        Which window, and thus which row, is outlined.

    Raises
    ------
    ValueError
        If the filter does not fit, or there is no such row.
    """
    size = _fitting_size(x, w)
    columns = x.shape[1] - size + 1
    cols = np.array(
        [x[i : i + size, j : j + size].ravel() for i in range(x.shape[0] - size + 1) for j in range(columns)], float
    )
    if not 0 <= row < len(cols):
        raise ValueError(f"there are {len(cols)} windows, 0 to {len(cols) - 1}, and no window {row}")
    i, j = divmod(row, columns)
    flat, y = w.reshape(-1, 1), cols @ w.reshape(-1, 1)
    shapes = [x.shape, w.shape, cols.shape, flat.shape, y.shape]
    with canvas([shapes]) as (figure, axes):
        of_x, of_w, of_cols, of_flat, of_y = corners(shapes)
        draw_grid(axes, x, "x", of_x, window=(i, j, size))
        draw_grid(axes, w, "w", of_w)
        draw_grid(axes, cols, "im2col(x)", of_cols)
        draw_grid(axes, flat, "w, laid out", of_flat)
        draw_grid(axes, y, "y", of_y, ring=(row, 0))
        line = Rectangle((of_cols[0], of_cols[1] + row), size**2, 1, fill=False, edgecolor="black", linewidth=2.5)
        axes.add_patch(line)
        for (left, top), shape, sign in ((of_cols, cols.shape, "@"), (of_flat, flat.shape, "=")):
            axes.text(left + shape[1] + GAP / 2, top + shape[0] / 2, sign, ha="center", va="center", fontsize=13)
        alt = (
            f"An image of {_by(x.shape)} numbers with the window at row {i}, column {j} outlined. Its {size**2} "
            f"numbers, {say(cols[row : row + 1])}, are row {row} of a matrix of {_by(cols.shape)}, outlined as well. "
            f"The matrix times the filter as a column, {say(flat.T)}, gives {say(y.T)}."
        )
        return Picture(figure, alt)


def full_correlation(dy: np.ndarray, w: np.ndarray, place: tuple[int, int]) -> Picture:
    """Draw dx as the correlation of dy, with a border of F - 1 zeros, with the flipped filter.

    Parameters
    ----------
    dy : ndarray (H', W')
        The upstream gradient of a convolution with stride 1 and no padding.
    w : ndarray (F, F)
        Its filter.
    place : (int, int)
        Row and column of dx whose window is outlined.

    Raises
    ------
    ValueError
        If something does not have two axes, or dx has no such place.
    """
    dx, size = _full_correlation(dy, w), len(w)
    if not (0 <= place[0] < dx.shape[0] and 0 <= place[1] < dx.shape[1]):
        raise ValueError(f"dx has {dx.shape[0]} rows and {dx.shape[1]} columns: there is no place {place}")
    alt = (
        f"dy, {_by(dy.shape)}, with a border of zeros {size - 1} wide; the filter {say(w)}; the same flipped, "
        f"{say(w[::-1, ::-1])}; and dx, {_by(dx.shape)}: {say(dx)}. The window outlined at row {place[0]}, column "
        f"{place[1]} gives the ringed entry, {number(dx[place])}."
    )
    return Picture(_correlation_frame(dy, w, dx, place), alt)


def full_correlation_steps(dy: np.ndarray, w: np.ndarray) -> Animation:
    """Animate `full_correlation`: the flipped filter moves over dy and its border, and dx fills, entry by entry.

    Raises
    ------
    ValueError
        If something does not have two axes, or dx has more than 25 entries.
    """
    dx = _full_correlation(dy, w)
    alt = (
        f"The flipped filter, {say(w[::-1, ::-1])}, moves over dy with a border of zeros {len(w) - 1} wide. At each "
        f"place the products are added up and fill one entry of dx, in the end: {say(dx)}."
    )

    def draw(step: int) -> Figure:
        return _correlation_frame(dy, w, so_far(dx, step), divmod(step, dx.shape[1]))

    return Animation(draw, dx.size, alt)


def _full_correlation(dy: np.ndarray, w: np.ndarray) -> np.ndarray:
    if dy.ndim != 2 or w.ndim != 2 or w.shape[0] != w.shape[1]:
        raise ValueError(f"dy (H', W') and a square filter (F, F) are needed, not {dy.shape} and {w.shape}")
    size, framed = len(w), np.pad(dy, len(w) - 1)
    dx = np.zeros((dy.shape[0] + size - 1, dy.shape[1] + size - 1))
    for i, j in np.ndindex(dx.shape):
        dx[i, j] = np.sum(framed[i : i + size, j : j + size] * w[::-1, ::-1])
    return dx


def _correlation_frame(dy: np.ndarray, w: np.ndarray, dx: np.ndarray, place: tuple[int, int]) -> Figure:
    """dy with its border and a window at `place`, the filter, the flipped filter, and dx; NaN is an empty cell."""
    size, framed = len(w), np.pad(dy, len(w) - 1)
    shapes = [framed.shape, w.shape, w.shape, dx.shape]
    with canvas([shapes]) as (figure, axes):
        of_dy, of_w, of_flipped, of_dx = corners(shapes)
        shade_frame(axes, of_dy, framed.shape, size - 1)
        draw_grid(axes, framed, "dy, border of zeros", of_dy)
        outline_window(axes, of_dy, *place, size)
        draw_grid(axes, w, "w", of_w)
        draw_grid(axes, w[::-1, ::-1], "flipped", of_flipped)
        draw_grid(axes, dx, "dx", of_dx, ring=place)
        return figure


def _fitting_size(x: np.ndarray, w: np.ndarray) -> int:
    if x.ndim != 2 or w.ndim != 2 or w.shape[0] != w.shape[1] or len(w) > min(x.shape):
        raise ValueError(f"an image (H, W) and a square filter that fits it are needed, not {x.shape} and {w.shape}")
    return len(w)


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) if shape else "1 number"
