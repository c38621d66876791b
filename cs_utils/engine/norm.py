"""Two layers of deeper networks: batch norm and global average pooling, each beside its derivative."""

import numpy as np

from cs_utils.engine import workspace
from cs_utils.engine.validation import expect_shape, float_array, images, same_dtype


def global_average_pool(x: np.ndarray) -> np.ndarray:
    """The mean of each map: (N, H, W, C) -> (N, C)."""
    x = images("x", x)
    if 0 in x.shape[1:3]:
        raise ValueError(f"x has maps without pixels: its shape is {x.shape}")
    return x.mean(axis=(1, 2))


def global_average_pool_backward(dy: np.ndarray, x_shape: tuple[int, int, int, int]) -> np.ndarray:
    """The gradient of `global_average_pool`: each of a map's H * W pixels gets an equal share of dy (N, C)."""
    dy = float_array("dy", dy, "(N, C)")
    expect_shape("dy", dy, (x_shape[0], x_shape[3]), "one number for each map")
    dx = workspace.result(tuple(x_shape), dy.dtype)
    dx[...] = (dy / (x_shape[1] * x_shape[2]))[:, None, None]
    return dx


def channel_moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and (biased) variance of each channel, over all images and pixels: twice (C,)."""
    (x,) = same_dtype(images("x", x))
    if x.size == 0:
        raise ValueError(f"x is empty (shape {x.shape}): there is nothing to take the mean of")
    pixels = x.size // x.shape[3]
    mean = _sum(x) / pixels
    with workspace.frame():
        centred = np.subtract(_rows(x), _row(mean, x), out=workspace.take(_rows(x).shape, x.dtype))
        return mean, _sum(np.square(centred, out=centred).reshape(x.shape)) / pixels


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
        If an array holds no floats, x is empty, or the shapes do not match.
    """
    return normalize(x, *channel_moments(x), gamma, beta, eps)


def normalize(
    x: np.ndarray, mean: np.ndarray, variance: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> np.ndarray:
    """`batch_norm` with given moments (C,): in use, a net takes those that it remembers from training."""
    gamma, beta = float_array("gamma", gamma, "(C,)"), float_array("beta", beta, "(C,)")
    for name, array in (("gamma", gamma), ("beta", beta)):
        expect_shape(name, array, (np.shape(x)[3],), "one number for each channel of x")
    x, mean, variance, gamma, beta = same_dtype(images("x", x), mean, variance, gamma, beta)
    scale = gamma / np.sqrt(variance + np.asarray(eps, x.dtype))
    y = workspace.result(x.shape, x.dtype)
    rows = np.multiply(_rows(x), _row(scale, x), out=_rows(y))
    rows += _row(beta - mean * scale, x)
    return y


def batch_norm_backward(
    dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of `batch_norm`: mean and variance depend on x, too, hence the two means that are taken off.

    With z = (x - mean) / sqrt(variance + eps):
    dx = gamma / sqrt(variance + eps) * (dy - mean of dy - z * mean of dy * z), means a channel

    Returns
    -------
    dx : ndarray (N, H, W, C)
    dgamma, dbeta : ndarray (C,)
    """
    dy, x, gamma = same_dtype(images("dy", dy), images("x", x), float_array("gamma", gamma, "(C,)"))
    expect_shape("dy", dy, x.shape, "that of x")
    expect_shape("gamma", gamma, (x.shape[3],), "one number for each channel of x")
    return batch_norm_backward_with(dy, x, gamma, *channel_moments(x), eps)


def batch_norm_backward_with(
    dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, variance: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`batch_norm_backward` with the moments of x (C,) at hand."""
    scale = 1 / np.sqrt(variance + np.asarray(eps, x.dtype))
    pixels = x.size // x.shape[3]
    dx = workspace.result(x.shape, x.dtype)
    with workspace.frame():
        z = np.subtract(_rows(x), _row(mean, x), out=workspace.take(_rows(x).shape, x.dtype))
        z *= _row(scale, x)
        product = np.multiply(_rows(dy), z, out=_rows(dx))
        dgamma, dbeta = _sum(product.reshape(x.shape)), _sum(dy)
        z *= _row(dgamma / pixels, x)
        rows = np.subtract(_rows(dy), z, out=_rows(dx))
        rows -= _row(dbeta / pixels, x)
        rows *= _row(gamma * scale, x)
    return dx, dgamma, dbeta


# NumPy works along the last axis, and each time it begins anew costs as much as some dozens of numbers. So pixels of C
# numbers are taken together to rows of W * C; and a sum over rows is faster as a product with ones than by `sum`.


def _rows(x: np.ndarray) -> np.ndarray:
    """x (N, H, W, C) as (N * H, W * C)."""
    return x.reshape(-1, x.shape[2] * x.shape[3])


def _row(channels: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A number for each channel (C,), as often as there are columns in x: (W * C,)."""
    return channels[None].repeat(x.shape[2], axis=0).ravel()  # np.tile takes four times as long


def _sum(x: np.ndarray) -> np.ndarray:
    """The sum over all but the channels (C,)."""
    rows = _rows(x)
    return (np.ones(len(rows), x.dtype) @ rows).reshape(-1, x.shape[3]).sum(axis=0)
