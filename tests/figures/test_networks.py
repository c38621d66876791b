"""What is inside a net: filters and maps, in words, and what is refused."""

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused

from cs_utils import figures

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


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.filters({}),
        lambda: figures.filters({"grey": np.zeros((3, 3, 1, 4))}),
        lambda: figures.filters({"one": np.zeros((3, 3, 3, 4)), "other": np.zeros((3, 3, 3, 5))}),
        lambda: figures.maps_of_image(IMAGE, np.zeros((4, 4))),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
