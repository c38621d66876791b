"""What the answers to conv_backward, im2col and col2im share: windows of a whole batch."""

import numpy as np

from cs_utils.grading.exercises.lesson05_backprop.shared import padded, places


def outputs(shape, size, stride, pad):
    """Return (H', W'), or raise ValueError, as a right answer does, where the windows don't fit."""
    return tuple(places(n, size, stride, pad) for n in shape[1:3])


def windows_of_batch(shape, size, step):
    """Yield each place (i, j) of `shape`, with the index of its window in a framed batch, (N, F, F, C)."""
    for i, j in np.ndindex(shape):
        yield (i, j), np.s_[:, i * step : i * step + size, j * step : j * step + size]


def taps(shape, size, stride):
    """Yield each weight (m, n), with the index of the pixels that it meets in a framed batch, (N, H', W', C)."""
    rows, columns = shape
    for m, n in np.ndindex(size, size):
        yield (m, n), np.s_[:, m : m + rows * stride : stride, n : n + columns * stride : stride]


def numbers(x_shape, size, stride, pad):
    """Return, for each entry of im2col's matrix, its number in the framed batch, in one row; and the framed shape."""
    rows, columns = outputs(x_shape, size, stride, pad)
    framed = padded(np.zeros(x_shape), pad)
    i, j, m, n = np.ogrid[:rows, :columns, :size, :size]
    return np.arange(framed.size).reshape(framed.shape)[:, i * stride + m, j * stride + n].ravel(), framed.shape


def overwrite(old, new):
    """Return what `=` leaves where `+=` is needed."""
    return new
