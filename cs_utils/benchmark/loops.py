"""The layers as loops over images, positions and filters, straight from the formulas; NumPy only within a window."""

from collections.abc import Iterator
from typing import Any

import numpy as np

memory_order = (0, 1, 2, 3)


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pad: int) -> tuple[np.ndarray, Any]:
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    rows, columns = ((padded.shape[axis + 1] - w.shape[axis]) // stride + 1 for axis in (0, 1))
    y = np.empty((len(x), rows, columns, w.shape[3]), x.dtype)
    for position, window in _windows(y.shape, w.shape[:2], stride):
        k = position[3]
        y[position] = np.sum(padded[window] * w[..., k]) + b[k]
    return y, (padded, w, stride, pad)


def conv2d_backward(dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    padded, w, stride, pad = saved
    dx, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros_like(dy[0, 0, 0])
    for position, window in _windows(dy.shape, w.shape[:2], stride):
        k = position[3]
        if needs_dx:
            dx[window] += w[..., k] * dy[position]
        dw[..., k] += padded[window] * dy[position]
        db[k] += dy[position]
    height, width = padded.shape[1:3]
    return dx[:, pad : height - pad, pad : width - pad] if needs_dx else None, dw, db


def max_pool2d(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
    return _pooled(x, size, stride, np.max), (x, size, stride)


def max_pool2d_backward(dy: np.ndarray, saved: Any) -> np.ndarray:
    x, size, stride = saved
    dx: np.ndarray = np.zeros_like(x)
    for position, window in _windows(dy.shape, (size, size), stride):
        here = (*window, position[3])
        dx[here] += (x[here] == np.max(x[here])) * dy[position]
    return dx


def avg_pool2d(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
    return _pooled(x, size, stride, np.mean), (x, size, stride)


def avg_pool2d_backward(dy: np.ndarray, saved: Any) -> np.ndarray:
    x, size, stride = saved
    dx: np.ndarray = np.zeros_like(x)
    for position, window in _windows(dy.shape, (size, size), stride):
        dx[(*window, position[3])] += dy[position] / size**2
    return dx


def _pooled(x: np.ndarray, size: int, stride: int, function: Any) -> np.ndarray:
    rows, columns = ((n - size) // stride + 1 for n in x.shape[1:3])
    y = np.empty((len(x), rows, columns, x.shape[3]), x.dtype)
    for position, window in _windows(y.shape, (size, size), stride):
        y[position] = function(x[(*window, position[3])])
    return y


def _windows(
    y_shape: tuple[int, ...], size: tuple[int, ...], stride: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, slice, slice]]]:
    """Each position (image, row, column, channel) of the output, with the window that it looks at."""
    for position in np.ndindex(*y_shape):
        top, left = position[1] * stride, position[2] * stride
        yield position, (position[0], slice(top, top + size[0]), slice(left, left + size[1]))
