"""The convolution of `layers.conv2d` and its gradients: as products with patch matrices, or by `winograd`.

Which way is taken when is drawn in `README.md` beside this file.
"""

import numpy as np

from cs_utils.engine import im2col_images, winograd, workspace
from cs_utils.engine.im2col import Pair, copy_pixels, patch_matrices
from cs_utils.engine.im2col_images import image_patch_matrices
from cs_utils.engine.matmul import multiply, multiply_transposed, sum_of_rows


def correlate(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, before: int, y: np.ndarray) -> None:
    """Write the correlation of x (N, H, W, C) with filters w (F, F, C, K), plus b (K,), to y (N, H', W', K).

    `before` is the zero padding above and to the left; below and to the right it is as much as the windows need.
    """
    filters, outputs = len(b), (y.shape[1], y.shape[2])
    with workspace.frame():
        if im2col_images.pays(x.shape[3]):
            _correlate_images(x, w, b, stride, before, y)
            return
        if winograd.pays(x, w, stride, before, outputs):
            winograd.correlate(x, w, b, before, y)
            if winograd.is_finite(y[..., 0]):
                return
        for images, rows, patches in patch_matrices(x, w.shape[:2], stride, (before, before), outputs):
            part = y[images, rows].reshape(-1, filters)
            multiply(patches, w.reshape(-1, filters), part)
            part += b


def _correlate_images(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, before: int, y: np.ndarray) -> None:
    weights = im2col_images.with_bias(w, b)
    for images, rows, patches in image_patch_matrices(x, w.shape[:2], stride, before, (y.shape[1], y.shape[2])):
        part = y[images, rows].transpose(1, 2, 0, 3)
        with workspace.frame():
            out = workspace.take(part.shape, y.dtype)
            multiply(patches, weights, out.reshape(-1, len(b)))
            copy_pixels(part, out)


def filter_gradient(
    dy: np.ndarray, x: np.ndarray, size: Pair, stride: int, before: int
) -> tuple[np.ndarray, np.ndarray]:
    """dw (F, F, C, K) and db alone: the patches of x, transposed, times dy."""
    filters, depth, outputs = dy.shape[3], size[0] * size[1] * x.shape[3], (dy.shape[1], dy.shape[2])
    of_images = im2col_images.pays(x.shape[3])
    d_weights = np.zeros((depth + of_images, filters), x.dtype)
    with workspace.frame():
        if of_images:
            pieces, order = image_patch_matrices(x, size, stride, before, outputs), (1, 2, 0, 3)
        else:
            pieces, order = patch_matrices(x, size, stride, (before, before), outputs), (0, 1, 2, 3)
        for images, rows, patches in pieces:
            with workspace.frame():
                multiply_transposed(patches, in_rows(dy[images, rows].transpose(order)), d_weights)
    db = d_weights[depth] if of_images else sum_of_rows(dy)
    return d_weights[:depth].reshape(*size, x.shape[3], filters), db


def in_rows(maps: np.ndarray) -> np.ndarray:
    """The pixels as a matrix (positions, K), in the order of the view's axes; in scratch memory if need be."""
    if not maps.flags.c_contiguous:
        view, maps = maps, workspace.take(maps.shape, maps.dtype)
        copy_pixels(maps, view)
    return maps.reshape(-1, maps.shape[-1])


def both_gradients(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int, before: int, dx: np.ndarray
) -> np.ndarray:
    """Write the gradient of x to dx and return that of w."""
    if winograd.pays(dy, w, stride, 2 - before, (x.shape[1], x.shape[2])):
        with workspace.frame():
            dw = winograd.both_gradients(dy, x, w, before, dx)
        if winograd.is_finite(dx[..., 0]) and winograd.is_finite(dw):
            return dw
    if stride == 1:
        return _both_gradients_of_stride_1(dy, x, w, (before, before), dx)
    return _both_gradients_by_phases(dy, x, w, stride, before, dx)


def _both_gradients_by_phases(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int, before: int, dx: np.ndarray
) -> np.ndarray:
    """A convolution of stride S as S * S convolutions of stride 1, one for each *phase* of rows and columns.

    With three taps, a stride of 2 and one row of padding, on rows a to d:

        y0 = w0 * 0 + w1 * a + w2 * b        the taps w1 alone meet a, c:         the taps w0, w2 meet (0), b, d:
        y1 = w0 * b + w1 * c + w2 * d        y0 += w1 * a                         y0 += w0 * 0 + w2 * b
                                             y1 += w1 * c                         y1 += w0 * b + w2 * d

    In general the taps w[r::S] meet the rows first, first + S, ... where first = (r - P) % S, after -((r - P) // S)
    rows of padding. The usual way, to fill dy up with zeros, takes twice the time at S = 2, because it multiplies S * S
    times as many numbers.
    """
    dx[...] = 0  # where the stride is larger than the filter, some pixels are under no window
    dw = np.empty(w.shape, w.dtype)
    for row, column in np.ndindex(min(stride, w.shape[0]), min(stride, w.shape[1])):
        taps = (slice(row, None, stride), slice(column, None, stride))
        first = ((row - before) % stride, (column - before) % stride)
        pixels = (slice(None), slice(first[0], None, stride), slice(first[1], None, stride))
        pads = (-((row - before) // stride), -((column - before) // stride))
        with workspace.frame():
            part = workspace.take(x[pixels].shape, x.dtype)
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
    with workspace.frame():
        for images, rows, patches in patch_matrices(dy, (high, wide), 1, margin, (outputs[0], outputs[1])):
            multiply(patches, flipped, dx[images, rows].reshape(-1, channels))
            multiply_transposed(patches, x[images, rows].reshape(-1, channels), dw)
    return dw.reshape(high, wide, filters, channels)[::-1, ::-1].transpose(0, 1, 3, 2)
