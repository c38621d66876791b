"""Products of a tall matrix with a narrow one, as stacks of small products.

OpenBLAS first copies both factors into an order that suits it, and that takes long where one of them has only a few
columns. On processors with AVX-512 it has kernels that compute products of up to a million multiplications in place.
There the factors are cut into blocks, and NumPy multiplies the stack of them in one call. On one core, for pieces as
the nets of the benchmark have them, in GFLOP/s: 12 filters 3x3x3 and their biases go from 39 to 49, 32 filters 3x3x32
from 92 to 110, their gradients from 36 to 65 and from 87 to 97. Where there are no such kernels, blocks would lose up
to a third.
"""

from functools import cache

import numpy as np
from threadpoolctl import threadpool_info

from cs_utils.engine import workspace

SMALL_PRODUCT = 1_000_000  # multiplications that OpenBLAS does in place
WITH_SMALL_KERNELS = {"SkylakeX", "Cooperlake", "SapphireRapids"}  # OpenBLAS's names of what it was tuned for
LANES = 16  # float32 numbers in a register: blocks are multiples of it
MOST_ROWS, FEWEST_ROWS = 128, 32  # of a block of the tall matrix
# Of a block of two tall matrices: with fewer rows there are more products to be summed than is gained, and strips of
# fewer columns are no better than the whole. Both were found by trial with the nets of the benchmark.
FEWEST_ROWS_TRANSPOSED, NARROWEST_STRIP = 96, 8


def multiply(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """Write a (..., M, D) @ b (..., D, N) to out (..., M, N); M may be large.

    With small kernels, the patches of 32 filters 3x3x32 on 32 images of 8x8, (2048, 288) @ (288, 32), are 21 blocks of
    96 rows, because 96 is the largest multiple of 16 whose block takes no more than a million multiplications: 96 * 288
    * 32 = 884,736. The last 32 rows are multiplied in one.
    """
    (*stack, length, depth), columns = a.shape, b.shape[-1]
    rows, width = 0, columns
    if has_small_kernels():
        while width % 2 == 0 and width > LANES and SMALL_PRODUCT // (depth * width) < FEWEST_ROWS:
            width //= 2
        rows = min(SMALL_PRODUCT // (depth * width), MOST_ROWS) // LANES * LANES
    whole = length // rows * rows if rows else 0
    if whole:
        blocks = a[..., :whole, :].reshape(*stack, -1, 1, rows, depth)
        strips = np.swapaxes(b.reshape(*stack, 1, depth, -1, width), -2, -3)
        targets = out[..., :whole, :].reshape(*stack, -1, rows, columns // width, width)
        np.matmul(blocks, strips, out=np.swapaxes(targets, -2, -3))
    if whole < length:
        np.matmul(a[..., whole:, :], b, out=out[..., whole:, :])


def multiply_transposed(a: np.ndarray, b: np.ndarray, total: np.ndarray) -> None:
    """Add a.T @ b, (..., D, M) @ (..., M, N), to total (..., D, N); M may be large.

    With small kernels, the gradient of 32 filters 3x3x32 on 32 images of 8x8, (288, 2048) @ (2048, 32), is cut into
    strips of 32 of the 288 columns and blocks of 976 of the 2048 rows, 32 * 976 * 32 = 999,424: 9 * 2 products, whose
    two summands are added up. The last 96 rows are multiplied in one.
    """
    (*stack, length, depth), columns = a.shape, b.shape[-1]
    strip = max(width for width in range(1, 2 * LANES + 1) if depth % width == 0)
    rows = min(SMALL_PRODUCT // (strip * columns), length) // LANES * LANES
    in_blocks = has_small_kernels() and rows >= FEWEST_ROWS_TRANSPOSED and strip >= NARROWEST_STRIP
    whole = length // rows * rows if in_blocks else 0
    with workspace.frame():
        if whole:
            products = workspace.take((*stack, whole // rows, depth // strip, strip, columns), a.dtype)
            blocks = np.moveaxis(a[..., :whole, :].reshape(*stack, -1, rows, depth // strip, strip), -3, -1)
            np.matmul(blocks, b[..., :whole, :].reshape(*stack, -1, 1, rows, columns), out=products)
            total += np.add.reduce(products.reshape(*stack, -1, depth, columns), axis=-3)
        if whole < length:
            rest = workspace.take((*stack, depth, columns), a.dtype)
            total += np.matmul(np.swapaxes(a[..., whole:, :], -1, -2), b[..., whole:, :], out=rest)


def sum_of_rows(maps: np.ndarray) -> np.ndarray:
    """The sum over all axes but the last; as a product with ones, 47 us where sum takes 636."""
    matrix = maps.reshape(-1, maps.shape[-1])
    sums: np.ndarray = np.ones(len(matrix), maps.dtype) @ matrix
    return sums


@cache
def has_small_kernels() -> bool:
    """Whether this processor's OpenBLAS computes small products in place."""
    return any(library.get("architecture") in WITH_SMALL_KERNELS for library in threadpool_info())
