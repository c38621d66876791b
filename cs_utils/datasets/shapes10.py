"""Ten classes of small colour pictures, drawn by code: the stand-in where no copy of CIFAR-10 is at hand.

Every picture shows one shape on a shaded background, with three specks and some noise. The shape's position, size and
rotation, its colours and those of the background are drawn anew for each picture and tell nothing about its class: only
edges and corners do.

A shape is given by its signed distance: how many pixels a point lies outside (> 0) or inside (< 0) its outline. That
number, clipped at half a pixel on either side, says how much ink a pixel gets, so that edges come out smooth. Only
+, -, *, /, square roots and comparisons are used, because IEEE 754 rounds these alike everywhere (it does not say so of
sine and cosine): the same seed gives the same bytes on every machine.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cs_utils.datasets.dataset import Dataset
from cs_utils.datasets.registry import register

Array = NDArray[np.floating]

SIDE = 32  # pixels
NOISE = 12  # the most by which noise changes a channel of a pixel, of 255
CHUNK = 100  # pictures drawn at a time, so that their arrays stay in the processor's cache

DARK = "1c264a 461e42 124642 682222 343438 283e18 184268 583814"
LIGHT = "face54 f4966e 96d6aa 94c8f0 eee8d6 e2a0ce beb0f0 cade6e"
PALETTES = np.array([[tuple(bytes.fromhex(colour)) for colour in row.split()] for row in (DARK, LIGHT)])


def disc(u: Array, v: Array, r: Array) -> Array:
    distance: Array = np.sqrt(u * u + v * v) - r
    return distance


def ring(u: Array, v: Array, r: Array) -> Array:
    distance: Array = np.abs(disc(u, v, 0.8 * r)) - 0.2 * r
    return distance


def square(u: Array, v: Array, r: Array) -> Array:
    distance: Array = np.maximum(np.abs(u), np.abs(v)) - 0.85 * r
    return distance


def frame(u: Array, v: Array, r: Array) -> Array:
    distance: Array = np.abs(square(u, v, 0.8 * r)) - 0.18 * r
    return distance


def triangle(u: Array, v: Array, r: Array) -> Array:
    distance: Array = np.maximum(v, 0.75**0.5 * np.abs(u) - 0.5 * v) - 0.55 * r
    return distance


def cross(u: Array, v: Array, r: Array) -> Array:
    longer, shorter = np.maximum(np.abs(u), np.abs(v)), np.minimum(np.abs(u), np.abs(v))
    distance: Array = np.maximum(longer - r, shorter - 0.28 * r)
    return distance


def star(u: Array, v: Array, r: Array) -> Array:
    """Five lines bound the star; its points lie beyond one of them at most, so the second largest distance decides."""
    largest = second = np.full_like(u, -SIDE)
    for x, y in ((0, 1), (0.951, 0.309), (0.588, -0.809), (-0.588, -0.809), (-0.951, 0.309)):
        from_line = x * u + y * v
        second = np.maximum(second, np.minimum(largest, from_line))
        largest = np.maximum(largest, from_line)
    distance: Array = second - 0.38 * r
    return distance


def crescent(u: Array, v: Array, r: Array) -> Array:
    return np.maximum(disc(u, v, r), -disc(u - 0.5 * r, v, 0.8 * r))


def bars(u: Array, period: Array) -> Array:
    """Endless bars, half a period wide; one is centred on u = 0."""
    distance: Array = np.abs(u - period * np.floor(u / period + 0.5)) - 0.25 * period
    return distance


def stripes(u: Array, v: Array, r: Array) -> Array:
    return np.maximum(square(u, v, r), bars(u, 0.62 * r))


def checks(u: Array, v: Array, r: Array) -> Array:
    across, down = bars(u, 0.76 * r), bars(v, 0.76 * r)
    either_not_both = np.maximum(np.minimum(across, down), -np.maximum(across, down))
    return np.maximum(square(u, v, r), either_not_both)


# A class is the index of its shape. Each function takes the coordinates u, v of the pixels as seen from the shape's
# centre and its radius r, all in pixels, and returns the signed distance of every pixel.
SHAPES: tuple[Callable[[Array, Array, Array], Array], ...] = (
    disc,
    ring,
    square,
    frame,
    triangle,
    cross,
    star,
    crescent,
    stripes,
    checks,
)
CLASS_NAMES = tuple(shape.__name__ for shape in SHAPES)


@register
def load_shapes10(seed: int = 0, train: int = 10_000, test: int = 2_000, download: bool = True) -> Dataset:
    """Draw shapes10: images of ten shapes, 32x32x3. The same seed gives the same bytes on every machine.

    Parameters
    ----------
    seed : int
        Not negative. The two splits are drawn from separate streams of random numbers.
    train, test : int
        How many images to draw for each split.
    download : bool
        Every loader of the registry has it; nothing is ever downloaded here.

    Returns
    -------
    Dataset
    """
    splits = [(images.copy(), labels.copy()) for images, labels in _splits(seed, train, test)]
    return Dataset("shapes10", *splits[0], *splits[1], CLASS_NAMES)


@lru_cache(maxsize=1)
def _splits(seed: int, train: int, test: int) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Images and labels of both splits. Drawing takes seconds, so the last ones are kept: callers get copies."""
    return [draw(number, np.random.default_rng([seed, split])) for split, number in enumerate((train, test))]


def _between(rng: np.random.Generator, low: int, high: int, n: int) -> Array:
    """Random numbers (n, 1, 1, 1) from low to high in steps of 1/256."""
    return rng.integers(256 * low, 256 * high, (n, 1, 1, 1), endpoint=True).astype(np.float32) / 256


def _coordinates(rng: np.random.Generator, n: int, reach: int) -> tuple[Array, Array]:
    """Coordinates u, v of all pixels, (n, 1, 32, 32) each, in axes turned by a random angle about a random centre.

    The centre lies at most `reach` pixels left or right of, and above or below, the middle of the picture.
    """
    axis = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    x, y = axis - _between(rng, -reach, reach, n), axis[:, None] - _between(rng, -reach, reach, n)
    t = _between(rng, -1, 1, n)  # t = tan(angle / 2) gives sine and cosine without calling them
    half_turn = 2 * rng.integers(0, 2, (n, 1, 1, 1)).astype(np.float32) - 1
    cos, sin = half_turn * (1 - t * t) / (1 + t * t), half_turn * 2 * t / (1 + t * t)
    return cos * x + sin * y, cos * y - sin * x


def _colours(rng: np.random.Generator, light: NDArray[np.int64]) -> Array:
    """One colour per picture, (n, 3, 1, 1), near one from the palette that `light` (n,) picks: 0 dark, 1 light."""
    n = len(light)
    colours = PALETTES[light, rng.integers(0, PALETTES.shape[1], n)] + rng.integers(-20, 21, (n, 3))
    return colours.astype(np.float32)[:, :, None, None]


def _paint(pictures: Array, distance: Array, colours: Array) -> None:
    ink = np.clip(0.5 - distance, 0, 1)
    pictures += (colours - pictures) * ink


def _draw(rng: np.random.Generator, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pictures (n, 32, 32, 3) of the shapes that `labels` (n,) names."""
    n = len(labels)
    light_ground = rng.integers(0, 2, n)
    along, _ = _coordinates(rng, n, reach=5)
    pictures = np.repeat(_colours(rng, light_ground), SIDE * SIDE, axis=2).reshape(n, 3, SIDE, SIDE)
    _paint(pictures, along / SIDE, _colours(rng, light_ground))
    for _ in range(3):
        speck = disc(*_coordinates(rng, n, reach=15), _between(rng, 1, 2, n))
        _paint(pictures, speck, _colours(rng, rng.integers(0, 2, n)))
    u, v = _coordinates(rng, n, reach=4)
    r = _between(rng, 7, 12, n)
    distance = np.empty_like(u)
    for label, shape in enumerate(SHAPES):
        of_class = labels == label
        distance[of_class] = shape(u[of_class], v[of_class], r[of_class])
    _paint(pictures, distance, _colours(rng, 1 - light_ground))
    pictures += rng.integers(-NOISE, NOISE, pictures.shape, np.int8, endpoint=True)
    return np.rint(np.clip(pictures, 0, 255)).astype(np.uint8).transpose(0, 2, 3, 1)


def draw(n: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw n pictures, equally many of each class (give or take one), in random order.

    Parameters
    ----------
    n : int
        Number of pictures.
    rng : numpy.random.Generator
        Where everything random comes from.

    Returns
    -------
    images : (n, 32, 32, 3) uint8
        Red, green and blue from 0 to 255, channels last.
    labels : (n,) uint8
        Classes: indices into `CLASS_NAMES`.
    """
    labels = rng.permutation(np.arange(n) % len(SHAPES)).astype(np.uint8)
    images = np.empty((n, SIDE, SIDE, 3), np.uint8)
    for start in range(0, n, CHUNK):
        part = slice(start, start + CHUNK)
        images[part] = _draw(rng, labels[part])
    return images, labels
