"""`winograd`: the same numbers as loops and as patches, wherever it is taken."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cs_utils import layers
from cs_utils.benchmark.measure import same_threads
from cs_utils.engine import winograd
from cs_utils.model import ConvNet
from tests import oracles

NEVER, ALWAYS = {True: 10**9, False: 10**9}, {True: 1, False: 1}


@pytest.fixture
def small_pieces(monkeypatch):
    """Winograd's way for any number of channels, in small pieces, so that small arrays are cut as well."""
    monkeypatch.setattr(winograd, "FEWEST_CHANNELS", ALWAYS)
    monkeypatch.setattr(winograd, "FEWEST_PRODUCTS", 0)
    monkeypatch.setattr(winograd, "PIECE_BYTES", 2048)
    monkeypatch.setattr(winograd, "IMAGES_AT_ONCE", 3)


@pytest.fixture
def taken(monkeypatch):
    """How often Winograd's way was taken."""
    pieces, original = [], winograd._transform
    monkeypatch.setattr(winograd, "_transform", lambda *arguments: (pieces.append(1), original(*arguments)))
    return pieces


def random_case(n, height, width, channels, filters, pads, dtype, seed=0):
    """x, w, b and dy for these extents of the output."""
    rng = np.random.default_rng(seed)
    x_shape = (n, height + 2 - sum(pads), width + 2 - sum(pads), channels)
    shapes = (x_shape, (3, 3, channels, filters), (filters,), (n, height, width, filters))
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def assert_close(got, expected, dtype):
    assert (got.shape, got.dtype) == (expected.shape, dtype)
    assert np.max(np.abs(got - expected)) <= (1e-10 if dtype == np.float64 else 1e-4) * max(1, np.max(np.abs(expected)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n=st.integers(1, 8),
    rows=st.integers(1, 4),
    columns=st.integers(1, 4),
    channels=st.integers(5, 7),  # with fewer, `im2col_images` would do it
    filters=st.integers(1, 5),
    pads=st.tuples(st.integers(0, 2), st.integers(0, 3)),
    dtype=st.sampled_from([np.float64, np.float32]),
    seed=st.integers(0, 99),
)
def test_equal_to_the_loops(small_pieces, taken, n, rows, columns, channels, filters, pads, dtype, seed):
    height, width = 2 * rows, 2 * columns
    assume(min(height, width) + 2 - sum(pads) >= 1)
    x, w, b, dy = random_case(n, height, width, channels, filters, pads, dtype, seed)
    taken.clear()
    assert_close(layers.conv2d(x, w, b, pad=pads), oracles.conv2d(x, w, b, pads=pads), dtype)
    assert taken
    for got, expected in zip(layers.conv2d_backward(dy, x, w, pad=pads), oracles.conv2d_backward(dy, x, w, pads=pads)):
        assert_close(got, expected, dtype)


@pytest.mark.parametrize("shape", [(32, 16, 16, 32, 64), (9, 8, 8, 128, 32), (1, 64, 64, 32, 32), (130, 8, 8, 48, 40)])
def test_equal_to_patches_as_it_is_chosen(monkeypatch, taken, shape):
    x, w, b, dy = random_case(*shape, (1, 1), np.float32)
    results = [layers.conv2d(x, w, b, pad=1), *layers.conv2d_backward(dy, x, w, pad=1)]
    assert taken
    monkeypatch.setattr(winograd, "FEWEST_CHANNELS", NEVER)
    taken.clear()
    for got, expected in zip(results, [layers.conv2d(x, w, b, pad=1), *layers.conv2d_backward(dy, x, w, pad=1)]):
        assert_close(got, expected, np.float32)
    assert not taken


def forward_and_backward(case):
    x, w, b, dy = case
    return [layers.conv2d(x, w, b, pad=1), *layers.conv2d_backward(dy, x, w, pad=1)]


def test_same_bits_for_any_number_of_threads_and_of_callers(taken):
    cases = [random_case(70, 8, 8, 32, 48, (1, 1), np.float32, seed) for seed in range(4)]
    with same_threads(1):
        expected = [forward_and_backward(case) for case in cases]
    assert taken
    for threads in (2, 3):
        with same_threads(threads), ThreadPoolExecutor(4) as callers:
            for results, others in zip(callers.map(forward_and_backward, cases), expected):
                for array, other in zip(results, others):
                    np.testing.assert_array_equal(array, other)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", [(3, 6, 8, 5), (0, 0, 15, 31)])
@pytest.mark.parametrize("in_x", [True, False])
def test_a_number_that_is_not_finite_reaches_what_it_should_alone(monkeypatch, taken, number, where, in_x):
    x, w, b, dy = random_case(8, 16, 16, 32, 32, (1, 1), np.float32)
    (x if in_x else dy)[where] = number
    net = ConvNet("conv32-pool-relu-fc", input_shape=(16, 16, 32))

    def results():
        with np.errstate(all="ignore"):
            return [layers.conv2d(x, w, b, pad=1), *layers.conv2d_backward(dy, x, w, pad=1), net.scores(x)]

    got = results()
    assert taken
    monkeypatch.setattr(winograd, "FEWEST_CHANNELS", NEVER)
    for array, expected in zip(got, results()):
        finite = np.isfinite(expected)
        np.testing.assert_array_equal(array[~finite], expected[~finite])
        assert_close(array[finite], expected[finite], np.float32)


@pytest.mark.parametrize("pattern", ["conv4-relu-conv5-relu-pool-fc", "conv3-pool-relu-res-conv4-pool-fc"])
def test_whole_nets(monkeypatch, small_pieces, taken, pattern):
    """Also with the pool that is computed together with the convolution."""
    net = ConvNet(pattern, input_shape=(8, 12, 5), classes=3)
    net.parameters = {name: array.astype(np.float64) for name, array in net.parameters.items()}
    rng = np.random.default_rng(1)
    x, labels = rng.standard_normal((7, 8, 12, 5)), rng.integers(0, 3, 7)
    loss, grads = net.loss(x, labels)
    assert taken
    monkeypatch.setattr(winograd, "FEWEST_CHANNELS", NEVER)
    expected_loss, expected = net.loss(x, labels)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    for name, grad in grads.items():
        assert_close(grad, expected[name], np.float64)
