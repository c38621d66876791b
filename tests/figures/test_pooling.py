"""Pooling windows and their gradients: the right numbers, and what is refused."""

import itertools

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from reading_pictures import LARGEST, assert_refused, numbers, pixels

from cs_utils import figures

SIDE_BY_SIDE = np.array([[1.0, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
OVERLAPPING = np.array([[1.0, 0, 2, 1, 3], [4, 2, 0, 1, 1], [0, 9, 1, 2, 0], [2, 3, 1, 0, 5], [1, 0, 2, 6, 4]])
DY = np.array([[1.0, 2], [3, 4]])


def gradient(x: np.ndarray, dy: np.ndarray, size: int, stride: int) -> np.ndarray:
    """By loops: each pixel that equals its window's maximum gets that window's dy."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size]
        for m, n in np.argwhere(window == window.max()):
            dx[i * stride + m, j * stride + n] += dy[i, j]
    return dx


def test_windows_of_the_lecture_say_their_maxima():
    alt = figures.pooling_windows(SIDE_BY_SIDE, size=2, stride=2).alt
    assert alt == "A 4 by 4 grid of numbers; each 2 by 2 window has its maximum ringed: 6, 8, 3, 4."


@pytest.mark.parametrize(
    ("height", "width", "size", "stride"), [(5, 5, 3, 2), (3, 5, 2, 1), (4, 7, 1, 3), (5, 8, 2, 3)]
)
def test_windows_say_maxima_and_shared_numbers(height, width, size, stride):
    x = np.random.default_rng(1).permutation(height * width).reshape(height, width).astype(float)
    windows = sliding_window_view(x, (size, size))[::stride, ::stride]
    names = sliding_window_view(np.arange(x.size).reshape(x.shape), (size, size))[::stride, ::stride]
    shared = int((np.bincount(names.ravel()) > 1).sum())
    found = numbers(figures.pooling_windows(x, size, stride).alt)
    assert found == [height, width, size, size, *windows.max(axis=(2, 3)).ravel(), *([shared] if shared else [])]


@pytest.mark.parametrize(
    ("x", "dy", "size", "stride"),
    [
        (SIDE_BY_SIDE, DY, 2, 2),
        (OVERLAPPING, DY, 3, 2),
        (np.array([[2.0, 2, 0, 0], [1, 2, 0, 0]]), np.array([[1.0, -3]]), 2, 2),
    ],
)
def test_gradient_says_where_it_goes(x, dy, size, stride):
    expected = gradient(x, dy, size, stride)
    picture, steps = (
        figures.max_pool_gradient(x, dy, size, stride),
        figures.max_pool_gradient_steps(x, dy, size, stride),
    )
    assert numbers(picture.alt)[0] == (expected != 0).sum()
    for alt in (picture.alt, steps.alt):
        assert numbers(alt.rsplit("dx is:", 1)[1]) == expected.ravel().tolist()


def test_gradient_steps_have_a_frame_for_each_window_and_keep_their_size():
    steps = figures.max_pool_gradient_steps(OVERLAPPING, DY, 3, 2)
    frames = [pixels(png) for png in steps.frames]
    assert len(frames) == 4
    assert len({frame.shape for frame in frames}) == 1
    assert all(np.abs(one - other).max() > 0 for one, other in itertools.pairwise(frames))
    assert len(steps._repr_html_()) <= LARGEST


def test_change_under_shift_says_every_curve():
    alt = figures.change_under_shift(range(3), {"no pooling": [0.0, 0.5, 1.25], "max": [0.0, 0.25, 0.75]}).alt
    assert "by 0, 1, 2 pixels" in alt
    assert "no pooling: 0, 0.5, 1.25; max: 0, 0.25, 0.75" in alt


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.pooling_windows(SIDE_BY_SIDE, 3, 2),
        lambda: figures.pooling_windows(SIDE_BY_SIDE[None], 2, 2),
        lambda: figures.max_pool_gradient(SIDE_BY_SIDE, DY[:1], 2, 2),
        lambda: figures.max_pool_gradient_steps(OVERLAPPING, DY, 2, 2),
        lambda: figures.max_pool_gradient_steps(np.ones((9, 9)), np.ones((8, 8)), 2, 1),  # 64 frames
        lambda: figures.change_under_shift(range(3), {}),
        lambda: figures.change_under_shift(range(3), {"max": [0.0, 1.0]}),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
