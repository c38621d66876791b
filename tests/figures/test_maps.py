"""Pictures and maps: what is said of them, their greys, and what is refused."""

import numpy as np
import pytest
from reading_pictures import assert_refused, numbers, pixels
from scipy import signal

from cs_utils import figures


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_images_are_described_and_maps_say_their_range(rng):
    image = rng.uniform(-1, 1, (6, 7))
    image[4, 2] = 3.25
    alt = figures.pictures({"colour": np.zeros((5, 5, 3)), "map": image}).alt
    assert "colour, 5 by 5, the same everywhere" in alt
    assert "map, 6 by 7" in alt
    assert numbers(alt.split("from ", 1)[1])[1] == 3.25


def test_zero_is_middle_grey_in_a_map_with_negative_numbers():
    middle = pixels(figures.pictures({"": np.array([[-1.0, 0.0], [0.0, 0.25]])}).png)[..., :3]
    flat = np.isclose(middle, 0.5, atol=0.01).all(axis=-1)
    assert 0.2 < flat.mean() < 0.6  # two of the four fields


def test_maps_drawn_alike_share_one_scale():
    """A map a tenth as large as the other is pale beside it, and as strong as the other when drawn by itself."""
    large = np.array([[-1.0, 1.0], [1.0, -1.0]])
    maps = {"large": large, "small": large / 10}
    apart, alike = (pixels(figures.pictures(maps, alike=titles).png)[..., :3].mean(axis=-1) for titles in ((), maps))
    right = np.s_[:, alike.shape[1] // 2 :]
    assert np.isclose(apart[right], 0, atol=0.01).mean() > 0.2
    assert np.isclose(alike[right], 0.45, atol=0.02).mean() > 0.2
    assert np.isclose(alike[right], 0.55, atol=0.02).mean() > 0.2


def test_maps_without_negative_numbers_share_a_scale_that_begins_with_the_lowest():
    maps = {"large": np.array([[0.0, 1.0]]), "small": np.array([[0.0, 0.25]])}
    drawn = pixels(figures.pictures(maps, alike=maps).png)[..., :3].mean(axis=-1)
    small = drawn[:, drawn.shape[1] // 2 :]
    assert np.isclose(small, 0.25, atol=0.02).mean() > 0.1
    assert not np.isclose(small, 0.5, atol=0.1).mean() > 0.1


def test_pictures_say_which_maps_are_drawn_alike():
    maps = {"one": np.eye(2), "other": np.ones((2, 2)), "own": np.eye(3)}
    assert figures.pictures(maps, alike=["one", "other"]).alt.endswith("one, other: on one scale.")
    assert "scale" not in figures.pictures(maps).alt


def test_filtered_says_filter_and_map(rng):
    x, w = rng.uniform(0, 1, (8, 9)), np.array([[1.0, 0.0], [0.0, -1.0]])
    alt = figures.filtered(x, w, signal.correlate2d(x, w, mode="valid")).alt
    assert "1 0 / 0 \N{MINUS SIGN}1" in alt
    assert "7 by 8" in alt


def test_activation_maps_say_where_each_is_brightest():
    y = np.zeros((8, 10, 2))
    y[1, 1, 0] = y[6, 4, 1] = 1
    y[1, 2, 0] = y[6, 5, 1] = 2
    y[2, 1, 0] = y[7, 4, 1] = 2
    y[2, 2, 0] = y[7, 5, 1] = 2
    alt = figures.activation_maps(y, ["left", "right"]).alt
    assert "left: upper left" in alt
    assert "right: at the bottom" in alt


def test_window_on_picture_shows_the_window(rng):
    picture = figures.window_on_picture(rng.uniform(0, 1, (32, 32, 3)), row=4, column=16, size=5)
    assert numbers(picture.alt) == [32, 32, 5, 5, 4, 16]
    assert picture.alt.count("mostly noise") == 2


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.pictures({}),
        lambda: figures.pictures({"a": np.ones((4, 4, 2))}),
        lambda: figures.pictures({"a": np.ones((4, 4))}, alike=["b"]),
        lambda: figures.pictures({"a": np.ones((4, 4, 3))}, alike=["a"]),
        lambda: figures.filtered(np.ones((4, 4, 3)), np.ones((3, 3)), np.ones((2, 2))),
        lambda: figures.activation_maps(np.ones((4, 4))),
        lambda: figures.activation_maps(np.ones((4, 4, 2)), ["one title"]),
        lambda: figures.window_on_picture(np.ones((8, 8)), row=4, column=0, size=5),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
