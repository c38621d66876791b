"""Two layers of deeper networks: batch norm and global average pooling, each beside its derivative."""

import numpy as np

from cs_utils import scratch
from cs_utils.arguments import expect_shape, float_array, images, same_dtype


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
    dx = scratch.result(tuple(x_shape), dy.dtype)
    dx[...] = (dy / (x_shape[1] * x_shape[2]))[:, None, None]
    return dx


def channel_moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and (biased) variance of each channel, over all images and pixels: twice (C,)."""
    x = images("x", x)
    if x.size == 0:
        raise ValueError(f"x is empty (shape {x.shape}): there is nothing to take the mean of")
    mean = x.mean(axis=(0, 1, 2))
    return mean, np.square(x - mean).mean(axis=(0, 1, 2))


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
    y = scratch.result(x.shape, x.dtype)
    np.multiply(x, scale, out=y)
    y += beta - mean * scale
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
    mean, variance = channel_moments(x)
    deviation = 1 / np.sqrt(variance + np.asarray(eps, x.dtype))
    z = (x - mean) * deviation
    dgamma, dbeta = (dy * z).sum(axis=(0, 1, 2)), dy.sum(axis=(0, 1, 2))
    pixels = x.size // x.shape[3]
    dx = scratch.result(x.shape, x.dtype)
    np.multiply(z, dgamma / pixels, out=dx)
    np.subtract(dy - dbeta / pixels, dx, out=dx)
    dx *= gamma * deviation
    return dx, dgamma, dbeta
