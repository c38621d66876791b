"""Lesson 02, conv_batch: wrong and right answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from cs_utils.grading.exercises.lesson02_convolution.conv_batch import CONV_BATCH
from cs_utils.grading.exercises.lesson02_convolution.shared_answers import expect_fit, maps


def batch_maps(x, w):
    """Return the maps (N, H', W', K) of a batch under filters (F, F, C, K), without bias."""
    return np.stack([maps(image, w) for image in x])


def layer(x, w, b):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect."""
    return batch_maps(x, w) + b


@CONV_BATCH.wrong("only the first image of the batch is used, for all of them")
def repeats_the_first_picture(x, w, b, answer=layer):
    return np.repeat(answer(x[:1], w, b), len(x), axis=0)


@CONV_BATCH.wrong("the result is that of the first image alone: the batch axis is lost")
def returns_the_first_picture(x, w, b, answer=layer):
    return answer(x[:1], w, b)[0]


@CONV_BATCH.wrong("the maps of all images are added up: each image keeps its own")
def adds_up_the_pictures(x, w, b, answer=layer):
    return answer(x, w, b).sum(axis=0) - (len(x) - 1) * b


@CONV_BATCH.wrong(
    "the filters become a matrix by reshape(K, -1), which mixes them: w.reshape(-1, K) keeps each one in its column"
)
def mixes_the_filters(x, w, b, answer=layer):
    return answer(x, w.reshape(w.shape[3], -1).T.reshape(w.shape), b)


@CONV_BATCH.wrong(
    "the windows become columns by reshape(-1, N), which mixes the images: reshape(N, -1) gives one row per image"
)
def mixes_the_pictures(x, w, b):
    size, matrix = len(w), w.reshape(-1, w.shape[3])
    y = np.zeros((len(x), x.shape[1] - size + 1, x.shape[2] - size + 1, w.shape[3]))
    for i, j in np.ndindex(y.shape[1:3]):
        y[:, i, j] = x[:, i : i + size, j : j + size].reshape(-1, len(x)).T @ matrix + b
    return y


@CONV_BATCH.wrong("the bias is forgotten")
def leaves_the_bias_out(x, w, b, answer=layer):
    return answer(x, w, 0 * b)


@CONV_BATCH.wrong("the bias of the first filter is used for all: filter k has b[k]")
def uses_one_bias_for_all(x, w, b, answer=layer):
    return answer(x, w, np.full_like(b, b[0]))


@CONV_BATCH.wrong("the bias is added in each row of the filter instead of once")
def adds_the_bias_in_each_row(x, w, b, answer=layer):
    return answer(x, w, len(w) * b)


@CONV_BATCH.wrong("the channels come before height and width, (N, K, H', W'), as in PyTorch: here they come last")
def orders_axes_like_pytorch(x, w, b, answer=layer):
    return np.moveaxis(answer(x, w, b), 3, 1)


@CONV_BATCH.wrong("row and column are swapped: i counts rows of the image, j counts columns")
def transposes_the_maps(x, w, b, answer=layer):
    return answer(x.transpose(0, 2, 1, 3), w, b)


@CONV_BATCH.wrong("the filters are flipped: that is true convolution")
def flips_every_filter(x, w, b, answer=layer):
    return answer(x, w[::-1, ::-1], b)


@CONV_BATCH.wrong("the last row and column of places are missing: there are H - F + 1 of them down, W - F + 1 across")
def ends_one_short(x, w, b, answer=layer):
    return answer(x[:, :-1, :-1], w, b)


@CONV_BATCH.wrong(
    "the last row and column of the maps are never filled: the loops must reach H - F and W - F themselves"
)
def leaves_the_last_places_zero(x, w, b, answer=layer):
    y = answer(x, w, b)
    y[:, -1] = y[:, :, -1] = 0
    return y


@CONV_BATCH.wrong("the height is used for the width, too, as if the images were square", partial=True)
def makes_square_maps_of_a_batch(x, w, b):
    expect_fit(x, w)
    size, places = len(w), x.shape[1] - len(w) + 1
    y = np.zeros((len(x), places, places, len(b)))
    for i, j in np.ndindex(places, places):
        window = x[:, i : i + size, j : j + size]
        y[:, i, j] = np.tensordot(window, w[:, : window.shape[2]], axes=3) + b
    return y


@CONV_BATCH.wrong("the extent of the filters is fixed at 3: take F from their shape", partial=True)
def knows_only_three_by_three_filters(x, w, b):
    y = np.zeros((len(x), x.shape[1] - 2, x.shape[2] - 2, len(b)))
    for i, j in np.ndindex(y.shape[1:3]):
        y[:, i, j] = sum(x[:, i + m, j + n] @ w[m, n] for m in range(3) for n in range(3)) + b
    return y


@CONV_BATCH.wrong(
    "`w.shape = ...` changes the filters that were handed in: w.reshape(...) returns a matrix", partial=True
)
def reshapes_the_filters_in_place(x, w, b):
    expect_fit(x, w)
    size = len(w)
    w.shape = (-1, len(b))
    y = np.zeros((len(x), x.shape[1] - size + 1, x.shape[2] - size + 1, len(b)))
    for i, j in np.ndindex(y.shape[1:3]):
        y[:, i, j] = x[:, i : i + size, j : j + size].reshape(len(x), -1) @ w + b
    return y


@CONV_BATCH.wrong("the array of zeros is returned as it was made: the loops never write into it")
def returns_the_buffer_of_zeros(x, w, b):
    return np.zeros((len(x), x.shape[1] - len(w) + 1, x.shape[2] - len(w) + 1, len(b)))


@CONV_BATCH.wrong("the images are returned unchanged")
def returns_the_pictures(x, w, b):
    return x


@CONV_BATCH.right
def refuses_nothing(x, w, b):
    size = len(w)
    y = np.zeros((len(x), x.shape[1] - size + 1, x.shape[2] - size + 1, len(b)))
    for i, j in np.ndindex(y.shape[1:3]):
        y[:, i, j] = np.sum(x[:, i : i + size, j : j + size, :, None] * w, axis=(1, 2, 3)) + b
    return y


@CONV_BATCH.right
def stacks_one_picture_after_the_other(x, w, b):
    expect_fit(x, w)
    return batch_maps(x, w) + b


@CONV_BATCH.right
def multiplies_each_place(x, w, b):
    expect_fit(x, w)
    size, matrix = len(w), w.reshape(-1, w.shape[3])
    y = np.empty((len(x), x.shape[1] - size + 1, x.shape[2] - size + 1, len(b)), x.dtype)
    for i, j in np.ndindex(y.shape[1:3]):
        y[:, i, j] = x[:, i : i + size, j : j + size].reshape(len(x), -1) @ matrix + b
    return y


@CONV_BATCH.right
def contracts_all_windows_at_once(x, w, b):
    expect_fit(x, w)
    windows = sliding_window_view(x, w.shape[:2], axis=(1, 2))
    return np.einsum("nijcuv,uvck->nijk", windows, w, optimize=True) + b


@CONV_BATCH.right
def adds_one_product_for_each_tap(x, w, b):
    expect_fit(x, w)
    rows, columns = x.shape[1] - len(w) + 1, x.shape[2] - len(w) + 1
    return sum(x[:, m : m + rows, n : n + columns] @ w[m, n] for m, n in np.ndindex(w.shape[:2])) + b


@CONV_BATCH.right
def makes_one_large_matrix_of_windows(x, w, b):
    expect_fit(x, w)
    windows = sliding_window_view(x, w.shape[:2], axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    return (windows.reshape(-1, w[..., 0].size) @ w.reshape(-1, len(b)) + b).reshape(*windows.shape[:3], -1)


@CONV_BATCH.right
def correlates_batches_by_scipy(x, w, b):
    expect_fit(x, w)
    return np.concatenate([signal.correlate(x, w[None, ..., k], mode="valid") + b[k] for k in range(len(b))], axis=3)
