"""Lesson 07, global_average_pool_backward: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson07_deeper_networks.global_average_pool_backward import (
    GLOBAL_AVERAGE_POOL_BACKWARD,
)


def _repeated(share, x_shape):
    """Return an array of shape `x_shape` whose pixels all hold the share (N, C) of their map."""
    return np.broadcast_to(share[:, None, None], x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("each pixel gets all of dy: its share is one part in H * W")
def gives_each_all(dy, x_shape):
    return _repeated(dy, x_shape)


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the height alone: a map has H * W pixels")
def shares_by_the_height(dy, x_shape):
    return _repeated(dy / x_shape[1], x_shape)


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the square of the height: maps need not be square")
def shares_by_the_square(dy, x_shape):
    return _repeated(dy / x_shape[1] ** 2, x_shape)


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("the first pixel of each map gets all: every pixel has its share")
def gives_it_to_the_first_pixel(dy, x_shape):
    dx = np.zeros(x_shape)
    dx[:, 0, 0] = dy
    return dx


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is also divided by the number of images: each has means of its own")
def shares_among_images(dy, x_shape):
    return _repeated(dy / np.prod(x_shape[:3]), x_shape)


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the size of all of x: each mean is over H * W numbers")
def shares_among_all_numbers(dy, x_shape):
    return _repeated(dy / np.prod(x_shape), x_shape)


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("the two axes still have length 1: dx needs a number for each pixel of x")
def leaves_the_axes_at_one(dy, x_shape):
    return dy[:, None, None] / (x_shape[1] * x_shape[2])


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("the result has the shape of dy: dx has one number for each pixel of x")
def returns_the_shape_of_dy(dy, x_shape):
    return dy / (x_shape[1] * x_shape[2])


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("`dy /= ...` changes the caller's gradient: dy / ... makes a new array")
def shares_in_place(dy, x_shape):
    dy /= x_shape[1] * x_shape[2]
    return _repeated(dy, x_shape)


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
