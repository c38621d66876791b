"""What is inside a net: filters and maps, in words, and what is refused."""

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused

from cs_utils import figures
from cs_utils.figures.networks import _say_windows, _strongest

RNG = np.random.default_rng(0)
IMAGE = RNG.integers(0, 256, (32, 32, 3), dtype=np.uint8)


def test_pictures_are_small():
    for picture in (
        figures.filters({"before": RNG.normal(size=(3, 3, 3, 12)), "after": np.zeros((3, 3, 3, 12))}),
        figures.maps_of_image(IMAGE, np.maximum(RNG.normal(size=(32, 32, 12)), 0)),
    ):
        assert len(picture._repr_html_()) < LARGEST


def test_filters_tell_one_colour_from_an_edge():
    w = np.zeros((3, 3, 3, 2))
    w[..., 0, 0] = 1.0
    w[:, 0, :, 1], w[:, 2, :, 1] = 1.0, -1.0
    assert "1 are mostly one colour, 1 change" in figures.filters({"two": w}).alt


def test_maps_that_are_silent_are_counted():
    maps = np.zeros((4, 6, 5))
    maps[1, 2, 3] = 1.0
    alt = figures.maps_of_image(IMAGE, maps).alt
    assert "5 maps" in alt
    assert "4 by 6" in alt
    assert "in map 3; 4 maps are zero" in alt


def test_the_strongest_windows_are_those_around_the_largest_answers():
    images = np.full((5, 12, 12, 3), 40, np.uint8)
    maps = np.zeros((5, 12, 12, 2))
    for n in range(5):
        images[n, 2 + n, 5:8], maps[n, 3 + n, 6, 0] = 240, 1.0 + n  # a light line above the place of the answer
        images[n, :, 0], maps[n, 6, 0, 0] = 200, 50.0  # too near to the edge
    maps[:, 6, 6, 1] = np.arange(5)
    windows = _strongest(images, maps[..., 0], 3, 5)
    assert windows.shape == (3, 5, 5, 3)
    assert (windows[0] == images[4, 5:10, 4:9]).all()
    picture = figures.strongest_windows(images, maps, RNG.normal(size=(3, 3, 3, 2)), each=3, around=5)
    assert "filter 0, light at the top; filter 1" in picture.alt
    assert len(picture._repr_html_()) < LARGEST


def test_windows_are_told_by_side_middle_or_colour():
    left, middle, red = np.zeros((2, 3, 3, 3)), np.zeros((2, 3, 3, 3)), np.zeros((2, 3, 3, 3))
    left[:, :, 0], middle[:, 1, 1], red[..., 0] = 1.0, 1.0, 0.5
    assert [_say_windows(windows) for windows in (left, middle, 1 - middle, red)] == [
        "light at the left",
        "a light middle",
        "a dark middle",
        "even, 50% red, 0% green, 0% blue",
    ]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.filters({}),
        lambda: figures.filters({"grey": np.zeros((3, 3, 1, 4))}),
        lambda: figures.filters({"one": np.zeros((3, 3, 3, 4)), "other": np.zeros((3, 3, 3, 5))}),
        lambda: figures.maps_of_image(IMAGE, np.zeros((4, 4))),
        lambda: figures.strongest_windows(IMAGE[None], np.zeros((1, 32, 32, 2)), np.zeros((3, 3, 3, 2)), each=2),
        lambda: figures.strongest_windows(IMAGE[None], np.zeros((1, 30, 30, 2)), np.zeros((3, 3, 3, 2)), each=1),
        lambda: figures.strongest_windows(IMAGE[None], np.zeros((1, 32, 32, 2)), np.zeros((3, 3, 3, 2)), 1, around=4),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
