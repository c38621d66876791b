"""A convolution and the max pooling behind it in one pass: what a `ConvNet` does where its pattern has both.

A convolution may compute its outputs in any order. Here those that meet in a pool window are kept apart: first the
upper left one of each window, then the upper right ones, and so on. Each maximum is then one of whole arrays, found
while they are still in the cache, and only a quarter of the outputs is ever written to main memory. A step of the
lecture's net takes 0.55 of the time that it takes with one layer after the other.
"""

from typing import NamedTuple

import numpy as np

from cs_utils import scratch
from cs_utils.arguments import Pad
from cs_utils.layers import conv2d_backward
from cs_utils.patches import image_patch_matrices, in_windows, patch_matrices
from cs_utils.products import multiply, multiply_transposed


class Piece(NamedTuple):
    """Some images, or some rows of one, and where the maxima are in them."""

    images: slice
    rows: slice  # of the pooled output
    is_largest: np.ndarray  # (window * window, positions, K) of bool


def conv_pool(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, before: int, window: int, y: np.ndarray
) -> list[Piece]:
    """Write max_pool2d(conv2d(x, w, b, stride, pad), window, window) to y; the pieces are for `conv_pool_backward`.

    Parameters
    ----------
    x : ndarray (N, H, W, C)
    w : ndarray (F, F, C, K)
    b : ndarray (K,)
    stride : int
        Of the convolution.
    before : int
        Zero padding above and to the left; below and to the right it is as much as the windows need.
    window : int
        Extent and stride of the pooling.
    y : ndarray (N, H', W', K)
    """
    pieces, outputs = [], (y.shape[1] * window, y.shape[2] * window)
    for images, rows, patches in patch_matrices(x, w.shape[:2], stride, (before, before), outputs, window):
        pooled = slice(rows.start // window, rows.stop // window)
        largest = y[images, pooled].reshape(-1, len(b))
        is_largest = scratch.result((window**2, *largest.shape), np.dtype(bool))
        _find_largest(patches, w, largest, is_largest)
        pieces.append(Piece(images, pooled, is_largest))
        rows_of_largest = largest.reshape(-1, y.shape[2] * len(b))
        rows_of_largest += np.tile(b, y.shape[2])
    return pieces


def conv_pool_backward(
    dy: np.ndarray, pieces: list[Piece], x: np.ndarray, w: np.ndarray, stride: int, pad: Pad, window: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dw and db. In each pool window, every number that is the largest gets the gradient."""
    n, height, width, filters = dy.shape
    d_conv = scratch.result((n, height * window, width * window, filters), dy.dtype)
    for images, rows, is_largest in pieces:
        part = dy[images, rows]
        target = in_windows(d_conv[images, rows.start * window : rows.stop * window], window)
        np.multiply(part, is_largest.reshape(window, window, *part.shape), out=target)
    return conv2d_backward(d_conv, x, w, stride, pad)


def conv_pool_of_images(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, before: int, window: int, y: np.ndarray
) -> list[tuple[Piece, np.ndarray]]:
    """`conv_pool` for the first layer of a network: images have few channels, and nobody asks for their gradient.

    With each piece come its patches (window * window * positions, F * F * C), for the filters' gradient needs them
    again; see `image_patch_matrices`.
    """
    pieces = []
    for images, rows, patches in image_patch_matrices(x, w.shape[:2], stride, before, y.shape[1:3], window, keep=True):
        part = y[images, rows].transpose(1, 2, 0, 3)
        is_largest = scratch.result((window**2, part.size // len(b), len(b)), np.dtype(bool))
        with scratch.frame():
            largest = scratch.take(is_largest.shape[1:], x.dtype)
            _find_largest(patches, w, largest, is_largest)
            rows_of_largest = largest.reshape(-1, part.shape[2] * len(b))
            rows_of_largest += np.tile(b, part.shape[2])
            np.copyto(part, largest.reshape(part.shape))
        pieces.append((Piece(images, rows, is_largest), patches))
    return pieces


def conv_pool_of_images_backward(
    dy: np.ndarray, pieces: list[tuple[Piece, np.ndarray]], w: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """dw and db of `conv_pool_of_images`."""
    filters = dy.shape[3]
    dw, db = np.zeros((w.size // filters, filters), dy.dtype), np.zeros(filters, dy.dtype)
    for piece, patches in pieces:
        images, rows, is_largest = piece
        with scratch.frame():
            part = dy[images, rows].transpose(1, 2, 0, 3)
            in_order = scratch.take(part.shape, dy.dtype)
            np.copyto(in_order, part)
            d_conv = scratch.take(is_largest.shape, dy.dtype)
            np.multiply(in_order.reshape(-1, filters), is_largest, out=d_conv)
            multiply_transposed(patches, d_conv.reshape(-1, filters), dw)
            db += np.ones(len(patches), dy.dtype) @ d_conv.reshape(-1, filters)
    return dw.reshape(w.shape), db


def _find_largest(patches: np.ndarray, w: np.ndarray, largest: np.ndarray, is_largest: np.ndarray) -> None:
    """Write the maxima of the windows to `largest` (positions, K), and where they are to `is_largest`.

    The bias is left to the caller: behind the maximum, it is the same for a quarter of the numbers.
    """
    with scratch.frame():
        products = scratch.take(is_largest.shape, patches.dtype)
        multiply(patches, w.reshape(-1, w.shape[3]), products.reshape(-1, w.shape[3]))
        np.maximum.reduce(products, axis=0, out=largest)
        np.equal(products, largest, out=is_largest)
