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
        Of one shape, ``(H, W)``, ``(H, W, C)`` or ``(N, H, W, C)``. What is drawn is the first map that differs; its
        title says which one it is. The difference has greys of its own, so that a small one can be seen, too.

    Returns
    -------
    Picture or None
        None if there is no map to draw: fewer than two dimensions, or a side of one.
    """
    which = _first_wrong_map(got, expected)
    got_map, expected_map = (array[which].astype(np.float64) for array in (got, expected))
    if got_map.ndim != 2 or min(got_map.shape) < 2:
        return None
    place = "[" + ", ".join(":" if isinstance(i, slice) else str(i) for i in which) + "]" if got.ndim > 2 else ""
    maps = {f"got{place}": got_map, f"expected{place}": expected_map, "difference": got_map - expected_map}
    with panels(7, 2.4, columns=3) as (figure, every):
        for axes, (title, values) in zip(every[0], maps.items(), strict=True):
            alike = [values] if title == "difference" else [got_map, expected_map]
            limit = max(float(np.nan_to_num(np.abs(alike), posinf=0.0).max()), 1e-12)
            axes.imshow(values, cmap="gray", vmin=-limit, vmax=limit)
            axes.set(title=title, xticks=[], yticks=[])
            axes.spines[:].set_visible(True)
            _write_numbers(axes, values, limit)
        wrong = int((~np.isclose(got_map, expected_map)).sum())
        where = f" of the map {place}" if place else ""
        text = f"Got, expected and difference{where} as grey maps; {wrong} of {got_map.size} entries differ."
        return Picture(figure, text)


def _first_wrong_map(got: np.ndarray, expected: np.ndarray) -> tuple[int | slice, ...]:
    """Return the index of the first map of two dimensions in which they differ; of fewer dimensions, of all."""
    if got.ndim not in (3, 4):
        return (slice(None),) * got.ndim
    place = np.argwhere(~np.isclose(got, expected))
    first = tuple(place[0]) if len(place) else (0,) * got.ndim
    image = (int(first[0]),) if got.ndim == 4 else ()
    of_this_image = place[(place[:, 0] == first[0])] if got.ndim == 4 else place
    channel = int(of_this_image[:, -1].min()) if len(place) else 0
    return (*image, slice(None), slice(None), channel)


def _write_numbers(axes: Axes, values: np.ndarray, limit: float) -> None:
    if values.size > 36 or values.shape[1] > 8:  # there is no room for more
        return
    digits = 3 if values.shape[1] <= 4 else 2  # narrower cells
    for (row, column), value in np.ndenumerate(values):
        colour = "black" if value > 0.1 * limit else "white"
        axes.text(column, row, f"{value:.{digits}g}", ha="center", va="center", color=colour, fontsize=8)
