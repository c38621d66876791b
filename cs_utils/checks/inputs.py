"""Arguments of the visible cases that are made by code (`values.Made` names them): sets of images."""

from functools import cache

import numpy as np

from cs_utils import datasets


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
