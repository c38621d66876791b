"""Lesson 03, conv_forward: wrong and right answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from cs_utils.grading.exercises.lesson03_stride_padding.conv_forward import CONV_FORWARD
from cs_utils.grading.exercises.lesson03_stride_padding.shared_answers import expect_places


def output_shape(x, w, stride, pad):
    """Return (N, H', W', K); raise ValueError, as a right answer does, if the filters do not fit."""
    if w.shape[2] != x.shape[3]:
        raise ValueError(f"filters of shape {w.shape} do not fit images of shape {x.shape}")
    return (len(x), *(expect_places(n, len(w), stride, pad) for n in x.shape[1:3]), w.shape[3])


def with_border(x, pad):
    """Return the images with their border of zeros."""
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def score_windows(x, w, b, shape, step=(1, 1)):
    """Return y of this shape: windows of (already padded) images that begin at (i * down, j * across), scored."""
    (down, across), size, y = step, len(w), np.zeros(shape)
    for i, j in np.ndindex(shape[1:3]):
        window = x[:, i * down : i * down + size, j * across : j * across + size]
        y[:, i, j] = np.tensordot(window, w[: window.shape[1], : window.shape[2]], axes=3) + b
    return y


def layer(x, w, b, stride=1, pad=0, shape=None, step=None, border=with_border):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    `shape` is that of the result, `step` how many pixels windows are apart (down, across), and border(x, pad) pads the
    images, where an answer gets these wrong.
    """
    return score_windows(border(x, pad), w, b, shape or output_shape(x, w, stride, pad), step or (stride, stride))


# Stride.


@CONV_FORWARD.wrong("the stride is forgotten: windows begin at i*S and j*S, and there are fewer of them", True)
def forgets_the_stride_altogether(x, w, b, stride=1, pad=0, answer=layer):
    output_shape(x, w, stride, pad)
    return answer(x, w, b, 1, pad)


@CONV_FORWARD.wrong("the size is right, but the windows begin at i, j instead of i*S, j*S", True)
def steps_by_one(x, w, b, stride=1, pad=0, answer=layer):
    return answer(x, w, b, stride, pad, step=(1, 1))


@CONV_FORWARD.wrong("the size is that of stride 1, and the places that stride leaves out stay zero", True)
def makes_the_map_for_stride_one(x, w, b, stride=1, pad=0, answer=layer):
    y = answer(x, w, b, stride, pad)
    large = np.zeros(output_shape(x, w, 1, pad))
    large[:, : y.shape[1], : y.shape[2]] = y
    return large


@CONV_FORWARD.wrong("the stride is used down the rows, but not across the columns", True)
def strides_down_only(x, w, b, stride=1, pad=0, answer=layer):
    count, rows, _, filters = output_shape(x, w, stride, pad)
    columns = output_shape(x, w, 1, pad)[2]
    return answer(x, w, b, stride, pad, shape=(count, rows, columns, filters), step=(stride, 1))


@CONV_FORWARD.wrong("the size is right, but windows begin at (i*S, j): the stride counts for the columns, too", True)
def begins_windows_by_the_stride_down_only(x, w, b, stride=1, pad=0, answer=layer):
    return answer(x, w, b, stride, pad, step=(stride, 1))


@CONV_FORWARD.wrong("stride and padding are swapped: the order is x, w, b, stride, pad")
def takes_padding_for_stride(x, w, b, pad=0, stride=1, answer=layer):
    return answer(x, w, b, stride, pad)


@CONV_FORWARD.wrong("the stride spaces the pixels within a window (that is dilation): it spaces the windows", True)
def spaces_the_pixels_of_a_window(x, w, b, stride=1, pad=0):
    shape, size, padded = output_shape(x, w, stride, pad), len(w), with_border(x, pad)
    y = np.zeros(shape)
    for i, j in np.ndindex(shape[1:3]):
        window = padded[:, i : i + size * stride : stride, j : j + size * stride : stride]
        y[:, i, j] = np.tensordot(window, w[: window.shape[1], : window.shape[2]], axes=3) + b
    return y


@CONV_FORWARD.wrong("the image is thinned out to every S-th pixel first: a window has its F x F neighbours", True)
def thins_out_the_image(x, w, b, stride=1, pad=0, answer=layer):
    output_shape(x, w, stride, pad)
    return answer(with_border(x, pad)[:, ::stride, ::stride], w, b, 1, 0)


@CONV_FORWARD.wrong(
    "the loops step by S over the map itself: i and j count its entries, windows begin at i*S, j*S", True
)
def leaves_gaps_in_the_map(x, w, b, stride=1, pad=0, answer=layer):
    shape = output_shape(x, w, stride, pad)
    y, steps = np.zeros(shape), answer(x, w, b, 1, pad)
    y[:, ::stride, ::stride] = steps[:, : shape[1] : stride, : shape[2] : stride]
    return y


# Padding.


@CONV_FORWARD.wrong("the padding is forgotten: P rows and columns of zeros belong on each side", True)
def forgets_the_padding(x, w, b, stride=1, pad=0, answer=layer):
    return answer(x, w, b, stride, 0)


@CONV_FORWARD.wrong("the zeros come before the image only, above and left: P belong on each side", True)
def pads_two_sides(x, w, b, stride=1, pad=0, answer=layer):
    return answer(np.pad(x, ((0, 0), (pad, 0), (pad, 0), (0, 0))), w, b, stride, 0)


@CONV_FORWARD.wrong("the size has room for the padding, but the windows run over the image without it", True)
def pads_the_size_alone(x, w, b, stride=1, pad=0, answer=layer):
    def after(x, pad):
        return np.pad(x, ((0, 0), (0, 2 * pad), (0, 2 * pad), (0, 0)))

    return answer(x, w, b, stride, pad, border=after)


@CONV_FORWARD.wrong(partial=True)
def counts_the_padding_twice(x, w, b, stride=1, pad=0):
    padded = with_border(x, pad)
    return score_windows(padded, w, b, output_shape(padded, w, stride, pad), (stride, stride))


@CONV_FORWARD.wrong("the border repeats the pixels at the edge: it should hold zeros", True)
def pads_with_the_edge(x, w, b, stride=1, pad=0, answer=layer):
    def edge(x, pad):
        return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="edge")

    return answer(x, w, b, stride, pad, border=edge)


@CONV_FORWARD.wrong("the channels are padded, too: only height and width need zeros around them", True)
def pads_the_channels(x, w, b, stride=1, pad=0):
    _, rows, columns, filters = output_shape(x, w, stride, pad)
    padded, size = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (pad, pad))), len(w)
    y = np.zeros((len(x), rows, columns, filters))
    for i, j in np.ndindex(rows, columns):
        window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size]
        y[:, i, j] = window.reshape(len(x), -1) @ w.reshape(-1, filters) + b
    return y


@CONV_FORWARD.wrong("the axis of the images is padded, too: only height and width need zeros around them", True)
def pads_the_batch(x, w, b, stride=1, pad=0, answer=layer):
    return answer(np.pad(x, ((pad, pad), (pad, pad), (pad, pad), (0, 0))), w, b, stride, 0)


@CONV_FORWARD.wrong("the slice [P:-P] is used with P = 0: -0 is 0, so [0:-0] is empty; say where it ends, P + H", True)
def fails_without_padding(x, w, b, stride=1, pad=0, answer=layer):
    def slice_from_both_ends(x, pad):
        padded = np.zeros((len(x), x.shape[1] + 2 * pad, x.shape[2] + 2 * pad, x.shape[3]))
        padded[:, pad:-pad, pad:-pad] = x
        return padded

    return answer(x, w, b, stride, pad, border=slice_from_both_ends)


@CONV_FORWARD.wrong("the maps are padded instead of the images: first the zeros, then the windows", True)
def pads_the_maps(x, w, b, stride=1, pad=0, answer=layer):
    output_shape(x, w, stride, pad)
    shape = (len(x), *[(n - len(w)) // stride + 1 for n in x.shape[1:3]], len(b))
    return with_border(answer(x, w, b, stride, 0, shape=shape), pad)


# What fits.


@CONV_FORWARD.wrong("the size is silently rounded down, as in PyTorch: here what does not fit is an error", True)
def ignores_the_last_rows(x, w, b, stride=1, pad=0, answer=layer):
    rows, columns = (max(0, (n - len(w) + 2 * pad) // stride + 1) for n in x.shape[1:3])
    if w.shape[2] != x.shape[3] or rows == 0 or columns == 0:
        raise ValueError("the filters do not fit")
    return answer(x, w, b, stride, pad, shape=(len(x), rows, columns, len(b)))


@CONV_FORWARD.wrong("the height is tested, but not the width: both must fit", True)
def asks_for_the_height_alone(x, w, b, stride=1, pad=0, answer=layer):
    if w.shape[2] != x.shape[3]:
        raise ValueError("the filters have another depth")
    rows = expect_places(x.shape[1], len(w), stride, pad)
    columns = (x.shape[2] - len(w) + 2 * pad) // stride + 1
    return answer(x, w, b, stride, pad, shape=(len(x), rows, columns, len(b)))


@CONV_FORWARD.wrong("filters of another depth aren't refused: NumPy repeats those of depth 1 over all channels", True)
def repeats_filters_of_depth_one(x, w, b, stride=1, pad=0):
    rows, columns = (expect_places(n, len(w), stride, pad) for n in x.shape[1:3])
    y, padded, size = np.zeros((len(x), rows, columns, len(b))), with_border(x, pad), len(w)
    for i, j in np.ndindex(rows, columns):
        window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size, :, None]
        y[:, i, j] = np.sum(window * w, axis=(1, 2, 3)) + b
    return y


@CONV_FORWARD.wrong("the map is taken to be square: its width follows from W, not from H", True)
def makes_square_maps(x, w, b, stride=1, pad=0, answer=layer):
    count, rows, _, filters = output_shape(x, w, stride, pad)
    return answer(x, w, b, stride, pad, shape=(count, rows, rows, filters))


@CONV_FORWARD.wrong("the extent of the filters is fixed at 3: take F from their shape", True)
def knows_three_by_three_only(x, w, b, stride=1, pad=0):
    if w.shape[2] != x.shape[3]:
        raise ValueError("the filters have another depth")
    rows, columns = (expect_places(n, 3, stride, pad) for n in x.shape[1:3])
    return score_windows(with_border(x, pad), w[:3, :3], b, (len(x), rows, columns, len(b)), (stride, stride))


# Filters, biases and batches, the subjects of lesson 02.


@CONV_FORWARD.wrong("the bias is forgotten")
def leaves_out_the_bias(x, w, b, stride=1, pad=0, answer=layer):
    return answer(x, w, np.zeros(len(b)), stride, pad)


@CONV_FORWARD.wrong("the bias of the first filter is used for all: filter k has b[k]")
def adds_the_first_bias_to_all(x, w, b, stride=1, pad=0, answer=layer):
    return answer(x, w, np.full(len(b), b[0]), stride, pad)


@CONV_FORWARD.wrong("the filters are flipped: that is true convolution")
def flips_all_filters(x, w, b, stride=1, pad=0, answer=layer):
    return answer(x, w[::-1, ::-1], b, stride, pad)


@CONV_FORWARD.wrong("rows and columns of the filters are swapped")
def transposes_all_filters(x, w, b, stride=1, pad=0, answer=layer):
    return answer(x, w.transpose(1, 0, 2, 3), b, stride, pad)


@CONV_FORWARD.wrong("reshape(K, -1) mixes the filters: w.reshape(-1, K) keeps each one in its column")
def mixes_the_filters(x, w, b, stride=1, pad=0, answer=layer):
    return answer(x, w.reshape(len(b), -1).T.reshape(w.shape), b, stride, pad)


@CONV_FORWARD.wrong("only the first image of the batch is used, for all of them")
def repeats_the_maps_of_one(x, w, b, stride=1, pad=0, answer=layer):
    return np.repeat(answer(x[:1], w, b, stride, pad), len(x), axis=0)


@CONV_FORWARD.wrong("only the first channel is used: a filter spans the full depth")
def sees_the_first_channel_alone(x, w, b, stride=1, pad=0, answer=layer):
    output_shape(x, w, stride, pad)
    return answer(x[..., :1], w[:, :, :1], b, stride, pad)


@CONV_FORWARD.wrong("the last row and column of the maps are never filled: the loops must reach the last place")
def leaves_the_last_row_and_column_empty(x, w, b, stride=1, pad=0, answer=layer):
    y = answer(x, w, b, stride, pad)
    y[:, -1] = y[:, :, -1] = 0
    return y


@CONV_FORWARD.wrong("negative results are cut off at 0: that is ReLU, a layer of its own")
def cuts_off_below_zero(x, w, b, stride=1, pad=0, answer=layer):
    return np.maximum(answer(x, w, b, stride, pad), 0)


@CONV_FORWARD.wrong("the channels come before height and width, (N, K, H', W'), as in PyTorch: here they come last")
def puts_channels_first(x, w, b, stride=1, pad=0, answer=layer):
    return np.moveaxis(answer(x, w, b, stride, pad), 3, 1)


@CONV_FORWARD.wrong("`total = b` and then `total += ...` change b itself, and each sum is added to all before it")
def piles_up_in_the_bias(x, w, b, stride=1, pad=0):
    shape, padded, size = output_shape(x, w, stride, pad), with_border(x, pad), len(w)
    y = np.zeros(shape)
    for n, i, j in np.ndindex(shape[:3]):
        total = b
        total += np.tensordot(padded[n, i * stride : i * stride + size, j * stride : j * stride + size], w, axes=3)
        y[n, i, j] = total
    return y


@CONV_FORWARD.wrong("`w *= ...` or `w.shape = ...` changes the filters that were handed in", True)
def flattens_the_filters_in_place(x, w, b, stride=1, pad=0):
    shape, padded, size = output_shape(x, w, stride, pad), with_border(x, pad), len(w)
    w.shape = (-1, len(b))
    y = np.zeros(shape)
    for i, j in np.ndindex(shape[1:3]):
        window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size]
        y[:, i, j] = window.reshape(len(x), -1) @ w + b
    return y


@CONV_FORWARD.right
def multiplies_at_each_place(x, w, b, stride=1, pad=0):
    shape, padded, size = output_shape(x, w, stride, pad), with_border(x, pad), len(w)
    y, matrix = np.empty(shape, x.dtype), w.reshape(-1, len(b))
    for i, j in np.ndindex(shape[1:3]):
        window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size]
        y[:, i, j] = window.reshape(len(x), -1) @ matrix + b
    return y


@CONV_FORWARD.right
def sums_over_strided_windows(x, w, b, stride=1, pad=0):
    output_shape(x, w, stride, pad)
    windows = sliding_window_view(with_border(x, pad), w.shape[:2], axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("nijcuv,uvck->nijk", windows, w) + b


@CONV_FORWARD.right
def adds_a_strided_product_for_each_tap(x, w, b, stride=1, pad=0):
    _, rows, columns, _ = output_shape(x, w, stride, pad)
    padded, y = with_border(x, pad), b
    for m, n in np.ndindex(w.shape[:2]):
        taps = padded[:, m : m + (rows - 1) * stride + 1 : stride, n : n + (columns - 1) * stride + 1 : stride]
        y = y + taps @ w[m, n]
    return y


@CONV_FORWARD.right
def keeps_every_stride_th_place(x, w, b, stride=1, pad=0):
    output_shape(x, w, stride, pad)
    padded = with_border(x, pad)
    maps = [signal.correlate(padded, w[None, ..., k], mode="valid", method="direct") + b[k] for k in range(len(b))]
    return np.concatenate(maps, axis=3)[:, ::stride, ::stride]


@CONV_FORWARD.right
def skips_what_lies_in_the_padding(x, w, b, stride=1, pad=0):
    y = np.zeros(output_shape(x, w, stride, pad)) + b
    for i, j in np.ndindex(y.shape[1:3]):
        top, left = i * stride - pad, j * stride - pad
        rows, columns = (range(max(0, s), min(s + len(w), n)) for s, n in ((top, x.shape[1]), (left, x.shape[2])))
        for row in rows:
            for column in columns:
                y[:, i, j] += x[:, row, column] @ w[row - top, column - left]
    return y
