"""Lesson 03, the whole layer: slips against what lesson 02 taught, and right answers that are kept."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from cs_utils.grading.exercises.stride_padding import CONV_FORWARD
from cs_utils.grading.exercises.stride_padding_layer_answers import framed, layer, output_shape


@CONV_FORWARD.wrong("the bias is forgotten")
def leaves_out_the_bias(x, w, b, stride=1, pad=0):
    return layer(x, w, np.zeros(len(b)), stride, pad)


@CONV_FORWARD.wrong("the bias of the first filter is used for all: filter k has b[k]")
def adds_the_first_bias_to_all(x, w, b, stride=1, pad=0):
    return layer(x, w, b[0], stride, pad)


@CONV_FORWARD.wrong("the filters are flipped: that is true convolution")
def flips_all_filters(x, w, b, stride=1, pad=0):
    return layer(x, w[::-1, ::-1], b, stride, pad)


@CONV_FORWARD.wrong("rows and columns of the filters have changed places")
def transposes_all_filters(x, w, b, stride=1, pad=0):
    return layer(x, w.transpose(1, 0, 2, 3), b, stride, pad)


@CONV_FORWARD.wrong("reshape(K, -1) mixes the filters: w.reshape(-1, K) keeps each one in its column")
def mixes_the_filters(x, w, b, stride=1, pad=0):
    return layer(x, w.reshape(len(b), -1).T.reshape(w.shape), b, stride, pad)


@CONV_FORWARD.wrong("only the first picture of the batch is used, for all of them")
def repeats_the_maps_of_one(x, w, b, stride=1, pad=0):
    return np.repeat(layer(x[:1], w, b, stride, pad), len(x), axis=0)


@CONV_FORWARD.wrong("only the first channel is used: a filter spans the full depth")
def sees_the_first_channel_alone(x, w, b, stride=1, pad=0):
    output_shape(x, w, stride, pad)
    return layer(x[..., :1], w[:, :, :1], b, stride, pad)


@CONV_FORWARD.wrong("the last row and column of the maps are never filled: the loops must reach the last place")
def leaves_the_last_row_and_column_empty(x, w, b, stride=1, pad=0):
    y = layer(x, w, b, stride, pad)
    y[:, -1] = y[:, :, -1] = 0
    return y


@CONV_FORWARD.wrong("negative results are cut off at 0: that is ReLU, a layer of its own")
def cuts_off_below_zero(x, w, b, stride=1, pad=0):
    return np.maximum(layer(x, w, b, stride, pad), 0)


@CONV_FORWARD.wrong("the maps come before the places, (N, K, H', W'), as in PyTorch: here the channels come last")
def puts_channels_first(x, w, b, stride=1, pad=0):
    return np.moveaxis(layer(x, w, b, stride, pad), 3, 1)


@CONV_FORWARD.wrong("`total = b` and then `total += ...` change b itself, and each sum is added to all before it")
def piles_up_in_the_bias(x, w, b, stride=1, pad=0):
    shape, padded, size = output_shape(x, w, stride, pad), framed(x, pad), len(w)
    y = np.zeros(shape)
    for n, i, j in np.ndindex(shape[:3]):
        total = b
        total += np.tensordot(padded[n, i * stride : i * stride + size, j * stride : j * stride + size], w, axes=3)
        y[n, i, j] = total
    return y


@CONV_FORWARD.wrong("`w *= ...` or `w.shape = ...` changes the filters that were handed in", True)
def flattens_the_filters_in_place(x, w, b, stride=1, pad=0):
    shape, padded, size = output_shape(x, w, stride, pad), framed(x, pad), len(w)
    w.shape = (-1, len(b))
    y = np.zeros(shape)
    for i, j in np.ndindex(shape[1:3]):
        window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size]
        y[:, i, j] = window.reshape(len(x), -1) @ w + b
    return y


@CONV_FORWARD.right
def multiplies_at_each_place(x, w, b, stride=1, pad=0):
    shape, padded, size = output_shape(x, w, stride, pad), framed(x, pad), len(w)
    y, matrix = np.empty(shape, x.dtype), w.reshape(-1, len(b))
    for i, j in np.ndindex(shape[1:3]):
        window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size]
        y[:, i, j] = window.reshape(len(x), -1) @ matrix + b
    return y


@CONV_FORWARD.right
def sums_over_strided_windows(x, w, b, stride=1, pad=0):
    output_shape(x, w, stride, pad)
    windows = sliding_window_view(framed(x, pad), w.shape[:2], axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("nijcuv,uvck->nijk", windows, w) + b


@CONV_FORWARD.right
def adds_a_strided_product_for_each_tap(x, w, b, stride=1, pad=0):
    _, rows, columns, _ = output_shape(x, w, stride, pad)
    padded, y = framed(x, pad), b
    for m, n in np.ndindex(w.shape[:2]):
        taps = padded[:, m : m + (rows - 1) * stride + 1 : stride, n : n + (columns - 1) * stride + 1 : stride]
        y = y + taps @ w[m, n]
    return y


@CONV_FORWARD.right
def keeps_every_stride_th_place(x, w, b, stride=1, pad=0):
    output_shape(x, w, stride, pad)
    padded = framed(x, pad)
    maps = [signal.correlate(padded, w[None, ..., k], mode="valid", method="direct") + b[k] for k in range(len(b))]
    return np.concatenate(maps, axis=3)[:, ::stride, ::stride]


@CONV_FORWARD.right
def skips_what_lies_in_the_frame(x, w, b, stride=1, pad=0):
    y = np.zeros(output_shape(x, w, stride, pad)) + b
    for i, j in np.ndindex(y.shape[1:3]):
        top, left = i * stride - pad, j * stride - pad
        rows, columns = (range(max(0, s), min(s + len(w), n)) for s, n in ((top, x.shape[1]), (left, x.shape[2])))
        for row in rows:
            for column in columns:
                y[:, i, j] += x[:, row, column] @ w[row - top, column - left]
    return y
