"""Got, expected, difference: what a failed check draws."""

import numpy as np
from matplotlib.axes import Axes

from cs_utils.figures.axes import panels
from cs_utils.figures.picture import Picture


def comparison(got: np.ndarray, expected: np.ndarray) -> Picture | None:
    """Draw a result, what was expected, and their difference, side by side.

    Parameters
    ----------
    got, expected : ndarray
        Of one shape, ``(H, W)``, ``(H, W, C)`` or ``(N, H, W, C)``. What is drawn is the first map that differs.

    Returns
    -------
    Picture or None
        None if there is no map to draw: fewer than two dimensions, or a side of one.
    """
    wrong_map = _first_wrong_map(got, expected)
    if wrong_map is None:
        return None
    got_map, expected_map = wrong_map
    maps = {"got": got_map, "expected": expected_map, "difference": got_map - expected_map}
    limit = max(float(np.nanmax(np.abs([got_map, expected_map]))), 1e-12)
    with panels(7, 2.4, columns=3) as (figure, every):
        for axes, (title, values) in zip(every[0], maps.items(), strict=True):
            axes.imshow(values, cmap="gray", vmin=-limit, vmax=limit)
            axes.set(title=title, xticks=[], yticks=[])
            axes.spines[:].set_visible(True)
            _write_numbers(axes, values, limit)
        wrong = int((~np.isclose(got_map, expected_map)).sum())
        return Picture(figure, f"Got, expected and difference as grey maps; {wrong} of {got_map.size} entries differ.")


def _first_wrong_map(got: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    if got.ndim == 4:
        index = int(np.argmax([not np.allclose(g, e) for g, e in zip(got, expected, strict=True)]))
        got, expected = got[index], expected[index]
    if got.ndim == 3:
        wrong = [not np.allclose(got[..., c], expected[..., c]) for c in range(got.shape[-1])]
        got, expected = got[..., int(np.argmax(wrong))], expected[..., int(np.argmax(wrong))]
    if got.ndim != 2 or min(got.shape) < 2:
        return None
    return got.astype(np.float64), expected.astype(np.float64)


def _write_numbers(axes: Axes, values: np.ndarray, limit: float) -> None:
    if values.size > 36 or values.shape[1] > 8:  # there is no room for more
        return
    for (row, column), value in np.ndenumerate(values):
        colour = "black" if value > 0.1 * limit else "white"
        axes.text(column, row, f"{value:.3g}", ha="center", va="center", color=colour, fontsize=8)
