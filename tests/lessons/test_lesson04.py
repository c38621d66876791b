"""Lesson 04: what its folded answers say, which no cell shows."""

import numpy as np
import pytest
from lesson_cells import function_of

from cs_utils.layers import max_pool2d, max_pool2d_backward


@pytest.fixture(scope="module")
def suspect():
    return function_of("04_pooling", "suspect", np=np)


def gradients(suspect, size, stride):
    """What the lesson's suspect makes of maps without ties, and what is right."""
    rng = np.random.default_rng(size)
    x = rng.normal(size=(3, 4 * stride + size, 5 * stride + size, 2))
    dy = rng.normal(size=max_pool2d(x, size, stride).shape)
    return suspect(dy, x, size, stride), max_pool2d_backward(dy, x, size, stride)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (4, 4), (2, 3)])
def test_the_backward_without_a_loop_is_right_where_windows_do_not_overlap(suspect, size, stride):
    np.testing.assert_array_equal(*gradients(suspect, size, stride))


@pytest.mark.parametrize(("size", "stride"), [(2, 1), (3, 2), (4, 2)])
def test_the_backward_without_a_loop_loses_gradient_where_windows_overlap(suspect, size, stride):
    got, expected = gradients(suspect, size, stride)
    assert (got != expected).any()


def test_of_the_lessons_small_map_it_loses_one():
    """The 9 is the maximum of two windows: it should get 1 + 3, and gets 3."""
    x = np.array([[1.0, 0, 2, 1, 3], [4, 2, 0, 1, 1], [0, 9, 1, 2, 0], [2, 3, 1, 0, 5], [1, 0, 2, 6, 4]])
    dy = np.array([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None]
    got = function_of("04_pooling", "suspect", np=np)(dy, x[None, :, :, None], 3, 2)
    missing = max_pool2d_backward(dy, x[None, :, :, None], 3, 2) - got
    assert got[0, 2, 1, 0] == 3
    assert missing[0, 2, 1, 0] == missing.sum() == 1
