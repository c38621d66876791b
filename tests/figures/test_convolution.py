"""The pictures of lesson 02: they say the right numbers, stay small, and refuse what they can't draw."""

import io
import itertools
import re

import numpy as np
import pytest
from matplotlib.image import imread
from scipy import signal

from cs_utils import figures

LARGEST = 200_000  # bytes of HTML


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def pixels(png: bytes) -> np.ndarray:
    return imread(io.BytesIO(png), format="png")


def numbers(text: str) -> list[float]:
    return [float(number.replace("\N{MINUS SIGN}", "-")) for number in re.findall(r"[\N{MINUS SIGN}-]?\d+\.?\d*", text)]


def map_in(alt: str, marker: str) -> list[float]:
    """The numbers of an alt text that follow a marker."""
    return numbers(alt.split(marker, 1)[1])


@pytest.mark.parametrize(("height", "width", "size"), [(4, 5, 3), (5, 4, 3), (3, 3, 3), (2, 4, 1), (5, 3, 2)])
def test_sliding_filter_has_a_frame_for_each_place_and_says_the_map(rng, height, width, size):
    x = rng.integers(-9, 10, (height, width)).astype(float)
    w = rng.integers(-2, 3, (size, size)).astype(float)
    expected = signal.correlate2d(x, w, mode="valid")
    animation = figures.sliding_filter(x, w)
    assert len(animation.frames) == expected.size
    np.testing.assert_allclose(map_in(animation.alt, "the map:"), expected.ravel())


@pytest.mark.parametrize("depth", [0, 3])
def test_animations_move_and_keep_their_size(rng, depth):
    x, w = rng.integers(-9, 10, (4, 5, 3)) + 0.0, rng.integers(-2, 3, (3, 3, 3)) + 0.0
    animation = figures.volume_filter(x, w, -1.5) if depth else figures.sliding_filter(x[..., 0], w[..., 0])
    frames = [pixels(png) for png in animation.frames]
    assert len({frame.shape for frame in frames}) == 1
    assert all(np.abs(one - other).max() > 0 for one, other in itertools.pairwise(frames))


def test_volume_filter_says_the_map_with_its_bias(rng):
    x, w = rng.integers(0, 3, (5, 4, 3)) + 0.0, rng.integers(-1, 2, (3, 3, 3)) + 0.0
    expected = signal.correlate(x, w, mode="valid")[..., 0] + 0.5
    animation = figures.volume_filter(x, w, 0.5)
    assert len(animation.frames) == expected.size
    np.testing.assert_allclose(map_in(animation.alt, "the map:"), expected.ravel())


def test_volume_filter_still_says_the_sum_of_its_channels(rng):
    x, w = rng.integers(0, 3, (5, 5, 3)) + 0.0, rng.integers(-1, 2, (3, 3, 3)) + 0.0
    *parts, total = map_in(figures.volume_filter_still(x, w, 1.0, (2, 1)).alt, "the bias:")
    assert parts == [*np.sum(x[2:5, 1:4] * w, axis=(0, 1)), 1.0]
    assert total == sum(parts)


def test_the_lessons_animations_are_small(rng):
    x, w = rng.integers(0, 10, (4, 5)) + 0.0, rng.integers(-1, 2, (3, 3)) + 0.0
    volume, deep = rng.integers(0, 3, (5, 5, 3)) + 0.0, rng.integers(-1, 2, (3, 3, 3)) + 0.0
    assert len(figures.sliding_filter(x, w)._repr_html_()) <= LARGEST
    assert len(figures.volume_filter(volume, deep, 1.0)._repr_html_()) <= LARGEST


def test_stills_say_the_sum_at_each_place():
    x, w = np.arange(20.0).reshape(4, 5), np.array([[0.0, 1.0], [-2.0, 0.0]])
    alt = figures.sliding_filter_still(x, w, [(0, 0), (2, 3)]).alt
    expected = signal.correlate2d(x, w, mode="valid")
    assert numbers(alt) == [0, 0, expected[0, 0], 2, 3, expected[2, 3]]


def test_number_grids_say_their_numbers_shortly():
    alt = figures.number_grids({"a": np.array([[1.0, -0.5], [1 / 3, np.nan]]), "b": np.array([[-0.0]])}).alt
    assert "a: 1 \N{MINUS SIGN}0.5 / 0.33 empty" in alt
    assert "b: 0" in alt


def test_pictures_say_range_and_brightest_place(rng):
    image = rng.uniform(-1, 1, (6, 7))
    image[4, 2] = 3.25
    alt = figures.pictures({"colour": np.zeros((5, 5, 3)), "map": image}).alt
    assert "colour, 5 by 5, in colour" in alt
    assert "6 by 7" in alt
    assert map_in(alt, "to ")[0] == 3.25
    assert "row 4, column 2" in alt


def test_zero_is_middle_grey_in_a_map_with_negative_numbers():
    middle = pixels(figures.pictures({"": np.array([[-1.0, 0.0], [0.0, 0.25]])}).png)[..., :3]
    flat = np.isclose(middle, 0.5, atol=0.01).all(axis=-1)
    assert 0.2 < flat.mean() < 0.6  # two of the four fields


def test_filtered_says_filter_and_map(rng):
    x, w = rng.uniform(0, 1, (8, 9)), np.array([[1.0, 0.0], [0.0, -1.0]])
    alt = figures.filtered(x, w, signal.correlate2d(x, w, mode="valid")).alt
    assert "1 0 / 0 \N{MINUS SIGN}1" in alt
    assert "7 by 8" in alt


def test_activation_maps_say_where_each_is_brightest():
    y = np.zeros((4, 5, 2))
    y[1, 2, 0] = y[3, 4, 1] = 1
    alt = figures.activation_maps(y, ["left", "right"]).alt
    assert "left: row 1, column 2" in alt
    assert "right: row 3, column 4" in alt


def test_window_on_picture_shows_the_window(rng):
    picture = figures.window_on_picture(rng.uniform(0, 1, (32, 32, 3)), row=4, column=16, size=5)
    assert numbers(picture.alt) == [32, 32, 5, 5, 4, 16]


def test_volume_boxes_say_shapes_and_steps_in_order():
    alt = figures.volume_boxes([(32, 32, 3), (28, 28, 6), (24, 24, 10)], ["six\nfilters", "ten\nfilters"]).alt
    assert numbers(alt) == [32, 32, 3, 28, 28, 6, 24, 24, 10]
    assert "after six filters" in alt


def test_matrix_product_says_all_sizes():
    alt = figures.matrix_product((8, 75), (75, 6), rows="pictures", inner="numbers", columns="filters").alt
    assert numbers(alt) == [8, 75, 75, 6, 8, 6]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.sliding_filter(np.ones((2, 5)), np.ones((3, 3))),
        lambda: figures.sliding_filter(np.ones((9, 9)), np.ones((3, 3))),  # 49 places
        lambda: figures.sliding_filter_still(np.ones((4, 5)), np.ones((3, 3)), [(2, 0)]),
        lambda: figures.volume_filter(np.ones((5, 5, 3)), np.ones((3, 3, 1)), 0.0),
        lambda: figures.volume_filter_still(np.ones((5, 5, 3)), np.ones((3, 3, 3)), 0.0, (0, -1)),
        lambda: figures.number_grids({}),
        lambda: figures.number_grids({"a": np.ones(3)}),
        lambda: figures.pictures({}),
        lambda: figures.pictures({"a": np.ones((4, 4, 2))}),
        lambda: figures.filtered(np.ones((4, 4, 3)), np.ones((3, 3)), np.ones((2, 2))),
        lambda: figures.activation_maps(np.ones((4, 4))),
        lambda: figures.activation_maps(np.ones((4, 4, 2)), ["one title"]),
        lambda: figures.window_on_picture(np.ones((8, 8)), row=4, column=0, size=5),
        lambda: figures.volume_boxes([(4, 4, 1), (2, 2, 1)], []),
        lambda: figures.matrix_product((2, 3), (4, 2), rows="a", inner="b", columns="c"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(draw):
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        draw()
