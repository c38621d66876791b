"""Arguments of the visible cases that are made by code (`values.Made` names them): batches of images, and functions."""

from collections.abc import Callable
from functools import cache

import numpy as np

from cs_utils import datasets

DESCRIPTIONS = {  # what messages say of them
    "shapes10_batch": "the first {count} images of Shapes10",
    "shapes10_labels": "the labels of the first {count} images",
    "cubes": "a function that cubes each number",
    "products_of_rows": "a function that multiplies x with its transpose",
}


def shapes10_batch(count: int) -> np.ndarray:
    """Return `count` images of the stand-in, standardised: (count, 32, 32, 3) float32."""
    images = _shapes10(count).train_images
    return datasets.standardize(images, *datasets.channel_statistics(images))


def shapes10_labels(count: int) -> np.ndarray:
    """Return the labels of `shapes10_batch`: (count,) uint8."""
    return _shapes10(count).train_labels.copy()


@cache
def _shapes10(count: int) -> datasets.Dataset:
    return datasets.load_shapes10(train=count, test=0)


def cubes() -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that cubes each number. Its central difference is 3 x**2 + h**2."""
    return lambda x: x**3


def products_of_rows() -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from x (M, N) to the products of its rows with one another, (M, M)."""
    return lambda x: x @ x.T
