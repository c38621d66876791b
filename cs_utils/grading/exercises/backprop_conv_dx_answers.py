"""Lesson 05, the gradients of a convolution: answers with a wrong dx."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cs_utils.grading.exercises.backprop_conv import CONV_BACKWARD, inner
from cs_utils.grading.exercises.backprop_conv_answers import collect, gradients, outputs, replace


@CONV_BACKWARD.wrong("the last of the windows that overlap overwrites what the others gave dx: use +=", partial=True)
def overwrites_dx(dy, x, w, stride=1, pad=0):
    dframed, dw = collect(dy, x, w, stride, pad, add_dx=replace)
    return inner(dframed, pad), dw, dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("each window and each filter overwrites what was in dx: use += for both", partial=True)
def overwrites_dx_with_each_filter(dy, x, w, stride=1, pad=0):
    _, dw, db = gradients(dy, x, w, stride, pad)
    dframed, _ = collect(dy[..., -1:], x, w[..., -1:], stride, pad, add_dx=replace)
    return inner(dframed, pad), dw, db


@CONV_BACKWARD.wrong("dx still has the frame of zeros around it: cut P rows and columns off each side", partial=True)
def leaves_dx_in_its_frame(dy, x, w, stride=1, pad=0):
    dframed, dw = collect(dy, x, w, stride, pad)
    return dframed, dw, dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("dx is cut from the corner of its frame: the image begins at row P, column P", partial=True)
def cuts_dx_from_the_corner(dy, x, w, stride=1, pad=0):
    dframed, dw = collect(dy, x, w, stride, pad)
    return dframed[:, : x.shape[1], : x.shape[2]], dw, dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("`[pad:-pad]` with pad = 0 is empty: cut to pad : pad + H instead", partial=True)
def cuts_by_minus_zero(dy, x, w, stride=1, pad=0):
    dframed, dw = collect(dy, x, w, stride, pad)
    return dframed[:, pad:-pad, pad:-pad], dw, dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("dx correlates dy with the filter as it is: it must be flipped in both axes", partial=True)
def forgets_to_flip_for_dx(dy, x, w, stride=1, pad=0):
    _, dw, db = gradients(dy, x, w, stride, pad)
    return gradients(dy, x, w[::-1, ::-1], stride, pad)[0], dw, db


@CONV_BACKWARD.wrong("dx uses the filter with rows and columns exchanged: a flip is not a transpose", partial=True)
def transposes_the_filter(dy, x, w, stride=1, pad=0):
    _, dw, db = gradients(dy, x, w, stride, pad)
    return gradients(dy, x, w.swapaxes(0, 1), stride, pad)[0], dw, db


@CONV_BACKWARD.wrong(
    "dx hears of the first filter only: every filter looks at the window, so add up all K", partial=True
)
def hears_the_first_filter(dy, x, w, stride=1, pad=0):
    _, dw, db = gradients(dy, x, w, stride, pad)
    return gradients(dy[..., :1], x, w[..., :1], stride, pad)[0], dw, db


@CONV_BACKWARD.wrong("dx keeps the share of the last filter alone: use += to add up all K", partial=True)
def hears_the_last_filter(dy, x, w, stride=1, pad=0):
    _, dw, db = gradients(dy, x, w, stride, pad)
    return gradients(dy[..., -1:], x, w[..., -1:], stride, pad)[0], dw, db


@CONV_BACKWARD.wrong("all channels of dx get the same: each has its own slice of the filter", partial=True)
def mixes_the_channels_of_dx(dy, x, w, stride=1, pad=0):
    dx, dw, db = gradients(dy, x, w, stride, pad)
    return np.broadcast_to(dx.sum(axis=3, keepdims=True), dx.shape).copy(), dw, db


@CONV_BACKWARD.wrong(
    "dx is a full correlation of dy as it is: with a stride, S - 1 zeros belong between its entries", partial=True
)
def works_for_stride_one_only(dy, x, w, stride=1, pad=0):
    """As a full correlation, without the zeros that a stride leaves between the entries of dy."""
    outputs(x, w, stride, pad)
    full = np.pad(dy, ((0, 0), (len(w) - 1, len(w) - 1), (len(w) - 1, len(w) - 1), (0, 0)))
    views = sliding_window_view(full, w.shape[:2], axis=(1, 2))
    dx = inner(np.einsum("nijkab,abck->nijc", views, w[::-1, ::-1]), pad)
    return dx, gradients(dy, x, w, stride, pad)[1], dy.sum(axis=(0, 1, 2))
