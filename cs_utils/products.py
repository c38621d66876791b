"""Products of a tall matrix with a narrow one, in slabs.

OpenBLAS first copies both factors into an order that suits it, and that takes as long as the multiplication when one
of them has only a few columns. Products of up to a million multiplications it computes in place. So a tall matrix is
cut into slabs, and NumPy multiplies the stack of them in one call: 38 -> 68 GFLOP/s for filters 3x3x3 -> 12,
79 -> 110 for 5x5x3 -> 32, 84 -> 104 for 3x3x32 -> 32 (one core, AVX-512).
"""

import numpy as np

from cs_utils import scratch

SMALL_PRODUCT = 1_000_000  # multiplications
LANES = 16  # float32 numbers in a register: slabs are multiples of it


def multiply(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """Write a (M, D) @ b (D, N) to out (M, N); M may be large."""
    slab = min(_slab(*b.shape), 128)
    whole = len(a) // slab * slab if slab else 0
    if whole:
        np.matmul(a[:whole].reshape(-1, slab, len(b)), b, out=out[:whole].reshape(-1, slab, b.shape[1]))
    if whole < len(a):
        np.matmul(a[whole:], b, out=out[whole:])


def multiply_transposed(a: np.ndarray, b: np.ndarray, total: np.ndarray) -> None:
    """Add a.T @ b, (D, M) @ (M, N), to total (D, N); M may be large."""
    (rows, depth), columns = a.shape, b.shape[1]
    slab = min(_slab(depth, columns), rows // LANES * LANES)
    whole = rows // slab * slab if slab >= 128 else 0  # else the sum of the slabs' products would take too long
    with scratch.frame():
        if whole:
            products = scratch.take((whole // slab, depth, columns), a.dtype)
            stack = a[:whole].reshape(-1, slab, depth).transpose(0, 2, 1)
            np.matmul(stack, b[:whole].reshape(-1, slab, columns), out=products)
            for product in products:
                total += product
        if whole < rows:
            total += np.matmul(a[whole:].T, b[whole:], out=scratch.take((depth, columns), a.dtype))


def _slab(depth: int, columns: int) -> int:
    return SMALL_PRODUCT // (depth * columns) // LANES * LANES
