"""Patch matrices: what makes a convolution a matrix product, in pieces that stay in the cache.

A *patch matrix* has one row for each output position and one column for each number under the filter there, F * F * C
of them. Its product with the filters as a matrix (F * F * C, K) is the convolution. For 2x2 filters on a 3x3 image:

    a b c                      a b d e
    d e f    the patch matrix  b c e f    times the filter's four weights
    g h i                      d e g h
                               e f h i

The patches of a whole batch are F * F times as large as the batch, and each would go to main memory and back.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cs_utils.engine import workspace

# Smaller pieces take more calls, between which threads wait for each other: with 1 MiB, 32 filters 5x5x32 take 1.25
# times as long on two threads, and 12 filters 3x3x3 1.6 times. Larger ones leave the cache.
PATCH_BYTES = 4 * 1024 * 1024

Pair = tuple[int, int]  # of rows and columns


def patch_matrices(
    x: np.ndarray, size: Pair, stride: int, before: Pair, outputs: Pair, window: int = 1
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Cut the output into pieces, and yield for each its images, its rows and its patch matrix.

    The matrix (positions, F * F * C) is in scratch memory of the caller's frame, and valid until the next one. A piece
    is some whole images, or else some rows of one image, so that its matrix fits into PATCH_BYTES.

    The positions are in the order (image, row, column); or, for the windows of a pool, in the order (row and column
    within the window, image, row and column of the window).

    Parameters
    ----------
    x : ndarray (N, H, W, C)
    size : (int, int)
        The filter's extent.
    stride : int
    before : (int, int)
        Zero padding above and to the left; if negative, so many rows and columns are left out. What the windows need
        beyond the other two edges is padded as well.
    outputs : (int, int)
        Rows and columns of the output, multiples of `window`.
    window : int
        Extent of the pool's windows.
    """
    (n, _, _, channels), (height, width) = x.shape, outputs
    depth = size[0] * size[1] * channels
    if 0 in (n, height, width):
        return
    rows_at_once = max(1, PATCH_BYTES // (width * depth * x.itemsize * window)) * window
    images_at_once = min(max(1, rows_at_once // height), n)
    rows_at_once = min(rows_at_once, height)
    memory = workspace.take((images_at_once * rows_at_once * width * depth,), x.dtype)
    for first, group in _padded_groups(x, size, stride, before, outputs):
        windows = _all_windows(group, size, stride, outputs)
        for image in range(0, len(group), images_at_once):
            for row in range(0, height, rows_at_once):
                piece = windows[image : image + images_at_once, row : row + rows_at_once]
                patches = memory[: piece.size].reshape(-1, depth)
                numbers = in_windows(piece, window)
                np.copyto(patches.reshape(numbers.shape), numbers)
                images = slice(first + image, first + image + len(piece))
                yield images, slice(row, row + piece.shape[1]), patches


def in_windows(piece: np.ndarray, window: int) -> np.ndarray:
    """A view of (N, H', W', ...) as (row and column within the pool's window, N, row and column of the window, ...)."""
    n, rows, columns, *rest = piece.shape
    split = piece.reshape(n, rows // window, window, columns // window, window, *rest)
    return split.transpose(2, 4, 0, 1, 3, *range(5, split.ndim))


def copy_pixels(target: np.ndarray, source: np.ndarray) -> None:
    """np.copyto for maps (..., K) that copies a pixel as one item: half the time for 12 numbers, 0.7 of it for 64."""
    pixel = np.dtype((np.void, target.shape[-1] * target.itemsize))
    if target.strides[-1] == source.strides[-1] == target.itemsize and target.dtype == source.dtype and target.size:
        target, source = target.view(pixel), source.view(pixel)
    np.copyto(target, source)


def _padded_groups(
    x: np.ndarray, size: Pair, stride: int, before: Pair, outputs: Pair
) -> Iterator[tuple[int, np.ndarray]]:
    """The part of x that the windows cover, some images at a time, each with the index of its first.

    Where it reaches beyond x it is padded with zeros, in scratch memory; where it does not, it is a view.
    """
    starts = [-before[axis] for axis in (0, 1)]
    stops = [starts[axis] + (outputs[axis] - 1) * stride + size[axis] for axis in (0, 1)]
    if min(starts) >= 0 and stops[0] <= x.shape[1] and stops[1] <= x.shape[2]:
        yield 0, x[:, starts[0] : stops[0], starts[1] : stops[1]]
        return
    (rows, to_rows), (columns, to_columns) = (_overlap(starts[axis], stops[axis], x.shape[axis + 1]) for axis in (0, 1))
    shape = (stops[0] - starts[0], stops[1] - starts[1], x.shape[3])
    at_once = min(len(x), max(1, PATCH_BYTES // (math.prod(shape) * x.itemsize)))
    padded = workspace.take((at_once, *shape), x.dtype)
    padded[:, : to_rows.start] = padded[:, to_rows.stop :] = 0
    padded[:, :, : to_columns.start] = padded[:, :, to_columns.stop :] = 0
    for first in range(0, len(x), at_once):
        group = padded[: len(x) - first]
        group[:, to_rows, to_columns] = x[first : first + at_once, rows, columns]
        yield first, group


def _overlap(start: int, stop: int, extent: int) -> tuple[slice, slice]:
    """What pixels from start to stop have in common with an axis of `extent` pixels: there, and in a copy of them.

    Pixels -1 to 5 of an axis of 4 are all four, at 1 to 5 in the copy: (slice(0, 4), slice(1, 5)).
    """
    first = max(start, 0)
    last = max(first, min(stop, extent))
    return slice(first, last), slice(first - start, last - start)


def _all_windows(x: np.ndarray, size: Pair, stride: int, outputs: Pair) -> np.ndarray:
    """A view (N, H', W', F, F, C) of the windows, overlapping, without a copy."""
    of_image, of_row, of_column, of_channel = x.strides
    return as_strided(
        x,
        (len(x), *outputs, *size, x.shape[3]),
        (of_image, of_row * stride, of_column * stride, of_row, of_column, of_channel),
        writeable=False,
    )
