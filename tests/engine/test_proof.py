"""What else proves the engine: SciPy over the whole range, memory orders of upstream gradients, threads, kept results.

`test_layers` has the loops and the numerical gradients, `test_against_pytorch` PyTorch, `test_layer_arguments` most of
the hostile arguments.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from oracles import assert_close, padded
from scipy.signal import convolve, correlate

from cs_utils import layers
from cs_utils.benchmark.measure import same_threads
from cs_utils.benchmark.numpy_layers import NUMPY
from cs_utils.benchmark.plain_net import PlainNet
from cs_utils.model import ConvNet

RNG = np.random.default_rng(0)


@st.composite
def convolutions(draw):
    """x, w, dy, stride and pads that fit, up to 130 images and 40 channels and filters, in both precisions."""
    extents = (draw(st.integers(1, 5)), draw(st.integers(1, 5)))
    stride, pads = draw(st.integers(1, 3)), (draw(st.integers(0, 3)), draw(st.integers(0, 3)))
    outputs = [draw(st.integers(max(1, -(-(1 + sum(pads) - size) // stride) + 1), 8)) for size in extents]
    sides = [(n - 1) * stride + size - sum(pads) for n, size in zip(outputs, extents)]
    n, channels, filters = draw(st.sampled_from([1, 2, 33, 130])), draw(st.integers(1, 40)), draw(st.integers(1, 40))
    dtype = draw(st.sampled_from([np.float64, np.float32]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    shapes = [(n, *sides, channels), (*extents, channels, filters), (n, *outputs, filters)]
    return *(rng.standard_normal(shape).astype(dtype) for shape in shapes), stride, pads


@settings(max_examples=40, deadline=None)
@given(convolutions())
def test_convolutions_equal_scipy(case):
    x, w, dy, stride, pads = case
    wide_x, wide_w, wide_dy = (array.astype(np.float64) for array in (padded(x, pads), w, dy))
    spread = np.zeros((len(dy), *(n - size + 1 for n, size in zip(wide_x.shape[1:3], w.shape)), dy.shape[3]))
    spread[:, ::stride, ::stride] = wide_dy
    y = layers.conv2d(x, w, np.zeros(dy.shape[3], x.dtype), stride, pads)
    dx, dw, db = layers.conv2d_backward(dy, x, w, stride, pads)
    # SciPy slides one filter over one map after another: of the maps, the first and the last must do.
    c, k = x.shape[3] - 1, dy.shape[3] - 1
    expected = correlate(wide_x, wide_w[None, ..., k], mode="valid", method="direct")[:, ::stride, ::stride, 0]
    assert_close(y[..., k], expected)
    expected = correlate(wide_x[..., c], spread[..., k], mode="valid", method="direct")[0]
    assert_close(dw[..., c, k], expected)
    flipped = [convolve(spread[..., k], wide_w[None, :, :, c, k], method="direct") for k in range(dy.shape[3])]
    expected = np.sum(flipped, axis=0)
    assert_close(dx[..., c], expected[:, pads[0] : pads[0] + x.shape[1], pads[0] : pads[0] + x.shape[2]])
    assert_close(db, wide_dy.sum(axis=(0, 1, 2)))


@pytest.mark.parametrize("batch", [1, 32, 33, 130])
@pytest.mark.parametrize(("size", "stride", "channels"), [(2, 2, 12), (3, 2, 1), (3, 1, 40), (2, 3, 3)])
def test_pooling_a_large_batch(batch, size, stride, channels):
    shape = (batch, size + 7 * stride, size + 5 * stride, channels)
    x = RNG.integers(-3, 3, shape).astype(np.float32)
    taps = [
        (slice(None), slice(row, row + 7 * stride + 1, stride), slice(column, column + 5 * stride + 1, stride))
        for row, column in np.ndindex(size, size)
    ]
    stack = np.stack([x[tap] for tap in taps])
    dy = RNG.standard_normal(stack.shape[1:]).astype(np.float32)
    assert_close(layers.max_pool2d(x, size, stride), stack.max(axis=0))
    assert_close(layers.avg_pool2d(x, size, stride), stack.mean(axis=0))
    largest = stack == stack.max(axis=0)
    first = largest & (np.cumsum(largest, axis=0) == 1)
    shares = {"all": largest, "first": first, "average": np.full(stack.shape, 1 / size**2)}
    expected = {name: np.zeros(shape) for name in shares}
    for name, share in shares.items():
        for tap, part in zip(taps, share):
            expected[name][tap] += part * dy
    assert_close(layers.max_pool2d_backward(dy, x, size, stride), expected["all"])
    assert_close(layers.max_pool2d_backward(dy, x, size, stride, ties="first"), expected["first"])
    assert_close(layers.avg_pool2d_backward(dy, x, size, stride), expected["average"])


@pytest.mark.parametrize("n", [1, 2, 31, 130])
def test_linear_and_relu(n):
    x, w, b = RNG.standard_normal((n, 40)), RNG.standard_normal((40, 7)), RNG.standard_normal(7)
    dy = RNG.standard_normal((n, 7))
    assert_close(layers.linear(x, w, b), np.einsum("nd,dm->nm", x, w) + b)
    expected = [np.einsum("nm,dm->nd", dy, w), np.einsum("nd,nm->dm", x, dy), dy.sum(axis=0)]
    for actual, right in zip(layers.linear_backward(dy, x, w), expected):
        assert_close(actual, right)
    assert np.array_equal(layers.relu(x), np.where(x > 0, x, 0))
    assert np.array_equal(layers.relu_backward(x, -x), np.where(x < 0, x, 0))


def laid_out(array):
    """The same numbers, read-only, in other memory orders: with reversed axes, every second number, backwards."""
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan, array.dtype)
    wide[..., ::2] = array
    for same in (np.asfortranarray(array), wide[..., ::2], np.ascontiguousarray(array[::-1])[::-1]):
        same.flags.writeable = False
        yield same


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("channels", [3, 6])
def test_upstream_gradients_in_any_memory_order(stride, channels):
    x, w = RNG.standard_normal((40, 9, 7, channels)), RNG.standard_normal((3, 3, channels, 5))
    functions = {
        "conv2d": (lambda dy: layers.conv2d_backward(dy, x, w, stride, 1), layers.conv2d(x, w, np.zeros(5), stride, 1)),
        "filters": (
            lambda dy: layers.conv2d_filter_gradient(dy, x, w, stride, 1),
            layers.conv2d(x, w, np.zeros(5), stride, 1),
        ),
        "max": (lambda dy: [layers.max_pool2d_backward(dy, x, 3, stride)], layers.max_pool2d(x, 3, stride)),
        "avg": (lambda dy: [layers.avg_pool2d_backward(dy, x, 3, stride)], layers.avg_pool2d(x, 3, stride)),
        "relu": (lambda dy: [layers.relu_backward(dy, x)], x),
        "linear": (lambda dy: layers.linear_backward(dy, x[:, 0, 0], w[0, 0]), RNG.standard_normal((40, 5))),
    }
    for backward, like in functions.values():
        dy = RNG.standard_normal(like.shape)
        expected = backward(dy)
        for same in laid_out(dy):
            for actual, right in zip(backward(same), expected):
                assert_close(actual, right)


def test_linear_and_relu_of_any_memory_order():
    x, w, b = RNG.standard_normal((9, 6)), RNG.standard_normal((6, 4)), RNG.standard_normal(4)
    dy = RNG.standard_normal((9, 4))
    for same_x, same_w in zip(laid_out(x), laid_out(w)):
        assert_close(layers.linear(same_x, same_w, b), layers.linear(x, w, b))
        assert np.array_equal(layers.relu(same_x), layers.relu(x))
        for actual, right in zip(layers.linear_backward(dy, same_x, same_w), layers.linear_backward(dy, x, w)):
            assert_close(actual, right)


def everything(seed, shape, dtype):
    """The results of all layers for some random arguments."""
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal(shape).astype(dtype), rng.standard_normal((3, 3, shape[3], 4)).astype(dtype)
    y = layers.conv2d(x, w, w[0, 0, 0], pad=1)
    pooled = layers.max_pool2d(y)
    return [
        y,
        pooled,
        *layers.conv2d_backward(y, x, w, pad=1),
        *layers.conv2d_filter_gradient(y, x, w, pad=1),
        layers.max_pool2d_backward(pooled, y),
        layers.max_pool2d_backward(pooled, y, ties="first"),
        layers.avg_pool2d(y),
        layers.avg_pool2d_backward(pooled, y),
        layers.relu(y),
        layers.relu_backward(y, y),
        layers.linear(x[:, 0, 0], w[0, 0], w[0, 0, 0]),
        *layers.linear_backward(y[:, 0, 0], x[:, 0, 0], w[0, 0]),
        layers.softmax_cross_entropy(y[:, 0, 0], rng.integers(0, 4, len(y)))[1],
    ]


def test_results_of_different_calls_share_no_memory_and_stay_as_they_are():
    calls = [
        (1, (3, 4, 6, 3), np.float32),
        (2, (70, 8, 8, 5), np.float64),
        (3, (1, 40, 40, 3), np.float32),
        (4, (70, 8, 8, 5), np.float64),
    ]
    kept = [result for call in calls for result in everything(*call)]
    copies = [result.copy() for result in kept]
    net = ConvNet("conv5-relu-pool-fc", input_shape=(8, 8, 5))
    net.loss(RNG.standard_normal((70, 8, 8, 5)), np.zeros(70, int))
    everything(5, (130, 8, 8, 5), np.float64)
    assert all(np.array_equal(result, copy) for result, copy in zip(kept, copies))
    assert not any(np.shares_memory(a, b) for a, b in combinations(kept, 2))


def test_layers_in_many_threads_at_once():
    calls = [(seed, (34, 6 + 2 * (seed % 3), 8, 1 + seed % 5), np.float32) for seed in range(12)]
    alone = [everything(*call) for call in calls]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda call: everything(*call), calls * 3))
    for results, expected in zip(together, alone * 3):
        assert all(np.array_equal(a, b) for a, b in zip(results, expected))


@pytest.mark.parametrize(
    "pattern",
    [
        "conv12-relu-pool-fc",
        "(conv8-relu)*2-pool-(conv12-relu)*2-pool-fc20-relu-fc",
        "conv6F5-relu-avgpool-conv8-relu-poolF2S2-fc",
        "conv5-pool-relu-conv7F2S2P0-relu-fc9-relu-fc",
    ],
)
def test_a_net_equals_its_layers_one_by_one_from_the_first_step_on(pattern):
    """Each thread's scratch memory grows with its first step; what lies there must stay until it is used."""
    net = ConvNet(pattern, input_shape=(16, 16, 3))
    net.parameters = {name: array.astype(np.float64) for name, array in net.parameters.items()}
    x, labels = RNG.standard_normal((75, 16, 16, 3)), RNG.integers(0, 10, 75)
    expected_loss, expected = PlainNet(net, NUMPY["textbook"]).loss(x, labels)
    with same_threads(1), ThreadPoolExecutor(1) as fresh:
        steps = [fresh.submit(net.loss, x, labels).result() for _ in range(3)]
    for loss, grads in steps:
        assert loss == pytest.approx(expected_loss, rel=1e-12)
        assert grads.keys() == expected.keys()
        for name, grad in grads.items():
            assert_close(grad, expected[name])


X, W = np.ones((2, 6, 6, 3)), np.ones((3, 3, 3, 4))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: layers.conv2d_filter_gradient(X, X, W), ValueError),
        (lambda: layers.conv2d_filter_gradient(np.ones((2, 4, 4, 4), int), X, W), TypeError),
        (lambda: layers.conv2d_backward(np.ones((2, 4, 4, 4)), X.astype(int), W), TypeError),
        (lambda: layers.conv2d_backward(np.ones((4, 4, 4)), X, W), ValueError),
        (lambda: layers.conv2d_backward(np.ones((2, 4, 4, 4)), X[..., :2], W), ValueError),
        (lambda: layers.conv2d_backward(np.ones((1, 4, 4, 4)), X, W), ValueError),
        (lambda: layers.conv2d(X, W, np.ones(4), stride=2), ValueError),
        (lambda: layers.conv2d([[1.0]], W, np.ones(4)), ValueError),
        (lambda: layers.conv2d("images", W, np.ones(4)), TypeError),
        (lambda: layers.max_pool2d(X[0]), ValueError),
        (lambda: layers.max_pool2d(X, 0), ValueError),
        (lambda: layers.max_pool2d(X, 2, 0), ValueError),
        (lambda: layers.max_pool2d_backward(np.ones((2, 3, 3, 3), int), X), TypeError),
        (lambda: layers.avg_pool2d(X.astype(np.uint8)), TypeError),
        (lambda: layers.avg_pool2d_backward(np.ones((2, 3, 3, 1)), X), ValueError),
        (lambda: layers.relu_backward(np.ones(3, int), np.ones(3)), TypeError),
        (lambda: layers.relu_backward(1.0, np.ones(3)), ValueError),
        (lambda: layers.linear_backward(np.ones((2, 4)), np.ones((2, 3), int), np.ones((3, 4))), TypeError),
        (lambda: layers.linear_backward(np.ones(4), np.ones((2, 3)), np.ones((3, 4))), ValueError),
        (lambda: layers.softmax_cross_entropy(np.ones((2, 3)), [True, False]), TypeError),
        (lambda: layers.softmax_cross_entropy(np.ones((2, 3)), [0]), ValueError),
    ],
)
def test_more_hostile_arguments(call, error):
    with pytest.raises(error) as caught:
        call()
    assert len(str(caught.value).split()) >= 4  # in words


def test_images_of_one_pixel_and_lists_are_right():
    y = layers.conv2d([[[[2.0]]]], [[[[3.0, 4.0]]]], [1.0, 0.0])
    assert y.tolist() == [[[[7.0, 8.0]]]]
    assert layers.max_pool2d(np.full((1, 1, 1, 1), 5.0), 1, 1).tolist() == [[[[5.0]]]]
    padded_pixel = layers.conv2d(np.ones((1, 1, 1, 1)), np.ones((5, 5, 1, 1)), np.zeros(1), pad=3)
    assert padded_pixel[0, ..., 0].tolist() == np.ones((3, 3)).tolist()


def test_gradients_of_nan_and_of_infinity_reach_what_they_should():
    dy = np.ones((2, 4, 4, 4))
    dy[0, 0, 0, 1] = np.nan
    dx, dw, db = layers.conv2d_backward(dy, X, W)
    assert np.argwhere(np.isnan(dx).any(axis=3)).tolist() == [[0, row, column] for row, column in np.ndindex(3, 3)]
    assert np.isnan(dw[..., 1]).all()
    assert not np.isnan(dw[..., [0, 2, 3]]).any()
    assert np.isnan(db).tolist() == [False, True, False, False]
    x = X.copy()
    x[1, 2, 2, 0] = np.inf
    assert np.isinf(layers.max_pool2d(x)[1, 1, 1, 0])
    assert layers.max_pool2d_backward(np.ones((2, 3, 3, 3)), x)[1, 2:4, 2:4, 0].tolist() == [[1, 0], [0, 0]]
    x[1, 2, 2, 0] = -np.inf
    assert layers.relu(x)[1, 2, 2, 0] == 0
    assert layers.relu_backward(np.ones_like(x), x)[1, 2, 2, 0] == 0
