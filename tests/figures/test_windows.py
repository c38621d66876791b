"""The places of windows: where they begin, what is left over, and what is refused."""

import numpy as np
import pytest
from reading_pictures import assert_refused, numbers, pixels

from cs_utils import figures


def test_window_places_says_where_windows_begin_and_what_does_not_fit():
    one, two, three = figures.window_places(7, 3, [1, 2, 3]).alt.split("; ")
    assert numbers(one) == [3, 7, 1, 0, 1, 2, 3, 4, 5]  # window, pixels, stride, five places, their number
    assert numbers(two) == [2, 0, 2, 4, 3]
    assert numbers(three) == [3, 0, 3, 1, 2.33]
    assert "does not fit" in three
    assert "does not fit" not in one + two


def test_window_places_counts_from_the_first_pixel_of_the_image():
    alt = figures.window_places(7, 3, [3], pad=1).alt
    assert "begin at -1, 2, 5: 3 places" in alt


@pytest.mark.parametrize(
    ("n", "size", "stride", "pad"), [(7, 3, 1, 0), (7, 3, 2, 0), (7, 3, 3, 1), (6, 2, 2, 0), (5, 5, 1, 0)]
)
def test_window_grid_says_how_many_places_there_are_and_where_they_begin(n, size, stride, pad):
    alt = figures.window_grid(n, size, stride, pad).alt
    begins = list(range(-pad, n + pad - size + 1, stride))
    assert f"{len(begins)} rows of {len(begins)} places" in alt
    assert numbers(alt.split("columns")[1].split(";")[0]) == begins
    assert "no pixel is left over" in alt


@pytest.mark.parametrize(("n", "words"), [(8, "the last row and column are"), (9, "the last 2 rows and columns are")])
def test_window_grid_says_what_no_window_reaches(n, words):
    alt = figures.window_grid(n, 3, 4).alt
    assert (words in alt) == (n % 4 != 3)
    assert "does not fit" in alt


def test_window_grid_crosses_out_what_no_window_reaches():
    fits, left_over = (pixels(figures.window_grid(n, 2, 2).png)[..., :3] for n in (4, 5))
    assert (left_over < 0.1).sum() > (fits < 0.1).sum()


def test_window_grid_moves_the_window():
    """Each of the nine grids is dark at another place."""
    image = pixels(figures.window_grid(3, 1, 1).png)[..., :3].mean(axis=-1)
    dark = np.argwhere(image < 0.6)
    assert np.ptp(dark, axis=0).min() > 0.6 * min(image.shape)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.window_places(2, 3, [1]),
        lambda: figures.window_places(40, 3, [1]),
        lambda: figures.window_grid(2, 3, 1),
        lambda: figures.window_grid(40, 3, 1),
        lambda: figures.window_grid(9, 3, 1),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
