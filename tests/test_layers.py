"""The layers against loops, SciPy, the textbook (`reference`) and numerical gradients."""

import hypothesis.strategies as st
import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from oracles import assert_close
from scipy.signal import correlate

from cs_utils import layers, reference
from cs_utils.engine import im2col, threads
from cs_utils.gradient_check import adjoint_error, compare

RNG = np.random.default_rng(0)


def in_some_layout(array, layout):
    """The same numbers, differently laid out in memory."""
    if layout == "planar":
        return np.ascontiguousarray(array.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    if layout == "Fortran":
        return np.asfortranarray(array)
    if layout == "strided":
        wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan, array.dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    if layout == "reversed":
        return np.ascontiguousarray(array[:, ::-1])[:, ::-1]
    if layout == "other byte order":
        return array.astype(array.dtype.newbyteorder())
    return array


LAYOUTS = ["plain", "planar", "Fortran", "strided", "reversed", "other byte order"]


@st.composite
def convolutions(draw):
    """x, w, b, stride and pads that fit, read-only, in some memory layout and precision."""
    high, wide, stride = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    pads = (draw(st.integers(0, 3)), draw(st.integers(0, 3)))
    sides = []
    for size in (high, wide):
        least = max(1, -(-(1 + sum(pads) - size + stride) // stride))
        sides.append((draw(st.integers(least, least + 3)) - 1) * stride + size - sum(pads))
    channels, filters = draw(st.sampled_from([1, 2, 3, 4, 5, 8])), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from([np.float64, np.float32, np.longdouble]))
    x = rng.standard_normal((draw(st.integers(1, 3)), *sides, channels)).astype(dtype)
    w = rng.standard_normal((high, wide, channels, filters)).astype(dtype)
    arrays = [in_some_layout(array, draw(st.sampled_from(LAYOUTS))) for array in (x, w)]
    arrays.append(rng.standard_normal(filters).astype(dtype))
    for array in arrays:
        array.flags.writeable = False
    return *arrays, stride, pads


@settings(max_examples=150, deadline=None)
@given(convolutions())
def test_conv2d_and_its_gradients_equal_the_loops(case):
    x, w, b, stride, pads = case
    y = layers.conv2d(x, w, b, stride, pads)
    assert_close(y, oracles.conv2d(x, w, b, stride, pads))
    dy = RNG.standard_normal(y.shape).astype(y.dtype)
    expected = oracles.conv2d_backward(dy, x, w, stride, pads)
    for actual, right in zip(layers.conv2d_backward(dy, x, w, stride, pads), expected):
        assert_close(actual, right)
    for actual, right in zip(layers.conv2d_filter_gradient(dy, x, w, stride, pads), expected[1:]):
        assert_close(actual, right)


@pytest.mark.parametrize("batch", [1, 2, 33, 130])
@pytest.mark.parametrize(("channels", "filters"), [(1, 40), (3, 12), (4, 1), (5, 7), (40, 33)])
def test_conv2d_equals_scipy(batch, channels, filters):
    x, w = RNG.standard_normal((batch, 9, 7, channels)), RNG.standard_normal((3, 2, channels, filters))
    y = layers.conv2d(x, w, np.zeros(filters))
    for image, k in [(0, 0), (batch - 1, filters - 1)]:
        assert_close(y[image, ..., k], correlate(x[image], w[..., k], mode="valid")[..., 0])
    total = np.tensordot(np.lib.stride_tricks.sliding_window_view(x, (3, 2), axis=(1, 2)), w, ((4, 5, 3), (0, 1, 2)))
    assert_close(y, total)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("channels", "filters", "stride"), [(3, 12, 1), (3, 40, 2), (40, 3, 1), (8, 8, 3)])
def test_gradients_of_a_large_batch(dtype, channels, filters, stride):
    x = RNG.standard_normal((130, 22, 28, channels)).astype(dtype)
    w = RNG.standard_normal((4, 4, channels, filters)).astype(dtype)
    dy = RNG.standard_normal((130, 18 // stride + 1, 24 // stride + 1, filters)).astype(dtype)
    dx, dw, db = layers.conv2d_backward(dy, x, w, stride)
    windows = np.lib.stride_tricks.sliding_window_view(x, (4, 4), axis=(1, 2))[:, ::stride, ::stride]
    assert_close(dw, np.tensordot(windows, dy, ((0, 1, 2), (0, 1, 2))).transpose(1, 2, 0, 3))
    assert_close(layers.conv2d_filter_gradient(dy, x, w, stride)[0], dw)
    assert_close(db, dy.sum(axis=(0, 1, 2)))
    expected = np.zeros_like(x)
    for row, column in np.ndindex(4, 4):
        tap = (slice(None), slice(row, 19 + row, stride), slice(column, 25 + column, stride))
        expected[tap] += dy @ w[row, column].T
    assert_close(dx, expected)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("channels", [3, 6])
def test_images_larger_than_a_piece_of_patches(monkeypatch, stride, channels):
    x = RNG.standard_normal((3, 1 + 6 * stride, 1 + 6 * stride, channels))
    w, b = RNG.standard_normal((3, 3, channels, 4)), RNG.standard_normal(4)
    y = oracles.conv2d(x, w, b, stride, (1, 1))
    dy = RNG.standard_normal(y.shape)
    for budget in (1, 3000, 10000):
        monkeypatch.setattr(im2col, "PATCH_BYTES", budget)
        assert_close(layers.conv2d(x, w, b, stride, 1), y)
        for actual, right in zip(
            layers.conv2d_backward(dy, x, w, stride, 1), oracles.conv2d_backward(dy, x, w, stride, (1, 1))
        ):
            assert_close(actual, right)


@settings(max_examples=40, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 70), st.integers(1, 9), st.integers(1, 9), st.integers(1, 20)),
    layout=st.sampled_from(LAYOUTS),
    dtype=st.sampled_from([np.float64, np.float32]),
    seed=st.integers(0, 99),
)
def test_the_other_layers_equal_the_reference(shape, layout, dtype, seed):
    rng = np.random.default_rng(seed)
    x, dy = (in_some_layout(rng.standard_normal(shape).astype(dtype), layout) for _ in range(2))
    gamma, beta = rng.standard_normal((2, shape[3])).astype(dtype)
    rows, scores, labels = x[:, 0, 0], dy[:, 0, 0], rng.integers(0, shape[3], shape[0])
    w = rng.standard_normal((shape[3], shape[3])).astype(dtype)
    calls = {
        "relu": (x,),
        "relu_backward": (dy, x),
        "linear": (rows, w, gamma),
        "linear_backward": (scores, rows, w),
        "softmax_cross_entropy": (scores, labels),
        "batch_norm": (x, gamma, beta),
        "batch_norm_backward": (dy, x, gamma),
        "global_average_pool": (x,),
        "global_average_pool_backward": (scores, shape),
    }
    for name, arguments in calls.items():
        wide = [a.astype(np.float64) if np.issubdtype(np.asarray(a).dtype, np.floating) else a for a in arguments]
        actual, expected = getattr(layers, name)(*arguments), getattr(reference, name)(*wide)
        for got, right in zip(actual, expected) if isinstance(actual, tuple) else [(actual, expected)]:
            # Where a probability rounds to 1, or batch norm has one pixel, only rounding is left: hence the least 1.
            assert np.max(np.abs(got - right)) <= (1e-10 if dtype == np.float64 else 1e-4) * max(
                1, np.max(np.abs(right))
            )


@pytest.mark.parametrize("ties", ["all", "first"])
@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 4),
    stride=st.integers(1, 4),
    outputs=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    layout=st.sampled_from(LAYOUTS),
    dtype=st.sampled_from([np.float64, np.float32]),
    seed=st.integers(0, 99),
)
def test_pooling_and_its_gradients_equal_the_loops(ties, size, stride, outputs, layout, dtype, seed):
    rng = np.random.default_rng(seed)
    shape = (2, *((n - 1) * stride + size for n in outputs), 3)
    x = in_some_layout(rng.integers(-2, 2, shape).astype(dtype), layout)  # few values: many ties
    dy = rng.standard_normal((2, *outputs, 3)).astype(dtype)
    x.flags.writeable = dy.flags.writeable = False
    assert_close(layers.max_pool2d(x, size, stride), oracles.pool(x, size, stride, np.max))
    assert_close(layers.avg_pool2d(x, size, stride), oracles.pool(x, size, stride, np.mean))
    expected = oracles.max_pool2d_backward(dy, x, size, stride, ties)
    assert_close(layers.max_pool2d_backward(dy, x, size, stride, ties), expected)
    assert_close(layers.avg_pool2d_backward(dy, x, size, stride), oracles.avg_pool2d_backward(dy, x, size, stride))


def test_the_lecture_s_pooling_example():
    x = np.array([[1.0, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]).reshape(1, 4, 4, 1)
    assert layers.max_pool2d(x)[0, ..., 0].tolist() == [[6, 8], [3, 4]]


def test_numerical_gradients_of_each_layer():
    x, dy = RNG.standard_normal((2, 5, 7, 2)), RNG.standard_normal((2, 3, 4, 3))
    w, b = RNG.standard_normal((3, 3, 2, 3)), RNG.standard_normal(3)
    dx, dw, db = layers.conv2d_backward(dy, x, w, 2, 1)
    assert compare(dx, lambda x: layers.conv2d(x, w, b, 2, 1), x, dy)
    assert compare(dw, lambda w: layers.conv2d(x, w, b, 2, 1), w, dy)
    assert compare(db, lambda b: layers.conv2d(x, w, b, 2, 1), b, dy)
    rows, w, b, dy = RNG.standard_normal((3, 4)), RNG.standard_normal((4, 5)), RNG.standard_normal(5), x[0]
    dy = RNG.standard_normal((3, 5))
    dx, dw, db = layers.linear_backward(dy, rows, w)
    assert compare(dx, lambda x: layers.linear(x, w, b), rows, dy)
    assert compare(dw, lambda w: layers.linear(rows, w, b), w, dy)
    assert compare(db, lambda b: layers.linear(rows, w, b), b, dy)
    assert compare(layers.relu_backward(dy, dy), layers.relu, dy, dy)
    labels = np.array([0, 4, 2])
    _, dscores = layers.softmax_cross_entropy(dy, labels)
    assert compare(dscores, lambda s: layers.softmax_cross_entropy(s, labels)[0], dy, np.ones(()))


def test_numerical_gradients_of_the_deeper_layers():
    x, dy = RNG.standard_normal((3, 2, 4, 2)) + 3, RNG.standard_normal((3, 2, 4, 2))
    gamma, beta = RNG.standard_normal(2), RNG.standard_normal(2)
    dx, dgamma, dbeta = layers.batch_norm_backward(dy, x, gamma)
    assert compare(dx, lambda x: layers.batch_norm(x, gamma, beta), x, dy)
    assert compare(dgamma, lambda gamma: layers.batch_norm(x, gamma, beta), gamma, dy)
    assert compare(dbeta, lambda beta: layers.batch_norm(x, gamma, beta), beta, dy)
    dy = RNG.standard_normal((3, 2))
    dx = layers.global_average_pool_backward(dy, x.shape)
    assert compare(dx, layers.global_average_pool, x, dy)


def test_convolution_and_its_gradient_are_adjoint():
    w = RNG.standard_normal((5, 3, 3, 4))
    x_shape, y_shape = (2, 11, 13, 3), (2, 5, 7, 4)
    x = np.zeros(x_shape)
    error = adjoint_error(
        lambda x: layers.conv2d(x, w, np.zeros(4), 2, 1),
        lambda y: layers.conv2d_backward(y, x, w, 2, 1)[0],
        x_shape,
        y_shape,
    )
    assert error < 1e-14


def test_softmax_cross_entropy_is_exact_for_huge_scores():
    loss, dscores = layers.softmax_cross_entropy(np.array([[1000.0, -1000.0], [0.0, 0.0]]), np.array([1, 0]))
    assert loss == pytest.approx((2000 + np.log(2)) / 2)
    assert_close(dscores, np.array([[0.5, -0.5], [-0.25, 0.25]]))


def test_relu_stops_the_gradient_at_zero():
    assert layers.relu_backward(np.ones(3), np.array([-1.0, 0.0, 1.0])).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((7, 3), 5),
        ((7, 3, 2), 3),
        ((7, 3, 1, 1), 7),
        ((32, 5, 1, 2), 32),
        ((33, 5, 2, 2), 17),
        ((32, 5, 2, (1, 2)), 16),
    ],
)
def test_output_size(arguments, expected):
    assert layers.output_size(*arguments) == expected


@pytest.mark.parametrize(
    "arguments", [(7, 3, 3), (2, 3), (32, 5, 2, 2), (7, 0), (7, 3, 0), (7, 3, 1, -1), (7, 3, 1, (1, 2, 3)), (-1, 1)]
)
def test_output_size_refuses_what_does_not_fit(arguments):
    with pytest.raises(ValueError):
        layers.output_size(*arguments)


def test_a_result_is_unchanged_by_later_calls():
    x, w = RNG.standard_normal((40, 8, 8, 3)).astype(np.float32), RNG.standard_normal((3, 3, 3, 4)).astype(np.float32)

    def everything(x):
        y = layers.conv2d(x, w, w[0, 0, 0], pad=1)
        pooled = layers.max_pool2d(y)
        return [
            y,
            *layers.conv2d_backward(y, x, w, pad=1),
            pooled,
            layers.max_pool2d_backward(pooled, y),
            layers.avg_pool2d(y),
            layers.avg_pool2d_backward(pooled, y),
            layers.relu(y),
            layers.relu_backward(y, y),
            layers.linear(x[:, 0, 0], w[0, 0], w[0, 0, 0]),
            *layers.linear_backward(y[:, 0, 0], x[:, 0, 0], w[0, 0]),
        ]

    kept = everything(x)
    copies = [array.copy() for array in kept]
    everything(x + 1)
    assert all(np.array_equal(a, b) for a, b in zip(kept, copies))


def test_the_number_of_threads_changes_no_bit():
    x, w = (
        RNG.standard_normal((130, 32, 32, 3)).astype(np.float32),
        RNG.standard_normal((3, 3, 3, 4)).astype(np.float32),
    )
    before, results = threads.get_threads(), []
    for number in (1, 2):
        threads.set_threads(number)
        y = layers.conv2d(x, w, w[0, 0, 0], pad=1)
        dx = layers.max_pool2d_backward(layers.max_pool2d(y), y)
        results.append([y, *layers.conv2d_backward(dx, x, w, pad=1), dx, layers.avg_pool2d(y)])
    threads.set_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*results))
