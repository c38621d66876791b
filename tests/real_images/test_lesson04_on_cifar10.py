"""Lesson 04 on the real images: what its text says about ties is true."""

import os

import numpy as np
import pytest

from cs_utils import datasets, layers


@pytest.mark.skipif(not os.environ.get("CIFAR10_DIR"), reason="CIFAR10_DIR names no folder with the images")
def test_ties_on_photographs_are_as_common_as_the_lesson_says():
    """Behind fresh filters and ReLU a third of the 2x2 windows are all zero; one in a thousand is tied above 0."""
    images = datasets.load_cifar10().train_images[:500]
    x = datasets.standardize(images, *datasets.channel_statistics(images))
    flat, above = [], []
    for seed in range(4):
        w = np.random.default_rng(seed).normal(0, np.sqrt(2 / 27), (3, 3, 3, 12)).astype(np.float32)
        maps = layers.relu(layers.conv2d(x, w, np.zeros(12, np.float32), pad=1))
        y = layers.max_pool2d(maps)
        maxima = layers.max_pool2d_backward(np.ones_like(y), maps)
        tied = layers.avg_pool2d(maxima) > 0.3
        flat.append((tied & (y == 0)).mean())
        above.append((tied & (y > 0)).mean())
    assert 0.3 < np.mean(flat) < 0.4
    assert 0.0005 < np.mean(above) < 0.002
