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


@pytest.mark.parametrize(
    ("shape", "wrong", "named"),
    [
        ((2, 3, 4, 3), [(1, 0, 0, 2), (1, 2, 3, 1)], "[1, :, :, 1]"),
        ((3, 4, 2), [(2, 3, 1)], "[:, :, 1]"),
        ((3, 4), [(2, 3)], ""),
    ],
)
def test_a_comparison_says_which_map_it_shows(shape, wrong, named):
    got = np.zeros(shape)
    for place in wrong:
        got[place] = 1
    picture = comparison(got, np.zeros(shape))
    assert [axes.get_title() for axes in picture._figure.axes] == [f"got{named}", f"expected{named}", "difference"]
    assert named in picture.alt


def test_a_small_difference_can_be_seen():
    expected = np.full((8, 8), 100.0)
    got = expected.copy()
    got[2, 3] += 0.01
    image = comparison(got, expected)._figure.axes[2].images[0]
    assert image.norm.vmax == pytest.approx(0.01)


@pytest.mark.parametrize("shape", [(), (3,), (1, 5), (2, 1, 1, 4)])
def test_where_there_is_no_map_nothing_is_drawn(shape):
    assert comparison(np.ones(shape), np.zeros(shape)) is None


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_comparison_survives_what_is_no_number(number):
    got = np.full((3, 3), number)
    assert "9 of 9" in comparison(got, np.zeros((3, 3))).alt
    assert comparison(got, np.zeros((3, 3))).png
