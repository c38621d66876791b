"""Lesson 02, correlate_volume: wrong and right answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from cs_utils.grading.exercises.lesson02_convolution.correlate_volume import CORRELATE_VOLUME
from cs_utils.grading.exercises.lesson02_convolution.shared_answers import expect_fit, slide


def correlated(x, w):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect."""
    return slide(x, len(w), lambda window: np.sum(window * w))


@CORRELATE_VOLUME.wrong("only the first channel is used: a filter spans the full depth")
def sees_the_first_channel(x, w, answer=correlated):
    return answer(x[:, :, :1], w[:, :, :1])


@CORRELATE_VOLUME.wrong("the mean over the channels is taken instead of their sum")
def averages_the_channels(x, w, answer=correlated):
    return answer(x, w / x.shape[2])


@CORRELATE_VOLUME.wrong("each channel gets a map of its own: the sum runs over the channels, too")
def makes_a_map_for_each_channel(x, w, answer=correlated):
    return np.stack([answer(x[:, :, [c]], w[:, :, [c]]) for c in range(x.shape[2])], axis=2)


@CORRELATE_VOLUME.wrong("the map has a third axis, of length 1: one filter gives one flat map (H', W')")
def keeps_an_axis_of_one(x, w, answer=correlated):
    return answer(x, w)[:, :, None]


@CORRELATE_VOLUME.wrong("the filter is flipped: that is true convolution")
def flips_the_volume(x, w, answer=correlated):
    return answer(x, w[::-1, ::-1])


@CORRELATE_VOLUME.wrong("rows and columns of the filter are swapped")
def transposes_rows_and_columns(x, w, answer=correlated):
    return answer(x, w.transpose(1, 0, 2))


@CORRELATE_VOLUME.wrong("the filter's channels are multiplied with those of the image in reverse order")
def reverses_the_channels(x, w, answer=correlated):
    return answer(x, w[:, :, ::-1])


@CORRELATE_VOLUME.wrong("the largest channel is kept instead of the sum over all")
def keeps_the_largest_channel(x, w):
    return slide(x, len(w), lambda window: np.sum(window * w, axis=(0, 1)).max())


@CORRELATE_VOLUME.wrong("each channel overwrites the map of the one before: `+=` adds them up")
def keeps_the_last_channel(x, w, answer=correlated):
    expect_fit(x, w)
    return answer(x[:, :, -1:], w[:, :, -1:])


@CORRELATE_VOLUME.wrong("the number of channels is fixed at 3: take C from the filter's shape")
def knows_only_rgb(x, w):
    expect_fit(x, w)
    return sum(slide(x[:, :, c], len(w), lambda window, c=c: np.sum(window * w[:, :, c])) for c in range(3))


@CORRELATE_VOLUME.wrong("the map is taken to be square: its height follows from H, its width from W", partial=True)
def makes_a_square_map_of_a_volume(x, w):
    expect_fit(x, w)
    size, places = len(w), x.shape[0] - len(w) + 1
    y = np.zeros((places, places))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + size, j : j + size] * w)
    return y


@CORRELATE_VOLUME.wrong("`window *= w` changes the image itself, because a window is a view of it: use `window * w`")
def multiplies_in_the_picture(x, w):
    y = np.zeros((x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1))
    for i, j in np.ndindex(y.shape):
        window = x[i : i + len(w), j : j + len(w)]
        window *= w
        y[i, j] = window.sum()
    return y


@CORRELATE_VOLUME.right
def refuses_nothing(x, w):
    size = len(w)
    y = np.zeros((x.shape[0] - size + 1, x.shape[1] - size + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + size, j : j + size] * w)
    return y


@CORRELATE_VOLUME.right
def sums_over_windows_of_the_volume(x, w):
    expect_fit(x, w)
    return np.einsum("ijcmn,mnc->ij", sliding_window_view(x, w.shape[:2], axis=(0, 1)), w)


@CORRELATE_VOLUME.right
def correlates_in_three_dimensions(x, w):
    expect_fit(x, w)
    return signal.correlate(x, w, mode="valid")[:, :, 0]


@CORRELATE_VOLUME.right
def adds_one_product_a_tap(x, w):
    expect_fit(x, w)
    rows, columns = x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1
    return sum(x[m : m + rows, n : n + columns] @ w[m, n] for m, n in np.ndindex(w.shape[:2]))


@CORRELATE_VOLUME.right
def adds_the_maps_of_the_channels(x, w):
    expect_fit(x, w)
    return sum(signal.correlate2d(x[..., c], w[..., c], mode="valid") for c in range(x.shape[2]))
