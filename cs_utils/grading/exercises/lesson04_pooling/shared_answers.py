"""What the answers of lesson 04 share: pooling and its gradient, made to be spoiled in one respect."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def places(shape, size, stride):
    """Return (H', W'), or raise ValueError, as a right answer does, where the windows don't fit."""
    for n in shape[1:3]:
        if n < size or (n - size) % stride:
            raise ValueError(f"windows of {size} with stride {stride} do not fit {shape}")
    return rounded_down(shape, size, stride)


def rounded_down(shape, size, stride):
    """Return (H', W') without asking whether the windows fit."""
    return tuple((n - size) // stride + 1 for n in shape[1:3])


def windows(shape, size, stride, step=None, outputs=None):
    """Yield two indices for each place: of its output, (N, 1, 1, C), and of its window, (N, F, F, C).

    Windows begin every `step` pixels (down, across), by default every `stride`; `outputs` is (H', W') where
    it isn't the right one.
    """
    rows, columns = outputs or places(shape, size, stride)
    down, across = step or (stride, stride)
    for i, j in np.ndindex(rows, columns):
        yield np.s_[:, i : i + 1, j : j + 1], np.s_[:, i * down : i * down + size, j * across : j * across + size]


def pool(x, size, stride, reduce, step=None, outputs=None):
    """Return y (N, H', W', C), where reduce turns a window (N, F, F, C) into (N, 1, 1, C); see `windows`."""
    rows, columns = outputs or places(x.shape, size, stride)
    y = np.zeros((len(x), rows, columns, x.shape[3]), x.dtype)
    for place, window in windows(x.shape, size, stride, step, (rows, columns)):
        y[place] = reduce(x[window])
    return y


def largest(window):
    return window.max(axis=(1, 2), keepdims=True)


def add_to_windows(dy, x, size, stride, share, step=None, outputs=None, add=np.add):
    """Return dx, where share(window (N, F, F, C), its dy (N, 1, 1, C)) is added to each window; see `windows`.

    `add` takes what dx holds there and the share.
    """
    dx = np.zeros(x.shape, dy.dtype)
    for place, window in windows(x.shape, size, stride, step, outputs):
        dx[window] = add(dx[window], share(x[window], dy[place]))
    return dx


def is_maximum(window):
    return window == largest(window)


def to_all(window, dy):
    return dy


def to_maxima(window, dy):
    return is_maximum(window) * dy


def taps(x, size, stride):
    """Yield, for each pixel of a window, that pixel of all windows: a view (N, H', W', C)."""
    rows, columns = places(x.shape, size, stride)
    for m, n in np.ndindex(size, size):
        yield x[:, m : m + rows * stride : stride, n : n + columns * stride : stride]


def view_of_windows(x, size, stride):
    """Return all windows as a view, (N, H', W', C, F, F)."""
    places(x.shape, size, stride)
    return sliding_window_view(x, (size, size), axis=(1, 2))[:, ::stride, ::stride]


def averaging_matrix(n, size, stride):
    """Return the matrix (n', n) that averages windows along one axis."""
    rows = places((1, n, n, 1), size, stride)[0]
    matrix = np.zeros((rows, n))
    for i in range(rows):
        matrix[i, i * stride : i * stride + size] = 1 / size
    return matrix
