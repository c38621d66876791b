"""Strides and padding: the right numbers, and what is refused."""

import itertools

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused, numbers, pixels
from scipy import signal

from cs_utils import figures


def strided(x: np.ndarray, w: np.ndarray, stride: int, pad: int) -> np.ndarray:
    return signal.correlate2d(np.pad(x, pad), w, mode="valid")[::stride, ::stride]


@pytest.mark.parametrize("pad", [0, 1, 2])
def test_padded_image_says_both_sizes_and_the_numbers(pad):
    x = np.arange(12.0).reshape(3, 4)
    alt = figures.padded_image(x, pad, size=3).alt
    assert f"makes it {3 + 2 * pad} by {4 + 2 * pad}" in alt
    assert numbers(alt.split("numbers:")[1].replace(".", "")) == x.ravel().tolist()


def test_the_border_is_darker_than_the_image():
    padded, bare = (figures.padded_image(np.zeros((3, 3)), pad).png for pad in (2, 0))
    assert pixels(padded)[..., :3].mean() < pixels(bare)[..., :3].mean() - 0.05


@pytest.mark.parametrize(
    ("shape", "size", "stride", "pad"), [((5, 5), 3, 2, 1), ((4, 6), 2, 2, 0), ((3, 4), 3, 1, 1), ((4, 7), 2, 3, 2)]
)
def test_strided_filter_has_a_frame_for_each_place_and_says_the_map(shape, size, stride, pad):
    rng = np.random.default_rng(3)
    x, w = rng.integers(-9, 10, shape) + 0.0, rng.integers(-2, 3, (size, size)) + 0.0
    expected = strided(x, w, stride, pad)
    animation = figures.strided_filter(x, w, stride, pad)
    assert len(animation.frames) == expected.size
    np.testing.assert_allclose(numbers(animation.alt.split("map:")[1].rstrip(".")), expected.ravel())


def test_strided_filter_moves_keeps_its_size_and_is_small():
    x, w = np.arange(25.0).reshape(5, 5) % 4, np.array([[1.0, 0.0, -1.0]] * 3)
    animation = figures.strided_filter(x, w, stride=2, pad=1)
    frames = [pixels(png) for png in animation.frames]
    assert len({frame.shape for frame in frames}) == 1
    assert all(np.abs(one - other).max() > 0 for one, other in itertools.pairwise(frames))
    assert len(animation._repr_html_()) <= LARGEST


def test_strided_filter_still_says_window_and_value():
    x, w = np.arange(25.0).reshape(5, 5), np.array([[1.0, 0, -1], [0, 2, 0], [-1, 0, 1]])
    alt = figures.strided_filter_still(x, w, 2, 1, [(0, 0), (1, 2)]).alt
    y = strided(x, w, 2, 1)
    assert numbers(alt.rstrip(".")) == [0, 0, -1, -1, y[0, 0], 1, 2, 1, 3, y[1, 2]]


def test_size_ladder_says_all_sides():
    alt = figures.size_ladder({"without": [32, 28, 24], "with": [32, 32]}).alt
    assert "without: 32, then 28, then 24" in alt
    assert "with: 32, then 32" in alt


@pytest.mark.parametrize(
    "layers", [[(3, 1)], [(3, 1)] * 3, [(3, 2), (3, 2), (3, 1)], [(1, 3), (2, 2)], [(5, 2), (2, 2)]]
)
def test_receptive_fields_say_what_a_value_sees(layers):
    seen = np.ones(1)  # which pixels matter: a value spread back through the layers, the last one first
    widths = [1]
    for size, stride in reversed(layers):
        spaced = np.zeros((len(seen) - 1) * stride + 1)
        spaced[::stride] = seen
        seen = np.convolve(spaced, np.ones(size))
        widths.insert(0, len(seen))
    picture = figures.receptive_fields(layers)
    assert f"sees {widths[0]} pixels" in picture.alt
    assert numbers(picture.alt.split("as:")[1].rstrip("."))[::2] == widths[1:]
    assert pixels(picture.png).std() > 0


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.padded_image(np.ones((3, 3, 1)), 1),
        lambda: figures.padded_image(np.ones((3, 3)), -1),
        lambda: figures.padded_image(np.ones((3, 3)), 1, size=6),
        lambda: figures.strided_filter(np.ones((4, 5)), np.ones((3, 3)), 2, 1),
        lambda: figures.strided_filter(np.ones((9, 9)), np.ones((3, 3))),  # 49 places
        lambda: figures.strided_filter_still(np.ones((5, 5)), np.ones((3, 3)), 2, 1, [(3, 0)]),
        lambda: figures.size_ladder({}),
        lambda: figures.size_ladder({"none": [4, 0]}),
        lambda: figures.receptive_fields([]),
        lambda: figures.receptive_fields([(9, 3), (9, 3)]),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
