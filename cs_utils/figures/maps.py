"""Pictures, and the maps that filters make of them."""

from collections.abc import Collection, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cs_utils.figures.axes import panels
from cs_utils.figures.describing import describe, place_of_the_highest
from cs_utils.figures.grids import draw_grid, number
from cs_utils.figures.picture import Picture


def pictures(images: Mapping[str, np.ndarray], alike: Collection[str] = ()) -> Picture:
    """Draw images and maps side by side, each under its title, each with its own scale of grey if not said otherwise.

    Parameters
    ----------
    images : dict of str to ndarray
        By title. (H, W, 3) is drawn in colour, values in [0, 1]; (H, W) in grey, and middle grey is 0 if there are
        negative numbers.
    alike : collection of str, optional
        Titles of maps that share one scale, so that what is small beside another map looks small.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, something is neither (H, W) nor (H, W, 3), or a title in `alike` has no map.
    """
    if not images:
        raise ValueError("there is no picture to draw: images is empty")
    if any(title not in images or images[title].ndim != 2 for title in alike):
        raise ValueError(f"only maps (H, W) that are drawn can be drawn alike, not all of {', '.join(alike)}")
    shared = _scale(*(images[title] for title in alike)) if alike else None
    with panels(min(9.0, 2.3 * len(images)), 2.6, columns=len(images)) as (figure, every):
        for axes, (title, image) in zip(every[0], images.items(), strict=True):
            draw_picture(axes, image, title, shared if title in alike else None)
        said = "; ".join(f"{title}, {_say(image)}" for title, image in images.items())
        return Picture(figure, f"Side by side: {said}." + (f" {', '.join(alike)}: on one scale." if alike else ""))


def window_on_picture(picture: np.ndarray, row: int, column: int, size: int) -> Picture:
    """Draw a picture with one window outlined, and the window alone, enlarged, beside it.

    Parameters
    ----------
    picture : ndarray (H, W) or (H, W, 3)
        In colour: values in [0, 1].
    row, column, size : int
        Where the window begins, and its side, in pixels.

    Raises
    ------
    ValueError
        If the window reaches beyond the picture.
    """
    height, width = picture.shape[:2]
    if not (0 <= row <= height - size and 0 <= column <= width - size):
        raise ValueError(f"a {size}x{size} window at {row}, {column} reaches beyond a {height}x{width} picture")
    with panels(5.6, 2.8, columns=2) as (figure, every):
        left, right = every[0]
        draw_picture(left, picture, f"{height}x{width} pixels")
        for colour, line in (("white", 4.0), ("black", 1.8)):  # one of the two shows on any picture
            corner = (column - 0.5, row - 0.5)
            left.add_patch(Rectangle(corner, size, size, fill=False, edgecolor=colour, linewidth=line))
        draw_picture(right, picture[row : row + size, column : column + size], f"one {size}x{size} window")
        window = picture[row : row + size, column : column + size]
        alt = (
            f"An image of {height} by {width} pixels, {describe(picture)}, with a window of {size} by {size} outlined "
            f"at row {row}, column {column}; beside it that window enlarged, {describe(window)}."
        )
        return Picture(figure, alt)


def filtered(picture: np.ndarray, w: np.ndarray, y: np.ndarray) -> Picture:
    """Draw a picture (H, W), a filter (F, F) as numbers, and the map (H', W') that it makes of the picture."""
    if picture.ndim != 2 or w.ndim != 2 or y.ndim != 2:
        shapes = f"{picture.shape}, {w.shape} and {y.shape}"
        raise ValueError(f"picture, filter and map should have two axes each, but their shapes are {shapes}")
    with panels(7.4, 2.8, columns=3, width_ratios=(3, 2, 3)) as (figure, every):
        left, middle, right = every[0]
        draw_picture(left, picture, "image")
        middle.set(xlim=(-0.1, len(w) + 0.1), ylim=(len(w) + 0.1, -1.2), aspect="equal")
        middle.axis("off")
        draw_grid(middle, w, "filter")
        draw_picture(right, y, "map")
        rows = " / ".join(" ".join(map(number, row)) for row in w)
        return Picture(figure, f"An image, {_say(picture)}; the filter {rows}; and its map, {_say(y)}.")


def activation_maps(y: np.ndarray, titles: list[str] | None = None) -> Picture:
    """Draw the maps of a layer's output side by side, all on one scale: black is the lowest value, white the highest.

    Parameters
    ----------
    y : ndarray (H, W, K)
    titles : list of str, optional
        One per map; without them the maps are numbered.

    Raises
    ------
    ValueError
        If y does not have three axes, or there are not K titles.
    """
    if y.ndim != 3:
        raise ValueError(f"activation maps have the shape (H, W, K), not {y.shape}")
    titles = titles if titles is not None else [f"map {k}" for k in range(y.shape[2])]
    if len(titles) != y.shape[2]:
        raise ValueError(f"{len(titles)} titles for {y.shape[2]} maps")
    with panels(1.5 * y.shape[2], 1.9, columns=y.shape[2]) as (figure, every):
        for k, axes in enumerate(every[0]):
            axes.imshow(y[:, :, k], vmin=y.min(), vmax=y.max())
            axes.set(title=titles[k], xticks=[], yticks=[])
        said = "; ".join(f"{title}: {place_of_the_highest(y[:, :, k])}" for k, title in enumerate(titles))
        return Picture(figure, f"{y.shape[2]} maps of {y.shape[0]} by {y.shape[1]}. Where each is brightest: {said}.")


def draw_picture(axes: Axes, image: np.ndarray, title: str, scale: tuple[float, float] | None = None) -> None:
    """Draw an image in colour (values in [0, 1]) or a map in grey, on its own scale or on this one (black, white)."""
    if image.ndim != 2 and not (image.ndim == 3 and image.shape[2] == 3):
        raise ValueError(f"{title!r} should be (H, W) or (H, W, 3), but its shape is {image.shape}")
    black, white = scale or _scale(image)
    axes.imshow(np.clip(image, 0, 1) if image.ndim == 3 else image, vmin=black, vmax=white)
    axes.set(title=title, xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(True)


def _scale(*maps: np.ndarray) -> tuple[float, float]:
    """The numbers that are drawn black and white; middle grey is 0 if there are negative numbers."""
    largest = max(float(np.abs(values).max()) for values in maps)
    lowest = min(float(values.min()) for values in maps)
    return (-largest if lowest < 0 else lowest), largest


def _say(image: np.ndarray) -> str:
    size = f"{image.shape[0]} by {image.shape[1]}"
    if image.ndim == 3:
        return f"{size}, {describe(image)}"
    return f"{size}, from {number(image.min())} to {number(image.max())}, {describe(image)}"
