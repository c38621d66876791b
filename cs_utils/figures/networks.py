"""What is inside a net: its filters, what they answer most strongly, and the maps that they make of an image."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cs_utils.figures.axes import panels, sheet
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


def strongest_windows(images: np.ndarray, maps: np.ndarray, w: np.ndarray, each: int = 6, around: int = 7) -> Picture:
    """Draw filters in colour, and beside each the places of images to which it gives its largest answers.

    Parameters
    ----------
    images : ndarray (N, H, W, 3) of uint8
    maps : ndarray (N, H, W, K)
        Of these images, of their size.
    w : ndarray (F, F, 3, K)
        The filters; in each, middle grey is 0.
    each : int
        Places per filter, each from another image; those whose surroundings leave the image don't count.
    around : int
        Side of what is shown of a place, in pixels; odd.

    Raises
    ------
    ValueError
        If the shapes don't belong together, `around` is even, or there are fewer than `each` images.
    """
    if images.ndim != 4 or maps.shape != (*images.shape[:3], w.shape[-1]) or w.ndim != 4 or w.shape[2] != 3:
        raise ValueError(f"images {images.shape}, maps {maps.shape} and filters {w.shape} don't belong together")
    if around % 2 == 0 or len(images) < each:
        raise ValueError(f"{each} places of {len(images)} images, each with an odd number around, not {around}")
    count, columns = w.shape[-1], 2 if w.shape[-1] > 1 else 1
    rows, said = -(-count // columns), []
    size = columns * (each + 2.0), float(rows)  # in cells; one pair of axes for all, because making many takes a second
    with sheet(0.6 * size[0], 0.6 * size[1], (0, size[0]), (size[1], 0)) as (figure, axes):
        for k in range(count):
            left, top = (k // rows) * (each + 2.0) + 0.6, k % rows + 0.06
            windows = _strongest(images, maps[..., k], each, around)
            _draw_square(axes, 0.5 + 0.5 * w[..., k] / max(float(np.abs(w[..., k]).max()), 1e-12), left, top)
            axes.text(left - 0.15, top + 0.44, f"{k}", ha="right", va="center", fontsize=9)
            for i, window in enumerate(windows):
                _draw_square(axes, window, left + 1.2 + i, top)
            middle = (around - w.shape[0]) // 2
            inner = windows[:, middle : around - middle, middle : around - middle]
            said.append(f"filter {k}, {_say_windows(inner / 255)}")
        axes.set(xlim=(0, size[0]), ylim=(size[1], 0), aspect="auto")
        alt = f"{count} filters, and beside each the {each} places that it answers most strongly. What these show: "
        return Picture(figure, alt + "; ".join(said) + ".")


def _draw_square(axes: Axes, image: np.ndarray, left: float, top: float) -> None:
    axes.imshow(image, extent=(left, left + 0.88, top + 0.88, top))


def _strongest(images: np.ndarray, answers: np.ndarray, each: int, around: int) -> np.ndarray:
    """The surroundings (each, around, around, 3) of the largest answers, the strongest first, one per image."""
    half = around // 2
    inside = answers[:, half : answers.shape[1] - half, half : answers.shape[2] - half]
    flat = inside.reshape(len(inside), -1)
    found = []
    for n in np.argsort(-flat.max(axis=1), kind="stable")[:each]:
        top, left = divmod(int(flat[n].argmax()), inside.shape[2])
        found.append(images[n, top : top + around, left : left + around])
    return np.array(found)


def _say_windows(windows: np.ndarray) -> str:
    """What windows (N, F, F, 3), values from 0 to 1, share: a light side, a light middle, or an even colour."""
    mean = windows.mean(axis=0)
    grey = mean.mean(axis=2)
    down, right = (np.diff(grey.mean(axis=1 - axis)[[0, -1]])[0] for axis in (0, 1))
    names = [(right, "right"), (-right, "left"), (down, "bottom"), (-down, "top")]
    contrast = sorted(((size, side) for size, side in names if size > 0.08), reverse=True)
    if contrast:
        sides = [side for size, side in contrast if size > 0.5 * contrast[0][0]]
        return f"light at the {' and '.join(sides)}"
    middle = float(grey[1:-1, 1:-1].mean() - grey.mean()) if len(grey) > 2 else 0.0
    if abs(middle) > 0.05:
        return f"a {'light' if middle > 0 else 'dark'} middle"
    red, green, blue = mean.mean(axis=(0, 1))
    return f"even, {red:.0%} red, {green:.0%} green, {blue:.0%} blue"


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
