"""What exercises of several lessons draw their cases from."""

import math

import numpy as np
from numpy.typing import DTypeLike

# Rows of scores in which each class is once the best and once the worst. What is subtracted from a row must be its
# maximum: less the first column, the last, the mean or the median, exp overflows in one of them.
FAR_APART = ((1000.0, -1000.0, 0.0), (-1000.0, 0.0, 1000.0), (0.0, 1000.0, -1000.0), (0.0, 0.0, 1000.0))


def draw(rng: np.random.Generator, dtype: DTypeLike, *shape: int) -> np.ndarray:
    """Return normal numbers, for hidden cases."""
    return rng.normal(size=shape).astype(dtype)


def quarters(*shape: int, start: int = 0) -> np.ndarray:
    """Return multiples of 1/4 from -2 to 2 in no regular order, for visible cases; `start` selects which."""
    i = np.arange(start, start + math.prod(shape))
    return ((i**4 + 3 * i**3 + 5 * i) % 17 - 8).reshape(shape) / 4
