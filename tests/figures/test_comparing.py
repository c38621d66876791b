"""Got, expected, difference: which map is drawn, and when there is none."""

import io

import numpy as np
import pytest
from PIL import Image

from cs_utils.figures import comparison


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 2), (2, 3, 4, 2), (30, 30)])
def test_a_comparison_shows_the_first_wrong_map(shape):
    expected = np.zeros(shape)
    got = expected.copy()
    got[(-1,) * len(shape)] = 1.0
    picture = comparison(got, expected)
    assert picture.alt.startswith("Got, expected and difference")
    height, width = shape if len(shape) == 2 else shape[-3:-1]
    assert f"1 of {height * width}" in picture.alt


@pytest.mark.parametrize("shape", [(), (3,), (1, 5), (2, 1, 1, 4)])
def test_where_there_is_no_map_nothing_is_drawn(shape):
    assert comparison(np.ones(shape), np.zeros(shape)) is None


def test_a_comparison_survives_nan():
    got = np.full((3, 3), np.nan)
    assert "9 of 9" in comparison(got, np.zeros((3, 3))).alt
    assert comparison(got, np.zeros((3, 3))).png


def test_a_comparison_says_which_map_it_shows():
    expected = np.zeros((2, 3, 4, 2))
    got = expected.copy()
    got[1, 0, 0, 1] = 1e-3
    assert "of y[1, :, :, 1]; 1 of 12" in comparison(got, expected, "y").alt
    assert "of dw; 2 of 4" in comparison(np.eye(2), np.zeros((2, 2)), "dw").alt


def test_a_small_difference_is_seen_as_well_as_a_large_one():
    expected = np.arange(100.0).reshape(10, 10)
    drawn = []
    for size in (50.0, 1e-6):
        got = expected.copy()
        got[0, 0] += size
        image = np.asarray(Image.open(io.BytesIO(comparison(got, expected).png)).convert("L"))
        drawn.append(image[image.shape[0] // 5 :, -image.shape[1] // 3 :])  # the map of differences, without its title
    np.testing.assert_array_equal(*drawn)
