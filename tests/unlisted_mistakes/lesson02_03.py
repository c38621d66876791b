"""Lessons 02 and 03."""

import numpy as np

from unlisted_mistakes.listing import correlated, framed, mistake, side


@mistake("conv_layer")
def flips_and_forgets_the_bias(x, w, b):
    return correlated(x[None], w, 0 * b, flip=True)[0]


@mistake("conv_layer")
def adds_up_channels_first(x, w, b):
    if w.shape[2] != x.shape[2]:
        raise ValueError("that does not fit")
    return correlated(x.sum(axis=2)[None, :, :, None], w.sum(axis=2, keepdims=True), b)[0]


@mistake("conv_layer")
def leaves_out_the_last_column_of_the_window(x, w, b):
    w = w.copy()
    w[:, -1] = 0
    return correlated(x[None], w, b)[0]


@mistake("conv_layer")
def gives_every_filter_the_first_bias(x, w, b):
    return correlated(x[None], w, b[0])[0]


@mistake("conv_batch")
def turns_the_filters(x, w, b):
    return correlated(x, w.swapaxes(0, 1), b)


@mistake("conv_batch")
def cuts_off_negative_numbers(x, w, b):
    return np.maximum(correlated(x, w, b), 0)


@mistake("conv_batch")
def writes_to_column_and_row(x, w, b):
    right = correlated(x, w, b)
    y = np.zeros(right.shape)
    for i in range(right.shape[1]):
        for j in range(right.shape[2]):
            y[:, j, i] = right[:, i, j]
    return y


@mistake("correlate2d")
def doubles_the_middle_of_the_filter(x, w):
    middle = len(w) // 2
    w = w.copy()
    w[middle, middle] *= 2
    return correlated(x[None, :, :, None], w[:, :, None, None], np.zeros(1))[0, :, :, 0]


@mistake("correlate_volume")
def shifts_the_map_by_a_row(x, w):
    y = correlated(x[None], w[..., None], np.zeros(1))[0, :, :, 0]
    return np.roll(y, 1, axis=0)


@mistake("window_score")
def leaves_out_the_first_row(window, filt, bias):
    return float(np.sum(window[1:] * filt[1:]) + bias)


@mistake("output_size")
def adds_one_in_the_numerator(n, size, stride=1, pad=0):
    if size > n + 2 * pad or (n + 2 * pad - size + 1) % stride:
        raise ValueError("that does not fit")
    return (n + 2 * pad - size + 1) // stride


@mistake("output_size")
def counts_one_place_too_many(n, size, stride=1, pad=0):
    return side(n, size, stride, pad) + 1


@mistake("zero_pad")
def pads_before_only(x, pad):
    return np.pad(x, ((0, 0), (2 * pad, 0), (2 * pad, 0), (0, 0)))


@mistake("conv_forward")
def pads_the_result(x, w, b, stride=1, pad=0):
    for n in x.shape[1:3]:
        side(n, len(w), stride, pad)
    return framed(correlated(x, w, b), pad)


@mistake("conv_forward")
def makes_the_frame_only_with_padding(x, w, b, stride=1, pad=0):
    for n in x.shape[1:3]:
        side(n, len(w), stride, pad)
    if pad > 0:
        padded = framed(x, pad)
    return correlated(padded, w, b, stride)


@mistake("conv_forward")
def divides_with_one_slash(x, w, b, stride=1, pad=0):
    rows, columns = ((n + 2 * pad - len(w)) / stride + 1 for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, len(b)))
    return y + correlated(framed(x, pad), w, b, stride)


@mistake("conv_forward")
def has_a_frame_of_one_whatever_pad_is(x, w, b, stride=1, pad=0):
    rows, columns = (side(n, len(w), stride, pad) for n in x.shape[1:3])
    size, padded = len(w), framed(x, 1)
    if w.shape[2] != x.shape[3]:
        raise ValueError("that does not fit")
    y = np.zeros((len(x), rows, columns, w.shape[3]))
    for n, i, j, k in np.ndindex(y.shape):
        window = padded[n, i * stride : i * stride + size, j * stride : j * stride + size]
        y[n, i, j, k] = np.sum(window * w[: window.shape[0], : window.shape[1], :, k]) + b[k]
    return y


@mistake("conv_forward")
def exchanges_rows_and_columns(x, w, b, stride=1, pad=0):
    rows, columns = (side(n, len(w), stride, pad) for n in x.shape[1:3])
    size, padded = len(w), framed(x, pad)
    y = np.zeros((len(x), columns, rows, w.shape[3]))
    for i in range(columns):
        for j in range(rows):
            window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size].reshape(len(x), -1)
            y[:, i, j] = window @ w.reshape(-1, w.shape[3]) + b
    return y
