"""Answers to avg_pool_backward: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from scipy import signal

from cs_utils.grading.exercises.lesson04_pooling.avg_pool_backward import AVG_POOL_BACKWARD
from cs_utils.grading.exercises.lesson04_pooling.shared_answers import (
    add_to_windows,
    averaging_matrix,
    places,
    taps,
    to_all,
    to_maxima,
)


def spread(dy, x, size, stride, divisor=None, share=to_all, add=np.add, step=None):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    A window's dy is divided by `divisor` and shared out; add(so far, share) is what a window of dx holds after that.
    """
    return add_to_windows(dy / (divisor or size**2), x, size, stride, share, step, add=add)


@AVG_POOL_BACKWARD.wrong("each pixel gets the whole dy: its share is a window's dy / (F * F)")
def forgets_to_share(dy, x, size, stride, answer=spread):
    return answer(dy, x, size, stride, divisor=1)


@AVG_POOL_BACKWARD.wrong("dy is divided by F: a window has F * F pixels")
def shares_by_one_side(dy, x, size, stride, answer=spread):
    return answer(dy, x, size, stride, divisor=size)


@AVG_POOL_BACKWARD.wrong("dy is divided by 4, whatever the size of the window", partial=True)
def always_shares_by_four(dy, x, size, stride, answer=spread):
    return answer(dy, x, size, stride, divisor=4)


@AVG_POOL_BACKWARD.wrong(
    "of two windows that overlap, the last overwrites what the first gave: their shares add up", partial=True
)
def overwrites_overlaps(dy, x, size, stride, answer=spread):
    def overwrite(old, new):
        return new

    return answer(dy, x, size, stride, add=overwrite)


@AVG_POOL_BACKWARD.wrong("the mean of the shares is taken instead of their sum where windows overlap", partial=True)
def averages_overlaps(dy, x, size, stride, answer=spread):
    windows_per_pixel = add_to_windows(np.ones(dy.shape), x, size, stride, to_all)
    return answer(dy, x, size, stride) / np.maximum(windows_per_pixel, 1)


@AVG_POOL_BACKWARD.wrong("the gradient goes to the maximum alone: that is max pooling")
def gives_all_to_the_maximum(dy, x, size, stride, answer=spread):
    return answer(dy, x, size, stride, divisor=1, share=to_maxima)


@AVG_POOL_BACKWARD.wrong("the shares are multiplied by x: the derivative of a mean does not depend on x")
def multiplies_by_x(dy, x, size, stride, answer=spread):
    return answer(dy, x, size, stride) * x


@AVG_POOL_BACKWARD.wrong("negative pixels get nothing: that is ReLU's derivative")
def stops_at_negative_pixels(dy, x, size, stride, answer=spread):
    return answer(dy, x, size, stride) * (x > 0)


@AVG_POOL_BACKWARD.wrong("the window of place (i, j) begins at row i, column j: it begins at i * stride, j * stride")
def spreads_from_row_i(dy, x, size, stride, answer=spread):
    return answer(dy, x, size, stride, step=(1, 1))


@AVG_POOL_BACKWARD.wrong(
    "each dy is repeated F times along both axes: that is right only for windows side by side", partial=True
)
def repeats_the_gradient(dy, x, size, stride):
    places(x.shape, size, stride)
    return dy.repeat(size, axis=1).repeat(size, axis=2) / size**2


@AVG_POOL_BACKWARD.wrong("dy is summed over the channels: each map has a gradient of its own", partial=True)
def mixes_the_channels_of_dy(dy, x, size, stride, answer=spread):
    return answer(np.broadcast_to(dy.sum(axis=3, keepdims=True), dy.shape), x, size, stride)


@AVG_POOL_BACKWARD.wrong("the gradient is averaged over the batch: the 1/N of the loss is in dy already", partial=True)
def divides_by_the_batch(dy, x, size, stride, answer=spread):
    return answer(dy / len(x), x, size, stride)


@AVG_POOL_BACKWARD.wrong("`dy /= ...` divides the gradient that was passed in: dy / ... makes a new one", partial=True)
def divides_dy_itself(dy, x, size, stride):
    places(x.shape, size, stride)
    dy /= size**2
    return add_to_windows(dy, x, size, stride, to_all)


@AVG_POOL_BACKWARD.right
def refuses_nothing(dy, x, size, stride):
    return add_to_windows(dy / size**2, x, size, stride, to_all, outputs=dy.shape[1:3])


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
