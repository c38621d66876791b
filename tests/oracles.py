"""Layers written as loops over single numbers or windows, straight from the formulas: slow, and easy to believe."""

import numpy as np


def padded(x, pads):
    return np.pad(x, ((0, 0), pads, pads, (0, 0)))


def conv2d(x, w, b, stride=1, pads=(0, 0)):
    x = padded(x, pads)
    (high, wide), (n, height, width, _) = w.shape[:2], x.shape
    y = np.zeros((n, (height - high) // stride + 1, (width - wide) // stride + 1, w.shape[3]), np.result_type(x, w))
    for image, row, column, k in np.ndindex(y.shape):
        window = x[image, row * stride : row * stride + high, column * stride : column * stride + wide]
        y[image, row, column, k] = np.sum(window * w[..., k]) + b[k]
    return y


def conv2d_backward(dy, x, w, stride=1, pads=(0, 0)):
    (high, wide), (_, height, width, _) = w.shape[:2], x.shape
    x = padded(x, pads)
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[3], w.dtype)
    for image, row, column, k in np.ndindex(dy.shape):
        window = (image, slice(row * stride, row * stride + high), slice(column * stride, column * stride + wide))
        dx[window] += w[..., k] * dy[image, row, column, k]
        dw[..., k] += x[window] * dy[image, row, column, k]
        db[k] += dy[image, row, column, k]
    return dx[:, pads[0] : pads[0] + height, pads[0] : pads[0] + width], dw, db


def pool_windows(x, size, stride):
    n, height, width, channels = x.shape
    for position in np.ndindex(n, (height - size) // stride + 1, (width - size) // stride + 1, channels):
        image, row, column, channel = position
        rows, columns = slice(row * stride, row * stride + size), slice(column * stride, column * stride + size)
        yield position, (image, rows, columns, channel)


def pool(x, size, stride, function):
    values = {position: function(x[window]) for position, window in pool_windows(x, size, stride)}
    return np.array(list(values.values()), x.dtype).reshape([n + 1 for n in max(values)])


def max_pool2d_backward(dy, x, size, stride, ties):
    dx = np.zeros_like(x)
    for position, window in pool_windows(x, size, stride):
        if ties == "all":
            dx[window] += (x[window] == x[window].max()) * dy[position]
        else:
            first = np.unravel_index(np.argmax(x[window]), x[window].shape)
            dx[window][first] += dy[position]
    return dx


def avg_pool2d_backward(dy, x, size, stride):
    dx = np.zeros_like(x)
    for position, window in pool_windows(x, size, stride):
        dx[window] += dy[position] / size**2
    return dx


def assert_close(actual, expected):
    """Equal shapes, and errors within 1e-10 in float64, 1e-4 in float32, of the largest expected value."""
    actual = np.asarray(actual)
    assert actual.shape == np.shape(expected)
    tolerance = {2: 2e-2, 4: 1e-4}.get(actual.dtype.itemsize, 1e-10)
    error = np.max(np.abs(actual - expected), initial=0)
    assert error <= tolerance * max(np.max(np.abs(expected), initial=0), 1e-300), f"error {error}"
