"""Lesson 05, the gradients of a convolution."""

import numpy as np

from cs_utils import layers
from unlisted_mistakes.listing import framed, mistake, side


def convolution_backward(dy, x, w, stride, pad, cut):
    size, padded = len(w), framed(x, pad)
    for n in x.shape[1:3]:
        side(n, size, stride, pad)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            place = np.s_[:, i * stride : i * stride + size, j * stride : j * stride + size]
            dpadded[place] += np.einsum("nk,abck->nabc", dy[:, i, j], w)
            dw += np.einsum("nabc,nk->abck", padded[place], dy[:, i, j])
    return cut(dpadded), dw, dy.sum(axis=(0, 1, 2))


@mistake("conv_backward")
def cuts_the_frame_of_each_image_by_minus_zero(dy, x, w, stride=1, pad=0):
    def cut(dpadded):
        dx = np.zeros(x.shape)
        for n in range(len(x)):
            dx[n] = dpadded[n, pad:-pad, pad:-pad]
        return dx

    return convolution_backward(dy, x, w, stride, pad, cut)


@mistake("conv_backward")
def ignores_the_stride_in_dx(dy, x, w, stride=1, pad=0):
    def cut(dpadded):
        return dpadded[:, pad : pad + x.shape[1], pad : pad + x.shape[2]]

    _, dw, db = convolution_backward(dy, x, w, stride, pad, cut)
    size, dpadded = len(w), np.zeros(framed(x, pad).shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            dpadded[:, i : i + size, j : j + size] += np.einsum("nk,abck->nabc", dy[:, i, j], w)
    return cut(dpadded), dw, db


@mistake("conv_backward")
def exchanges_rows_and_columns_of_dw(dy, x, w, stride=1, pad=0):
    dx, dw, db = convolution_backward(
        dy, x, w, stride, pad, lambda d: d[:, pad : pad + x.shape[1], pad : pad + x.shape[2]]
    )
    return dx, dw.swapaxes(0, 1), db


@mistake("conv_backward")
def lays_windows_at_column_and_row(dy, x, w, stride=1, pad=0):
    size, padded = len(w), framed(x, pad)
    for n in x.shape[1:3]:
        side(n, size, stride, pad)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            place = np.s_[:, j * stride : j * stride + size, i * stride : i * stride + size]
            dpadded[place] += np.einsum("nk,abck->nabc", dy[:, i, j], w)
            dw += np.einsum("nabc,nk->abck", padded[place], dy[:, i, j])
    return dpadded[:, pad : pad + x.shape[1], pad : pad + x.shape[2]], dw, dy.sum(axis=(0, 1, 2))


@mistake("conv_backward")
def returns_the_frame_cut_by_minus_zero(dy, x, w, stride=1, pad=0):
    return convolution_backward(dy, x, w, stride, pad, lambda d: d[:, pad:-pad, pad:-pad])


@mistake("conv_backward")
def cuts_by_minus_zero_and_forgets_the_stride(dy, x, w, stride=1, pad=0):
    def cut(dpadded):
        dx = np.zeros(x.shape)
        for n in range(len(x)):
            dx[n] = dpadded[n, pad:-pad, pad:-pad]
        return dx

    size, padded = len(w), framed(x, pad)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            place = np.s_[:, i : i + size, j : j + size]
            dpadded[place] += np.einsum("nk,abck->nabc", dy[:, i, j], w)
            dw += np.einsum("nabc,nk->abck", padded[place], dy[:, i, j])
    return cut(dpadded), dw, dy.sum(axis=(0, 1, 2))


@mistake("conv_backward")
def has_a_frame_of_one(dy, x, w, stride=1, pad=0):
    size, padded = len(w), framed(x, 1)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for n, i, j, k in np.ndindex(dy.shape):
        place = np.s_[n, i * stride : i * stride + size, j * stride : j * stride + size]
        rows, columns = padded[place].shape[:2]
        dpadded[place] += dy[n, i, j, k] * w[:rows, :columns, :, k]
        dw[:rows, :columns, :, k] += dy[n, i, j, k] * padded[place]
    return dpadded[:, 1:-1, 1:-1], dw, dy.sum(axis=(0, 1, 2))


@mistake("conv_backward")  # no exam lets it call this
def calls_the_layer(dy, x, w, stride=1, pad=0):
    return layers.conv2d_backward(dy, x, w, stride, pad)
