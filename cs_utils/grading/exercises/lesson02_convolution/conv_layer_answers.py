"""Lesson 02, conv_layer: wrong and right answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from cs_utils.grading.exercises.lesson02_convolution.conv_layer import CONV_LAYER
from cs_utils.grading.exercises.lesson02_convolution.shared_answers import expect_fit, maps, slide


def layer(x, w, b):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect."""
    return maps(x, w) + b


@CONV_LAYER.wrong("the bias is forgotten")
def leaves_out_the_bias(x, w, b, answer=layer):
    return answer(x, w, 0 * b)


@CONV_LAYER.wrong("the bias is added twice")
def adds_the_bias_twice(x, w, b, answer=layer):
    return answer(x, w, 2 * b)


@CONV_LAYER.wrong("the bias of the first filter is used for all: filter k has b[k]")
def uses_the_first_bias_for_all(x, w, b, answer=layer):
    return answer(x, w, np.full_like(b, b[0]))


@CONV_LAYER.wrong("the bias is added once per channel instead of once to the whole sum")
def adds_the_bias_in_each_channel(x, w, b, answer=layer):
    return answer(x, w, x.shape[2] * b)


@CONV_LAYER.wrong("the bias is added to each product instead of once to their sum")
def adds_the_bias_to_each_product(x, w, b, answer=layer):
    return answer(x, w, w[..., 0].size * b)


@CONV_LAYER.wrong("the sum runs over the filters, too: keep their axis, as np.sum(..., axis=(0, 1, 2)) does")
def sums_over_the_filters_too(x, w, b, answer=layer):
    expect_fit(x, w)
    return answer(x, np.repeat(w.sum(axis=3, keepdims=True), len(b), axis=3), b)


@CONV_LAYER.wrong("the maps are along the first axis, (K, H', W'): here the channels come last")
def puts_the_maps_first(x, w, b, answer=layer):
    return np.moveaxis(answer(x, w, b), 2, 0)


@CONV_LAYER.wrong("all filters are added up to one map: each filter has a map of its own")
def adds_up_the_filters(x, w, b, answer=layer):
    return answer(x, w, b).sum(axis=2, keepdims=True)


@CONV_LAYER.wrong("every map is that of the first filter")
def repeats_the_first_filter(x, w, b, answer=layer):
    return answer(x, np.repeat(w[..., :1], len(b), axis=3), b)


@CONV_LAYER.wrong("the mean over the channels is taken instead of their sum")
def averages_over_the_depth(x, w, b, answer=layer):
    return answer(x, w / x.shape[2], b)


@CONV_LAYER.wrong("the filters are flipped: that is true convolution")
def flips_all_filters(x, w, b, answer=layer):
    return answer(x, w[::-1, ::-1], b)


@CONV_LAYER.wrong("rows and columns of the filters are swapped")
def transposes_all_filters(x, w, b, answer=layer):
    return answer(x, w.transpose(1, 0, 2, 3), b)


@CONV_LAYER.wrong("negative values are cut off at 0: ReLU is a step of its own, after the layer")
def applies_relu(x, w, b, answer=layer):
    return np.maximum(answer(x, w, b), 0)


@CONV_LAYER.wrong("the height is used for the width, too, as if the image were square", partial=True)
def makes_square_maps(x, w, b):
    expect_fit(x, w)
    size, places = len(w), x.shape[0] - len(w) + 1
    y = np.zeros((places, places, len(b)))
    for i, j, k in np.ndindex(y.shape):
        window = x[i : i + size, j : j + size]
        y[i, j, k] = np.sum(window * w[:, : window.shape[1], :, k]) + b[k]
    return y


@CONV_LAYER.wrong("the extent of the filters is fixed at 3: take F from their shape", partial=True)
def knows_only_filters_of_three(x, w, b):
    y = np.zeros((x.shape[0] - 2, x.shape[1] - 2, len(b)))
    for i, j, k in np.ndindex(y.shape):
        y[i, j, k] = sum(x[i + m, j + n] @ w[m, n, :, k] for m in range(3) for n in range(3)) + b[k]
    return y


@CONV_LAYER.wrong("`total = b` is b itself, so `total += ...` changes b, and each sum is added to all before it")
def adds_up_in_the_bias(x, w, b):
    y = np.zeros((x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1, len(b)))
    for i, j in np.ndindex(y.shape[:2]):
        total = b
        total += np.tensordot(x[i : i + len(w), j : j + len(w)], w, axes=3)
        y[i, j] = total
    return y


@CONV_LAYER.wrong(
    "`w.shape = ...` changes the filters that were handed in: w.reshape(...) returns a matrix", partial=True
)
def reshapes_the_filters_themselves(x, w, b):
    expect_fit(x, w)
    size = len(w)
    w.shape = (-1, len(b))
    return slide(x, size, lambda window: window.ravel() @ w + b)


@CONV_LAYER.right
def refuses_nothing(x, w, b):
    size = len(w)
    y = np.zeros((x.shape[0] - size + 1, x.shape[1] - size + 1, len(b)))
    for i, j, k in np.ndindex(y.shape):
        y[i, j, k] = np.sum(x[i : i + size, j : j + size] * w[..., k]) + b[k]
    return y


@CONV_LAYER.right
def loops_over_places_and_filters(x, w, b):
    expect_fit(x, w)
    y = np.zeros((x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1, len(b)), x.dtype)
    for i, j, k in np.ndindex(y.shape):
        y[i, j, k] = np.sum(x[i : i + len(w), j : j + len(w)] * w[..., k]) + b[k]
    return y


@CONV_LAYER.right
def contracts_sliding_windows(x, w, b):
    expect_fit(x, w)
    return np.einsum("ijcmn,mnck->ijk", sliding_window_view(x, w.shape[:2], axis=(0, 1)), w) + b


@CONV_LAYER.right
def multiplies_each_tap(x, w, b):
    expect_fit(x, w)
    rows, columns = x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1
    return sum(x[m : m + rows, n : n + columns] @ w[m, n] for m, n in np.ndindex(w.shape[:2])) + b


@CONV_LAYER.right
def stacks_maps_by_scipy(x, w, b):
    expect_fit(x, w)
    return np.concatenate([signal.correlate(x, w[..., k], mode="valid") + b[k] for k in range(len(b))], axis=2)
