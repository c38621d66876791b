"""Lesson 07, global_average_pool: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson07_deeper_networks.global_average_pool import GLOBAL_AVERAGE_POOL


@GLOBAL_AVERAGE_POOL.wrong("the maximum of each map is kept: the mean is asked for")
def takes_the_maximum(x):
    return x.max(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the sum of each map is kept: it should be divided by H * W")
def takes_the_sum(x):
    return x.sum(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the mean is taken over the channels: each map has its own")
def averages_over_channels(x):
    return x.mean(axis=3)


@GLOBAL_AVERAGE_POOL.wrong("the mean is also taken over the images: each image has its own")
def averages_over_the_batch(x):
    return x.mean(axis=(0, 1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the mean is taken over the rows alone: it should be taken over the columns, too")
def averages_over_the_rows(x):
    return x.mean(axis=1)


@GLOBAL_AVERAGE_POOL.wrong("one mean is taken of each whole image: each of its maps has its own")
def averages_whole_images(x):
    return x.mean(axis=(1, 2, 3))


@GLOBAL_AVERAGE_POOL.wrong("the result keeps two axes of length 1: its shape should be (N, C)")
def keeps_the_axes(x):
    return x.mean(axis=(1, 2), keepdims=True)


@GLOBAL_AVERAGE_POOL.wrong("the mean is taken over axes 2 and 3, as in PyTorch: here they are columns and channels")
def takes_channels_to_be_second(x):
    return x.mean(axis=(2, 3))


@GLOBAL_AVERAGE_POOL.wrong("the sum is divided by the square of the height: maps need not be square")
def divides_by_the_square(x):
    return x.sum(axis=(1, 2)) / x.shape[1] ** 2


@GLOBAL_AVERAGE_POOL.wrong("the sum is divided by the height alone: a map has H * W pixels")
def divides_by_the_height(x):
    return x.sum(axis=(1, 2)) / x.shape[1]


@GLOBAL_AVERAGE_POOL.wrong("`x /= ...` divides the caller's maps: divide the sum, which is a new array")
def divides_in_place(x):
    x /= x.shape[1] * x.shape[2]
    return x.sum(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.right
def takes_two_axes_at_once(x):
    return x.mean(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.right
def contracts_by_einsum(x):
    return np.einsum("nhwc->nc", x) / (x.shape[1] * x.shape[2])


@GLOBAL_AVERAGE_POOL.right
def multiplies_by_ones(x):
    flat = x.reshape(len(x), -1, x.shape[3])
    return np.full(flat.shape[1], 1 / flat.shape[1], x.dtype) @ flat


@GLOBAL_AVERAGE_POOL.right
def averages_rows_first(x):
    return np.array([[np.mean([row[:, c].mean() for row in image]) for c in range(x.shape[3])] for image in x])
