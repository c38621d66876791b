"""Max and average pooling, one axis at a time, and the rule for ties.

The maximum of a window is the maximum, over its columns, of the maxima over its rows:

    1 2 | 5 0     over     3 2 | 5 1     over        3 | 5
    3 0 | 4 1     rows                   columns

For 3x3 windows that is 3 + 3 steps instead of 9, the second three of them on a fraction of the data. For 2x2 windows
it is 4 times as fast as reshape(N, H/2, 2, W/2, 2, C).max(axis=(2, 4)). The gradient goes the same two steps back: from
each maximum to the entries of the row that it came from, and from each of these to the entries of its column.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from cs_utils.engine import workspace
from cs_utils.engine.threads import in_order

Shape = tuple[int, ...]
Arrays = Sequence[np.ndarray] | np.ndarray  # one for each entry of a window
# Bytes of input worked on at a time: with 256 KiB most of the time goes to calls, and a whole batch leaves the cache.
PIECE_BYTES = 1024 * 1024
# In which order the axes are reduced. The first of equals, row by row, is the first column of the first row, so columns
# must be compared within rows. Where all equals count the order does not matter, and rows lie together in memory.
AXES = {"all": (1, 2), "first": (2, 1)}


def mark_maxima(taps: Arrays, maxima: np.ndarray, marks: Arrays, ties: str = "all") -> None:
    """The rule for ties: write to `marks` which entries of each window get its gradient.

    An entry that equals the maximum of its window does; with ties="first" only the first of those that do. In a window
    with a NaN, whose maximum is NaN, no entry gets any.

    Parameters
    ----------
    taps : sequence of ndarray, or ndarray
        The first entry of each window, the second of each, ...
    maxima : ndarray, shape of each tap
    marks : sequence of ndarray of bool, or ndarray
        One for each tap, to be written to.
    ties : {"all", "first"}
    """
    for tap, mark in zip(taps, marks):
        np.equal(tap, maxima, out=mark)
    if ties == "first":
        for earlier, later in combinations(marks, 2):
            later &= ~earlier


def reduce_windows(function: np.ufunc, x: np.ndarray, size: int, stride: int, y: np.ndarray) -> None:
    """Reduce each window of x to one number of y: by np.maximum to its maximum, by np.add to its sum."""

    def work_on(piece: slice) -> None:
        with workspace.frame():
            half = workspace.take(_half_shape(x[piece].shape, y[piece].shape, 1), x.dtype)
            _reduce(function, x[piece], 1, size, stride, half)
            _reduce(function, half, 2, size, stride, y[piece])

    _for_each_piece(work_on, x)


def max_backward(dy: np.ndarray, x: np.ndarray, size: int, stride: int, ties: str, dx: np.ndarray) -> None:
    """Write the gradient of the maxima of the windows of x to dx."""

    def work_on(piece: slice) -> None:
        with workspace.frame():
            marks = _find_maxima(x[piece], dy[piece].shape, size, stride, ties)
            _route(dy[piece], marks, stride, ties, dx[piece])

    _for_each_piece(work_on, x)


def avg_backward(dy: np.ndarray, size: int, stride: int, dx: np.ndarray) -> None:
    """Write the gradient of the means of windows to dx: each entry of a window gets an equal share of its dy."""

    def work_on(piece: slice) -> None:
        with workspace.frame():
            share = np.multiply(dy[piece], 1 / size**2, out=workspace.take(dy[piece].shape, dx.dtype))
            half = workspace.take(_half_shape(dx[piece].shape, share.shape, 1), dx.dtype)
            _spread(share, None, 2, size, stride, half)
            _spread(half, None, 1, size, stride, dx[piece])

    _for_each_piece(work_on, dx)


def _for_each_piece(work_on: Callable[[slice], None], x: np.ndarray) -> None:
    """Work on so many images at a time that what is computed from them stays in the cache."""
    images = max(1, PIECE_BYTES // max(1, x[:1].nbytes))
    if len(x) <= images:
        work_on(slice(0, len(x)))
    else:
        in_order(work_on, [slice(start, start + images) for start in range(0, len(x), images)])


def _taps(x: np.ndarray, axis: int, size: int, stride: int) -> list[np.ndarray]:
    """Views of x along an axis: the first entry of each window, the second of each, ..."""
    last = x.shape[axis] - size
    return [x[(slice(None),) * axis + (slice(tap, last + tap + 1, stride),)] for tap in range(size)]


def _half_shape(x_shape: Shape, y_shape: Shape, axis: int) -> Shape:
    """The shape when only one axis has been reduced."""
    return (*x_shape[:axis], y_shape[axis], *x_shape[axis + 1 :])


def _reduce(function: np.ufunc, x: np.ndarray, axis: int, size: int, stride: int, y: np.ndarray) -> None:
    """Reduce windows along one axis."""
    taps = _taps(x, axis, size, stride)
    if size == 1:
        np.copyto(y, taps[0])
    else:
        function(taps[0], taps[1], out=y)
    for tap in taps[2:]:
        function(y, tap, out=y)


def _find_maxima(x: np.ndarray, y_shape: Shape, size: int, stride: int, ties: str) -> list[np.ndarray]:
    """For each of the two steps, which entries it found to be largest: the first of each window, the second, ...

    Two arrays of bool (F, ...), in scratch memory of the caller's frame.
    """
    found, maxima = [], x
    for axis in AXES[ties]:
        whole, maxima = maxima, workspace.take(_half_shape(maxima.shape, y_shape, axis), x.dtype)
        marks = workspace.take((size, *maxima.shape), np.dtype(bool))
        _reduce(np.maximum, whole, axis, size, stride, maxima)
        mark_maxima(_taps(whole, axis, size, stride), maxima, marks, ties)
        found.append(marks)
    return found


def _route(dy: np.ndarray, marks: list[np.ndarray], stride: int, ties: str, dx: np.ndarray) -> None:
    """Send dy back to where the maxima were found, in two steps.

    In the example above, with dy = [[7, 9]] and rows reduced first:

        marks of the columns    1 0 | 1 0                   marks of the rows    0 1 | 1 0
                                                                                 1 0 | 0 1
        d_half                  7 0 | 9 0                   dx                   0 0 | 9 0
                                                                                 7 0 | 0 0
    """
    size = len(marks[0])
    with workspace.frame():
        d_half = workspace.take(marks[0].shape[1:], dy.dtype)
        _spread(dy, marks[1], AXES[ties][1], size, stride, d_half)
        _spread(d_half, marks[0], AXES[ties][0], size, stride, dx)


def _spread(dy: np.ndarray, marks: np.ndarray | None, axis: int, size: int, stride: int, dx: np.ndarray) -> None:
    """Along one axis, write the gradient of each window to its marked entries, or to all; it adds up in overlaps."""
    if stride > size:
        dx[...] = 0
    else:
        dx[(slice(None),) * axis + (slice(dy.shape[axis] * stride, None),)] = 0
    with workspace.frame():
        summand = workspace.take(dy.shape, dy.dtype)
        for tap, target in enumerate(_taps(dx, axis, size, stride)):
            is_first = tap < stride  # to write to these entries
            if marks is None and is_first:
                np.copyto(target, dy)
            elif marks is None:
                target += dy
            elif is_first:
                np.multiply(dy, marks[tap], out=target)
            else:
                target += np.multiply(dy, marks[tap], out=summand)
