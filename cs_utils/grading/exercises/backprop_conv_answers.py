"""Lesson 05, the gradients of a convolution: wrong answers that concern more than one of them, right answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import correlate

from cs_utils.grading.exercises.backprop_conv import CONV_BACKWARD, inner, padded, places


def outputs(x, w, stride, pad):
    """Rows and columns of the output, or ValueError."""
    return tuple(places(n, len(w), stride, pad) for n in x.shape[1:3])


def collect(dy, x, w, stride, pad, add_dx=None, add_dw=None):
    """Return dx in its frame and dw; add_dx and add_dw take (so far, this window's share) and return the new value."""
    framed = padded(x, pad)
    dframed, dw, size = np.zeros(framed.shape), np.zeros(w.shape), len(w)
    for i, j in np.ndindex(outputs(x, w, stride, pad)):
        window = np.s_[:, i * stride : i * stride + size, j * stride : j * stride + size]
        share = np.tensordot(dy[:, i, j], w, axes=(1, 3))
        dframed[window] = (add_dx or np.add)(dframed[window], share)
        dw = (add_dw or np.add)(dw, np.tensordot(framed[window], dy[:, i, j], axes=(0, 0)))
    return dframed, dw


def gradients(dy, x, w, stride, pad):
    """Return the right result, for wrong answers that spoil it in one respect."""
    dframed, dw = collect(dy, x, w, stride, pad)
    return inner(dframed, pad), dw, dy.sum(axis=(0, 1, 2))


def replace(old, new):
    return new


# Wrong: several gradients at once, stride, sizes, inputs.


@CONV_BACKWARD.wrong("all gradients are divided by N: the 1/N of the loss is in dy already")
def divides_by_n(dy, x, w, stride=1, pad=0):
    dx, dw, db = gradients(dy, x, w, stride, pad)
    return dx / len(x), dw / len(x), db / len(x)


@CONV_BACKWARD.wrong("the windows begin at i, j instead of i*S, j*S", partial=True)
def steps_by_one(dy, x, w, stride=1, pad=0):
    outputs(x, w, stride, pad)
    framed, dframed, dw = padded(x, pad), np.zeros(padded(x, pad).shape), np.zeros(w.shape)
    for i, j in np.ndindex(dy.shape[1:3]):
        window = np.s_[:, i : i + len(w), j : j + len(w)]
        dframed[window] += np.tensordot(dy[:, i, j], w, axes=(1, 3))
        dw += np.tensordot(framed[window], dy[:, i, j], axes=(0, 0))
    return inner(dframed, pad), dw, dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("the order is mixed up: it is dx, dw, db", partial=True)
def returns_dw_first(dy, x, w, stride=1, pad=0):
    dx, dw, db = gradients(dy, x, w, stride, pad)
    return dw, dx, db


@CONV_BACKWARD.wrong("windows that don't fit aren't refused: what is left over gets no gradient", partial=True)
def accepts_what_is_left_over(dy, x, w, stride=1, pad=0):
    framed, dframed, dw, size = padded(x, pad), np.zeros(padded(x, pad).shape), np.zeros(w.shape), len(w)
    for i, j in np.ndindex(dy.shape[1:3]):
        window = np.s_[:, i * stride : i * stride + size, j * stride : j * stride + size]
        rows, columns = framed[window].shape[1:3]
        dframed[window] += np.tensordot(dy[:, i, j], w, axes=(1, 3))[:, :rows, :columns]
        dw[:rows, :columns] += np.tensordot(framed[window], dy[:, i, j], axes=(0, 0))
    return inner(dframed, pad), dw, dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("dy is flipped in place on the way: work on a copy", partial=True)
def flips_dy_in_place(dy, x, w, stride=1, pad=0):
    result = gradients(dy, x, w, stride, pad)
    dy[:] = dy[:, ::-1, ::-1].copy()
    return result


@CONV_BACKWARD.wrong("only the first image is gone through: dw and db are sums over all images, and each has its dx")
def works_for_one_image(dy, x, w, stride=1, pad=0):
    dx, dw, db = gradients(dy[:1], x[:1], w, stride, pad)
    return np.concatenate([dx, np.zeros(x[1:].shape)]), dw, db


@CONV_BACKWARD.wrong("`=` stands where `+=` is needed, in all three gradients: each output adds its share")
def overwrites_everything(dy, x, w, stride=1, pad=0):
    dframed, _ = collect(dy[..., -1:], x, w[..., -1:], stride, pad, add_dx=replace)
    dw = collect(dy[-1:], x[-1:], w, stride, pad, add_dw=replace)[1]
    return inner(dframed, pad), dw, dy[-1, -1, -1].copy()


@CONV_BACKWARD.wrong("`=` stands where `+=` is needed, for dx and for dw: each output adds its share", partial=True)
def overwrites_dx_and_dw(dy, x, w, stride=1, pad=0):
    dx, dw, _ = overwrites_everything(dy, x, w, stride, pad)
    return dx, dw, dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("db is all there is so far: dx and dw are still zeros", partial=True)
def works_out_db_alone(dy, x, w, stride=1, pad=0):
    outputs(x, w, stride, pad)
    return np.zeros(x.shape), np.zeros(w.shape), dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("dx is all there is so far: dw and db are still zeros", partial=True)
def works_out_dx_alone(dy, x, w, stride=1, pad=0):
    return gradients(dy, x, w, stride, pad)[0], np.zeros(w.shape), np.zeros(w.shape[3])


@CONV_BACKWARD.wrong("dw and db are there, but dx is still all zeros: the pushes never reach it", partial=True)
def leaves_dx_at_zero(dy, x, w, stride=1, pad=0):
    _, dw, db = gradients(dy, x, w, stride, pad)
    return np.zeros(x.shape), dw, db


# Right.


@CONV_BACKWARD.right
def output_by_output(dy, x, w, stride=1, pad=0):
    outputs(x, w, stride, pad)
    framed, size = padded(x, pad), len(w)
    dframed, dw, db = np.zeros_like(framed), np.zeros_like(w), np.zeros(w.shape[3])
    for n, i, j, k in np.ndindex(dy.shape):
        window = np.s_[n, i * stride : i * stride + size, j * stride : j * stride + size]
        dframed[window] += dy[n, i, j, k] * w[..., k]
        dw[..., k] += dy[n, i, j, k] * framed[window]
        db[k] += dy[n, i, j, k]
    return dframed[:, pad : pad + x.shape[1], pad : pad + x.shape[2]], dw, db


@CONV_BACKWARD.right
def weight_by_weight(dy, x, w, stride=1, pad=0):
    rows, columns = outputs(x, w, stride, pad)
    framed, dw = padded(x, pad), np.zeros_like(w)
    dframed = np.zeros_like(framed)
    for m, n in np.ndindex(w.shape[:2]):
        seen = np.s_[:, m : m + rows * stride : stride, n : n + columns * stride : stride]
        dw[m, n] = np.einsum("nijc,nijk->ck", framed[seen], dy)
        dframed[seen] += dy @ w[m, n].T
    return inner(dframed, pad), dw, np.einsum("nijk->k", dy)


@CONV_BACKWARD.right
def by_a_full_correlation(dy, x, w, stride=1, pad=0):
    rows, columns = outputs(x, w, stride, pad)
    spread = np.zeros((len(x), (rows - 1) * stride + 1, (columns - 1) * stride + 1, w.shape[3]))
    spread[:, ::stride, ::stride] = dy
    margin = len(w) - 1
    full = np.pad(spread, ((0, 0), (margin, margin), (margin, margin), (0, 0)))
    dframed = np.tensordot(sliding_window_view(full, w.shape[:2], axis=(1, 2)), w[::-1, ::-1], ([3, 4, 5], [3, 0, 1]))
    windows = sliding_window_view(padded(x, pad), spread.shape[1:3], axis=(1, 2))
    return inner(dframed, pad), np.einsum("nabcij,nijk->abck", windows, spread), dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.right
def by_scipy(dy, x, w, stride=1, pad=0):
    rows, columns = outputs(x, w, stride, pad)
    spread = np.zeros((len(x), (rows - 1) * stride + 1, (columns - 1) * stride + 1, w.shape[3]))
    spread[:, ::stride, ::stride] = dy
    framed = padded(x, pad)
    dframed, dw = np.zeros_like(framed), np.zeros_like(w)
    for n, c, k in np.ndindex(len(x), x.shape[3], w.shape[3]):
        dframed[n, ..., c] += correlate(spread[n, ..., k], w[::-1, ::-1, c, k], mode="full", method="direct")
        dw[..., c, k] += correlate(framed[n, ..., c], spread[n, ..., k], mode="valid", method="direct")
    return inner(dframed, pad), dw, spread.sum(axis=(0, 1, 2))


@CONV_BACKWARD.right
def by_patches_and_products(dy, x, w, stride=1, pad=0):
    rows, columns = outputs(x, w, stride, pad)
    number = np.arange(padded(x, pad).size).reshape(padded(x, pad).shape)
    windows = sliding_window_view(number, w.shape[:2], axis=(1, 2))[:, ::stride, ::stride]
    where = np.moveaxis(windows, 3, 5).reshape(len(x) * rows * columns, -1)
    flat = dy.reshape(-1, dy.shape[3])
    dw = padded(x, pad).ravel()[where].T @ flat
    dcols = flat @ w.reshape(-1, w.shape[3]).T
    dframed = np.bincount(where.ravel(), dcols.ravel(), minlength=number.size).reshape(number.shape)
    return inner(dframed, pad), dw.reshape(w.shape), flat.sum(axis=0)
