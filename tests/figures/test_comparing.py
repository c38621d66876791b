"""Got, expected, difference: which map is drawn, and when there is none."""

import numpy as np
import pytest

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
