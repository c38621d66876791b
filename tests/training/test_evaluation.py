"""Scores of images as they are in a dataset, and accuracy."""

from types import SimpleNamespace

import numpy as np
import pytest

from cs_utils.training import accuracy, scores_of_images


@pytest.mark.parametrize("n", [1, 500, 1203])
def test_scores_are_those_of_standardised_images_in_their_order(n):
    images = np.random.default_rng(0).integers(0, 256, (n, 4, 5, 3), dtype=np.uint8)
    seen = []

    def scores(x):
        seen.append(len(x))
        return x.reshape(len(x), -1)[:, :7]

    mean, std = [0.5, 0.25, 0.125], [0.5, 0.25, 2.0]  # as they come from a file's info
    expected = ((images / 255 - mean) / std).reshape(n, -1)[:, :7]
    assert np.allclose(scores_of_images(SimpleNamespace(scores=scores), images, mean, std), expected, atol=1e-5)
    assert max(seen) <= 500


def test_accuracy_is_the_fraction_of_largest_scores_at_the_label():
    scores = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 2.0], [0.0, 0.0, 1.0], [-1.0, -3.0, -2.0]])
    assert accuracy(scores, np.array([1, 2, 2, 0], np.uint8)) == 0.75
    assert isinstance(accuracy(scores, np.zeros(4, int)), float)
