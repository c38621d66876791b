"""Lesson 03: what its folded answers say, which no cell shows."""

import numpy as np
import pytest
from lesson_cells import function_of

from cs_utils.engine import validation
from cs_utils.layers import conv2d


@pytest.fixture(scope="module")
def suspect():
    return function_of("03_stride_padding", "suspect", np=np, validation=validation)


@pytest.mark.parametrize(("size", "stride", "pad"), [(1, 1, 0), (3, 1, 1), (3, 2, 1), (5, 3, 0), (5, 1, 2), (4, 2, 1)])
def test_the_layer_that_looks_right_adds_its_bias_once_per_weight(suspect, size, stride, pad):
    """Without a bias it is right. With biases of 1 and 10 its maps are too large by F * F - 1 times as much."""
    rng = np.random.default_rng(size)
    side = 8 * stride + size - 2 * pad
    x, w = rng.normal(size=(2, side, side + stride, 3)), rng.normal(size=(size, size, 3, 2))
    for b in (np.zeros(2), np.array([1.0, 10.0])):
        error = suspect(x, w, b, stride, pad) - conv2d(x, w, b, stride, pad)
        np.testing.assert_allclose(error, np.broadcast_to((size**2 - 1) * b, error.shape), atol=1e-12)


def test_a_size_that_is_rounded_down_leaves_one_row_of_zeros_after_the_image():
    """The lesson says so of PyTorch: 5x5, stride 2 and padding 2 on 32 pixels are 2 zeros before and 1 after."""
    places = (32 - 5 + 2 * 2) // 2 + 1
    assert places == validation.output_size(32, 5, stride=2, pad=(2, 1)) == 16
    assert 2 * (places - 1) + 5 == 2 + 32 + 1
