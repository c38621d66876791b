"""Got, expected, difference: what a failed check draws."""

import numpy as np
from matplotlib.axes import Axes

from cs_utils.figures.axes import panels
from cs_utils.figures.picture import Picture

SIDE = 2.1  # inches of a map's longer side


def comparison(got: np.ndarray, expected: np.ndarray, name: str = "") -> Picture | None:
    """Draw a result, what was expected, and their difference, side by side.

    Got and expected share a scale of grey; the difference has its own, or a small one would be an even grey.

    Parameters
    ----------
    got, expected : ndarray
        Of one shape, ``(H, W)``, ``(H, W, C)`` or ``(N, H, W, C)``. What is drawn is the first map that differs.
    name : str
        What the result is called, so that the picture can say which of its maps is drawn: ``y[0, :, :, 2]``.

    Returns
    -------
    Picture or None
        None if there is no map to draw: fewer than two dimensions, or a side of one.
    """
    index = _first_wrong_map(got, expected)
    if index is None:
        return None
    got_map, expected_map = (np.asarray(array[index], np.float64) for array in (got, expected))
    which = f"{name}[{', '.join(':' if isinstance(i, slice) else str(i) for i in index)}]" if index and name else name
    difference, wrong = got_map - expected_map, ~np.isclose(got_map, expected_map)
    limit, own = _largest(got_map, expected_map), _largest(difference)
    drawn = [(f"got: {which}" if which else "got", got_map, limit), ("expected", expected_map, limit)]
    drawn.append((f"difference, up to {own:.3g}", difference, own))
    with panels(7, 2.4, columns=3) as (figure, every):
        for axes, (title, values, scale) in zip(every[0], drawn, strict=True):
            axes.imshow(values, cmap="gray", vmin=-scale, vmax=scale)
            axes.set(title=title, xticks=[], yticks=[])
            axes.spines[:].set_visible(True)
            _write_numbers(axes, values, scale)
        which = f" of {which}" if which else ""
        return Picture(
            figure, f"Got, expected and difference as grey maps{which}; {wrong.sum()} of {wrong.size} entries differ."
        )


def _largest(*maps: np.ndarray) -> float:
    """Return the largest absolute number that is finite; not 0, so that a scale can end there."""
    finite = [np.abs(values[np.isfinite(values)]) for values in maps]
    return float(np.concatenate(finite).max(initial=0.0)) or 1.0


def _first_wrong_map(got: np.ndarray, expected: np.ndarray) -> tuple[int | slice, ...] | None:
    """Return the index of the first map that differs, or None if the arrays hold no maps."""
    sides = got.shape[1:3] if got.ndim == 4 else got.shape[:2]
    if got.ndim not in (2, 3, 4) or min(sides) < 2:
        return None
    if got.ndim == 2:
        return ()
    wrong = ~np.isclose(got, expected)
    image: tuple[int, ...] = (int(wrong.any(axis=(1, 2, 3)).argmax()),) if got.ndim == 4 else ()
    channel = int(wrong[image].any(axis=(0, 1)).argmax())
    return *image, slice(None), slice(None), channel


def _write_numbers(axes: Axes, values: np.ndarray, limit: float) -> None:
    if values.size > 36 or values.shape[1] > 8:  # there is no room for more
        return
    texts = [f"{value:.3g}" for value in values.flat]
    cell = min(SIDE / values.shape[0], SIDE / values.shape[1])
    size = min(8.0, 72 * cell / (0.65 * max(map(len, texts))))  # points; a digit is 0.65 as wide as it is high
    for (row, column), text in zip(np.ndindex(values.shape), texts):
        colour = "black" if values[row, column] > 0.1 * limit else "white"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
