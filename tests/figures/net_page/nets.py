"""A net as lesson 06's functions hold it, and images that are drawn by code."""

from functools import cache

import numpy as np

from cs_utils.datasets import load_shapes10


@cache
def dataset():
    """Few images: the page takes mean and spread of the training images, and five test images of each class."""
    return load_shapes10(train=200, test=100)


def parameters(seed=0, filters=12, extent=3):
    """Like a trained net's: of the sizes that training gives, biases included."""
    rng = np.random.default_rng(seed)
    return {
        "w_conv": rng.normal(0, 0.4, (extent, extent, 3, filters)).astype(np.float32),
        "b_conv": rng.normal(0, 0.3, filters).astype(np.float32),
        "w_fc": rng.normal(0, 0.03, (16 * 16 * filters, 10)).astype(np.float32),
        "b_fc": rng.normal(0, 0.3, 10).astype(np.float32),
    }
