"""A filter on its way: frames, alt texts, and what is refused."""

import itertools

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused, numbers, pixels
from scipy import signal

from cs_utils import figures


@pytest.fixture
def rng():
    return np.random.default_rng(5)


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


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.sliding_filter(np.ones((2, 5)), np.ones((3, 3))),
        lambda: figures.sliding_filter(np.ones((9, 9)), np.ones((3, 3))),  # 49 places
        lambda: figures.sliding_filter_still(np.ones((4, 5)), np.ones((3, 3)), [(2, 0)]),
        lambda: figures.volume_filter(np.ones((5, 5, 3)), np.ones((3, 3, 1)), 0.0),
        lambda: figures.volume_filter_still(np.ones((5, 5, 3)), np.ones((3, 3, 3)), 0.0, (0, -1)),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
