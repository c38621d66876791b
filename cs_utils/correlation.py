"""The convolution behind `layers.conv2d` and its gradients, as products with patch matrices or by `winograd`."""

from collections.abc import Iterator

import numpy as np

from cs_utils import scratch, winograd
from cs_utils.patches import FEW_CHANNELS, Pair, image_patch_matrices, patch_matrices
from cs_utils.products import multiply, multiply_transposed


def correlate(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, before: int, y: np.ndarray) -> None:
    """Write the correlation of x (N, H, W, C) with filters w (F, F, C, K), plus b (K,), to y (N, H', W', K)."""
    filters = w.shape[3]
    with scratch.frame():
        if winograd.pays(x, w, stride, before, y.shape[1:3]):
            winograd.correlate(x, w, b, before, y)
            if winograd.is_finite(y[..., 0]):
                return
        for part, patches in _pieces(x, w.shape[:2], stride, before, y):
            with scratch.frame():
                out = part if part.flags.c_contiguous else scratch.take(part.shape, y.dtype)
                multiply(patches, w.reshape(-1, filters), out.reshape(-1, filters))
                # A row of many biases, added to rows of as many numbers: pixel by pixel it takes 3 times as long.
                rows = out.reshape(-1, out.shape[2] * filters)
                rows += np.tile(b, out.shape[2])
                if out is not part:
                    np.copyto(part, out)


def filter_gradient(dy: np.ndarray, x: np.ndarray, size: Pair, stride: int, before: int) -> np.ndarray:
    """dw (F, F, C, K) alone: the patches of x, transposed, times dy."""
    filters, channels = dy.shape[3], x.shape[3]
    dw = np.zeros((size[0] * size[1] * channels, filters), x.dtype)
    with scratch.frame():
        for part, patches in _pieces(x, size, stride, before, dy):
            with scratch.frame():
                d_part = part
                if not part.flags.c_contiguous:
                    d_part = scratch.take(part.shape, dy.dtype)
                    np.copyto(d_part, part)
                multiply_transposed(patches, d_part.reshape(-1, filters), dw)
    return dw.reshape(*size, channels, filters)


def _pieces(
    x: np.ndarray, size: Pair, stride: int, before: int, y: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Views of the output, its pixels in the order of the patches' rows, and these patches."""
    outputs = (y.shape[1], y.shape[2])
    if x.shape[3] <= FEW_CHANNELS:
        for images, rows, patches in image_patch_matrices(x, size, stride, before, outputs):
            yield y[images, rows].transpose(1, 2, 0, 3), patches
    else:
        for images, rows, patches in patch_matrices(x, size, stride, (before, before), outputs):
            yield y[images, rows], patches


def both_gradients(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int, before: int, dx: np.ndarray
) -> np.ndarray:
    """Write the gradient of x to dx and return that of w.

    A convolution of stride S is S * S convolutions of stride 1: the pixels at rows r, r + S, ... and columns c, c + S,
    ... meet only the filter's taps w[r::S, c::S]. To fill dy up with zeros instead, as usual, takes twice the time at
    S = 2, for it multiplies S * S times as many numbers.
    """
    if winograd.pays(dy, w, stride, 2 - before, x.shape[1:3]):
        with scratch.frame():
            dw = winograd.both_gradients(dy, x, w, before, dx)
        if winograd.is_finite(dx[..., 0]):
            return dw
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
