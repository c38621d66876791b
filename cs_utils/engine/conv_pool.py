"""A convolution and the max pooling after it in one pass: what a `ConvNet` does where its pattern has both.

A convolution may compute its outputs in any order. Here those that meet in a window of the pool are kept apart: first
the upper left one of each window, then the upper right ones, and so on. The maxima are then those of whole arrays,
found while these are still in the cache, and only a quarter of the outputs is ever written to main memory. A step of
the lecture's net takes 0.6 of the time that it takes with one layer after the other.
"""

from typing import NamedTuple

import numpy as np

from cs_utils.engine import winograd, workspace
from cs_utils.engine.convolution import both_gradients, in_rows
from cs_utils.engine.im2col import copy_pixels, in_windows, patch_matrices
from cs_utils.engine.im2col_images import image_patch_matrices, with_bias
from cs_utils.engine.matmul import multiply, multiply_transposed, sum_of_rows
from cs_utils.engine.pooling import mark_maxima


class Piece(NamedTuple):
    """Some images, or some rows of one, and where the maxima are in them."""

    images: slice
    rows: slice  # of the pooled output
    is_largest: np.ndarray  # (row in the window, column in the window, images, rows, columns, K) of bool


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
    outputs = (y.shape[1] * window, y.shape[2] * window)
    if window == 2 and winograd.pays(x, w, stride, before, outputs):
        pieces = _conv_pool_of_tiles(x, w, b, before, y)
        if winograd.is_finite(y[..., 0]):
            return pieces
    pieces = []
    for images, rows, patches in patch_matrices(x, w.shape[:2], stride, (before, before), outputs, window):
        pooled = slice(rows.start // window, rows.stop // window)
        part = y[images, pooled]
        pieces.append(Piece(images, pooled, _multiply_and_pool(patches, w.reshape(-1, len(b)), window, part)))
        part += b  # after the maximum there is a quarter of the numbers to add it to
    return pieces


def _conv_pool_of_tiles(x: np.ndarray, w: np.ndarray, b: np.ndarray, before: int, y: np.ndarray) -> list[Piece]:
    """The 2x2 outputs of a tile are a window."""
    pieces = []
    for images, rows, products in winograd.tile_products(x, w, before, (2 * y.shape[1], 2 * y.shape[2])):
        pooled = slice(rows.start // 2, rows.stop // 2)
        part = y[images, pooled].transpose(1, 2, 0, 3)
        is_largest = workspace.result((2, 2, *part.shape), np.dtype(bool))
        products[1, 1] += b
        with workspace.frame():
            _pool(winograd.outputs_of(products), part, is_largest)
        pieces.append(Piece(images, pooled, is_largest.transpose(0, 1, 4, 2, 3, 5)))
    return pieces


def conv_pool_backward(
    dy: np.ndarray, pieces: list[Piece], x: np.ndarray, w: np.ndarray, stride: int, before: int, window: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dw and db of `conv_pool`."""
    n, height, width, filters = dy.shape
    d_conv = workspace.result((n, height * window, width * window, filters), dy.dtype)
    for images, rows, is_largest in pieces:
        part = dy[images, rows]
        target = in_windows(d_conv[images, rows.start * window : rows.stop * window], window)
        np.multiply(part, is_largest, out=target)
    dx = workspace.result(x.shape, x.dtype)
    dw = both_gradients(d_conv, x, w, stride, before, dx)
    return dx, dw, sum_of_rows(d_conv)


def conv_pool_of_images(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, before: int, window: int, y: np.ndarray
) -> list[tuple[Piece, np.ndarray]]:
    """`conv_pool` for the first layer of a network: images have few channels, and their gradient is not needed.

    With each piece come its patches (window * window * positions, F * F * C + 1), because the filters' gradient needs
    them again; see `image_patch_matrices`.
    """
    pieces, weights = [], with_bias(w, b)
    for images, rows, patches in image_patch_matrices(x, w.shape[:2], stride, before, y.shape[1:3], window, keep=True):
        is_largest = _multiply_and_pool(patches, weights, window, y[images, rows].transpose(1, 2, 0, 3))
        pieces.append((Piece(images, rows, is_largest), patches))
    return pieces


def conv_pool_of_images_backward(
    dy: np.ndarray, pieces: list[tuple[Piece, np.ndarray]], w: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """dw and db of `conv_pool_of_images`."""
    filters = dy.shape[3]
    d_weights = np.zeros((w.size // filters + 1, filters), dy.dtype)
    for piece, patches in pieces:
        images, rows, is_largest = piece
        with workspace.frame():
            part = in_rows(dy[images, rows].transpose(1, 2, 0, 3)).reshape(is_largest.shape[2:])
            d_conv = workspace.take(is_largest.shape, dy.dtype)
            np.multiply(part, is_largest, out=d_conv)
            multiply_transposed(patches, d_conv.reshape(-1, filters), d_weights)
    return d_weights[:-1].reshape(w.shape), d_weights[-1]


def _multiply_and_pool(patches: np.ndarray, weights: np.ndarray, window: int, part: np.ndarray) -> np.ndarray:
    """Write the maxima of the windows to part, and return where they are: (window, window, *part.shape)."""
    is_largest = workspace.result((window, window, *part.shape), np.dtype(bool))
    with workspace.frame():
        outputs = workspace.take(is_largest.shape, patches.dtype)
        multiply(patches, weights, outputs.reshape(-1, part.shape[3]))
        _pool(outputs, part, is_largest)
    return is_largest


def _pool(outputs: np.ndarray, part: np.ndarray, is_largest: np.ndarray) -> None:
    """Write the maxima of outputs (window, window, ...) over the windows to part, and which these are to is_largest."""
    taps = outputs.reshape(-1, *part.shape)
    with workspace.frame():
        largest = workspace.take(part.shape, outputs.dtype)
        np.maximum.reduce(taps, axis=0, out=largest)
        mark_maxima(taps, largest, is_largest.reshape(taps.shape))
        copy_pixels(part, largest)
