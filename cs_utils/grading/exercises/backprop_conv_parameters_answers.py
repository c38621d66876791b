"""Lesson 05, the gradients of a convolution: answers with a wrong db or dw."""

import numpy as np

from cs_utils.grading.exercises.backprop_conv import CONV_BACKWARD, inner
from cs_utils.grading.exercises.backprop_conv_answers import collect, gradients, replace

# db


@CONV_BACKWARD.wrong("db is averaged: each output pushes its bias, and the pushes add up", partial=True)
def averages_db(dy, x, w, stride=1, pad=0):
    dx, dw, _ = gradients(dy, x, w, stride, pad)
    return dx, dw, dy.mean(axis=(0, 1, 2))


@CONV_BACKWARD.wrong("db is summed over the places, but not over the images: its shape is (K,)", partial=True)
def sums_db_over_the_places(dy, x, w, stride=1, pad=0):
    dx, dw, _ = gradients(dy, x, w, stride, pad)
    return dx, dw, dy.sum(axis=(1, 2))


@CONV_BACKWARD.wrong("db is summed over the wrong axes: K is the last axis, so sum over the first three", partial=True)
def sums_db_over_the_wrong_axes(dy, x, w, stride=1, pad=0):
    dx, dw, _ = gradients(dy, x, w, stride, pad)
    return dx, dw, dy.sum(axis=(1, 2, 3))


@CONV_BACKWARD.wrong("db keeps the last output's push: each output pushes its bias, so add up (+=)", partial=True)
def overwrites_db(dy, x, w, stride=1, pad=0):
    dx, dw, _ = gradients(dy, x, w, stride, pad)
    return dx, dw, dy[-1, -1, -1].copy()


@CONV_BACKWARD.wrong("the last image alone gives db: add up the pushes of all images", partial=True)
def takes_db_of_the_last_image(dy, x, w, stride=1, pad=0):
    dx, dw, _ = gradients(dy, x, w, stride, pad)
    return dx, dw, dy[-1].sum(axis=(0, 1))


# dw


@CONV_BACKWARD.wrong("dw keeps the last window's share: the filter works at every place, so add up (+=)", partial=True)
def overwrites_dw(dy, x, w, stride=1, pad=0):
    dframed, dw = collect(dy, x, w, stride, pad, add_dw=replace)
    return inner(dframed, pad), dw, dy.sum(axis=(0, 1, 2))


@CONV_BACKWARD.wrong(
    "dw keeps the share of the last window of the last image: every window adds its own (+=)", partial=True
)
def overwrites_dw_in_each_image(dy, x, w, stride=1, pad=0):
    dx, _, db = gradients(dy, x, w, stride, pad)
    return dx, collect(dy[-1:], x[-1:], w, stride, pad, add_dw=replace)[1], db


@CONV_BACKWARD.wrong("dw is divided by N: the 1/N of the loss is in dy already", partial=True)
def averages_dw(dy, x, w, stride=1, pad=0):
    dx, dw, db = gradients(dy, x, w, stride, pad)
    return dx, dw / len(x), db


@CONV_BACKWARD.wrong("dw and db are divided by N: the 1/N of the loss is in dy already", partial=True)
def averages_dw_and_db(dy, x, w, stride=1, pad=0):
    dx, dw, db = gradients(dy, x, w, stride, pad)
    return dx, dw / len(x), db / len(x)


@CONV_BACKWARD.wrong("dw is flipped: that is the gradient of a true convolution", partial=True)
def flips_dw(dy, x, w, stride=1, pad=0):
    dx, dw, db = gradients(dy, x, w, stride, pad)
    return dx, dw[::-1, ::-1], db


@CONV_BACKWARD.wrong("the last image alone gives dw: add up the shares of all images", partial=True)
def takes_dw_of_the_last_image(dy, x, w, stride=1, pad=0):
    dx, _, db = gradients(dy, x, w, stride, pad)
    return dx, gradients(dy[-1:], x[-1:], w, stride, pad)[1], db


@CONV_BACKWARD.wrong("dw takes its windows from x without the frame of zeros", partial=True)
def forgets_the_frame_for_dw(dy, x, w, stride=1, pad=0):
    dx, _, db = gradients(dy, x, w, stride, pad)
    behind = np.pad(x, ((0, 0), (0, 2 * pad), (0, 2 * pad), (0, 0)))
    return dx, collect(dy, behind, w, stride, 0)[1], db
