"""Patch matrices: what makes a convolution a matrix product, in pieces that stay in the cache.

A *patch matrix* has one row for each output position and one column for each number under the filter there:
F * F * C of them. Times the filters, as a matrix (F * F * C, K), it is the convolution; see `correlation`.
"""

import math
from collections.abc import Iterator
from contextlib import nullcontext

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cs_utils.engine import workspace

# The patches of a whole batch are 9 times the input and go through main memory; pieces of this size stay in the cache.
# 32 filters 5x5x32 on 128 images, forward and backward: 168 ms on two threads; with 512 KiB 236 (too many calls).
PATCH_BYTES = 2 * 1024 * 1024
# Images have few channels, and their patches a way of their own: `image_patch_matrices`.
FEW_CHANNELS = 4
# Patches that are kept leave the cache anyway: twice as many at a time. With half of this, two threads take 1.15 times
# as long for the lecture's net, for they wait for each other between the calls.
KEPT_PATCH_BYTES = 4 * 1024 * 1024

Pair = tuple[int, int]  # of rows and columns


def patch_matrices(
    x: np.ndarray, size: Pair, stride: int, before: Pair, outputs: Pair, window: int = 1
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Cut the output into pieces, and yield for each its images, its rows and its patch matrix.

    The matrix (positions, F * F * C) is in scratch memory of the caller's frame, and valid until the next one. A piece
    is some whole images, or else some rows of one image, so that its matrix fits into PATCH_BYTES.

    The positions are in the order (image, row, column); or, for windows of a pool, in the order (row and column within
    the window, image, row and column of the window).

    Parameters
    ----------
    x : ndarray (N, H, W, C)
    size : (int, int)
        The filter's extent.
    stride : int
    before : (int, int)
        Zero padding above and to the left (negative: so many rows and columns are left out). What the windows need
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
    for first, group in padded_groups(x, size, stride, before, outputs):
        windows = all_windows(group, size, stride, outputs)
        for image in range(0, len(group), images_at_once):
            for row in range(0, height, rows_at_once):
                piece = windows[image : image + images_at_once, row : row + rows_at_once]
                patches = memory[: piece.size].reshape(-1, depth)
                numbers = in_windows(piece, window)
                np.copyto(patches.reshape(numbers.shape), numbers)
                images = slice(first + image, first + image + len(piece))
                yield images, slice(row, row + piece.shape[1]), patches


def in_windows(piece: np.ndarray, window: int) -> np.ndarray:
    """A view of (N, H', W', ...) as (row and column within the pool window, N, row and column of the window, ...)."""
    n, rows, columns, *rest = piece.shape
    split = piece.reshape(n, rows // window, window, columns // window, window, *rest)
    return split.transpose(2, 4, 0, 1, 3, *range(5, split.ndim))


def copy_pixels(target: np.ndarray, source: np.ndarray) -> None:
    """np.copyto for maps (..., K) that copies a pixel as one item: half the time for 12 numbers, 0.7 of it for 64."""
    pixel = np.dtype((np.void, target.shape[-1] * target.itemsize))
    if target.strides[-1] == source.strides[-1] == target.itemsize and target.dtype == source.dtype and target.size:
        target, source = target.view(pixel), source.view(pixel)
    np.copyto(target, source)


def padded_groups(
    x: np.ndarray, size: Pair, stride: int, before: Pair, outputs: Pair
) -> Iterator[tuple[int, np.ndarray]]:
    """The part of x that the windows cover, some images at a time, with the index of the first.

    It is padded with zeros, in scratch memory, where it reaches beyond x; else it is a view.
    """
    n, *extent, channels = x.shape
    starts = [-before[axis] for axis in (0, 1)]
    stops = [starts[axis] + (outputs[axis] - 1) * stride + size[axis] for axis in (0, 1)]
    inside = min(starts) >= 0 and stops[0] <= extent[0] and stops[1] <= extent[1]
    if inside:
        yield 0, x[:, starts[0] : stops[0], starts[1] : stops[1]]
        return
    height, width = (stops[axis] - starts[axis] for axis in (0, 1))
    at_once = min(n, max(1, PATCH_BYTES // (height * width * channels * x.itemsize)))
    padded = workspace.take((at_once, height, width, channels), x.dtype)
    top, left = (min(max(0, -start), side) for start, side in zip(starts, (height, width)))
    bottom, right = (
        max(at, min(e - start, side)) for at, e, start, side in zip((top, left), extent, starts, (height, width))
    )
    padded[:, :top] = padded[:, bottom:] = padded[:, :, :left] = padded[:, :, right:] = 0
    inner = x[:, starts[0] + top : starts[0] + bottom, starts[1] + left : starts[1] + right]
    for first in range(0, n, at_once):
        group = padded[: n - first]
        group[:, top:bottom, left:right] = inner[first : first + at_once]
        yield first, group


def all_windows(x: np.ndarray, size: Pair, stride: int, outputs: Pair) -> np.ndarray:
    """A view (N, H', W', F, F, C) of the windows, overlapping, without a copy."""
    of_image, of_row, of_column, of_channel = x.strides
    return as_strided(
        x,
        (len(x), *outputs, *size, x.shape[3]),
        (of_image, of_row * stride, of_column * stride, of_row, of_column, of_channel),
        writeable=False,
    )


def image_patch_matrices(
    x: np.ndarray, size: Pair, stride: int, before: int, outputs: Pair, window: int = 1, keep: bool = False
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """`patch_matrices` for images, which have few channels: their pixels would give runs of nine numbers to copy.

    So the images are first laid out plane by plane, in a plane the columns that are `stride * window` apart, and there
    the images innermost. A row of the output is then one run of hundreds of numbers, and copied three times as fast.
    The matrix is the transpose of what is in memory; the product does not mind. Its last column is 1 everywhere: a bias
    is one more weight, of an input that is always 1. So the product with filters and biases in one matrix needs no
    addition, and the gradient of that matrix has the biases' gradient as its last row.

    The positions are in the order (row, column, image); for windows of a pool, in the order (row and column within the
    window, row and column of the window, image).

    Parameters
    ----------
    x, size, stride, window
        As in `patch_matrices`.
    before : int
        Zero padding above and to the left; below and to the right it is as much as the windows need.
    outputs : (int, int)
        Rows and columns of the output; with a pool, of what comes out of that.
    keep : bool
        Whether each matrix stays valid until the end of the caller's frame.
    """
    (n, _, _, channels), (height, width), step = x.shape, outputs, stride * window
    bytes_a_row = size[0] * size[1] * channels * window**2 * width * x.itemsize
    if 0 in (n, height, width):
        return
    rows_at_once = max(1, (KEPT_PATCH_BYTES if keep else PATCH_BYTES) // bytes_a_row)
    images_at_once = min(max(1, rows_at_once // height), n)
    rows_at_once = min(rows_at_once, height)
    for first in range(0, n, images_at_once):
        images = slice(first, min(first + images_at_once, n))
        with nullcontext() if keep else workspace.frame():
            planes = _planes(x[images], (step * height + size[0], step * width + size[1]), before, step)
            for row in range(0, height, rows_at_once):
                rows = slice(row, min(row + rows_at_once, height))
                yield images, rows, _patches_of_planes(planes, size, stride, window, rows, width).T


def _patches_of_planes(planes: np.ndarray, size: Pair, stride: int, window: int, rows: slice, width: int) -> np.ndarray:
    """The patches of `_planes`, and ones: (F * F * C + 1, positions)."""
    step = stride * window
    positions = (rows.stop - rows.start, width, planes.shape[4])
    shape = (*size, planes.shape[0], window, window, *positions)
    with_ones = workspace.take((math.prod(shape[:3]) + 1, math.prod(shape[3:])), planes.dtype)
    with_ones[-1] = 1
    patches = with_ones[:-1].reshape(shape)
    plane, row, together, pixel, image = planes.strides
    strides = (row, plane, row * stride, row * step, pixel, image)  # of a view in which windows overlap
    for tap, column in np.ndindex(size[1], window):
        apart, at = divmod(column * stride + tap, step)
        first = rows.start * step * row + at * together + apart * pixel
        runs = np.ndarray((size[0], planes.shape[0], window, *positions), planes.dtype, planes, first, strides)
        np.copyto(patches[:, tap, :, :, column], runs)
    return with_ones


def _planes(x: np.ndarray, extent: Pair, before: int, step: int) -> np.ndarray:
    """Images padded with zeros to at least that extent, as (C, H, column modulo step, column // step, N)."""
    planes = workspace.take((x.shape[3], extent[0], step, -(-extent[1] // step), len(x)), x.dtype)
    planes[...] = 0
    for at in range(step):
        skipped = max(0, -(-(before - at) // step))  # whole columns of padding
        columns = x[:, : extent[0] - before, skipped * step + at - before :: step].transpose(3, 1, 2, 0)
        columns = columns[:, :, : planes.shape[3] - skipped]
        target = planes[:, before : before + columns.shape[1], at, skipped : skipped + columns.shape[2]]
        for first in range(0, len(x), 8):  # pixels of 32 images would drive each other out of the cache: 3 times slower
            target[..., first : first + 8] = columns[..., first : first + 8]
    return planes
