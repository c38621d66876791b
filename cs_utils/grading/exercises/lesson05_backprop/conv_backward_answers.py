"""Answers to conv_backward: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import correlate

from cs_utils.grading.exercises.lesson05_backprop.conv_backward import CONV_BACKWARD
from cs_utils.grading.exercises.lesson05_backprop.shared import inner, padded
from cs_utils.grading.exercises.lesson05_backprop.shared_answers import (
    numbers,
    outputs,
    overwrite,
    taps,
    windows_of_batch,
)


def collect(dy, x, w, stride, pad, add_dx=np.add, add_dw=np.add, step=None, places=None):
    """Return dx with its border, dw and db, in the way that the other arguments say.

    `add_dx` and `add_dw` take (so far, this window's share) and return the new value; windows begin every `step`
    pixels, by default every `stride`; `places` is (H', W') where it isn't the right one.
    """
    framed, size = padded(x, pad), len(w)
    dframed, dw = np.zeros(framed.shape), np.zeros(w.shape)
    for (i, j), window in windows_of_batch(places or outputs(x.shape, size, stride, pad), size, step or stride):
        rows, columns = framed[window].shape[1:3]  # fewer than the filter's where a window hangs over the edge
        push = dy[:, i, j]
        dframed[window] = add_dx(dframed[window], np.tensordot(push, w, axes=(1, 3))[:, :rows, :columns])
        share = np.tensordot(framed[window], push, axes=(0, 0))
        dw[:rows, :columns] = add_dw(dw[:rows, :columns], share)
    return dframed, dw, dy.sum(axis=(0, 1, 2))


def cut_off(dframed, shape, pad):
    """Return dx without its border, for an x of this shape."""
    return inner(dframed, pad)


def gradients(dy, x, w, stride=1, pad=0, cut=cut_off, **how):
    """Return dx, dw and db: the right ones, or those that `collect` gets in another way.

    As `answer` it is what wrong answers spoil in one respect; cut(dx with its border, shape of x, pad) returns dx.
    """
    dframed, dw, db = collect(dy, x, w, stride, pad, **how)
    return cut(dframed, x.shape, pad), dw, db


# Wrong in several gradients at once, in stride, sizes or inputs.


@CONV_BACKWARD.wrong("all gradients are divided by N: the 1/N of the loss is in dy already")
def divides_by_n(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, db = answer(dy, x, w, stride, pad)
    return dx / len(x), dw / len(x), db / len(x)


@CONV_BACKWARD.wrong("the windows begin at i, j instead of i*S, j*S", partial=True)
def steps_by_one(dy, x, w, stride=1, pad=0, answer=gradients):
    return answer(dy, x, w, stride, pad, step=1)


@CONV_BACKWARD.wrong("the order is mixed up: it is dx, dw, db", partial=True)
def returns_dw_first(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, db = answer(dy, x, w, stride, pad)
    return dw, dx, db


@CONV_BACKWARD.wrong("dy is flipped in place on the way: work on a copy", partial=True)
def flips_dy_in_place(dy, x, w, stride=1, pad=0, answer=gradients):
    result = answer(dy, x, w, stride, pad)
    dy[:] = dy[:, ::-1, ::-1].copy()
    return result


@CONV_BACKWARD.wrong(
    "only the first image is processed: dw and db are sums over all images, and each image has its own dx"
)
def works_for_one_image(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, db = answer(dy[:1], x[:1], w, stride, pad)
    return np.concatenate([dx, np.zeros(x[1:].shape)]), dw, db


@CONV_BACKWARD.wrong("`=` is written where `+=` is needed, in all three gradients: each output adds its share")
def overwrites_everything(dy, x, w, stride=1, pad=0, answer=gradients):
    dx = answer(dy[..., -1:], x, w[..., -1:], stride, pad, add_dx=overwrite)[0]
    dw = answer(dy[-1:], x[-1:], w, stride, pad, add_dw=overwrite)[1]
    return dx, dw, dy[-1, -1, -1].copy()


@CONV_BACKWARD.wrong("`=` is written where `+=` is needed, for dx and for dw: each output adds its share", partial=True)
def overwrites_dx_and_dw(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, _ = overwrites_everything(dy, x, w, stride, pad, answer)
    return dx, dw, answer(dy, x, w, stride, pad)[2]


@CONV_BACKWARD.wrong("only db is worked out so far: dx and dw are still zeros", partial=True)
def works_out_db_alone(dy, x, w, stride=1, pad=0, answer=gradients):
    return np.zeros(x.shape), np.zeros(w.shape), answer(dy, x, w, stride, pad)[2]


@CONV_BACKWARD.wrong("only dx is worked out so far: dw and db are still zeros", partial=True)
def works_out_dx_alone(dy, x, w, stride=1, pad=0, answer=gradients):
    return answer(dy, x, w, stride, pad)[0], np.zeros(w.shape), np.zeros(w.shape[3])


@CONV_BACKWARD.wrong("dw and db are worked out, but dx is still all zeros: nothing is ever added to it", partial=True)
def leaves_dx_at_zero(dy, x, w, stride=1, pad=0, answer=gradients):
    _, dw, db = answer(dy, x, w, stride, pad)
    return np.zeros(x.shape), dw, db


# Wrong in dx.


@CONV_BACKWARD.wrong("the last of the windows that overlap overwrites what the others gave dx: use +=", partial=True)
def overwrites_dx(dy, x, w, stride=1, pad=0, answer=gradients):
    return answer(dy, x, w, stride, pad, add_dx=overwrite)


@CONV_BACKWARD.wrong("each window and each filter overwrites what was in dx: use += for both", partial=True)
def overwrites_dx_with_each_filter(dy, x, w, stride=1, pad=0, answer=gradients):
    _, dw, db = answer(dy, x, w, stride, pad)
    return answer(dy[..., -1:], x, w[..., -1:], stride, pad, add_dx=overwrite)[0], dw, db


@CONV_BACKWARD.wrong("dx still has its border: cut P rows and columns off each side", partial=True)
def leaves_dx_in_its_frame(dy, x, w, stride=1, pad=0, answer=gradients):
    return answer(dy, x, w, stride, pad, cut=lambda dframed, shape, pad: dframed)


@CONV_BACKWARD.wrong("dx is cut out at the padded array's corner: the image begins at row P, column P", partial=True)
def cuts_dx_from_the_corner(dy, x, w, stride=1, pad=0, answer=gradients):
    return answer(dy, x, w, stride, pad, cut=lambda dframed, shape, pad: dframed[:, : shape[1], : shape[2]])


@CONV_BACKWARD.wrong("`[pad:-pad]` with pad = 0 is empty: cut to pad : pad + H instead", partial=True)
def cuts_by_minus_zero(dy, x, w, stride=1, pad=0, answer=gradients):
    return answer(dy, x, w, stride, pad, cut=lambda dframed, shape, pad: dframed[:, pad:-pad, pad:-pad])


@CONV_BACKWARD.wrong("dx correlates dy with the filter as it is: it must be flipped in both axes", partial=True)
def forgets_to_flip_for_dx(dy, x, w, stride=1, pad=0, answer=gradients):
    _, dw, db = answer(dy, x, w, stride, pad)
    return answer(dy, x, w[::-1, ::-1], stride, pad)[0], dw, db


@CONV_BACKWARD.wrong("dx uses the filter with rows and columns exchanged: a flip is not a transpose", partial=True)
def transposes_the_filter(dy, x, w, stride=1, pad=0, answer=gradients):
    _, dw, db = answer(dy, x, w, stride, pad)
    return answer(dy, x, w.swapaxes(0, 1), stride, pad)[0], dw, db


@CONV_BACKWARD.wrong("dx takes only the first filter: every filter looks at the window, so add up all K", partial=True)
def hears_the_first_filter(dy, x, w, stride=1, pad=0, answer=gradients):
    _, dw, db = answer(dy, x, w, stride, pad)
    return answer(dy[..., :1], x, w[..., :1], stride, pad)[0], dw, db


@CONV_BACKWARD.wrong("dx keeps only the last filter's share: use += to add up all K", partial=True)
def hears_the_last_filter(dy, x, w, stride=1, pad=0, answer=gradients):
    _, dw, db = answer(dy, x, w, stride, pad)
    return answer(dy[..., -1:], x, w[..., -1:], stride, pad)[0], dw, db


@CONV_BACKWARD.wrong("all channels of dx get the same: each has its own slice of the filter", partial=True)
def mixes_the_channels_of_dx(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, db = answer(dy, x, w, stride, pad)
    return np.broadcast_to(dx.sum(axis=3, keepdims=True), dx.shape).copy(), dw, db


@CONV_BACKWARD.wrong(
    "dx is a full correlation of dy as it is: with a stride, S - 1 zeros belong between its entries", partial=True
)
def works_for_stride_one_only(dy, x, w, stride=1, pad=0):
    _, dw, db = gradients(dy, x, w, stride, pad)
    views = sliding_window_view(padded(dy, len(w) - 1), w.shape[:2], axis=(1, 2))
    return inner(np.einsum("nijkab,abck->nijc", views, w[::-1, ::-1]), pad), dw, db


# Wrong in db.


@CONV_BACKWARD.wrong("db is averaged: all outputs of a filter share its bias, so their gradients add up", partial=True)
def averages_db(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, db = answer(dy, x, w, stride, pad)
    return dx, dw, db / dy[..., 0].size


@CONV_BACKWARD.wrong("db is summed over the places, but not over the images: its shape is (K,)", partial=True)
def sums_db_over_the_places(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, _ = answer(dy, x, w, stride, pad)
    return dx, dw, dy.sum(axis=(1, 2))


@CONV_BACKWARD.wrong("db is summed over the wrong axes: K is the last axis, so sum over the first three", partial=True)
def sums_db_over_the_wrong_axes(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, _ = answer(dy, x, w, stride, pad)
    return dx, dw, dy.sum(axis=(1, 2, 3))


@CONV_BACKWARD.wrong(
    "db keeps the last output's gradient: all outputs of a filter share its bias, so add up (+=)", partial=True
)
def overwrites_db(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, _ = answer(dy, x, w, stride, pad)
    return dx, dw, dy[-1, -1, -1].copy()


@CONV_BACKWARD.wrong("db comes from the last image alone: add up the gradients of all images", partial=True)
def takes_db_of_the_last_image(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, _ = answer(dy, x, w, stride, pad)
    return dx, dw, dy[-1].sum(axis=(0, 1))


# Wrong in dw.


@CONV_BACKWARD.wrong("dw keeps the last window's share: the filter works at every place, so add up (+=)", partial=True)
def overwrites_dw(dy, x, w, stride=1, pad=0, answer=gradients):
    return answer(dy, x, w, stride, pad, add_dw=overwrite)


@CONV_BACKWARD.wrong(
    "dw keeps the share of the last window of the last image: every window adds its own (+=)", partial=True
)
def overwrites_dw_in_each_image(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, _, db = answer(dy, x, w, stride, pad)
    return dx, answer(dy[-1:], x[-1:], w, stride, pad, add_dw=overwrite)[1], db


@CONV_BACKWARD.wrong("dw is divided by N: the 1/N of the loss is in dy already", partial=True)
def averages_dw(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, db = answer(dy, x, w, stride, pad)
    return dx, dw / len(x), db


@CONV_BACKWARD.wrong("dw and db are divided by N: the 1/N of the loss is in dy already", partial=True)
def averages_dw_and_db(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, db = answer(dy, x, w, stride, pad)
    return dx, dw / len(x), db / len(x)


@CONV_BACKWARD.wrong("dw is flipped: that is the gradient of a true convolution", partial=True)
def flips_dw(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, dw, db = answer(dy, x, w, stride, pad)
    return dx, dw[::-1, ::-1], db


@CONV_BACKWARD.wrong("dw comes from the last image alone: add up the shares of all images", partial=True)
def takes_dw_of_the_last_image(dy, x, w, stride=1, pad=0, answer=gradients):
    dx, _, db = answer(dy, x, w, stride, pad)
    return dx, answer(dy[-1:], x[-1:], w, stride, pad)[1], db


@CONV_BACKWARD.wrong("dw takes its windows from x without the border of zeros", partial=True)
def forgets_the_frame_for_dw(dy, x, w, stride=1, pad=0):
    dx, _, db = gradients(dy, x, w, stride, pad)
    after = np.pad(x, ((0, 0), (0, 2 * pad), (0, 2 * pad), (0, 0)))
    return dx, gradients(dy, after, w, stride, 0)[1], db


# Right.


@CONV_BACKWARD.right
def refuses_nothing(dy, x, w, stride=1, pad=0):
    return gradients(dy, x, w, stride, pad, places=dy.shape[1:3])


@CONV_BACKWARD.right
def output_by_output(dy, x, w, stride=1, pad=0):
    outputs(x.shape, len(w), stride, pad)
    framed, size = padded(x, pad), len(w)
    dframed, dw, db = np.zeros_like(framed), np.zeros_like(w), np.zeros(w.shape[3])
    for n, i, j, k in np.ndindex(dy.shape):
        window = np.s_[n, i * stride : i * stride + size, j * stride : j * stride + size]
        dframed[window] += dy[n, i, j, k] * w[..., k]
        dw[..., k] += dy[n, i, j, k] * framed[window]
        db[k] += dy[n, i, j, k]
    return inner(dframed, pad), dw, db


@CONV_BACKWARD.right
def weight_by_weight(dy, x, w, stride=1, pad=0):
    framed, dw = padded(x, pad), np.zeros_like(w)
    dframed = np.zeros_like(framed)
    for (m, n), tap in taps(outputs(x.shape, len(w), stride, pad), len(w), stride):
        dw[m, n] = np.einsum("nijc,nijk->ck", framed[tap], dy)
        dframed[tap] += dy @ w[m, n].T
    return inner(dframed, pad), dw, np.einsum("nijk->k", dy)


def with_zeros_between(dy, x, w, stride, pad):
    """Return dy with S - 1 zeros between its entries."""
    rows, columns = outputs(x.shape, len(w), stride, pad)
    spread = np.zeros((len(x), (rows - 1) * stride + 1, (columns - 1) * stride + 1, w.shape[3]))
    spread[:, ::stride, ::stride] = dy
    return spread


@CONV_BACKWARD.right
def by_a_full_correlation(dy, x, w, stride=1, pad=0):
    spread = with_zeros_between(dy, x, w, stride, pad)
    full = padded(spread, len(w) - 1)
    dframed = np.tensordot(sliding_window_view(full, w.shape[:2], axis=(1, 2)), w[::-1, ::-1], ([3, 4, 5], [3, 0, 1]))
    windows = sliding_window_view(padded(x, pad), spread.shape[1:3], axis=(1, 2))
    return inner(dframed, pad), np.einsum("nabcij,nijk->abck", windows, spread), dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.right
def by_scipy(dy, x, w, stride=1, pad=0):
    spread = with_zeros_between(dy, x, w, stride, pad)
    framed = padded(x, pad)
    dframed, dw = np.zeros_like(framed), np.zeros_like(w)
    for n, c, k in np.ndindex(len(x), x.shape[3], w.shape[3]):
        dframed[n, ..., c] += correlate(spread[n, ..., k], w[::-1, ::-1, c, k], mode="full", method="direct")
        dw[..., c, k] += correlate(framed[n, ..., c], spread[n, ..., k], mode="valid", method="direct")
    return inner(dframed, pad), dw, spread.sum(axis=(0, 1, 2))


@CONV_BACKWARD.right
def by_patches_and_products(dy, x, w, stride=1, pad=0):
    where, shape = numbers(x.shape, len(w), stride, pad)
    flat = dy.reshape(-1, dy.shape[3])
    cols = padded(x, pad).ravel()[where].reshape(len(flat), -1)
    dcols = flat @ w.reshape(-1, w.shape[3]).T
    dframed = np.bincount(where, dcols.ravel(), minlength=np.prod(shape)).reshape(shape)
    return inner(dframed, pad), (cols.T @ flat).reshape(w.shape), flat.sum(axis=0)
