"""Batch norm on rows of W * C numbers.

NumPy works along the last axis, and each time it begins anew costs as much as some dozens of numbers. So pixels of C
numbers are taken together to rows of W * C, and a sum over rows is a product with ones, which is faster than `sum`.
"""

import numpy as np

from cs_utils.engine import workspace
from cs_utils.engine.matmul import sum_of_rows


def channel_moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and (biased) variance of each channel of x (N, H, W, C), over all images and pixels: twice (C,)."""
    pixels = x.size // x.shape[3]
    mean = _sum(x) / pixels
    with workspace.frame():
        centred = np.subtract(_rows(x), _row(mean, x), out=workspace.take(_rows(x).shape, x.dtype))
        return mean, _sum(np.square(centred, out=centred).reshape(x.shape)) / pixels


def normalize(
    x: np.ndarray, mean: np.ndarray, variance: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> np.ndarray:
    """gamma * (x - mean) / sqrt(variance + eps) + beta; in use, a net takes the moments that it remembers."""
    scale = gamma / np.sqrt(variance + np.asarray(eps, x.dtype))
    y = workspace.result(x.shape, x.dtype)
    rows = np.multiply(_rows(x), _row(scale, x), out=_rows(y))
    rows += _row(beta - mean * scale, x)
    return y


def normalize_backward(
    dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, mean: np.ndarray, variance: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dgamma and dbeta of `normalize` with the moments of x itself; see `layers.batch_norm_backward`."""
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


def _rows(x: np.ndarray) -> np.ndarray:
    """x (N, H, W, C) as (N * H, W * C)."""
    return x.reshape(-1, x.shape[2] * x.shape[3])


def _row(channels: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A number for each channel (C,), as often as there are columns in x: (W * C,)."""
    return channels[None].repeat(x.shape[2], axis=0).ravel()  # np.tile takes four times as long


def _sum(x: np.ndarray) -> np.ndarray:
    """The sum over all but the channels (C,)."""
    sums: np.ndarray = sum_of_rows(_rows(x)).reshape(-1, x.shape[3]).sum(axis=0)
    return sums
