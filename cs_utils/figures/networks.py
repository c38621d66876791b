"""What is inside a net: its filters, and the maps that they make of an image."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from cs_utils.figures.axes import panels
from cs_utils.figures.picture import Picture, style


def filters(groups: Mapping[str, np.ndarray]) -> Picture:
    """Draw filters as small colour images, one row per group; each has its own scale, and middle grey is 0.

    Parameters
    ----------
    groups : dict of str to ndarray (F, F, 3, K)
        Such as "before" and "after" training; K is the same in all.

    Raises
    ------
    ValueError
        If there is no group, or one does not hold K filters of depth 3.
    """
    shapes = {w.shape for w in groups.values()}
    if len(shapes) != 1 or len(shape := shapes.pop()) != 4 or shape[2] != 3:
        found = ", ".join(f"{name} {w.shape}" for name, w in groups.items()) or "none"
        raise ValueError(f"filters are drawn from arrays of one shape (F, F, 3, K); got {found}")
    extent, _, _, count = shape
    with panels(0.75 * count, 0.95 * len(groups), len(groups), count) as (figure, every):
        for row, (name, w) in zip(every, groups.items()):
            for k, axes in enumerate(row):
                largest = max(float(np.abs(w[..., k]).max()), 1e-12)
                axes.imshow(0.5 + 0.5 * w[..., k] / largest)
                axes.set(xticks=[], yticks=[])
            row[0].set_ylabel(name, rotation=0, ha="right", va="center")
        said = "; ".join(f"{name}: {_say_filters(w)}" for name, w in groups.items())
        return Picture(figure, f"{count} filters of {extent} by {extent} pixels, drawn in colour, a row each: {said}.")


def maps_of_image(image: np.ndarray, maps: np.ndarray) -> Picture:
    """Draw an image, and beside it the K maps that a layer makes of it, in two rows; white is the largest number.

    Parameters
    ----------
    image : ndarray (H, W, 3) of uint8
    maps : ndarray (H', W', K)

    Raises
    ------
    ValueError
        If the maps do not have three axes.
    """
    if maps.ndim != 3:
        raise ValueError(f"maps have the shape (H, W, K), not {maps.shape}")
    height, width, count = maps.shape
    columns = -(-count // 2)
    with style():
        figure = Figure(figsize=(0.95 * (columns + 2), 2.2), layout="constrained")
        left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=(2, columns))[0]
        axes = left.subplots()
        axes.imshow(image)
        axes.set(title="image", xticks=[], yticks=[])
        every = right.subplots(2, columns, squeeze=False).ravel()
        for k, axes in enumerate(every):
            axes.axis("off")
            if k < count:
                axes.imshow(maps[..., k], vmin=maps.min(), vmax=maps.max())
                axes.set_title(f"map {k}", fontsize=8)
        silent = int((maps.reshape(-1, count).max(axis=0) <= 0).sum())
        strongest = int(maps.reshape(-1, count).max(axis=0).argmax())
        return Picture(
            figure,
            f"An image and {count} maps of it, {height} by {width} pixels, white where a filter answers most. "
            f"The strongest answer is in map {strongest}; {silent} maps are zero throughout.",
        )


def _say_filters(w: np.ndarray) -> str:
    """How many filters are mostly one colour: their mean colour has more than half of their sum of squares."""
    one_colour = w.shape[0] * w.shape[1] * (w.mean(axis=(0, 1)) ** 2).sum(axis=0) > 0.5 * (w**2).sum(axis=(0, 1, 2))
    return f"{int(one_colour.sum())} are mostly one colour, {int((~one_colour).sum())} change from side to side"
