"""im2col and col2im, in the manner of the fast layers of Stanford's course CS231n, written anew.

The patches of the whole batch become the columns of one matrix (F * F * C, N * H' * W'), filled tap by tap with slices;
it is kept for the gradient. col2im adds the gradients of the columns back, tap by tap too (np.add.at would take many
times as long). Pool windows that don't overlap are a reshape, and their gradient goes through a mask. As there, images
lie in memory plane after plane.
"""

from types import EllipsisType
from typing import Any

import numpy as np

Tap = tuple[EllipsisType, slice, slice]

memory_order = (3, 0, 1, 2)


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pad: int) -> tuple[np.ndarray, Any]:
    planes = np.pad(x.transpose(3, 0, 1, 2), ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    taps, outputs = _taps(planes.shape, w.shape[:2], stride)
    columns = _im2col(planes, taps, outputs).reshape(w[..., 0].size, -1)
    y = w.reshape(-1, w.shape[3]).T @ columns + b[:, None]
    return y.reshape(-1, len(x), *outputs).transpose(1, 2, 3, 0), (columns, planes.shape, taps, w, pad)


def conv2d_backward(dy: np.ndarray, saved: Any, needs_dx: bool) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    columns, planes_shape, taps, w, pad = saved
    matrix = dy.transpose(3, 0, 1, 2).reshape(dy.shape[3], -1)
    dw, db = (columns @ matrix.T).reshape(w.shape), matrix.sum(axis=1)
    if not needs_dx:
        return None, dw, db
    d_columns = w.reshape(-1, w.shape[3]) @ matrix
    d_planes = _col2im(d_columns.reshape(len(taps), planes_shape[0], *dy.shape[:3]), taps, planes_shape)
    height, width = planes_shape[2:]
    return d_planes[:, :, pad : height - pad, pad : width - pad].transpose(1, 2, 3, 0), dw, db


def max_pool2d(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
    planes = x.transpose(3, 0, 1, 2)
    if size == stride:
        channels, n, height, width = planes.shape
        windows = planes.reshape(channels, n, height // size, size, width // size, size)
        y = windows.max(axis=3).max(axis=4)
        return y.transpose(1, 2, 3, 0), (windows == y[:, :, :, None, :, None], planes.shape, None)
    taps, outputs = _taps(planes.shape, (size, size), stride)
    columns = _im2col(planes, taps, outputs)
    y = columns.max(axis=0)
    return y.transpose(1, 2, 3, 0), (columns == y, planes.shape, taps)


def max_pool2d_backward(dy: np.ndarray, saved: Any) -> np.ndarray:
    largest, planes_shape, taps = saved
    d_planes = dy.transpose(3, 0, 1, 2)
    if taps is None:
        d_windows = np.zeros(largest.shape, dy.dtype)
        d_windows[largest] = np.broadcast_to(d_planes[:, :, :, None, :, None], largest.shape)[largest]
        return d_windows.reshape(planes_shape).transpose(1, 2, 3, 0)
    return _col2im(largest * d_planes, taps, planes_shape).transpose(1, 2, 3, 0)


def avg_pool2d(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Any]:
    planes = x.transpose(3, 0, 1, 2)
    taps, outputs = _taps(planes.shape, (size, size), stride)
    return _im2col(planes, taps, outputs).mean(axis=0).transpose(1, 2, 3, 0), (planes.shape, taps)


def avg_pool2d_backward(dy: np.ndarray, saved: Any) -> np.ndarray:
    planes_shape, taps = saved
    share = dy.transpose(3, 0, 1, 2) / len(taps)
    return _col2im([share] * len(taps), taps, planes_shape).transpose(1, 2, 3, 0)


def _taps(planes_shape: tuple[int, ...], size: tuple[int, ...], stride: int) -> tuple[list[Tap], list[int]]:
    """Where the first pixel of each window is, the second, ...; and how many rows and columns of windows there are."""
    outputs = [(n - extent) // stride + 1 for n, extent in zip(planes_shape[2:], size)]
    rows, columns = ((n - 1) * stride + 1 for n in outputs)
    taps = [
        (..., slice(row, row + rows, stride), slice(column, column + columns, stride))
        for row, column in np.ndindex(*size)
    ]
    return taps, outputs


def _im2col(planes: np.ndarray, taps: list[Tap], outputs: list[int]) -> np.ndarray:
    """(F * F, C, N, H', W')"""
    columns = np.empty((len(taps), *planes.shape[:2], *outputs), planes.dtype)
    for column, tap in zip(columns, taps):
        column[...] = planes[tap]
    return columns


def _col2im(columns: Any, taps: list[Tap], planes_shape: tuple[int, ...]) -> np.ndarray:
    planes = np.zeros(planes_shape, columns[0].dtype)
    for column, tap in zip(columns, taps):
        planes[tap] += column
    return planes
