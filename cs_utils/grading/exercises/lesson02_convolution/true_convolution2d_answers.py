"""Lesson 02, true_convolution2d: wrong and right answers."""

import itertools

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from cs_utils.grading.exercises.lesson02_convolution.true_convolution2d import TRUE_CONVOLUTION2D


def convolved(x, w):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect."""
    return signal.convolve2d(x, w, mode="valid")


@TRUE_CONVOLUTION2D.wrong("nothing is flipped: that is the cross-correlation of the previous exercise")
def correlates(x, w, answer=convolved):
    return answer(x, w[::-1, ::-1])


@TRUE_CONVOLUTION2D.wrong("the filter is flipped from top to bottom only: both axes are flipped")
def flips_rows_only(x, w, answer=convolved):
    return answer(x, w[:, ::-1])


@TRUE_CONVOLUTION2D.wrong("the filter is flipped from left to right only: both axes are flipped")
def flips_columns_only(x, w, answer=convolved):
    return answer(x, w[::-1])


@TRUE_CONVOLUTION2D.wrong(
    "positions where the filter hangs over the edge are included: only those inside the image count"
)
def lets_the_filter_hang_over(x, w, answer=convolved):
    return answer(np.pad(x, len(w) - 1), w)


@TRUE_CONVOLUTION2D.wrong("`w[...] = ...` flips the caller's own filter: `w[::-1, ::-1]` returns a flipped one")
def turns_the_callers_filter(x, w, answer=convolved):
    y = answer(x, w.copy())
    w[...] = w[::-1, ::-1].copy()
    return y


@TRUE_CONVOLUTION2D.wrong("the map has the image's size, with zeros around the image: only positions inside count")
def keeps_the_pictures_size(x, w, answer=convolved):
    before = len(w) // 2
    return answer(np.pad(x, (len(w) - 1 - before, before)), w)


@TRUE_CONVOLUTION2D.wrong("the filter is transposed instead of flipped along both axes")
def transposes_instead_of_flipping(x, w, answer=convolved):
    return answer(x, w.T[::-1, ::-1])


@TRUE_CONVOLUTION2D.wrong("the filter is turned by 90 degrees: flipping both axes is half a turn, 180 degrees")
def turns_by_a_quarter(x, w, answer=convolved):
    return answer(x, np.rot90(w, 3))


@TRUE_CONVOLUTION2D.wrong("the image is flipped instead of the filter: the right numbers, in the reverse order")
def flips_the_picture(x, w, answer=convolved):
    return answer(x[::-1, ::-1], w[::-1, ::-1])


@TRUE_CONVOLUTION2D.wrong(
    "X[i-m, j-n] runs out of the window, up and to the left: begin at its far end, X[i+F-1-m, j+F-1-n]"
)
def runs_out_of_the_window(x, w):
    y = np.zeros((x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1))
    for (i, j), (m, n) in itertools.product(np.ndindex(y.shape), np.ndindex(w.shape)):
        y[i, j] += w[m, n] * x[i - m, j - n]
    return y


@TRUE_CONVOLUTION2D.right
def asks_scipy_to_convolve(x, w):
    return signal.convolve2d(x, w, mode="valid")


@TRUE_CONVOLUTION2D.right
def flips_and_sums_windows(x, w):
    return np.tensordot(sliding_window_view(x, w.shape), np.rot90(w, 2), axes=2)


@TRUE_CONVOLUTION2D.right
def scatters_each_pixel(x, w):
    full = np.zeros((x.shape[0] + len(w) - 1, x.shape[1] + len(w) - 1))
    for i, j in np.ndindex(x.shape):
        full[i : i + len(w), j : j + len(w)] += x[i, j] * w
    return full[len(w) - 1 : x.shape[0], len(w) - 1 : x.shape[1]]
