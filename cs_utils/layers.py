"""The layers of a ConvNet: each operation beside its derivative.

Images and maps are *channels last*, (N, H, W, C): the lecture's H x W x D volume with a batch axis in front. PyTorch
puts the channels second, (N, C, H, W). Filters are (F, F, C, K), in PyTorch (K, C, F, F).

All functions are pure: arguments are never changed, and results share no memory with anything that a later call writes.
Floats of any precision are accepted; the result has the precision of the arguments (the highest, if they differ). A
backward function takes the upstream gradient dy, the derivative of the loss with respect to the output, and returns the
derivatives with respect to the inputs.

What is here checks its arguments, makes room for the result and hands the work on to `engine`, whose README says what
makes it fast. The same operations as formulas, without any of that, are in `reference`.
"""

import numpy as np

from cs_utils.engine import convolution, norm, pooling, validation, workspace
from cs_utils.engine.matmul import sum_of_rows
from cs_utils.engine.threads import in_parts, one_blas_thread
from cs_utils.engine.validation import Pad, expect_shape, float_array, floats, images, output_size, same_dtype

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "conv2d",
    "conv2d_backward",
    "conv2d_filter_gradient",
    "global_average_pool",
    "global_average_pool_backward",
    "linear",
    "linear_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "output_size",
    "relu",
    "relu_backward",
    "softmax_cross_entropy",
]


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: Pad = 0) -> np.ndarray:
    """Slide K filters over each image: at each position, the dot product of filter and window, plus the bias.

    y[n, i, j, k] = sum over m, l, c of w[m, l, c, k] * x[n, i*S + m - P, j*S + l - P, c] + b[k]

    Strictly that is a cross-correlation: a convolution in the mathematical sense would flip the filter.

    Parameters
    ----------
    x : ndarray (N, H, W, C)
    w : ndarray (F, F, C, K)
        Filters; their two extents may differ.
    b : ndarray (K,)
    stride : int
        Pixels from one window to the next.
    pad : int or (int, int)
        Rows and columns of zeros on each side, or (before, after) for both axes.

    Returns
    -------
    ndarray (N, H', W', K)
        With H' = (H - F + 2 P) / S + 1, and W' likewise.

    Raises
    ------
    TypeError
        If an array does not hold floats, or stride or pad is not a whole number.
    ValueError
        If the shapes do not match, or the windows do not fit the padded image (see `output_size`).
    """
    x, w, before, out_shape = validation.conv2d_arguments(x, w, stride, pad)
    b = float_array("b", b, "(K,)")
    expect_shape("b", b, w.shape[3:], "one number for each filter")
    x, w, b = same_dtype(x, w, b)
    y = workspace.result(out_shape, x.dtype)
    in_parts(lambda part: convolution.correlate(x[part], w, b, stride, before, y[part]), x, _multiply_adds(y, w))
    return y


def conv2d_backward(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: Pad = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of `conv2d`: dx is a correlation of dy with the flipped filters, dw one of x with dy, db a sum.

    Parameters
    ----------
    dy : ndarray (N, H', W', K)
    x, w, stride, pad
        As in `conv2d`.

    Returns
    -------
    dx : ndarray (N, H, W, C)
    dw : ndarray (F, F, C, K)
    db : ndarray (K,)

    Raises
    ------
    TypeError, ValueError
        As in `conv2d`, and if dy does not have the output's shape.
    """
    dy, x, w, before = validation.conv2d_backward_arguments(dy, x, w, stride, pad)
    dx = workspace.result(x.shape, x.dtype)

    def gradients_of(part: slice) -> tuple[np.ndarray, np.ndarray]:
        dw = convolution.both_gradients(dy[part], x[part], w, stride, before, dx[part])
        return dw, sum_of_rows(dy[part])

    return dx, *_sums(in_parts(gradients_of, x, _multiply_adds(dy, w)), w)


def conv2d_filter_gradient(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: Pad = 0
) -> tuple[np.ndarray, np.ndarray]:
    """dw and db of `conv2d_backward`: all that a first layer needs, because no layer before it wants a gradient."""
    dy, x, w, before = validation.conv2d_backward_arguments(dy, x, w, stride, pad)

    def gradients_of(part: slice) -> tuple[np.ndarray, np.ndarray]:
        return convolution.filter_gradient(dy[part], x[part], w.shape[:2], stride, before)

    return _sums(in_parts(gradients_of, x, _multiply_adds(dy, w)), w)


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
        If x does not hold floats or has other axes, or the windows do not fit (see `output_size`).
    """
    x, out_shape = validation.pool_arguments(x, size, stride)
    y = workspace.result(out_shape, x.dtype)
    pooling.reduce_windows(np.maximum, x, size, stride, y)
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
    dy, x = validation.pool_backward_arguments(dy, x, size, stride)
    dx = workspace.result(x.shape, x.dtype)
    pooling.max_backward(dy, x, size, stride, ties, dx)
    return dx


def avg_pool2d(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The mean of each window, map by map: arguments, result and errors as in `max_pool2d`."""
    x, out_shape = validation.pool_arguments(x, size, stride)
    y = workspace.result(out_shape, x.dtype)
    pooling.reduce_windows(np.add, x, size, stride, y)
    y *= 1 / size**2
    return y


def avg_pool2d_backward(dy: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The gradient of `avg_pool2d` (N, H, W, C): each pixel of a window gets an equal share of its dy."""
    dy, x = validation.pool_backward_arguments(dy, x, size, stride)
    dx = workspace.result(x.shape, x.dtype)
    pooling.avg_backward(dy, size, stride, dx)
    return dx


def global_average_pool(x: np.ndarray) -> np.ndarray:
    """The mean of each map: (N, H, W, C) -> (N, C)."""
    x = images("x", x)
    if 0 in x.shape[1:3]:
        raise ValueError(f"x has maps without pixels: its shape is {x.shape}")
    y: np.ndarray = x.mean(axis=(1, 2))
    return y


def global_average_pool_backward(dy: np.ndarray, x_shape: tuple[int, int, int, int]) -> np.ndarray:
    """The gradient of `global_average_pool`: each of a map's H * W pixels gets an equal share of dy (N, C)."""
    dy = float_array("dy", dy, "(N, C)")
    expect_shape("dy", dy, (x_shape[0], x_shape[3]), "one number for each map")
    dx = workspace.result(tuple(x_shape), dy.dtype)
    dx[...] = (dy / (x_shape[1] * x_shape[2]))[:, None, None]
    return dx


def relu(x: np.ndarray) -> np.ndarray:
    """max(0, x) of each number; x is an array of floats of any shape."""
    (x,) = same_dtype(floats("x", x))
    y = workspace.result(x.shape, x.dtype)
    np.maximum(x, 0, out=y)
    return y


def relu_backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient of `relu`: dy where x > 0, else 0 (also at x = 0, where the derivative does not exist)."""
    dy, x = same_dtype(floats("dy", dy), floats("x", x))
    expect_shape("dy", dy, x.shape, "that of x")
    dx = workspace.result(x.shape, x.dtype)
    with workspace.frame():
        positive = np.greater(x, 0, out=workspace.take(x.shape, np.dtype(bool)))
        np.multiply(dy, positive, out=dx)
    return dx


def linear(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The fully connected layer x @ w + b; the lecture writes W x, with W the transpose of w.

    Parameters
    ----------
    x : ndarray (N, D)
    w : ndarray (D, M)
    b : ndarray (M,)

    Returns
    -------
    ndarray (N, M)

    Raises
    ------
    TypeError, ValueError
        If an array does not hold floats, or the shapes do not match.
    """
    x, w = validation.linear_arguments(x, w)
    b = float_array("b", b, "(M,)")
    expect_shape("b", b, (w.shape[1],), "one number for each column of w")
    x, w, b = same_dtype(x, w, b)
    y = workspace.result((len(x), len(b)), x.dtype)
    with one_blas_thread():
        np.matmul(x, w, out=y)
    y += b
    return y


def linear_backward(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of `linear`: dx = dy @ w.T (N, D), dw = x.T @ dy (D, M), db = the sum of dy's rows (M,)."""
    x, w = validation.linear_arguments(x, w)
    dy = float_array("dy", dy, "(N, M)")
    expect_shape("dy", dy, (len(x), w.shape[1]), "that of the layer's output")
    dy, x, w = same_dtype(dy, x, w)
    dx = workspace.result(x.shape, x.dtype)
    with one_blas_thread():
        np.matmul(dy, w.T, out=dx)
        return dx, x.T @ dy, sum_of_rows(dy)


def softmax_cross_entropy(scores: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Softmax and cross-entropy in one, averaged over the batch, and the gradient of that mean.

    loss = mean over n of log(sum over j of exp(scores[n, j])) - scores[n, labels[n]]
    dscores = (softmax(scores) - one_hot(labels)) / N

    The largest score of each row is subtracted first: it changes nothing, and exp cannot overflow.

    Parameters
    ----------
    scores : ndarray (N, classes)
    labels : ndarray (N,) of integers from 0 to classes - 1

    Returns
    -------
    loss : float
    dscores : ndarray (N, classes)

    Raises
    ------
    TypeError
        If the scores are not floats or the labels not integers.
    ValueError
        If the shapes do not match, a label is out of range, or the batch is empty (it has no mean).
    """
    scores, labels = validation.score_arguments(scores, labels)
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(len(scores))
    loss = float(np.mean(np.log(sums[:, 0]) - shifted[rows, labels]))
    dscores = exponentials / sums
    dscores[rows, labels] -= 1
    dscores /= len(scores)
    return loss, dscores


def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Bring each channel to mean 0 and variance 1 over the batch, then to scale gamma and offset beta.

    y = gamma * (x - mean) / sqrt(variance + eps) + beta

    Ioffe and Szegedy (2015), algorithm 1.

    Parameters
    ----------
    x : ndarray (N, H, W, C)
    gamma, beta : ndarray (C,)
    eps : float
        Keeps a constant channel from a division by 0.

    Returns
    -------
    ndarray (N, H, W, C)

    Raises
    ------
    TypeError, ValueError
        If an array does not hold floats, x is empty, or the shapes do not match.
    """
    x = validation.images_of_a_batch(x)
    gamma, beta = (validation.channel_vector(name, value, x) for name, value in (("gamma", gamma), ("beta", beta)))
    x, gamma, beta = same_dtype(x, gamma, beta)
    with one_blas_thread():
        return norm.normalize(x, *norm.channel_moments(x), gamma, beta, eps)


def batch_norm_backward(
    dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of `batch_norm`: mean and variance depend on x too, hence the two means that are subtracted.

    With z = (x - mean) / sqrt(variance + eps), and means per channel:
    dx = gamma / sqrt(variance + eps) * (dy - mean of dy - z * mean of dy * z)

    Returns
    -------
    dx : ndarray (N, H, W, C)
    dgamma, dbeta : ndarray (C,)
    """
    x = validation.images_of_a_batch(x)
    gamma, dy = validation.channel_vector("gamma", gamma, x), images("dy", dy)
    expect_shape("dy", dy, x.shape, "that of x")
    dy, x, gamma = same_dtype(dy, x, gamma)
    with one_blas_thread():
        return norm.normalize_backward(dy, x, gamma, *norm.channel_moments(x), eps)


def _multiply_adds(y: np.ndarray, w: np.ndarray) -> int:
    """Of a convolution, per image: at each position of the output each weight is used once."""
    return int(y.shape[1] * y.shape[2] * w.size)


def _sums(parts: list[tuple[np.ndarray, np.ndarray]], w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """dw and db of the batch from those of its parts."""
    dw, db = np.zeros(w.shape, w.dtype), np.zeros(w.shape[3], w.dtype)
    for dw_of_part, db_of_part in parts:
        dw += dw_of_part
        db += db_of_part
    return dw, db
