"""Lesson 07, global average pooling and its gradient: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.deeper_networks import GLOBAL_AVERAGE_POOL, GLOBAL_AVERAGE_POOL_BACKWARD

# global_average_pool


@GLOBAL_AVERAGE_POOL.wrong("the maximum of each map is kept: the mean is asked for")
def takes_the_maximum(x):
    return x.max(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the sum of each map is kept: it should be divided by H * W")
def takes_the_sum(x):
    return x.sum(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the mean runs over the channels: each map has a mean of its own")
def averages_over_channels(x):
    return x.mean(axis=3)


@GLOBAL_AVERAGE_POOL.wrong("the mean runs over the images, too: each image has its own")
def averages_over_the_batch(x):
    return x.mean(axis=(0, 1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the mean runs over the rows alone: it should run over the columns, too")
def averages_over_the_rows(x):
    return x.mean(axis=1)


@GLOBAL_AVERAGE_POOL.wrong("each image has one mean in all: each of its maps has one")
def averages_whole_images(x):
    return x.mean(axis=(1, 2, 3))


@GLOBAL_AVERAGE_POOL.wrong("the result keeps two axes of length 1: its shape should be (N, C)")
def keeps_the_axes(x):
    return x.mean(axis=(1, 2), keepdims=True)


@GLOBAL_AVERAGE_POOL.wrong("the mean runs over axes 2 and 3, as in PyTorch: here they are columns and channels")
def takes_channels_to_be_second(x):
    return x.mean(axis=(2, 3))


@GLOBAL_AVERAGE_POOL.wrong("the sum is divided by the square of the height: maps need not be square")
def divides_by_the_square(x):
    return x.sum(axis=(1, 2)) / x.shape[1] ** 2


@GLOBAL_AVERAGE_POOL.wrong("the sum is divided by the height alone: a map has H * W pixels")
def divides_by_the_height(x):
    return x.sum(axis=(1, 2)) / x.shape[1]


@GLOBAL_AVERAGE_POOL.wrong("`x /= ...` divides the caller's maps: divide the sum, it is a new array")
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


# global_average_pool_backward


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("each pixel gets all of dy: the mean hands on one part in H * W")
def gives_each_all(dy, x_shape):
    return np.broadcast_to(dy[:, None, None], x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the height alone: a map has H * W pixels")
def shares_by_the_height(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / x_shape[1], x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the square of the height: maps need not be square")
def shares_by_the_square(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / x_shape[1] ** 2, x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("the first pixel of each map gets all: every pixel has its share")
def gives_it_to_the_first_pixel(dy, x_shape):
    dx = np.zeros(x_shape)
    dx[:, 0, 0] = dy
    return dx


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the number of images, too: each has a mean of its own")
def shares_among_images(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / np.prod(x_shape[:3]), x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by all numbers of x: each mean has H * W of them")
def shares_among_all_numbers(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / np.prod(x_shape), x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("the two axes still have length 1: each pixel of x needs its number")
def leaves_the_axes_at_one(dy, x_shape):
    return dy[:, None, None] / (x_shape[1] * x_shape[2])


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("the result has the shape of dy: dx has one number for each pixel of x")
def returns_the_shape_of_dy(dy, x_shape):
    return dy / (x_shape[1] * x_shape[2])


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("`dy /= ...` changes the caller's gradient: dy / ... makes a new array")
def shares_in_place(dy, x_shape):
    dy /= x_shape[1] * x_shape[2]
    return np.broadcast_to(dy[:, None, None], x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.right
def repeats_each_share(dy, x_shape):
    share = dy / (x_shape[1] * x_shape[2])
    return share[:, None, None].repeat(x_shape[1], axis=1).repeat(x_shape[2], axis=2)


@GLOBAL_AVERAGE_POOL_BACKWARD.right
def multiplies_with_ones(dy, x_shape):
    return np.einsum("nc,h,w->nhwc", dy, np.ones(x_shape[1]) / x_shape[1], np.ones(x_shape[2]) / x_shape[2])


@GLOBAL_AVERAGE_POOL_BACKWARD.right
def fills_pixel_by_pixel(dy, x_shape):
    dx = np.empty(x_shape, dy.dtype)
    for i, j in np.ndindex(x_shape[1:3]):
        dx[:, i, j] = dy / (x_shape[1] * x_shape[2])
    return dx
