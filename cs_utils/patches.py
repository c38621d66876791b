"""The tricks behind `layers.conv2d`: a convolution as a matrix product, in pieces that stay in the cache.

A *patch matrix* has one row for each output position and one column for each number under the filter there:
F * F * C of them. Times the filters, as a matrix (F * F * C, K), it is the convolution.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cs_utils import scratch
from cs_utils.products import multiply, multiply_transposed

# The patches of a whole batch are 9 times the input and go through main memory; pieces of this size stay in the cache.
# A step of the net of lesson 07 on 128 images: 398 ms; with 512 KiB 515 (too many calls).
PATCH_BYTES = 2048 * 1024
# With up to this many channels, planes are copied instead of pixels; see `patch_matrices`.
FEW_CHANNELS = 4

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
    # Pixels of an RGB image give runs of 9 numbers to copy, rows of a plane give runs of 32: 2.4 times as fast. The
    # matrix is the transpose of what is in memory then; the product does not mind.
    planar = channels <= FEW_CHANNELS
    rows_at_once = max(1, PATCH_BYTES // (width * depth * x.itemsize * window)) * window
    images_at_once = min(max(1, rows_at_once // height), n)
    rows_at_once = min(rows_at_once, height)
    memory = scratch.take((images_at_once * rows_at_once * width * depth,), x.dtype)
    for first, group in padded_groups(x, size, stride, before, outputs, planar):
        windows = all_windows(group, size, stride, outputs)
        for image in range(0, len(group), images_at_once):
            for row in range(0, height, rows_at_once):
                piece = windows[image : image + images_at_once, row : row + rows_at_once]
                patches = memory[: piece.size].reshape((depth, -1) if planar else (-1, depth))
                numbers = in_windows(piece, window)
                if planar:
                    numbers = np.moveaxis(numbers, (5, 6, 7), (0, 1, 2))
                np.copyto(patches.reshape(numbers.shape), numbers)
                images = slice(first + image, first + image + len(piece))
                yield images, slice(row, row + piece.shape[1]), patches.T if planar else patches


def in_windows(piece: np.ndarray, window: int) -> np.ndarray:
    """A view of (N, H', W', ...) as (row and column within the pool window, N, row and column of the window, ...)."""
    n, rows, columns, *rest = piece.shape
    split = piece.reshape(n, rows // window, window, columns // window, window, *rest)
    return np.moveaxis(split, (2, 4), (0, 1))


def padded_groups(
    x: np.ndarray, size: Pair, stride: int, before: Pair, outputs: Pair, planar: bool
) -> Iterator[tuple[int, np.ndarray]]:
    """The part of x that the windows cover, some images at a time, with the index of the first.

    It is padded with zeros, in scratch memory, where it reaches beyond x; else it is a view.
    """
    n, *extent, channels = x.shape
    starts = [-before[axis] for axis in (0, 1)]
    stops = [starts[axis] + (outputs[axis] - 1) * stride + size[axis] for axis in (0, 1)]
    inside = min(starts) >= 0 and stops[0] <= extent[0] and stops[1] <= extent[1]
    if inside and (not planar or x.strides[2] == x.itemsize):
        yield 0, x[:, starts[0] : stops[0], starts[1] : stops[1]]
        return
    height, width = (stops[axis] - starts[axis] for axis in (0, 1))
    at_once = min(n, max(1, PATCH_BYTES // (height * width * channels * x.itemsize)))
    if planar:
        padded = scratch.take((channels, at_once, height, width), x.dtype).transpose(1, 2, 3, 0)
    else:
        padded = scratch.take((at_once, height, width, channels), x.dtype)
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


def correlate(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, before: int, y: np.ndarray) -> None:
    """Write the correlation of x (N, H, W, C) with filters w (F, F, C, K), plus b (K,), to y (N, H', W', K)."""
    _, *outputs, filters = y.shape
    matrix = w.reshape(-1, filters)
    bias = np.tile(b, outputs[1])  # for rows of W * K numbers: to pixels of K numbers, adding b takes 3 times as long
    with scratch.frame():
        for images, rows, patches in patch_matrices(x, w.shape[:2], stride, (before, before), (outputs[0], outputs[1])):
            out = y[images, rows]
            multiply(patches, matrix, out.reshape(-1, filters))
            out.reshape(-1, len(bias))[...] += bias


def filter_gradient(dy: np.ndarray, x: np.ndarray, size: Pair, stride: int, before: int) -> np.ndarray:
    """dw (F, F, C, K) alone: the patches of x, transposed, times dy."""
    (_, *outputs, filters), channels = dy.shape, x.shape[3]
    dw = np.zeros((size[0] * size[1] * channels, filters), x.dtype)
    with scratch.frame():
        for images, rows, patches in patch_matrices(x, size, stride, (before, before), (outputs[0], outputs[1])):
            multiply_transposed(patches, dy[images, rows].reshape(-1, filters), dw)
    return dw.reshape(*size, channels, filters)


def both_gradients(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int, before: int, dx: np.ndarray
) -> np.ndarray:
    """Write the gradient of x to dx and return that of w.

    A convolution of stride S is S * S convolutions of stride 1: the pixels at rows r, r + S, ... and columns c, c + S,
    ... meet only the filter's taps w[r::S, c::S]. To fill dy up with zeros instead, as usual, takes twice the time at
    S = 2, for it multiplies S * S times as many numbers.
    """
    if stride == 1:
        return _both_gradients_of_stride_1(dy, x, w, (before, before), dx)
    dx[...] = 0  # where the stride is larger than the filter, some pixels are under no window
    dw = np.empty(w.shape, w.dtype)
    for row, column in np.ndindex(min(stride, w.shape[0]), min(stride, w.shape[1])):
        taps = (slice(row, None, stride), slice(column, None, stride))
        first = ((row - before) % stride, (column - before) % stride)
        pixels = (slice(None), slice(first[0], None, stride), slice(first[1], None, stride))
        pads = (-((row - before) // stride), -((column - before) // stride))
        with scratch.frame():
            part = scratch.result(x[pixels].shape, x.dtype)
            dw[taps] = _both_gradients_of_stride_1(dy, x[pixels], w[taps], pads, part)
            dx[pixels] = part
    return dw


def _both_gradients_of_stride_1(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, before: Pair, dx: np.ndarray
) -> np.ndarray:
    """Both from *one* patch matrix, that of dy: with one of dy and one of x it takes a sixth longer.

    dx is the full correlation of dy with the flipped filters; dw is, flipped, the correlation of the same patches with
    x.
    """
    (_, *outputs, channels), (high, wide, _, filters) = x.shape, w.shape
    flipped = np.ascontiguousarray(w[::-1, ::-1].transpose(0, 1, 3, 2)).reshape(-1, channels)
    dw = np.zeros(flipped.shape, x.dtype)
    margin = (high - 1 - before[0], wide - 1 - before[1])
    with scratch.frame():
        for images, rows, patches in patch_matrices(dy, (high, wide), 1, margin, (outputs[0], outputs[1])):
            multiply(patches, flipped, dx[images, rows].reshape(-1, channels))
            multiply_transposed(patches, x[images, rows].reshape(-1, channels), dw)
    return dw.reshape(high, wide, filters, channels)[::-1, ::-1].transpose(0, 1, 3, 2)
