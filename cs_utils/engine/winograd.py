"""3x3 filters in fewer multiplications: Winograd's minimal filtering.

Two neighbouring outputs of a filter with three taps take six multiplications,

    y0 = d0 g0 + d1 g1 + d2 g2
    y1 = d1 g0 + d2 g1 + d3 g2

or only four:

    m0 = (d0 - d2) g0        m1 = (d1 + d2) (g0 + g1 + g2) / 2        y0 = m0 + m1 + m2
    m3 = (d1 - d3) g2        m2 = (d2 - d1) (g0 - g1 + g2) / 2        y1 = m1 - m2 - m3

(Multiply it out.) In matrices that is y = A^T ((G g) * (B^T d)). Done along both axes, a *tile* d of 4x4 inputs gives
2x2 outputs with 16 multiplications instead of 36:

    U = G g G^T        V = B^T d B        M = U * V, summed over the channels        y = A^T M A

The sum over the channels is a matrix product for each of the 16 places. The price are the additions in B^T d B and
A^T M A, but the former serve all filters, and the latter all channels; and V is 4 times as large as d where a patch
matrix is 9 times. On one core with AVX-512, forward and backward take these parts of the time with patches: 16 filters
on 16 channels 0.87, 32 on 32 0.73, 64 on 64 0.60, 128 on 128 0.56; with AVX2, 32 on 32 0.80, 64 on 64 0.78, 128 on 128
0.67.

Rounding errors are relative to the largest number in the tile: in float32 about 1e-6 of the largest output.

Source: A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, F(2x2, 3x3).
"""

import math
from collections.abc import Iterator

import numpy as np

from cs_utils.engine import workspace
from cs_utils.engine.im2col import Pair, copy_pixels, in_windows
from cs_utils.engine.matmul import has_small_kernels, multiply, multiply_transposed

B_T = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
A_T = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])

# V is computed in pieces. With larger ones everything goes through main memory. With smaller ones two threads take up
# to twice the time of one, because they wait for each other between the calls.
PIECE_BYTES = 2 * 1024 * 1024
IMAGES_AT_ONCE = 16  # in a piece; pixels of 32 images would drive each other out of the cache
# With fewer it takes as long as with patches; without small kernels (see `matmul`) with 16 channels up to 1.2 times.
FEWEST_CHANNELS = {True: 16, False: 32}
FEWEST_PRODUCTS = 1_000_000  # of a filter's number with a pixel's


def pays(x: np.ndarray, w: np.ndarray, stride: int, before: int, outputs: Pair) -> bool:
    """Whether a correlation can be computed this way, and faster."""
    (*extent, channels, filters), (height, width) = w.shape, outputs
    return (
        (*extent, stride) == (3, 3, 1)
        and 0 <= before <= 2
        and height % 2 == width % 2 == 0
        and min(channels, filters) >= FEWEST_CHANNELS[has_small_kernels()]
        and len(x) * height * width * channels * filters >= FEWEST_PRODUCTS
        and is_finite(w)
    )


def is_finite(maps: np.ndarray) -> bool:
    """Whether all sums and differences of these numbers are sound.

    Infinity minus infinity is NaN: from one such input it spreads to the whole tile, in the maps of all filters. So
    callers of `correlate`, `tile_products` and `both_gradients` should ask this of one of the maps that come out, and
    of dw, and if the answer is no compute everything with patches: then only those outputs are lost whose filters see
    such an input.
    """
    with np.errstate(all="ignore"):
        return math.isfinite(maps.sum())


def correlate(x: np.ndarray, w: np.ndarray, b: np.ndarray, before: int, y: np.ndarray) -> None:
    """Write the correlation of x (N, H, W, C) with filters w (3, 3, C, K), plus b (K,), to y (N, H', W', K)."""
    for images, rows, m in tile_products(x, w, before, y.shape[1:3]):
        m[1, 1] += b  # the one of the 16 that goes into all four outputs with a plus
        with workspace.frame():
            copy_pixels(_in_tiles(y[images, rows]), outputs_of(m))


def tile_products(
    x: np.ndarray, w: np.ndarray, before: int, outputs: Pair
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """For each piece of the output its images, its rows, and M (4, 4, rows / 2, W' / 2, images, K).

    It is in scratch memory of the caller's frame, and valid until the next one.
    """
    u, memory = _of_filters(w, G), None
    for images, rows, v in _transformed_tiles(x, before, outputs):
        shape = (*v.shape[:-1], w.shape[3])
        if memory is None:  # the first piece is the largest
            memory = workspace.take((math.prod(shape),), x.dtype)
        m = memory[: math.prod(shape)].reshape(shape)
        multiply(_as_matrices(v), u, _as_matrices(m))
        yield images, rows, m


def outputs_of(m: np.ndarray) -> np.ndarray:
    """A^T M A: (row and column in the tile, rows / 2, W' / 2, images, K), in scratch memory."""
    return _on_both_sides(A_T, m)


def both_gradients(dy: np.ndarray, x: np.ndarray, w: np.ndarray, before: int, dx: np.ndarray) -> np.ndarray:
    """Write the gradient of x to dx and return that of w, both from the transformed tiles of dy.

    dx is a correlation, too: that of dy with the flipped filters, and to flip them is to flip the columns of G. dw is
    the gradient of sum(dy * y), which is sum(dx * x). So it is found by going backward from dx = A^T M A with x as the
    upstream gradient: dM = A x A^T, dU = V * dM, dw = G^T dU G.
    """
    flipped = G[:, ::-1]
    u = _of_filters(w.transpose(0, 1, 3, 2), flipped)
    du = np.zeros((16, *w.shape[2:]), w.dtype)
    for images, rows, v in _transformed_tiles(dy, 2 - before, x.shape[1:3]):
        with workspace.frame():
            x_in_tiles = workspace.take(_in_tiles(x[images, rows]).shape, x.dtype)
            copy_pixels(x_in_tiles, _in_tiles(x[images, rows]))
            m = _on_both_sides(A_T.T, x_in_tiles)
            multiply_transposed(_as_matrices(m), _as_matrices(v), du)
            multiply(_as_matrices(v), u, _as_matrices(m))
            copy_pixels(_in_tiles(dx[images, rows]), outputs_of(m))
    back = flipped.T.astype(w.dtype)
    dw: np.ndarray = np.matmul(back, np.matmul(back, du.reshape(4, 4, -1)).reshape(4, -1)).reshape(w.shape)
    return dw


def _transformed_tiles(x: np.ndarray, before: int, outputs: Pair) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Cut the output into some rows of some images, and yield with each V (4, 4, rows / 2, W' / 2, images, C).

    It is in scratch memory of the caller's frame, and valid until the next one.
    """
    (n, _, _, channels), (height, width) = x.shape, outputs
    images_at_once = math.ceil(n / math.ceil(n / IMAGES_AT_ONCE))
    bytes_of_two_rows = 8 * width * images_at_once * channels * x.itemsize
    rows_at_once = 2 * min(height // 2, max(1, PIECE_BYTES // bytes_of_two_rows))
    memory = workspace.take((4 * rows_at_once * width * images_at_once * channels,), x.dtype)
    for first in range(0, n, images_at_once):
        images = slice(first, min(first + images_at_once, n))
        for row in range(0, height, rows_at_once):
            rows = slice(row, min(row + rows_at_once, height))
            shape = (4, 4, (rows.stop - rows.start) // 2, width // 2, images.stop - images.start, channels)
            v = memory[: math.prod(shape)].reshape(shape)
            _transform(x[images], before, rows, v)
            yield images, rows, v


def _transform(x: np.ndarray, before: int, rows: slice, v: np.ndarray) -> None:
    """Write B^T d B of all tiles d in these rows of the output to v."""
    matrix, (high, wide, images, channels) = B_T.astype(v.dtype), v.shape[2:]
    with workspace.frame():
        padded = _padded(x, before, rows, 2 * wide).reshape(2 * high + 2, -1)
        half = workspace.take((4, high, 2 * wide + 2, images * channels), v.dtype)
        np.matmul(matrix, _overlapping(padded, axis=0), out=half.reshape(4, high, -1).swapaxes(0, 1))
        np.matmul(matrix, _overlapping(half, axis=2), out=v.reshape(4, 4, high, wide, -1).transpose(0, 2, 3, 1, 4))


def _overlapping(maps: np.ndarray, axis: int) -> np.ndarray:
    """A view of a contiguous array where that axis is (tile, place in the tile): places 0 to 3, 2 to 5, 4 to 7, ..."""
    shape, strides, step = maps.shape, maps.strides, maps.strides[axis]
    shape = (*shape[:axis], shape[axis] // 2 - 1, 4, *shape[axis + 1 :])
    return np.ndarray(shape, maps.dtype, maps, 0, (*strides[:axis], 2 * step, step, *strides[axis + 1 :]))


def _padded(x: np.ndarray, before: int, rows: slice, width: int) -> np.ndarray:
    """What the tiles in these rows of the output cover, with zeros around x: (rows + 2, W' + 2, images, C)."""
    padded = workspace.take((rows.stop - rows.start + 2, width + 2, len(x), x.shape[3]), x.dtype)
    inside = x[:, max(0, rows.start - before) : rows.stop + 2 - before, : width + 2 - before].transpose(1, 2, 0, 3)
    top = max(0, before - rows.start)
    bottom, right = top + inside.shape[0], before + inside.shape[1]
    padded[:top] = padded[bottom:] = padded[:, :before] = padded[:, right:] = 0
    copy_pixels(padded[top:bottom, before:right], inside)
    return padded


def _on_both_sides(matrix: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """matrix @ block @ matrix.T for all blocks (d, d, rows, ...): (m, m, rows, ...), in scratch memory."""
    (m, d), (rows, *rest) = matrix.shape, blocks.shape[2:]
    matrix = matrix.astype(blocks.dtype)
    result = workspace.take((m, m, rows, *rest), blocks.dtype)
    with workspace.frame():
        half = workspace.take((m, d, rows, math.prod(rest)), blocks.dtype)
        np.matmul(matrix, blocks.reshape(d, d, rows, -1).transpose(1, 2, 0, 3), out=half.transpose(1, 2, 0, 3))
        np.matmul(matrix, half.swapaxes(1, 2), out=result.reshape(m, m, rows, -1).swapaxes(1, 2))
    return result


def _of_filters(w: np.ndarray, g: np.ndarray) -> np.ndarray:
    """U = G w G^T (16, C, K) of filters w (3, 3, C, K)."""
    g = g.astype(w.dtype)
    u: np.ndarray = np.matmul(g, (g @ w.reshape(3, -1)).reshape(4, 3, -1)).reshape(16, *w.shape[2:])
    return u


def _in_tiles(maps: np.ndarray) -> np.ndarray:
    """A view of maps (N, H, W, C) as (row and column in the tile, H / 2, W / 2, N, C)."""
    return in_windows(maps, 2).transpose(0, 1, 3, 4, 2, 5)


def _as_matrices(maps: np.ndarray) -> np.ndarray:
    """(16, positions, depth)"""
    return maps.reshape(16, -1, maps.shape[-1])
