"""What several exercises of lesson 02 use: where a filter fits, and cases with and without depth."""

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercises.shared import draw

# Filter size, depth and number of filters: none of them follows from another.
SIZES = ((1, 4, 3), (2, 1, 2), (3, 3, 4), (4, 2, 1), (5, 3, 2))


def map_shape(image: tuple[int, ...], filt: tuple[int, ...]) -> tuple[int, int]:
    """Return the rows and columns of the map; raise ValueError for a filter that does not fit."""
    (height, width, *depth), (size, _, *filter_depth) = image, filt
    if size > height or size > width:
        raise ValueError(f"a {size}x{size} filter on a {height}x{width} image")
    if depth != filter_depth:
        raise ValueError(f"a filter of depth {filter_depth[0]} on an image of depth {depth[0]}")
    return height - size + 1, width - size + 1


def unequal_sides(rng: np.random.Generator, size: int) -> tuple[int, int]:
    """Return two different sides on which a filter of this size fits, either one the larger."""
    short = size + int(rng.integers(1, 3))
    sides = (short, short + int(rng.integers(1, 3)))
    return sides if rng.random() < 0.5 else sides[::-1]


def plane(rng: np.random.Generator, height: int, width: int, size: int, dtype: DTypeLike = np.float64) -> Case:
    """Return a case of an image and a filter without depth."""
    return Case({"x": draw(rng, dtype, height, width), "w": draw(rng, dtype, size, size)})


def square_planes(rng: np.random.Generator) -> list[Case]:
    """Return cases of 3x3 filters on square images."""
    return [plane(rng, 5, 5, 3), plane(rng, 6, 6, 3), plane(rng, 7, 7, 3, np.float32)]


def planes_of_any_size(rng: np.random.Generator) -> list[Case]:
    """Return cases of filters of extent 1 to 5 on images of unequal sides, and of one as large as its image."""
    uneven = [plane(rng, *unequal_sides(rng, size), size) for size in (1, 2, 3, 4, 5)]
    exact = [plane(rng, 4, 4, 4), plane(rng, 3, 5, 3), plane(rng, 5, 3, 3)]  # as large as the filter, as high, as wide
    return [plane(rng, 4, 7, 2, np.float32), plane(rng, 7, 4, 3), *uneven, *exact]


def layer(
    rng: np.random.Generator, shape: tuple[int, ...], size: int, filters: int, dtype: DTypeLike = np.float64
) -> Case:
    """Return a case of several filters with their biases, on one image or on a batch: `shape` says which."""
    x, w = draw(rng, dtype, *shape), draw(rng, dtype, size, size, shape[-1], filters)
    return Case({"x": x, "w": w, "b": draw(rng, dtype, filters)})
