"""The statistics with which images are standardised."""

import numpy as np
import pytest

from cs_utils import datasets


def images_of(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("shape", [(7, 5, 4, 3), (1, 1, 2, 1), (300, 8, 8, 3)])
def test_channel_statistics_are_numpys(shape):
    images = images_of(shape)
    mean, std = datasets.channel_statistics(images)
    assert mean.dtype == std.dtype == np.float32
    np.testing.assert_allclose(mean, (images / 255).mean(axis=(0, 1, 2)), rtol=1e-6)
    np.testing.assert_allclose(std, (images / 255).std(axis=(0, 1, 2)), rtol=1e-6)


def test_standardized_images_are_in_float32_and_the_originals_unchanged():
    images, mean, std = images_of((3, 4, 5, 3)), np.array([0.1, 0.5, 0.6]), np.array([0.2, 0.3, 0.4])
    before = images.copy()
    x = datasets.standardize(images, mean, std)
    assert x.dtype == np.float32
    np.testing.assert_allclose(x, (images / 255 - mean) / std, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize(
    "images", [images_of((4, 4, 3)), images_of((2, 4, 4, 3)) / 255, images_of((0, 4, 4, 3)), [[[[1]]]]]
)
def test_statistics_of_anything_but_uint8_images_are_refused(images):
    with pytest.raises(ValueError):
        datasets.channel_statistics(images)


@pytest.mark.parametrize(
    ("mean", "std"), [([0.5] * 2, [0.2] * 2), (0.5, 0.2), ([0.5] * 3, [0.2, 0.2, 0.0]), ([0.5] * 3, [0.2, 0.2, np.nan])]
)
def test_statistics_that_do_not_fit_are_refused(mean, std):
    with pytest.raises(ValueError):
        datasets.standardize(images_of((2, 4, 4, 3)), mean, std)
