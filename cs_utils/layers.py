"""The layers of a ConvNet: each operation beside its derivative.

Images and maps are *channels last*, (N, H, W, C): the lecture's H x W x D volume with a batch axis in front. PyTorch
puts the channels second, (N, C, H, W). Filters are (F, F, C, K), in PyTorch (K, C, F, F).

All functions are pure: arguments are never changed, results share no memory with anything that a later call writes.
Floats of any precision are accepted; the result has the precision of the arguments (the highest, if they differ). A
backward function takes the upstream gradient dy, the loss's derivative by the output, and gives its derivatives by
the inputs. How the convolution gets fast is told in `correlation`, `patches`, `products` and `winograd`, where
temporary memory comes from in `scratch`, and how all cores get to work in `parallel`.
"""

import numpy as np

from cs_utils.engine import convolution, workspace
from cs_utils.engine.matmul import sum_of_rows
from cs_utils.engine.pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from cs_utils.engine.threads import in_parts
from cs_utils.engine.validation import (
    Pad,
    both_pads,
    expect_shape,
    float_array,
    floats,
    images,
    output_size,
    same_dtype,
)

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv2d",
    "conv2d_backward",
    "conv2d_filter_gradient",
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
        If an array holds no floats, or stride or pad is no whole number.
    ValueError
        If the shapes do not match, or the windows do not fit the padded image (see `output_size`).
    """
    x, w, before, out_shape = _conv2d_arguments(x, w, stride, pad)
    b = float_array("b", b, "(K,)")
    expect_shape("b", b, w.shape[3:], "one number for each filter")
    x, w, b = same_dtype(x, w, b)
    y = workspace.result(out_shape, x.dtype)
    in_parts(lambda part: convolution.correlate(x[part], w, b, stride, before, y[part]), x)
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
    dy, x, w, before = _conv2d_backward_arguments(dy, x, w, stride, pad)
    dx = workspace.result(x.shape, x.dtype)

    def of_part(part: slice) -> tuple[np.ndarray, np.ndarray]:
        dw = convolution.both_gradients(dy[part], x[part], w, stride, before, dx[part])
        return dw, sum_of_rows(dy[part])

    return dx, *_sums(in_parts(of_part, x), w)


def conv2d_filter_gradient(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: Pad = 0
) -> tuple[np.ndarray, np.ndarray]:
    """dw and db of `conv2d_backward`: all that a first layer needs, for nobody asks for the gradient of the images."""
    dy, x, w, before = _conv2d_backward_arguments(dy, x, w, stride, pad)

    def of_part(part: slice) -> tuple[np.ndarray, np.ndarray]:
        return convolution.filter_gradient(dy[part], x[part], w.shape[:2], stride, before)

    return _sums(in_parts(of_part, x), w)


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
        If an array holds no floats, or the shapes do not match.
    """
    x, w, b = same_dtype(float_array("x", x, "(N, D)"), float_array("w", w, "(D, M)"), float_array("b", b, "(M,)"))
    expect_shape("w", w, (x.shape[1], w.shape[1]), f"one row for each of the {x.shape[1]} columns of x")
    expect_shape("b", b, (w.shape[1],), "one number for each column of w")
    y = workspace.result((len(x), len(b)), x.dtype)
    np.matmul(x, w, out=y)
    y += b
    return y


def linear_backward(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of `linear`: dx = dy @ w.T (N, D), dw = x.T @ dy (D, M), db = the sum of dy's rows (M,)."""
    dy, x, w = same_dtype(float_array("dy", dy, "(N, M)"), float_array("x", x, "(N, D)"), float_array("w", w, "(D, M)"))
    expect_shape("w", w, (x.shape[1], w.shape[1]), f"one row for each of the {x.shape[1]} columns of x")
    expect_shape("dy", dy, (len(x), w.shape[1]), "that of the layer's output")
    dx = workspace.result(x.shape, x.dtype)
    np.matmul(dy, w.T, out=dx)
    return dx, x.T @ dy, sum_of_rows(dy)


def relu(x: np.ndarray) -> np.ndarray:
    """max(0, x) of each number; x is an array of floats of any shape."""
    (x,) = same_dtype(floats("x", x))
    y = workspace.result(x.shape, x.dtype)
    return np.maximum(x, 0, out=y)


def relu_backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient of `relu`: dy where x > 0, else 0 (also at x = 0, where the derivative does not exist)."""
    dy, x = same_dtype(floats("dy", dy), floats("x", x))
    expect_shape("dy", dy, x.shape, "that of x")
    dx = workspace.result(x.shape, x.dtype)
    with workspace.frame():
        positive = np.greater(x, 0, out=workspace.result(x.shape, np.dtype(bool)))
        return np.multiply(dy, positive, out=dx)


def softmax_cross_entropy(scores: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Softmax and cross-entropy in one, averaged over the batch, and the gradient of that mean.

    loss = mean over n of log(sum over j of exp(scores[n, j])) - scores[n, labels[n]]
    dscores = (softmax(scores) - one_hot(labels)) / N

    The largest score of each row is taken off first: it changes nothing, and exp cannot overflow.

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
        If the scores are no floats or the labels no integers.
    ValueError
        If the shapes do not match, a label is out of range, or the batch is empty (it has no mean).
    """
    scores, labels = float_array("scores", scores, "(N, classes)"), np.asarray(labels)
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"labels should be integers, not {labels.dtype}")
    n, classes = scores.shape
    expect_shape("labels", labels, (n,), "one label for each row of scores")
    if scores.size == 0:
        raise ValueError(f"scores are empty (shape {scores.shape}): there is nothing to take the mean of")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels should be 0 to {classes - 1}, but go from {labels.min()} to {labels.max()}")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(n)
    loss = float(np.mean(np.log(sums[:, 0]) - shifted[rows, labels]))
    dscores = exponentials / sums
    dscores[rows, labels] -= 1
    dscores /= n
    return loss, dscores


def _sums(parts: list[tuple[np.ndarray, np.ndarray]], w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """dw and db of the batch from those of its parts."""
    dw, db = np.zeros(w.shape, w.dtype), np.zeros(w.shape[3], w.dtype)
    for dw_of_part, db_of_part in parts:
        dw += dw_of_part
        db += db_of_part
    return dw, db


def _conv2d_arguments(
    x: np.ndarray, w: np.ndarray, stride: int, pad: Pad
) -> tuple[np.ndarray, np.ndarray, int, tuple[int, int, int, int]]:
    """Checked images and filters of a convolution, the padding before each axis, and the shape of its output."""
    x, w = images("x", x), float_array("w", w, "(F, F, C, K)")
    if 0 in w.shape:
        raise ValueError(f"w holds no filters: its shape is {w.shape}")
    expect_shape("w", w, (*w.shape[:2], x.shape[3], w.shape[3]), f"as x has {x.shape[3]} channels")
    pads = both_pads(pad)
    height, width = (output_size(x.shape[axis + 1], w.shape[axis], stride, pads) for axis in (0, 1))
    return x, w, pads[0], (len(x), height, width, w.shape[3])


def _conv2d_backward_arguments(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int, pad: Pad
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    x, w, before, out_shape = _conv2d_arguments(x, w, stride, pad)
    dy = float_array("dy", dy, "(N, H', W', K)")
    expect_shape("dy", dy, out_shape, "that of the layer's output")
    dy, x, w = same_dtype(dy, x, w)
    return dy, x, w, before
