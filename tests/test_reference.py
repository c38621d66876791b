"""The textbook's operations: the same names and arguments as `layers`, right by loops and numerical gradients."""

import inspect

import hypothesis.strategies as st
import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from oracles import assert_close

from cs_utils import layers, reference
from cs_utils.gradient_check import compare

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", layers.__all__)
def test_the_same_arguments_as_in_layers(name):
    ours, textbook = (
        [(p.name, p.default) for p in inspect.signature(getattr(module, name)).parameters.values()]
        for module in (layers, reference)
    )
    assert ours == textbook


@settings(max_examples=40, deadline=None)
@given(
    extents=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.integers(1, 3),
    pads=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    outputs=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_convolutions_equal_the_loops(extents, stride, pads, outputs):
    sides = [max(1, (n - 1) * stride + size - sum(pads)) for n, size in zip(outputs, extents)]
    x, w, b = (RNG.standard_normal(shape) for shape in ((2, *sides, 3), (*extents, 3, 2), (2,)))
    if any((side - size + sum(pads)) % stride for side, size in zip(sides, extents)):
        return  # the padding alone is more than these outputs need
    y = reference.conv2d(x, w, b, stride, pads)
    assert_close(y, oracles.conv2d(x, w, b, stride, pads))
    dy = RNG.standard_normal(y.shape)
    expected = oracles.conv2d_backward(dy, x, w, stride, pads)
    for actual, right in zip(reference.conv2d_backward(dy, x, w, stride, pads), expected):
        assert_close(actual, right)
    for actual, right in zip(reference.conv2d_filter_gradient(dy, x, w, stride, pads), expected[1:]):
        assert_close(actual, right)


@pytest.mark.parametrize("ties", ["all", "first"])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 1), (1, 1), (2, 3)])
def test_pools_equal_the_loops(size, stride, ties):
    x = RNG.integers(-2, 2, (2, 2 * stride + size, stride + size, 3)).astype(float)
    y = reference.max_pool2d(x, size, stride)
    assert_close(y, oracles.pool(x, size, stride, np.max))
    dy = RNG.standard_normal(y.shape)
    expected = oracles.max_pool2d_backward(dy, x, size, stride, ties)
    assert_close(reference.max_pool2d_backward(dy, x, size, stride, ties), expected)
    assert_close(reference.avg_pool2d(x, size, stride), oracles.pool(x, size, stride, np.mean))
    assert_close(reference.avg_pool2d_backward(dy, x, size, stride), oracles.avg_pool2d_backward(dy, x, size, stride))


def test_other_derivatives_equal_numerical_gradients():
    x, dy = RNG.standard_normal((3, 2, 4, 2)), RNG.standard_normal((3, 2, 4, 2))
    gamma, beta = RNG.standard_normal(2), RNG.standard_normal(2)
    dx, dgamma, dbeta = reference.batch_norm_backward(dy, x, gamma)
    assert compare(dx, lambda x: reference.batch_norm(x, gamma, beta), x, dy)
    assert compare(dgamma, lambda gamma: reference.batch_norm(x, gamma, beta), gamma, dy)
    assert compare(dbeta, lambda beta: reference.batch_norm(x, gamma, beta), beta, dy)
    assert compare(reference.relu_backward(dy, x), reference.relu, x, dy)
    mean_dy = RNG.standard_normal((3, 2))
    dx = reference.global_average_pool_backward(mean_dy, x.shape)
    assert compare(dx, reference.global_average_pool, x, mean_dy)
    rows, w, b, dy = (RNG.standard_normal(shape) for shape in ((3, 4), (4, 5), (5,), (3, 5)))
    dx, dw, db = reference.linear_backward(dy, rows, w)
    assert compare(dx, lambda x: reference.linear(x, w, b), rows, dy)
    assert compare(dw, lambda w: reference.linear(rows, w, b), w, dy)
    assert compare(db, lambda b: reference.linear(rows, w, b), b, dy)
    labels = np.array([0, 4, 2])
    _, dscores = reference.softmax_cross_entropy(dy, labels)
    assert compare(dscores, lambda scores: reference.softmax_cross_entropy(scores, labels)[0], dy, np.ones(()))


def test_values_by_hand():
    assert reference.relu(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 2]
    assert reference.linear(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([5.0])).tolist() == [[16]]
    assert reference.global_average_pool(np.arange(8.0).reshape(1, 2, 2, 2)).tolist() == [[3, 4]]
    y = reference.batch_norm(np.array([1.0, 3.0]).reshape(2, 1, 1, 1), np.array([2.0]), np.array([7.0]), eps=0.0)
    assert y.ravel().tolist() == [5, 9]
    loss, _ = reference.softmax_cross_entropy(np.array([[1000.0, 0.0], [0.0, np.log(3)]]), np.array([1, 0]))
    assert loss == pytest.approx((1000 + np.log(4)) / 2)


@pytest.mark.parametrize(("arguments", "expected"), [((7, 3), 5), ((33, 5, 2, 2), 17), ((32, 5, 2, (1, 2)), 16)])
def test_output_size(arguments, expected):
    assert reference.output_size(*arguments) == expected


@pytest.mark.parametrize("arguments", [(7, 3, 3), (2, 3)])
def test_output_size_refuses_what_does_not_fit(arguments):
    with pytest.raises(ValueError):
        reference.output_size(*arguments)
