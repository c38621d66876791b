"""The textbook's layers: windows of the whole batch as a view, and one product of tensors.

This is how one writes a convolution in NumPy if it is to be short. All windows are copied into one matrix, which for
3x3 filters is nine times as large as the batch and does not fit into any cache.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

memory_order = (0, 1, 2, 3)


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pad: int) -> tuple[np.ndarray, Any]:
    windows = _windows(_padded(x, pad, pad), w.shape[:2], stride)
    return np.tensordot(windows, w, ((4, 5, 3), (0, 1, 2))) + b, (windows, w, x.shape, stride, pad)


def conv2d_backward(dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    windows, w, x_shape, stride, pad = saved
    dw = np.tensordot(windows, dy, ((0, 1, 2), (0, 1, 2))).transpose(1, 2, 0, 3)
    db = dy.sum(axis=(0, 1, 2))
    if not needs_dx:
        return None, dw, db
    n, rows, columns, filters = dy.shape
    spread = np.zeros((n, (rows - 1) * stride + 1, (columns - 1) * stride + 1, filters), dy.dtype)
    spread[:, ::stride, ::stride] = dy
    high, wide = w.shape[:2]
    dx = np.tensordot(
        _windows(_padded(spread, high - 1, wide - 1), (high, wide), 1), w[::-1, ::-1], ((4, 5, 3), (0, 1, 3))
    )
    return dx[:, pad : pad + x_shape[1], pad : pad + x_shape[2]], dw, db


def max_pool2d(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
    y = _windows(x, (size, size), stride).max(axis=(4, 5))
    return y, (x, y, size, stride)


def max_pool2d_backward(dy: np.ndarray, saved: Any) -> np.ndarray:
    x, y, size, stride = saved
    dx = np.zeros_like(x)
    for tap in _taps(size, stride, y.shape):
        dx[tap] += dy * (x[tap] == y)
    return dx


def avg_pool2d(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
    return _windows(x, (size, size), stride).mean(axis=(4, 5)), (x, size, stride)


def avg_pool2d_backward(dy: np.ndarray, saved: Any) -> np.ndarray:
    x, size, stride = saved
    dx = np.zeros_like(x)
    for tap in _taps(size, stride, dy.shape):
        dx[tap] += dy / size**2
    return dx


def _padded(x: np.ndarray, rows: int, columns: int) -> np.ndarray:
    return np.pad(x, ((0, 0), (rows, rows), (columns, columns), (0, 0)))


def _windows(x: np.ndarray, size: tuple[int, ...], stride: int) -> np.ndarray:
    """(N, H', W', C, F, F), a view."""
    return sliding_window_view(x, size, axis=(1, 2))[:, ::stride, ::stride]


def _taps(size: int, stride: int, y_shape: tuple[int, ...]) -> list[tuple[slice, ...]]:
    """Where the first pixel of each window is, the second, ..."""
    rows, columns = ((n - 1) * stride + 1 for n in y_shape[1:3])
    return [
        (slice(None), slice(row, row + rows, stride), slice(column, column + columns, stride))
        for row, column in np.ndindex(size, size)
    ]
