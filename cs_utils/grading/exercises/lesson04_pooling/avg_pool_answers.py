"""Answers to avg_pool: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from scipy import ndimage

from cs_utils.grading.exercises.lesson04_pooling.avg_pool import AVG_POOL
from cs_utils.grading.exercises.lesson04_pooling.shared_answers import (
    averaging_matrix,
    places,
    pool,
    rounded_down,
    taps,
    view_of_windows,
)
from cs_utils.layers import conv2d


def pooled(x, size, stride, number=np.mean, over=(1, 2), step=None):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    `number` is taken of each window, `over` these of its axes (N, F, F, C); windows begin every `step` pixels.
    """
    return pool(x, size, stride, lambda window: number(window, axis=over, keepdims=True), step)


def mean(window):
    return window.mean(axis=(1, 2), keepdims=True)


def total(window):
    return window.sum(axis=(1, 2), keepdims=True)


def sum_over(divisor):
    """Return a function that adds up a window and divides by this number."""
    return lambda window, **over: window.sum(**over) / divisor


@AVG_POOL.wrong("the maximum is taken instead of the mean")
def takes_the_maximum(x, size, stride, answer=pooled):
    return answer(x, size, stride, number=np.max)


@AVG_POOL.wrong("the sum of each window is not divided by the number of its pixels")
def takes_the_sum(x, size, stride, answer=pooled):
    return answer(x, size, stride, number=np.sum)


@AVG_POOL.wrong("the sum is divided by F: a window has F * F pixels")
def divides_by_one_side(x, size, stride, answer=pooled):
    return answer(x, size, stride, number=sum_over(size))


@AVG_POOL.wrong("the sum is divided by the stride squared: the number of pixels is the size squared", partial=True)
def divides_by_the_stride(x, size, stride, answer=pooled):
    return answer(x, size, stride, number=sum_over(stride**2))


@AVG_POOL.wrong("the sum is divided by 4, whatever the size of the window", partial=True)
def always_divides_by_four(x, size, stride, answer=pooled):
    return answer(x, size, stride, number=sum_over(4))


@AVG_POOL.wrong("one mean is taken over all channels: each map is pooled on its own", partial=True)
def mixes_the_channels(x, size, stride, answer=pooled):
    return answer(x, size, stride, over=(1, 2, 3))


@AVG_POOL.wrong("one mean is taken over all images: each image is pooled on its own", partial=True)
def mixes_the_images(x, size, stride, answer=pooled):
    return answer(x, size, stride, over=(0, 1, 2))


@AVG_POOL.wrong("one mean is taken over all images and channels: np.mean needs axis=(1, 2) here", partial=True)
def mixes_images_and_channels(x, size, stride, answer=pooled):
    return answer(x, size, stride, over=None)


@AVG_POOL.wrong("only numbers above 0 are averaged: the window's zeros and negative numbers count, too")
def averages_the_positive_ones(x, size, stride, answer=pooled):
    def positive_mean(window, **over):
        positive = window > 0
        return np.where(positive, window, 0).sum(**over) / np.maximum(positive.sum(**over), 1)

    return answer(x, size, stride, number=positive_mean)


@AVG_POOL.wrong("zeros are left out of the mean: they are numbers like the others")
def averages_what_is_not_zero(x, size, stride, answer=pooled):
    def mean_without_zeros(window, **over):
        return window.sum(**over) / np.maximum((window != 0).sum(**over), 1)

    return answer(x, size, stride, number=mean_without_zeros)


@AVG_POOL.wrong("`//` rounds the means down to whole numbers")
def divides_and_rounds(x, size, stride, answer=pooled):
    return answer(x, size, stride, number=lambda window, **over: window.sum(**over) // size**2)


@AVG_POOL.wrong("the median is taken instead of the mean")
def takes_the_median(x, size, stride, answer=pooled):
    return answer(x, size, stride, number=np.median)


@AVG_POOL.wrong("the window of place (i, j) begins at row i, column j: it begins at i * stride, j * stride")
def moves_by_one_pixel(x, size, stride, answer=pooled):
    return answer(x, size, stride, step=(1, 1))


@AVG_POOL.wrong(
    "windows are assumed to lie side by side, as in a reshape to blocks: with another stride they don't", partial=True
)
def reshapes_to_blocks(x, size, stride):
    count, height, width, channels = x.shape
    return x.reshape(count, height // size, size, width // size, size, channels).mean(axis=(2, 4))


@AVG_POOL.wrong("`x /= ...` divides the images that were passed in: x / ... makes new ones", partial=True)
def divides_the_images_themselves(x, size, stride):
    places(x.shape, size, stride)
    x /= size**2
    return pool(x, size, stride, total)


@AVG_POOL.right
def refuses_nothing(x, size, stride):
    return pool(x, size, stride, mean, outputs=rounded_down(x.shape, size, stride))


@AVG_POOL.right
def averages_sliding_windows(x, size, stride):
    return view_of_windows(x, size, stride).mean(axis=(-1, -2))


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
