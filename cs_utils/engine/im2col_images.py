"""The patch matrices of images, which have few channels: planes instead of pixels, and the biases in the product.

With three channels a patch matrix is filled in runs of nine numbers, F pixels of a row, and each run costs a call into
the inner loop of NumPy's copy. So here the images are first laid out in planes, one per channel, with all the images
of a piece innermost: the pixels at (row, column) of 32 images are 32 neighbouring numbers. Then a row of the output is
one run of hundreds of numbers, copied three times as fast.
"""

import math
from collections.abc import Iterator
from contextlib import nullcontext

import numpy as np

from cs_utils.engine import im2col, workspace
from cs_utils.engine.im2col import Pair

FEW_CHANNELS = 4
IMAGES_AT_ONCE = 8  # to lay out: the pixels of 32 images would drive each other out of the cache, 3 times slower


def pays(channels: int) -> bool:
    """Whether images or maps with so many channels should go this way."""
    return channels <= FEW_CHANNELS


def with_bias(w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Filters and biases as one matrix (F * F * C + 1, K), the right factor for `image_patch_matrices`."""
    return np.concatenate([w.reshape(-1, len(b)), b[None]])


def image_patch_matrices(
    x: np.ndarray, size: Pair, stride: int, before: int, outputs: Pair, window: int = 1, keep: bool = False
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Cut the output into pieces, and yield for each its images, its rows and its patch matrix with a column of ones.

    The matrix is (positions, F * F * C + 1), with the positions in the order (row, column, image), or, for the windows
    of a pool, (row and column within the window, row and column of the window, image). What is in memory is its
    transpose; the product does not mind. The last column is 1: a bias is one more weight, of an input that is always 1,
    so that the product needs no addition, and the last row of the matrix's gradient is the gradient of the biases.

    Parameters
    ----------
    x, size, stride, window
        As in `im2col.patch_matrices`.
    before : int
        Zero padding above and to the left; below and to the right it is as much as the windows need.
    outputs : (int, int)
        Rows and columns of the output; with a pool, of what comes out of the pool.
    keep : bool
        Whether each matrix stays valid until the end of the caller's frame, rather than until the next one.
    """
    (n, _, _, channels), (height, width), step = x.shape, outputs, stride * window
    bytes_per_row = size[0] * size[1] * channels * window**2 * width * x.itemsize
    if 0 in (n, height, width):
        return
    rows_at_once = max(1, im2col.PATCH_BYTES // bytes_per_row)
    images_at_once = min(max(1, rows_at_once // height), n)
    rows_at_once = min(rows_at_once, height)
    for first in range(0, n, images_at_once):
        images = slice(first, min(first + images_at_once, n))
        with nullcontext() if keep else workspace.frame():
            planes = _planes(x[images], (step * height + size[0], step * width + size[1]), before, step)
            for row in range(0, height, rows_at_once):
                rows = slice(row, min(row + rows_at_once, height))
                yield images, rows, _patches(planes, size, stride, window, rows, width).T


def _planes(x: np.ndarray, extent: Pair, before: int, step: int) -> np.ndarray:
    """The images, padded with zeros to at least that extent, as (C, H, step, W / step, N).

    Outputs that are neighbours in the patch matrix look at columns that are `step` apart. So these lie together here:
    column `c` of the padded image is at [c % step, c // step]. With a step of 2 and one column of padding before, the
    columns a b c d e become

        [0]  0 b d
        [1]  a c e
    """
    planes = workspace.take((x.shape[3], extent[0], step, -(-extent[1] // step), len(x)), x.dtype)
    planes[...] = 0
    rows = x[:, : extent[0] - before].transpose(3, 1, 2, 0)
    for remainder in range(step):
        padding = max(0, -(-(before - remainder) // step))  # how many columns of padding have this remainder
        columns = rows[:, :, padding * step + remainder - before :: step]
        target = planes[:, before : before + rows.shape[1], remainder, padding:]
        columns = columns[:, :, : target.shape[2]]
        target = target[:, :, : columns.shape[2]]
        for first in range(0, len(x), IMAGES_AT_ONCE):
            some = slice(first, first + IMAGES_AT_ONCE)
            target[..., some] = columns[..., some]
    return planes


def _patches(planes: np.ndarray, size: Pair, stride: int, window: int, rows: slice, width: int) -> np.ndarray:
    """The patches of some rows of outputs, and ones: (F * F * C + 1, positions).

    The output at row i, column j of the pool, row u, column v within the pool's window, looks with its tap (m, l) at

        row       (i * window + u) * stride + m  =  i * step + (u * stride + m)
        column    (j * window + v) * stride + l  =  j * step + (v * stride + l)

    of the padded image, and so, because column c is at [c % step, c // step] of the planes, for all j at a run of
    neighbours. With 3 taps, stride 1 and a pool of 2, tap l = 2 of the right outputs, v = 1, looks at the columns 3, 5,
    7, ...: [1, 1:].
    """
    step = stride * window
    channels, positions = planes.shape[0], (rows.stop - rows.start, width, planes.shape[4])
    shape = (*size, channels, window, window, *positions)
    with_ones = workspace.take((math.prod(shape[:3]) + 1, math.prod(shape[3:])), planes.dtype)
    with_ones[-1] = 1
    patches = with_ones[:-1].reshape(shape)
    # A view of the planes as (m, C, u, i, ...): windows overlap, so most rows are in it several times.
    of_channel, of_row, *others = planes.strides
    looked_at = np.ndarray(
        (size[0], channels, window, positions[0], *planes.shape[2:]),
        planes.dtype,
        planes,
        rows.start * step * of_row,
        (of_row, of_channel, of_row * stride, of_row * step, *others),
    )
    for tap, column in np.ndindex(size[1], window):
        quotient, remainder = divmod(column * stride + tap, step)
        np.copyto(patches[:, tap, :, :, column], looked_at[..., remainder, quotient : quotient + width, :])
    return with_ones
