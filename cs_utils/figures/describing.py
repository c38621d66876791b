"""What is on an image, in words for readers who can't see it: light or dark, which colours, where and how large."""

import colorsys

import numpy as np

NOISE = 0.5  # neighbouring pixels of a picture correlate more than this; those of noise do not
APART = 0.28  # of the side: pixels that lie farther from their middle than this, on average, are in several places
HUES = ((18, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (200, "turquoise"), (260, "blue"), (300, "purple"))


def describe(image: np.ndarray) -> str:
    """Say what can be seen on an image or a map.

    Parameters
    ----------
    image : ndarray (H, W) or (H, W, 3)
        In colour: values in [0, 1]. A map with negative numbers is described by where it is lowest and highest.

    Returns
    -------
    str
        Such as "light on dark, upper left, about 12 by 12 pixels" or "yellow on dark blue, in the centre, about 20 by
        18 pixels, with a hole". Where no shape stands out from the border, only the brightest place is named.
    """
    if image.ndim == 2 and image.min() < 0 and _near_zero(image) > 0.2:
        return _describe_map(image)
    grey = image if image.ndim == 2 else image.mean(axis=2)
    if float(np.ptp(image)) == 0:
        return "the same everywhere"
    if _smoothness(grey) < NOISE:
        return "mostly noise"
    shape = _foreground(image)
    if shape is None:
        return f"no single shape, brightest {place_of_the_highest(grey)}"
    return _describe_shape(image, shape)


def place_of_the_highest(values: np.ndarray) -> str:
    """Say where the highest twentieth of the numbers of an array (H, W) lies: "upper left", "in several places"."""
    if float(np.ptp(values)) == 0:
        return "nowhere in particular"
    limit = np.sort(values, axis=None)[-max(1, values.size // 20)]  # all that are as high count, unless it is the floor
    return _place_of(values >= limit if limit > values.min() else values > limit)


def describe_template(weights: np.ndarray) -> str:
    """Say what the weights of a class (H, W, C) look like: noise, or where they are positive and negative."""
    if float(np.ptp(weights)) == 0:
        return "the same everywhere"
    if max(_structure(weights[..., c]) for c in range(weights.shape[2])) < 2.5:
        return "looks like noise"
    grey = _means(weights.mean(axis=2), 3)
    shape = _foreground(grey)
    if shape is None or _place_of(shape) == "in several places":
        return f"bright {place_of_the_highest(grey)}, dark {place_of_the_highest(-grey)}"
    return _describe_shape(grey, shape)


def _describe_map(y: np.ndarray) -> str:
    extremes = f"highest {place_of_the_highest(y)}, lowest {place_of_the_highest(-y)}"
    return f"{_near_zero(y):.0%} of it near 0, {extremes}" if _smoothness(y) >= 0.2 else "mostly noise"


def _near_zero(y: np.ndarray) -> float:
    return float((np.abs(y) < 0.1 * np.abs(y).max()).mean())


def _describe_shape(image: np.ndarray, shape: np.ndarray) -> str:
    rows, columns = np.nonzero(shape)
    size = f"about {np.ptp(columns) + 1} by {np.ptp(rows) + 1} pixels"
    place = _place(rows.mean(), columns.mean(), shape.shape)
    return f"{_on_ground(image, shape)}, {place}, {size}" + ", with a hole" * _has_hole(shape)


def _place_of(shape: np.ndarray) -> str:
    rows, columns = np.nonzero(shape)
    away = np.hypot((rows - rows.mean()) / shape.shape[0], (columns - columns.mean()) / shape.shape[1])
    return "in several places" if away.mean() > APART else _place(rows.mean(), columns.mean(), shape.shape)


def _structure(values: np.ndarray) -> float:
    """How much more the means of 5x5 pixels vary than they would if all pixels were independent: 1 for white noise."""
    return float(25 * _means(values, 5).var() / values.var()) if values.var() else 1.0


def _means(values: np.ndarray, size: int) -> np.ndarray:
    """The mean of each pixel's neighbourhood of size by size pixels."""
    padded = np.pad(values, size // 2, mode="edge")
    means: np.ndarray = np.lib.stride_tricks.sliding_window_view(padded, (size, size)).mean(axis=(2, 3))
    return means


def _smoothness(values: np.ndarray) -> float:
    """How much neighbours are alike: the larger correlation of the two directions, 1 for what changes slowly."""
    pairs = [(values[:, :-1], values[:, 1:]), (values[:-1], values[1:])]
    found = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in pairs if a.size > 1 and np.ptp(a) and np.ptp(b)]
    return float(max(found, default=1.0))


def _foreground(image: np.ndarray) -> np.ndarray | None:
    """Return which pixels (H, W) stand out from the border of the image; None if there is no clear difference."""
    pixels = image.reshape(*image.shape[:2], -1)
    edge = np.concatenate([pixels[:2].reshape(-1, pixels.shape[2]), pixels[-2:].reshape(-1, pixels.shape[2])])
    away = np.sqrt(((pixels - np.median(edge, axis=0)) ** 2).sum(axis=2))
    away = _smoothed(away)
    limit = _best_cut(away.ravel())
    shape = _largest_part(away > limit)
    near, far = away[away <= limit], away[shape]
    clear = far.size >= 9 and far.mean() - near.mean() > 2 * (near.std() + far.std())
    return shape if clear and shape.mean() < 0.7 else None


def _smoothed(values: np.ndarray) -> np.ndarray:
    """The median of each pixel and its four neighbours: specks and noise go, edges stay."""
    padded = np.pad(values, 1, mode="edge")
    middle = padded[1:-1, 1:-1]
    around = [padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]
    smoothed: np.ndarray = np.median([middle, *around], axis=0)
    return smoothed


def _best_cut(values: np.ndarray) -> float:
    """Otsu's threshold: the cut between two groups whose means lie farthest apart (IEEE Trans. SMC 9, 1979, 62-66)."""
    cuts = np.linspace(values.min(), values.max(), 34)[1:-1]
    apart = []
    for cut in cuts:
        low, high = values[values <= cut], values[values > cut]
        apart.append(low.size * high.size * (high.mean() - low.mean()) ** 2 if low.size and high.size else 0.0)
    return float(cuts[int(np.argmax(apart))])


def _largest_part(pixels: np.ndarray) -> np.ndarray:
    """Return the pixels of the largest part that hangs together; parts at least a tenth as large belong to it."""
    left, parts = pixels.copy(), []
    while left.any():
        start = np.zeros_like(left)
        start[np.unravel_index(left.argmax(), left.shape)] = True
        part = _grown(start, left)
        parts.append(part)
        left &= ~part
    largest = max((part.sum() for part in parts), default=0)
    kept = np.zeros_like(pixels)
    for part in parts:
        kept |= part & (part.sum() >= 0.1 * largest)
    return kept


def _grown(start: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Return all pixels of `within` that can be reached from `start`, from each to its four neighbours."""
    reached: np.ndarray = start & within
    while True:
        more = reached.copy()
        more[1:] |= reached[:-1]
        more[:-1] |= reached[1:]
        more[:, 1:] |= reached[:, :-1]
        more[:, :-1] |= reached[:, 1:]
        more &= within
        if (more == reached).all():
            return reached
        reached = more


def _has_hole(shape: np.ndarray) -> bool:
    """Is there background that can't be reached from the border, at least a twentieth as large as the shape?"""
    ground = np.pad(~shape, 1, constant_values=True)
    corner = np.zeros_like(ground)
    corner[0, 0] = True
    inside = ground & ~_grown(corner, ground)
    return bool(inside.sum() >= 0.05 * shape.sum())


def _place(row: float, column: float, shape: tuple[int, ...]) -> str:
    down = ("upper", "", "lower")[_third(row, shape[0])]
    across = ("left", "", "right")[_third(column, shape[1])]
    if down and across:
        return f"{down} {across}"
    return {"upper": "at the top", "lower": "at the bottom"}.get(down) or (
        f"on the {across}" if across else "in the centre"
    )


def _third(at: float, size: int) -> int:
    """Which part of a side a place belongs to; the middle part is two fifths."""
    share = (at + 0.5) / size
    return 0 if share < 0.3 else 2 if share > 0.7 else 1


def _on_ground(image: np.ndarray, shape: np.ndarray) -> str:
    figure, ground = (np.median(image[mask], axis=0) for mask in (shape, ~shape))
    if image.ndim == 2:
        return "light on dark" if figure > ground else "dark on light"
    return f"{colour(figure)} on {colour(ground)}"


def colour(rgb: np.ndarray) -> str:
    """Name a colour of three values in [0, 1], such as "dark blue"."""
    red, green, blue = (float(np.clip(value, 0, 1)) for value in rgb)
    hue, lightness, _ = colorsys.rgb_to_hls(red, green, blue)
    if max(red, green, blue) - min(red, green, blue) < 0.1:
        return "black" if lightness < 0.15 else "white" if lightness > 0.85 else _shaded(lightness, "grey")
    name = next((name for limit, name in HUES if 360 * hue < limit), "pink" if 360 * hue < 345 else "red")
    if name == "orange" and lightness < 0.35:
        return "brown"
    return _shaded(lightness, name)


def _shaded(lightness: float, name: str) -> str:
    return f"dark {name}" if lightness < 0.35 else f"light {name}" if lightness > 0.65 else name
