"""The checker finds wrong gradients, accepts right ones, and knows where there is none."""

import numpy as np
import pytest

from cs_utils.gradient_check import adjoint_error, compare, numerical_gradient

RNG = np.random.default_rng(1)
X, DY = RNG.standard_normal((3, 4)), RNG.standard_normal((3, 4))


def test_numerical_gradient_of_a_known_function():
    before = X.copy()
    assert np.allclose(numerical_gradient(np.sin, X, DY), np.cos(X) * DY, rtol=0, atol=1e-9)
    assert np.array_equal(X, before)
    scalar = numerical_gradient(lambda x: x**3, np.array(2.0), np.array(1.0))
    assert scalar == pytest.approx(12)


def test_float32_is_refused_with_a_reason():
    with pytest.raises(TypeError, match="float64"):
        numerical_gradient(np.sin, X.astype(np.float32), DY)
    with pytest.raises(TypeError):
        compare(X, np.sin, X.astype(np.float32), DY)


def test_float32_inside_is_refused_too():
    def rounded(x):
        return np.maximum(x, 0).astype(np.float32)

    with pytest.raises(TypeError, match="f's result is float32"):  # a gradient of zeros once agreed here
        compare(np.zeros_like(X), rounded, X, DY)
    with pytest.raises(TypeError, match="float64"):
        numerical_gradient(rounded, X, DY)
    with pytest.raises(TypeError, match="f's result is int"):
        compare(np.zeros_like(X), lambda x: (x > 0).astype(int), X, DY)
    with pytest.raises(TypeError, match="gradient is float32"):
        compare((np.cos(X) * DY).astype(np.float32), np.sin, X, DY)


def test_the_tolerance_says_where_it_comes_from():
    relative = compare(np.cos(X) * DY, np.sin, X, DY)
    assert relative.tolerance == pytest.approx(1e-7 * np.abs(np.cos(X) * DY).max(), rel=1e-6)
    assert "1e-07 of the largest entry" in str(relative)
    assert "rounding" not in str(relative)
    constant = compare(np.zeros_like(X), lambda x: np.full(x.shape, 1e3), X, DY)
    assert constant.tolerance == pytest.approx(100 * 2**-52 * 1e3 * np.abs(DY).sum() / 1e-5)
    assert "rounding" in str(constant)
    assert "largest entry" not in str(constant)


def test_compare_names_the_worst_entry():
    right = np.cos(X) * DY
    assert compare(right, np.sin, X, DY)
    wrong = right.copy()
    wrong[1, 2] += 1e-3
    found = compare(wrong, np.sin, X, DY)
    assert not found
    assert found.worst == (1, 2)
    assert found.formula == wrong[1, 2]
    assert found.numerical == pytest.approx(right[1, 2], abs=1e-8)
    assert found.tolerance < 1e-6
    assert "(1, 2)" in str(found)


@pytest.mark.parametrize(
    "wrong", [np.cos(X), -np.cos(X) * DY, np.cos(X) * DY[::-1], np.cos(X) * DY / 3, np.zeros_like(X), X * np.nan]
)
def test_wrong_gradients_are_found(wrong):
    assert not compare(wrong, np.sin, X, DY)


def test_kinks_are_left_out_and_counted():
    x = X.copy()
    x[0, 0], x[2, 3] = 3e-6, 0.0
    found = compare((x > 0) * DY, lambda x: np.maximum(x, 0), x, DY)
    assert found
    assert found.kinks == 2
    far = compare((X > 0) * DY, lambda x: np.maximum(x, 0), X, DY)
    assert (bool(far), far.kinks) == (True, 0)


def test_too_little_to_compare_is_no_agreement():
    def relu(x):
        return np.maximum(x, 0)

    x, dy = np.full(100, 1e-6), RNG.standard_normal(100)
    x[:49] = 1.0
    with pytest.raises(ValueError, match="49 of 100"):
        compare((x > 0) * dy, relu, x, dy)
    x[49] = 1.0
    assert compare((x > 0) * dy, relu, x, dy).kinks == 50
    with pytest.raises(ValueError, match="0 of 1 "):
        compare(np.zeros(1), np.abs, np.array([1e-6]), np.ones(1))
    with pytest.raises(ValueError, match="0 of 0 "):
        compare(np.zeros(0), np.sin, np.zeros(0), np.zeros(0))
    with pytest.raises(ValueError, match="too little"):  # the function is random, as with dropout
        compare(np.cos(X) * DY, lambda x: np.sin(x) + RNG.standard_normal(x.shape), X, DY)


def test_no_number_is_wrong_even_beside_a_kink():
    x = np.array([1.0, 0.0, 2.0])
    found = compare(np.array([1.0, np.nan, 1.0]), lambda x: np.maximum(x, 0), x, np.ones(3))
    assert not found
    assert found.worst == (1,)


def test_a_function_that_overwrites_its_argument():
    def double(x):
        x *= 2
        return x

    x = X.copy()
    assert compare(2 * DY, double, x, DY)
    assert np.array_equal(x, X)
    assert adjoint_error(double, lambda y: 2 * y, (4,), (4,)) < 1e-14
    assert adjoint_error(lambda x: 2 * x, double, (4,), (4,)) < 1e-14


@pytest.mark.parametrize(
    ("f", "x", "dy", "h", "words"),
    [
        (np.log, np.array([1.0, -1.0]), np.ones(2), 1e-5, "NaN"),
        (np.sqrt, np.array([1.0, 0.0]), np.ones(2), 1e-5, r"x\[1\]"),
        (np.sin, np.ones(2), np.array([1.0, np.inf]), 1e-5, "infinity"),
        (np.sin, np.ones((2, 1)), np.ones(2), 1e-5, "dy should have the shape"),
        (np.sin, np.array([1.0, 1e14]), np.ones(2), 1e-5, r"x\[1\]"),
        (np.sin, np.ones(2), np.ones(2), 0.0, "h should be"),
        (np.sin, np.ones(2), np.ones(2), -1e-5, "h should be"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_has_no_numerical_gradient_is_named(f, x, dy, h, words):
    with pytest.raises(ValueError, match=words):
        compare(np.ones_like(x), f, x, dy, h)
    with pytest.raises(ValueError, match=words):
        numerical_gradient(f, x, dy, h)


def test_the_gradient_has_the_shape_of_x():
    with pytest.raises(ValueError, match="gradient should have the shape"):
        compare(X[:2], np.sin, X, DY)


def test_adjoint():
    a = RNG.standard_normal((5, 4))
    assert adjoint_error(lambda x: a @ x, lambda y: a.T @ y, (4,), (5,)) < 1e-14
    assert adjoint_error(lambda x: a @ x, lambda y: a[::-1].T @ y, (4,), (5,)) > 1e-3
    with pytest.raises(ValueError):
        adjoint_error(lambda x: a @ x, lambda y: y, (4,), (5,))
