"""Hostile arguments to the layers: an error in words, or a right answer."""

import numpy as np
import pytest

from cs_utils import layers

X, W, B = np.ones((2, 6, 6, 3)), np.ones((3, 3, 3, 4)), np.ones(4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: layers.conv2d(X[0], W, B),
        lambda: layers.conv2d(X, W[0], B),
        lambda: layers.conv2d(X, W, np.ones(5)),
        lambda: layers.conv2d(X, W, np.ones((1, 4))),
        lambda: layers.conv2d(X[..., :2], W, B),
        lambda: layers.conv2d(X[..., :0], W[:, :, :0], B),
        lambda: layers.conv2d(X, W[..., :0], B[:0]),
        lambda: layers.conv2d(X, W[:0], B),
        lambda: layers.conv2d(X[:, :2], W, B),
        lambda: layers.conv2d(X[:, :0], W, B),
        lambda: layers.conv2d(X, W, B, stride=2),
        lambda: layers.conv2d(X, W, B, stride=0),
        lambda: layers.conv2d(X, W, B, pad=-1),
        lambda: layers.conv2d(X, W, B, pad=(1, 1, 1)),
        lambda: layers.conv2d_backward(X, X, W),
        lambda: layers.conv2d_backward(np.ones((2, 4, 4, 1)), X, W),
        lambda: layers.max_pool2d(X, 4, 4),
        lambda: layers.max_pool2d(X[:, :, :0]),
        lambda: layers.max_pool2d_backward(X, X),
        lambda: layers.max_pool2d_backward(X[:, :3, :3], X, ties="last"),
        lambda: layers.avg_pool2d(X, 7, 1),
        lambda: layers.avg_pool2d_backward(X, X),
        lambda: layers.relu_backward(X, X[:1]),
        lambda: layers.linear(X, W, B),
        lambda: layers.linear(X[:, 0, 0], W[0, 0, :2], B),
        lambda: layers.linear(X[:, 0, 0], W[0, 0], np.ones(1)),
        lambda: layers.linear_backward(np.ones((3, 4)), X[:, 0, 0], W[0, 0]),
        lambda: layers.softmax_cross_entropy(np.ones((0, 3)), np.zeros(0, int)),
        lambda: layers.softmax_cross_entropy(np.ones((2, 0)), np.zeros(2, int)),
        lambda: layers.softmax_cross_entropy(np.ones((2, 3)), np.array([0, 3])),
        lambda: layers.softmax_cross_entropy(np.ones((2, 3)), np.array([0, -1])),
        lambda: layers.softmax_cross_entropy(np.ones((2, 3)), np.array([[0], [1]])),
        lambda: layers.softmax_cross_entropy(np.ones(3), np.array([0])),
        lambda: layers.batch_norm(X[:0], np.ones(3), np.ones(3)),
        lambda: layers.batch_norm(X, np.ones(2), np.ones(3)),
        lambda: layers.global_average_pool(X[:, :0]),
        lambda: layers.global_average_pool_backward(np.ones((2, 2)), X.shape),
    ],
)
def test_shapes_that_do_not_fit_are_refused(call):
    with pytest.raises(ValueError):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: layers.conv2d(X.astype(np.uint8), W, B),
        lambda: layers.conv2d(X, W.astype(int), B),
        lambda: layers.conv2d(X, W, B.astype(bool)),
        lambda: layers.conv2d(X.astype(complex), W, B),
        lambda: layers.conv2d(X.astype(object), W, B),
        lambda: layers.conv2d(None, W, B),
        lambda: layers.conv2d(X, W, None),
        lambda: layers.conv2d(X, W, B, stride=1.0),
        lambda: layers.conv2d(X, W, B, pad="same"),
        lambda: layers.max_pool2d(X.astype(int)),
        lambda: layers.max_pool2d(X, 2.0),
        lambda: layers.relu(np.arange(3)),
        lambda: layers.linear(np.ones((2, 3), int), W[0, 0], B),
        lambda: layers.softmax_cross_entropy(np.ones((2, 3)), np.zeros(2)),
        lambda: layers.softmax_cross_entropy(np.ones((2, 3), int), np.zeros(2, int)),
    ],
)
def test_other_types_are_refused(call):
    with pytest.raises(TypeError):
        call()


def test_an_empty_batch_gives_an_empty_result_and_zero_gradients():
    x = X[:0]
    y = layers.conv2d(x, W, B)
    assert y.shape == (0, 4, 4, 4)
    dx, dw, db = layers.conv2d_backward(y, x, W)
    assert (dx.shape, dw.tolist(), db.tolist()) == (x.shape, np.zeros(W.shape).tolist(), [0] * 4)
    assert layers.max_pool2d(x).shape == layers.avg_pool2d(x).shape == (0, 3, 3, 3)
    assert layers.max_pool2d_backward(layers.max_pool2d(x), x).shape == x.shape
    assert layers.linear(np.ones((0, 3)), W[0, 0], B).shape == (0, 4)


def test_nan_spreads_to_just_the_windows_that_see_it():
    x = X.copy()
    x[0, 5, 5, 0] = np.nan
    y = layers.conv2d(x, W, B, pad=1)
    assert np.argwhere(np.isnan(y[..., 0])).tolist() == [[0, 4, 4], [0, 4, 5], [0, 5, 4], [0, 5, 5]]
    assert np.argwhere(np.isnan(layers.max_pool2d(x)[..., 0])).tolist() == [[0, 2, 2]]
    assert np.argwhere(np.isnan(layers.avg_pool2d(x)[..., 0])).tolist() == [[0, 2, 2]]
    assert np.isnan(layers.relu(x)[0, 5, 5, 0])


def test_mixed_precision_gives_the_highest():
    assert layers.conv2d(X.astype(np.float32), W, B).dtype == np.float64
    assert layers.conv2d(X.astype(np.float32), W.astype(np.float32), B.astype(np.float32)).dtype == np.float32
    assert layers.conv2d(X.astype(np.float16), W.astype(np.float16), B.astype(np.float16)).dtype == np.float16
    assert layers.max_pool2d(X.astype(np.float32)).dtype == layers.avg_pool2d(X.astype(np.float32)).dtype == np.float32
