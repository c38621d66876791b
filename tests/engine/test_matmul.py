"""Products in blocks, as on processors with small kernels, and in one: the same numbers."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from oracles import assert_close

from cs_utils.engine import matmul

SIZES = st.integers(1, 70)


@pytest.fixture(params=[True, False], ids=["blocks", "in one"])
def kernels(request, monkeypatch):
    """Small kernels or not, and products small enough for small arrays to be cut into several blocks."""
    monkeypatch.setattr(matmul, "has_small_kernels", lambda: request.param)
    monkeypatch.setattr(matmul, "SMALL_PRODUCT", 40_000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stack=st.sampled_from([(), (3,)]), rows=st.integers(1, 600), depth=SIZES, columns=SIZES, seed=st.integers(0, 99))
def test_products_and_transposed_products(kernels, stack, rows, depth, columns, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((*stack, rows, depth)), rng.standard_normal((*stack, depth, columns))
    out = np.full((*stack, rows, columns), np.nan)
    matmul.multiply(a, b, out)
    assert_close(out, a @ b)
    c = rng.standard_normal((*stack, rows, columns))
    total = rng.standard_normal((*stack, depth, columns))
    expected = total + np.swapaxes(a, -1, -2) @ c
    matmul.multiply_transposed(a, c, total)
    assert_close(total, expected)


def test_large_products_are_cut_into_blocks(monkeypatch):
    """Else the test above would compare a product with itself."""
    monkeypatch.setattr(matmul, "has_small_kernels", lambda: True)
    shapes, original = [], np.matmul
    monkeypatch.setattr(matmul.np, "matmul", lambda a, b, **out: (shapes.append(a.shape), original(a, b, **out))[1])
    matmul.multiply(np.ones((2048, 288)), np.ones((288, 32)), np.empty((2048, 32)))
    assert shapes == [(21, 1, 96, 288), (32, 288)]
    shapes.clear()
    matmul.multiply_transposed(np.ones((2048, 288)), np.ones((2048, 32)), np.zeros((288, 32)))
    assert shapes == [(2, 9, 32, 976), (288, 96)]


@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 4, 5), (0, 5)])
def test_sum_of_rows(shape):
    maps = np.random.default_rng(0).standard_normal(shape)
    assert_close(matmul.sum_of_rows(maps), maps.reshape(-1, 5).sum(axis=0))
