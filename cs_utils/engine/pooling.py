"""Max and average pooling, each beside its derivative.

Both work on one axis at a time: the maximum of a window is the maximum over its rows of the maximum over its columns.
For 3x3 windows that is 3 + 3 comparisons instead of 9, and the second half of them on a fraction of the data. For 2x2
windows it is 4 times as fast as reshape(N, H/2, 2, W/2, 2, C).max(axis=(2, 4)).
"""

import itertools
from collections.abc import Callable
from copy import copy

import numpy as np

from cs_utils.engine import workspace
from cs_utils.engine.threads import in_order
from cs_utils.engine.validation import expect_shape, images, output_size, same_dtype

Shape = tuple[int, ...]
# Input worked on at a time, in bytes: with 256 KiB most of the time goes to calls, the whole batch leaves the cache.
PIECE_BYTES = 1024 * 1024


def max_pool2d(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The largest number of each window, map by map.

    y[n, i, j, c] = max over m, l of x[n, i*S + m, j*S + l, c]

    Parameters
    ----------
    x : ndarray (N, H, W, C)
    size : int
        Extent F of the window.
    stride : int
        Pixels from one window to the next.

    Returns
    -------
    ndarray (N, H', W', C)
        With H' = (H - F) / S + 1, and W' likewise.

    Raises
    ------
    TypeError, ValueError
        If x holds no floats or has other axes, or the windows do not fit (see `output_size`).
    """
    x, out_shape = _checked(x, size, stride)
    y = workspace.result(out_shape, x.dtype)
    _reduce_windows(np.maximum, x, size, stride, y)
    return y


def max_pool2d_backward(dy: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2, ties: str = "all") -> np.ndarray:
    """The gradient of `max_pool2d`: it goes to where the maximum came from, and adds up where windows overlap.

    dx[n, i*S + m, j*S + l, c] += dy[n, i, j, c] where x[n, i*S + m, j*S + l, c] == y[n, i, j, c]

    Parameters
    ----------
    dy : ndarray (N, H', W', C)
    x, size, stride
        As in `max_pool2d`.
    ties : {"all", "first"}
        If several numbers of a window are its maximum, whether each gets the gradient (as in the lecture) or only
        the first, row by row (as in PyTorch).

    Returns
    -------
    ndarray (N, H, W, C)

    Raises
    ------
    TypeError, ValueError
        As in `max_pool2d`, and if dy does not have the output's shape.
    """
    if ties not in ("all", "first"):
        raise ValueError(f'ties should be "all" or "first", not {ties!r}')
    dy, x = _checked_backward(dy, x, size, stride)
    dx = workspace.result(x.shape, x.dtype)

    def work_on(piece: slice) -> None:
        with workspace.frame():
            y, found = (
                workspace.take(dy[piece].shape, x.dtype),
                _Found(x[piece], dy[piece].shape, size, ties, workspace.take),
            )
            _find_maxima(x[piece], size, stride, ties, found, y)
            _route(dy[piece], found, stride, dx[piece])

    _for_each_piece(work_on, x)
    return dx


def max_pool2d_saving(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, "_Found"]:
    """y of `max_pool2d`, and where its maxima are, for `max_pool2d_backward_saved`."""
    x, out_shape = _checked(x, size, stride)
    y, found = workspace.result(out_shape, x.dtype), _Found(x, out_shape, size, "all", workspace.result)
    _for_each_piece(lambda piece: _find_maxima(x[piece], size, stride, "all", found[piece], y[piece]), x)
    return y, found


def max_pool2d_backward_saved(dy: np.ndarray, found: "_Found", x_shape: Shape, stride: int) -> np.ndarray:
    """dx of `max_pool2d_backward` from what `max_pool2d_saving` found, so that maxima are searched once, not twice."""
    dx = workspace.result(x_shape, dy.dtype)
    _for_each_piece(lambda piece: _route(dy[piece], found[piece], stride, dx[piece]), dx)
    return dx


def avg_pool2d(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The mean of each window, map by map: arguments, result and errors as in `max_pool2d`."""
    x, out_shape = _checked(x, size, stride)
    y = workspace.result(out_shape, x.dtype)
    _reduce_windows(np.add, x, size, stride, y)
    y *= 1 / size**2
    return y


def avg_pool2d_backward(dy: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The gradient of `avg_pool2d` (N, H, W, C): each pixel of a window gets an equal share of its dy."""
    dy, x = _checked_backward(dy, x, size, stride)
    dx = workspace.result(x.shape, x.dtype)

    def work_on(piece: slice) -> None:
        with workspace.frame():
            share = np.multiply(dy[piece], 1 / size**2, out=workspace.take(dy[piece].shape, x.dtype))
            half = workspace.take(_half_shape(x[piece].shape, share.shape, 1), x.dtype)
            _spread(share, 2, size, stride, half)
            _spread(half, 1, size, stride, dx[piece])

    _for_each_piece(work_on, x)
    return dx


def _for_each_piece(work_on: Callable[[slice], None], x: np.ndarray) -> None:
    """Work on so many images at a time that what is computed from them stays in the cache."""
    images = max(1, PIECE_BYTES // max(1, x[:1].nbytes))
    list(in_order(work_on, [slice(start, start + images) for start in range(0, len(x), images)]))


def _taps(x: np.ndarray, axis: int, size: int, stride: int) -> list[np.ndarray]:
    """Views of x along an axis: the first pixel of each window, the second of each, ..."""
    last = x.shape[axis] - size
    return [x[(slice(None),) * axis + (slice(tap, last + tap + 1, stride),)] for tap in range(size)]


def _half_shape(x_shape: Shape, y_shape: Shape, axis: int) -> Shape:
    """The shape when only one axis has been reduced."""
    return (*x_shape[:axis], y_shape[axis], *x_shape[axis + 1 :])


def _reduce_windows(function: np.ufunc, x: np.ndarray, size: int, stride: int, y: np.ndarray) -> None:
    """Reduce each window of x to one number of y, rows first: they lie together in memory."""

    def work_on(piece: slice) -> None:
        with workspace.frame():
            half = workspace.take(_half_shape(x[piece].shape, y[piece].shape, 1), x.dtype)
            _reduce(function, x[piece], 1, size, stride, half)
            _reduce(function, half, 2, size, stride, y[piece])

    _for_each_piece(work_on, x)


def _reduce(function: np.ufunc, x: np.ndarray, axis: int, size: int, stride: int, y: np.ndarray) -> None:
    taps = _taps(x, axis, size, stride)
    if size == 1:
        np.copyto(y, taps[0])
    else:
        function(taps[0], taps[1], out=y)
    for tap in taps[2:]:
        function(y, tap, out=y)


class _Found:
    """Where the maxima are: for each of two axes, for each place in a window, whether the number there is the largest.

    The first of equals, row by row, is the first column of the first row: columns must be compared within rows. Where
    all get the gradient, the order does not matter, and rows first is faster: they lie together in memory.
    """

    def __init__(
        self, x: np.ndarray, y_shape: Shape, size: int, ties: str, memory: Callable[[Shape, np.dtype], np.ndarray]
    ) -> None:
        self.axes = (1, 2) if ties == "all" else (2, 1)
        half_shape = _half_shape(x.shape, y_shape, self.axes[0])
        self.hits = [memory((size, *shape), np.dtype(bool)) for shape in (half_shape, y_shape)]

    def __getitem__(self, images: slice) -> "_Found":
        part = copy(self)
        part.hits = [hits[:, images] for hits in self.hits]
        return part


def _find_maxima(x: np.ndarray, size: int, stride: int, ties: str, found: _Found, y: np.ndarray) -> None:
    with workspace.frame():
        half = workspace.take(found.hits[0].shape[1:], x.dtype)
        for axis, whole, maxima, hits in zip(found.axes, (x, half), (half, y), found.hits):
            _reduce(np.maximum, whole, axis, size, stride, maxima)
            for tap, hit in zip(_taps(whole, axis, size, stride), hits):
                np.equal(tap, maxima, out=hit)
            if ties == "first":
                for earlier, later in itertools.combinations(hits, 2):
                    later &= ~earlier


def _route(dy: np.ndarray, found: _Found, stride: int, dx: np.ndarray) -> None:
    """Send dy back to where the maxima were found, one axis after the other."""
    with workspace.frame():
        d_half = workspace.take(found.hits[0].shape[1:], dy.dtype)
        for axis, gradient, hits, target in zip(reversed(found.axes), (dy, d_half), reversed(found.hits), (d_half, dx)):
            _clear_between_windows(target, axis, gradient.shape[axis], len(hits), stride)
            share = workspace.take(gradient.shape, dy.dtype)
            for tap, (hit, target_tap) in enumerate(zip(hits, _taps(target, axis, len(hits), stride))):
                if tap < stride:  # the first to write to these pixels
                    np.multiply(gradient, hit, out=target_tap)
                else:
                    target_tap += np.multiply(gradient, hit, out=share)


def _spread(dy: np.ndarray, axis: int, size: int, stride: int, dx: np.ndarray) -> None:
    """The gradient of the sum of windows along one axis."""
    _clear_between_windows(dx, axis, dy.shape[axis], size, stride)
    for tap, dx_tap in enumerate(_taps(dx, axis, size, stride)):
        if tap < stride:
            np.copyto(dx_tap, dy)
        else:
            dx_tap += dy


def _clear_between_windows(dx: np.ndarray, axis: int, windows: int, size: int, stride: int) -> None:
    """Set to 0 what the first `stride` taps of the windows do not write to."""
    everything = (slice(None),) * axis
    if stride > size:
        dx[...] = 0
    else:
        dx[(*everything, slice(windows * stride, None))] = 0


def _checked(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Shape]:
    """x, and the shape that the layer's output has."""
    (x,) = same_dtype(images("x", x))
    height, width = (output_size(x.shape[axis], size, stride) for axis in (1, 2))
    return x, (len(x), height, width, x.shape[3])


def _checked_backward(dy: np.ndarray, x: np.ndarray, size: int, stride: int) -> list[np.ndarray]:
    x, out_shape = _checked(x, size, stride)
    dy = images("dy", dy)
    expect_shape("dy", dy, out_shape, "that of the layer's output")
    return same_dtype(dy, x)
