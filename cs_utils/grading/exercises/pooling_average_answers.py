"""Lesson 04, the mean and its gradient: wrong answers that are recognised and caught, and right ones that are kept."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, signal

from cs_utils.grading.exercises.pooling import AVG_POOL
from cs_utils.grading.exercises.pooling_answers import largest, places, pool, taps
from cs_utils.grading.exercises.pooling_backward import AVG_POOL_BACKWARD
from cs_utils.layers import conv2d


def mean(window):
    return window.mean(axis=(1, 2))


def spread(dy, x, size, stride, share, step=None):
    """Return dx where share(dy of a place (N, C)) is added to each pixel of its window."""
    rows, columns = places(x.shape, size, stride)
    dx, step = np.zeros(x.shape, dy.dtype), step or stride
    for i, j in np.ndindex(rows, columns):
        dx[:, i * step : i * step + size, j * step : j * step + size] += share(dy[:, i, j])[:, None, None]
    return dx


def covering(x, size, stride):
    """Return how many windows look at each pixel, (H, W, 1)."""
    ones = np.ones((1, *x.shape[1:3], 1))
    rows, columns = places(x.shape, size, stride)
    return spread(np.ones((1, rows, columns, 1)), ones, size, stride, lambda d: d)[0]


# avg_pool


@AVG_POOL.wrong("the maximum is taken instead of the mean")
def takes_the_maximum(x, size, stride):
    return pool(x, size, stride, largest)


@AVG_POOL.wrong("the sum of each window is not divided by the number of its pixels")
def takes_the_sum(x, size, stride):
    return pool(x, size, stride, lambda window: window.sum(axis=(1, 2)))


@AVG_POOL.wrong("the sum is divided by F: a window has F * F pixels")
def divides_by_one_side(x, size, stride):
    return pool(x, size, stride, lambda window: window.sum(axis=(1, 2)) / size)


@AVG_POOL.wrong("the sum is divided by the stride squared: it is the size that counts the pixels", partial=True)
def divides_by_the_stride(x, size, stride):
    return pool(x, size, stride, lambda window: window.sum(axis=(1, 2)) / stride**2)


@AVG_POOL.wrong("the sum is divided by 4, whatever the size of the window", partial=True)
def always_divides_by_four(x, size, stride):
    return pool(x, size, stride, lambda window: window.sum(axis=(1, 2)) / 4)


@AVG_POOL.wrong("one mean is taken over all channels: each map is pooled on its own", partial=True)
def mixes_the_channels(x, size, stride):
    return pool(x, size, stride, lambda window: window.mean(axis=(1, 2, 3))[:, None])


@AVG_POOL.wrong("one mean is taken over all images: each image is pooled on its own", partial=True)
def mixes_the_images(x, size, stride):
    return pool(x, size, stride, lambda window: window.mean(axis=(0, 1, 2)))


@AVG_POOL.wrong("one mean is taken over all images and channels: np.mean needs axis=(1, 2) here", partial=True)
def mixes_images_and_channels(x, size, stride):
    return pool(x, size, stride, np.mean)


@AVG_POOL.wrong("only numbers above 0 are averaged: the window's zeros and negative numbers count, too")
def averages_the_positive_ones(x, size, stride):
    def positive_mean(window):
        positive = window > 0
        return np.where(positive, window, 0).sum(axis=(1, 2)) / np.maximum(positive.sum(axis=(1, 2)), 1)

    return pool(x, size, stride, positive_mean)


@AVG_POOL.wrong("`//` rounds the means down to whole numbers")
def divides_and_rounds(x, size, stride):
    return pool(x, size, stride, lambda window: window.sum(axis=(1, 2)) // size**2)


@AVG_POOL.wrong("the median is taken instead of the mean")
def takes_the_median(x, size, stride):
    return pool(x, size, stride, lambda window: np.median(window, axis=(1, 2)))


@AVG_POOL.wrong("the window of place (i, j) begins at row i, column j: it begins at i * stride, j * stride")
def moves_by_one_pixel(x, size, stride):
    return pool(x, size, stride, mean, step=(1, 1))


@AVG_POOL.wrong(
    "windows are taken to lie side by side, as in a reshape to blocks: with another stride they don't", partial=True
)
def reshapes_to_blocks(x, size, stride):
    count, height, width, channels = x.shape
    return x.reshape(count, height // size, size, width // size, size, channels).mean(axis=(2, 4))


@AVG_POOL.wrong("windows that don't fit aren't refused: the last rows or columns are ignored", partial=True)
def ignores_what_is_left_over(x, size, stride):
    return pool(x, size, stride, mean, shape=[(n - size) // stride + 1 for n in x.shape[1:3]])


@AVG_POOL.wrong("`x /= ...` divides the images that were handed in: x / ... makes new ones", partial=True)
def divides_the_images_themselves(x, size, stride):
    places(x.shape, size, stride)
    x /= size**2
    return pool(x, size, stride, lambda window: window.sum(axis=(1, 2)))


@AVG_POOL.right
def averages_sliding_windows(x, size, stride):
    places(x.shape, size, stride)
    return sliding_window_view(x, (size, size), axis=(1, 2))[:, ::stride, ::stride].mean(axis=(-1, -2))


@AVG_POOL.right
def adds_shifted_slices(x, size, stride):
    return sum(taps(x, size, stride)) / size**2


@AVG_POOL.right
def is_a_convolution(x, size, stride):
    channels = x.shape[3]
    w = np.broadcast_to(np.eye(channels, dtype=x.dtype) / size**2, (size, size, channels, channels))
    return conv2d(x, w, np.zeros(channels, x.dtype), stride=stride)


@AVG_POOL.right
def multiplies_by_averaging_matrices(x, size, stride):
    down, across = (averaging_matrix(n, size, stride) for n in x.shape[1:3])
    return np.einsum("ih,nhwc,jw->nijc", down, x, across)


@AVG_POOL.right
def subtracts_running_sums(x, size, stride):
    places(x.shape, size, stride)
    for axis in (1, 2):
        sums = np.cumsum(np.insert(x, 0, 0, axis=axis), axis=axis, dtype=np.float64)
        ends = np.arange(size, x.shape[axis] + 1, stride)
        x = (sums.take(ends, axis=axis) - sums.take(ends - size, axis=axis)) / size
    return x


@AVG_POOL.right
def filters_by_scipy(x, size, stride):
    places(x.shape, size, stride)
    means = ndimage.correlate(x, np.full((1, size, size, 1), 1 / size**2), origin=(0, -(size // 2), -(size // 2), 0))
    return means[:, : x.shape[1] - size + 1 : stride, : x.shape[2] - size + 1 : stride]


def averaging_matrix(n, size, stride):
    """Return the matrix (n', n) that averages windows along one axis."""
    rows = places((1, n, n, 1), size, stride)[0]
    matrix = np.zeros((rows, n))
    for i in range(rows):
        matrix[i, i * stride : i * stride + size] = 1 / size
    return matrix


# avg_pool_backward


@AVG_POOL_BACKWARD.wrong("each pixel gets the whole dy: its share is a window's dy / (F * F)")
def forgets_to_share(dy, x, size, stride):
    return spread(dy, x, size, stride, lambda d: d)


@AVG_POOL_BACKWARD.wrong("dy is divided by F: a window has F * F pixels")
def shares_by_one_side(dy, x, size, stride):
    return spread(dy, x, size, stride, lambda d: d / size)


@AVG_POOL_BACKWARD.wrong("dy is divided by 4, whatever the size of the window", partial=True)
def always_shares_by_four(dy, x, size, stride):
    return spread(dy, x, size, stride, lambda d: d / 4)


@AVG_POOL_BACKWARD.wrong(
    "of two windows that overlap, the last overwrites what the first gave: their shares add up", partial=True
)
def overwrites_overlaps(dy, x, size, stride):
    rows, columns = places(x.shape, size, stride)
    dx = np.zeros(x.shape, dy.dtype)
    for i, j in np.ndindex(rows, columns):
        window = np.s_[:, i * stride : i * stride + size, j * stride : j * stride + size]
        dx[window] = dy[:, i, j][:, None, None] / size**2
    return dx


@AVG_POOL_BACKWARD.wrong("the mean of the shares is taken instead of their sum where windows overlap", partial=True)
def averages_overlaps(dy, x, size, stride):
    dx = spread(dy, x, size, stride, lambda d: d / size**2)
    return dx / np.maximum(covering(x, size, stride), 1)


@AVG_POOL_BACKWARD.wrong("the gradient goes to the maximum alone: that is max pooling")
def gives_all_to_the_maximum(dy, x, size, stride):
    rows, columns = places(x.shape, size, stride)
    dx = np.zeros(x.shape, dy.dtype)
    for i, j in np.ndindex(rows, columns):
        window = np.s_[:, i * stride : i * stride + size, j * stride : j * stride + size]
        dx[window] += (x[window] == x[window].max(axis=(1, 2), keepdims=True)) * dy[:, i, j][:, None, None]
    return dx


@AVG_POOL_BACKWARD.wrong("the shares are multiplied by x: the derivative of a mean does not depend on x")
def multiplies_by_x(dy, x, size, stride):
    return spread(dy, x, size, stride, lambda d: d / size**2) * x


@AVG_POOL_BACKWARD.wrong("negative pixels get nothing: that is ReLU's derivative")
def stops_at_negative_pixels(dy, x, size, stride):
    return spread(dy, x, size, stride, lambda d: d / size**2) * (x > 0)


@AVG_POOL_BACKWARD.wrong("the window of place (i, j) begins at row i, column j: it begins at i * stride, j * stride")
def spreads_from_row_i(dy, x, size, stride):
    return spread(dy, x, size, stride, lambda d: d / size**2, step=1)


@AVG_POOL_BACKWARD.wrong("each dy is repeated F times both ways: that fits only windows side by side", partial=True)
def repeats_the_gradient(dy, x, size, stride):
    places(x.shape, size, stride)
    return dy.repeat(size, axis=1).repeat(size, axis=2) / size**2


@AVG_POOL_BACKWARD.wrong("dy is summed over the channels: each map has a gradient of its own", partial=True)
def mixes_the_channels_of_dy(dy, x, size, stride):
    return spread(dy.sum(axis=3, keepdims=True).repeat(x.shape[3], axis=3), x, size, stride, lambda d: d / size**2)


@AVG_POOL_BACKWARD.wrong("the gradient is averaged over the batch: the loss has seen to that already", partial=True)
def divides_by_the_batch(dy, x, size, stride):
    return spread(dy, x, size, stride, lambda d: d / size**2 / len(x))


@AVG_POOL_BACKWARD.wrong("windows that don't fit aren't refused: the last rows or columns get 0", partial=True)
def accepts_what_is_left_over(dy, x, size, stride):
    dx = np.zeros(x.shape, dy.dtype)
    for i, j in np.ndindex(dy.shape[1:3]):
        window = np.s_[:, i * stride : i * stride + size, j * stride : j * stride + size]
        dx[window] += dy[:, i, j][:, None, None] / size**2
    return dx


@AVG_POOL_BACKWARD.wrong("`dy /= ...` divides the gradient that was handed in: dy / ... makes a new one", partial=True)
def divides_dy_itself(dy, x, size, stride):
    places(x.shape, size, stride)
    dy /= size**2
    return spread(dy, x, size, stride, lambda d: d)


@AVG_POOL_BACKWARD.right
def adds_to_shifted_slices(dy, x, size, stride):
    dx = np.zeros_like(x)
    for tap in taps(dx, size, stride):
        tap += dy / size**2
    return dx


@AVG_POOL_BACKWARD.right
def multiplies_by_transposed_matrices(dy, x, size, stride):
    down, across = (averaging_matrix(n, size, stride) for n in x.shape[1:3])
    return np.einsum("ih,nijc,jw->nhwc", down, dy, across)


@AVG_POOL_BACKWARD.right
def convolves_the_spaced_gradient(dy, x, size, stride):
    places(x.shape, size, stride)
    spaced = np.zeros((len(x), x.shape[1] - size + 1, x.shape[2] - size + 1, x.shape[3]), dy.dtype)
    spaced[:, ::stride, ::stride] = dy
    return signal.convolve(spaced, np.full((1, size, size, 1), 1 / size**2, dy.dtype), method="direct")


@AVG_POOL_BACKWARD.right
def gathers_for_each_pixel(dy, x, size, stride):
    rows, columns = places(x.shape, size, stride)
    dx = np.zeros(x.shape)
    for h, w in np.ndindex(x.shape[1:3]):
        for i, j in np.ndindex(rows, columns):
            if 0 <= h - i * stride < size and 0 <= w - j * stride < size:
                dx[:, h, w] += dy[:, i, j] / size**2
    return dx
