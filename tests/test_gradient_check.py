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


def test_nothing_to_compare():
    with pytest.raises(ValueError):
        compare(np.zeros(1), np.abs, np.array([1e-6]), np.ones(1))
    with pytest.raises(ValueError):
        compare(X[:2], np.sin, X, DY)


def test_adjoint():
    a = RNG.standard_normal((5, 4))
    assert adjoint_error(lambda x: a @ x, lambda y: a.T @ y, (4,), (5,)) < 1e-14
    assert adjoint_error(lambda x: a @ x, lambda y: a[::-1].T @ y, (4,), (5,)) > 1e-3
    with pytest.raises(ValueError):
        adjoint_error(lambda x: a @ x, lambda y: y, (4,), (5,))
