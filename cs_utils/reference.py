"""The operations of `cs_utils.layers` and their derivatives in textbook NumPy: read this first.

Each function has the name, the arguments and the result of its counterpart in `layers`, which is faster and checks its
arguments. Tests hold the engine against these lines, and the benchmark measures them as its peer "textbook".

All windows of a batch are one view, `sliding_window_view`, and a convolution is one `tensordot` with it. For that
product NumPy copies the windows into one matrix: with 3x3 filters it is nine times as large as the batch, and fits into
no cache. `engine/README.md` says how the engine avoids that.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Pad = int | tuple[int, int]
Pair = tuple[np.ndarray, np.ndarray]
Triple = tuple[np.ndarray, np.ndarray, np.ndarray]


def output_size(n: int, size: int, stride: int = 1, pad: Pad = 0) -> int:
    """(N - F + 2 P) / S + 1: how many windows of `size` fit on an axis of n pixels."""
    room = n - size + sum(_both(pad))
    if room < 0 or room % stride:
        raise ValueError(f"windows of {size} with stride {stride} and padding {pad} do not fit {n} pixels")
    return room // stride + 1


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: Pad = 0) -> np.ndarray:
    """y[n, i, j, k] = sum over m, l, c of w[m, l, c, k] * padded[n, i*S + m, j*S + l, c] + b[k]."""
    windows = _windows(_padded(x, _both(pad)), w.shape[:2], stride)
    y: np.ndarray = np.tensordot(windows, w, ((4, 5, 3), (0, 1, 2))) + b
    return y


def conv2d_backward(dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: Pad = 0) -> Triple:
    """dx, dw and db. For dx, zeros between dy's pixels make the stride 1; then it is a correlation of dy, padded until
    each pixel of x is in F * F windows, with the flipped filters."""
    n, rows, columns, filters = dy.shape
    spread = np.zeros((n, (rows - 1) * stride + 1, (columns - 1) * stride + 1, filters), dy.dtype)
    spread[:, ::stride, ::stride] = dy
    high, wide = w.shape[:2]
    spread = np.pad(spread, ((0, 0), (high - 1, high - 1), (wide - 1, wide - 1), (0, 0)))
    dx = np.tensordot(_windows(spread, (high, wide), 1), w[::-1, ::-1], ((4, 5, 3), (0, 1, 3)))
    before, (height, width) = _both(pad)[0], x.shape[1:3]
    return dx[:, before : before + height, before : before + width], *conv2d_filter_gradient(dy, x, w, stride, pad)


def conv2d_filter_gradient(dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: Pad = 0) -> Pair:
    """dw and db: each weight has met one number of each window, and each bias all windows."""
    windows = _windows(_padded(x, _both(pad)), w.shape[:2], stride)
    dw = np.tensordot(windows, dy, ((0, 1, 2), (0, 1, 2))).transpose(1, 2, 0, 3)
    return dw, dy.sum(axis=(0, 1, 2))


def max_pool2d(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    y: np.ndarray = _windows(x, (size, size), stride).max(axis=(4, 5))
    return y


def max_pool2d_backward(dy: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2, ties: str = "all") -> np.ndarray:
    """dy goes to each entry that equals its window's maximum, or with ties="first" to the first of them, row by row."""
    y = max_pool2d(x, size, stride)
    dx, found = np.zeros_like(x), np.zeros(y.shape, bool)
    for tap in _taps(size, stride, y.shape):
        gets_it = x[tap] == y
        if ties == "first":
            gets_it &= ~found
            found |= gets_it
        dx[tap] += dy * gets_it
    return dx


def avg_pool2d(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    y: np.ndarray = _windows(x, (size, size), stride).mean(axis=(4, 5))
    return y


def avg_pool2d_backward(dy: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    dx = np.zeros_like(x)
    for tap in _taps(size, stride, dy.shape):
        dx[tap] += dy / size**2
    return dx


def global_average_pool(x: np.ndarray) -> np.ndarray:
    y: np.ndarray = np.mean(x, axis=(1, 2))
    return y


def global_average_pool_backward(dy: np.ndarray, x_shape: tuple[int, int, int, int]) -> np.ndarray:
    _, height, width, _ = x_shape
    return np.broadcast_to((dy / (height * width))[:, None, None], x_shape).copy()


def relu(x: np.ndarray) -> np.ndarray:
    y: np.ndarray = np.maximum(x, 0)
    return y


def relu_backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    dx: np.ndarray = dy * (x > 0)
    return dx


def linear(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    y: np.ndarray = x @ w + b
    return y


def linear_backward(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> Triple:
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def softmax_cross_entropy(scores: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean loss of the batch, -log(softmax[labels]), and its gradient, (softmax - one_hot) / N."""
    rows = np.arange(len(scores))
    shifted = scores - scores.max(axis=1, keepdims=True)  # the same quotient, and exp cannot overflow
    sums = np.exp(shifted).sum(axis=1, keepdims=True)
    losses = np.log(sums[:, 0]) - shifted[rows, labels]
    one_hot = np.zeros_like(scores)
    one_hot[rows, labels] = 1
    return float(losses.mean()), (np.exp(shifted) / sums - one_hot) / len(scores)


def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    y: np.ndarray = gamma * _standardized(x, eps)[0] + beta
    return y


def batch_norm_backward(dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, eps: float = 1e-5) -> Triple:
    """dx, dgamma and dbeta. Mean and variance depend on x too; the two means below are their share of the gradient."""
    z, deviation = _standardized(x, eps)
    everywhere = (0, 1, 2)
    dx = gamma / deviation * (dy - dy.mean(axis=everywhere) - z * (dy * z).mean(axis=everywhere))
    return dx, (dy * z).sum(axis=everywhere), dy.sum(axis=everywhere)


def _standardized(x: np.ndarray, eps: float) -> Pair:
    """(x - mean) / deviation of each channel, and sqrt(variance + eps), which is that deviation."""
    deviation = np.sqrt(x.var(axis=(0, 1, 2)) + np.asarray(eps, x.dtype))
    return (x - x.mean(axis=(0, 1, 2))) / deviation, deviation


def _both(pad: Pad) -> tuple[int, int]:
    """Padding before and after an axis."""
    return (pad, pad) if isinstance(pad, int) else pad


def _padded(x: np.ndarray, pads: tuple[int, int]) -> np.ndarray:
    return np.pad(x, ((0, 0), pads, pads, (0, 0)))


def _windows(x: np.ndarray, size: tuple[int, ...], stride: int) -> np.ndarray:
    """All windows of the batch, a view (N, H', W', C, F, F)."""
    return sliding_window_view(x, size, axis=(1, 2))[:, ::stride, ::stride]


def _taps(size: int, stride: int, y_shape: tuple[int, ...]) -> list[tuple[slice, slice, slice]]:
    """What selects the first entry of all windows, the second of all windows, ..."""
    rows, columns = ((n - 1) * stride + 1 for n in y_shape[1:3])
    return [
        (slice(None), slice(row, row + rows, stride), slice(column, column + columns, stride))
        for row, column in np.ndindex(size, size)
    ]
