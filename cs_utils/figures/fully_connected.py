"""The pictures of lesson 01: an image as a row of numbers, neurons and their templates, scores as bars, the loss."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cs_utils.figures.axes import panels, plot, sheet
from cs_utils.figures.describing import describe, describe_template
from cs_utils.figures.grids import number
from cs_utils.figures.maps import draw_picture
from cs_utils.figures.picture import Picture

DOTS = 7  # the most neurons of one layer that are drawn
LETTERS = "RGB"


def image_to_vector(image: np.ndarray, pixels: int = 3) -> Picture:
    """Draw an image, and the row of numbers that it becomes: its first pixels, number by number, and its last.

    Parameters
    ----------
    image : ndarray (H, W, 3) of uint8
    pixels : int
        How many of the first pixels to draw, at most W.

    Raises
    ------
    ValueError
        If the image has another shape, or its first row fewer pixels.
    """
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"an image in colour has the shape (H, W, 3), not {image.shape}")
    height, width, _ = image.shape
    if not 1 <= pixels <= width:
        raise ValueError(f"the first row has {width} pixels; {pixels} of them can't be drawn")
    row = image.reshape(-1)
    with panels(8.4, 2.7, columns=2, width_ratios=(1, 2.6)) as (figure, every):
        left, right = every[0]
        draw_picture(left, image / 255, f"image: {height} x {width} x 3")
        for place, (i, j) in enumerate([*((0, j) for j in range(pixels)), (height - 1, width - 1)]):
            for colour, line in (("white", 3.0), ("black", 1.2)):
                left.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=colour, linewidth=line))
            _draw_pixel(right, image[i, j], place, (i, j), 3 * (i * width + j))
        right.text(3.7 * pixels - 0.35, 0.5, "…", ha="center", va="center", fontsize=14)
        right.set(xlim=(-0.3, 3.7 * (pixels + 1) + 0.4), ylim=(-1.1, 2.6), title=f"row: {row.size:,} numbers")
        right.axis("off")
        first = " ".join(str(value) for value in row[: 3 * pixels])
        last = " ".join(str(value) for value in row[-3:])
        alt = (
            f"An image of {height} by {width} pixels in colour, {describe(image / 255)}, and the row of {row.size} "
            f"numbers that it becomes: red, green and blue of the first {pixels} pixels, {first}, and so on, up to "
            f"the last pixel, {last}."
        )
        return Picture(figure, alt)


def templates(w: np.ndarray, names: Sequence[str]) -> Picture:
    """Draw the weights of each class as a small image, in two rows, each on its own scale; middle grey is 0.

    Parameters
    ----------
    w : ndarray (H, W, C, K)
        C = 3 is drawn in colour, C = 1 in grey.
    names : list of str
        One per class.

    Raises
    ------
    ValueError
        If w has another number of axes or channels, or the names are not K.
    """
    if w.ndim != 4 or w.shape[2] not in (1, 3):
        raise ValueError(f"templates have the shape (H, W, 1, K) or (H, W, 3, K), not {w.shape}")
    if len(names) != w.shape[3]:
        raise ValueError(f"{len(names)} names for {w.shape[3]} templates")
    columns = -(-len(names) // 2)
    largest = np.maximum(np.abs(w).max(axis=(0, 1, 2)), 1e-12)
    with panels(1.35 * columns, 3.1, 2, columns) as (figure, every):
        for axes in every.flat:
            axes.axis("off")
        for axes, name, weights in zip(every.flat, names, np.moveaxis(w / largest, 3, 0)):
            axes.imshow(
                np.squeeze(0.5 + 0.5 * weights, axis=2) if w.shape[2] == 1 else 0.5 + 0.5 * weights, vmin=0, vmax=1
            )
            axes.set_title(name)
        said = "; ".join(f"{name}: {describe_template(w[..., k])}" for k, name in enumerate(names))
        return Picture(figure, f"{len(names)} templates, {w.shape[0]} by {w.shape[1]} pixels. {said}.")


def class_bars(groups: Mapping[str, np.ndarray], names: Sequence[str], mark: int | None = None) -> Picture:
    """Draw one number per class as a bar, the same classes in each panel, each panel with a scale of its own.

    Parameters
    ----------
    groups : dict of str to ndarray (K,)
        By the panel's title, such as "scores" and "probabilities".
    names : list of str
        One per class.
    mark : int, optional
        The class whose name gets an arrow, and whose bars are hatched: the right one, say.

    Raises
    ------
    ValueError
        If there is no group, or one does not hold a number for each name.
    """
    if not groups:
        raise ValueError("there are no bars to draw: groups is empty")
    for title, values in groups.items():
        if np.shape(values) != (len(names),):
            raise ValueError(f"{title!r} should hold {len(names)} numbers, but its shape is {np.shape(values)}")
    places = np.arange(len(names))
    width, height = 1.4 + 2.4 * len(groups), 0.7 + 0.28 * len(names)
    with panels(width, height, columns=len(groups), sharey=True) as (figure, every):
        for axes, (title, values) in zip(every[0], groups.items()):
            bars = axes.barh(places, values, color="0.75", edgecolor="black", linewidth=0.8)
            axes.bar_label(bars, [number(value) for value in values], padding=3, fontsize=8)
            axes.axvline(0, color="black", linewidth=0.8)
            axes.set(title=title, xticks=[], yticks=places, yticklabels=_with_arrow(names, mark))
            axes.margins(x=0.3)
            axes.spines[["bottom", "left"]].set_visible(False)
            axes.tick_params(axis="y", length=0)
            if mark is not None:
                bars[mark].set_hatch("///")
        axes.invert_yaxis()  # shared: the first class is on top in all panels
        said = "; ".join(f"{t}: {', '.join(map(_say, names, values))}" for t, values in groups.items())
        marked = "" if mark is None else f" {names[mark]} is marked."
        return Picture(figure, f"Bars. {said}.{marked}")


def neurons(layers: Mapping[str, int]) -> Picture:
    """Draw a fully connected net: one column of dots per layer, one line per weight; one neuron's lines are bold.

    Parameters
    ----------
    layers : dict of str to int
        How many numbers each layer has, by what they are called; the first layer is the input. Of a large layer only
        a few are drawn.

    Raises
    ------
    ValueError
        If there are fewer than two layers.
    """
    if len(layers) < 2:
        raise ValueError(f"a net has an input and at least one layer, not {len(layers)} columns")
    columns = [_dots(i, size) for i, size in enumerate(layers.values())]
    xlim, ylim = (-0.6, len(layers) - 0.4), (-1.0, 1.25)
    with sheet(2.1 * len(layers) + 0.6, 3.2, xlim, ylim, margin=True) as (figure, axes):
        for left, right in itertools.pairwise(columns):
            for x, y in right:
                bold = (x, y) == columns[1][0]
                for u, v in left:
                    axes.plot((u, x), (v, y), color="black" if bold else "0.8", lw=1.3 if bold else 0.5, zorder=bold)
        for (name, size), dots in zip(layers.items(), columns, strict=True):
            xs, ys = zip(*dots)
            axes.scatter(xs, ys, s=70, facecolor="white", edgecolor="black", zorder=3)
            axes.text(xs[0], 1.0, f"{size:,}\n{name}", ha="center", va="bottom")
            if size > DOTS:
                axes.text(xs[0], -0.22, "⋮", ha="center", va="center", fontsize=14, zorder=4)
        sizes = ", then ".join(f"{size} {name}" for name, size in layers.items())
        alt = (
            f"A fully connected net as columns of dots: {sizes}. A line goes from each dot to every dot of the next "
            f"column; those of one neuron, from all {next(iter(layers.values()))} inputs, are bold."
        )
        return Picture(figure, alt)


def loss_of_probability(probabilities: Mapping[str, float]) -> Picture:
    """Draw the curve -log p from 0 to 1, with some probabilities of the right class marked on it.

    Parameters
    ----------
    probabilities : dict of str to float
        In (0, 1], by what is written beside them.

    Raises
    ------
    ValueError
        If one is outside (0, 1].
    """
    if outside := {name: p for name, p in probabilities.items() if not 0 < p <= 1}:
        raise ValueError(f"probabilities lie above 0 and are at most 1, not {outside}")
    p = np.linspace(0.004, 1, 250)
    with plot(5.2, 2.9) as (figure, axes):
        axes.plot(p, -np.log(p), color="black")
        for name, value in probabilities.items():
            loss = -np.log(value)
            axes.plot(value, loss, "o", color="white", markeredgecolor="black", markersize=8)
            axes.annotate(f"{name}: {number(loss)}", (value, loss), (8, 6), textcoords="offset points", fontsize=9)
        axes.set(
            xlabel="p: probability of the right class", ylabel="loss, $-\\log p$", xlim=(0, 1.12), ylim=(-0.15, 5.5)
        )
        said = "; ".join(f"{name}: p {value:.2f}, loss {-np.log(value):.2f}" for name, value in probabilities.items())
        return Picture(figure, f"The loss, minus log p, falls from very large near p = 0 to 0 at p = 1. {said}.")


def _draw_pixel(axes: Axes, values: np.ndarray, place: int, pixel: tuple[int, int], index: int) -> None:
    """Draw three numbers of the row as cells, with the pixel above and their indices below."""
    left = 3.7 * place
    for c, value in enumerate(values):
        axes.add_patch(Rectangle((left + c, 0), 1, 1, facecolor="0.95", edgecolor="black", linewidth=1.0))
        axes.text(left + c + 0.5, 0.5, value, ha="center", va="center", fontsize=8.5)
        axes.text(left + c + 0.5, 1.2, LETTERS[c], ha="center", va="bottom", fontsize=8.5)
        axes.text(left + c + 0.5, -0.2, str(index + c), ha="center", va="top", fontsize=7, color="0.3")
    axes.text(left + 1.5, 1.9, f"pixel ({pixel[0]}, {pixel[1]})", ha="center", va="bottom", fontsize=8.5)


def _dots(column: int, size: int) -> list[tuple[float, float]]:
    """Where the neurons of a layer are drawn; of a large one the first ones and, below a gap, the last."""
    drawn = np.linspace(0.85, -0.85, DOTS)
    if size > DOTS:
        return [(float(column), float(y)) for y in np.delete(drawn, 4)]
    return [(float(column), float(y)) for y in np.linspace(0.85, -0.85, size + 2)[1:-1]]


def _with_arrow(names: Sequence[str], mark: int | None) -> list[str]:
    return [f"▶ {name}" if k == mark else name for k, name in enumerate(names)]


def _say(name: str, value: float) -> str:
    return f"{name} {number(value)}"
