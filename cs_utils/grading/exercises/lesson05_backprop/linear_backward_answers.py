"""Answers to linear_backward: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from scipy.linalg import blas

from cs_utils.grading.exercises.lesson05_backprop.linear_backward import LINEAR_BACKWARD


def gradients(dy, x, w):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect."""
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


@LINEAR_BACKWARD.wrong("db is averaged: all images share the bias, so their gradients add up", partial=True)
def averages_db(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dx, dw, db / len(dy)


@LINEAR_BACKWARD.wrong(
    "db is summed over the wrong axis: each output has one bias, so sum over the images (axis 0)", partial=True
)
def sums_db_over_the_outputs(dy, x, w, answer=gradients):
    dx, dw, _ = answer(dy, x, w)
    return dx, dw, dy.sum(axis=1)


@LINEAR_BACKWARD.wrong("db is summed over everything: there is one bias for each output", partial=True)
def sums_db_over_everything(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dx, dw, db.sum()


@LINEAR_BACKWARD.wrong("db keeps the batch axis: its shape is (M,), not (1, M)", partial=True)
def keeps_the_axis_of_db(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dx, dw, db[None]


@LINEAR_BACKWARD.wrong(
    "db is dy as it is, one row per image: all images share the bias, so add up the rows", partial=True
)
def hands_on_dy_as_db(dy, x, w, answer=gradients):
    dx, dw, _ = answer(dy, x, w)
    return dx, dw, dy.copy()


@LINEAR_BACKWARD.wrong("dw is averaged over the images: the 1/N of the loss is in dy already", partial=True)
def averages_dw(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dx, dw / len(x), db


@LINEAR_BACKWARD.wrong("dw and db are divided by N: the 1/N of the loss is in dy already", partial=True)
def averages_dw_and_db(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dx, dw / len(x), db / len(x)


@LINEAR_BACKWARD.wrong("everything is divided by N: the 1/N of the loss is in dy already")
def divides_all_by_n(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dx / len(x), dw / len(x), db / len(x)


@LINEAR_BACKWARD.wrong("dw is transposed: it has w's shape, (D, M)", partial=True)
def transposes_dw(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dx, dw.T, db


@LINEAR_BACKWARD.wrong("w is reshaped where it should be transposed: w.reshape(M, D) is not w.T", partial=True)
def reshapes_for_transposing_w(dy, x, w, answer=gradients):
    _, dw, db = answer(dy, x, w)
    return dy @ w.reshape(w.shape[::-1]), dw, db


@LINEAR_BACKWARD.wrong("x is reshaped where it should be transposed: x.reshape(D, N) is not x.T", partial=True)
def reshapes_for_transposing_x(dy, x, w, answer=gradients):
    dx, _, db = answer(dy, x, w)
    return dx, x.reshape(x.shape[::-1]) @ dy, db


@LINEAR_BACKWARD.wrong("dw holds the last image's share alone: add up those of all images", partial=True)
def keeps_the_last_image(dy, x, w, answer=gradients):
    dx, _, db = answer(dy, x, w)
    return dx, np.outer(x[-1], dy[-1]), db


@LINEAR_BACKWARD.wrong("the order is mixed up: it is dx, dw, db", partial=True)
def returns_dw_first(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dw, dx, db


@LINEAR_BACKWARD.wrong("db is missing: three gradients are asked for, dx, dw, db")
def forgets_db(dy, x, w, answer=gradients):
    return answer(dy, x, w)[:2]


@LINEAR_BACKWARD.wrong(
    "db is all ones, the derivative of y with respect to b: the gradient is dy times that, summed over the images",
    partial=True,
)
def takes_the_slope_for_db(dy, x, w, answer=gradients):
    dx, dw, db = answer(dy, x, w)
    return dx, dw, np.ones_like(db)


@LINEAR_BACKWARD.wrong("db is added up in the first row of dy itself: dy must come back unchanged", partial=True)
def adds_up_in_dy(dy, x, w):
    dx, dw, _ = gradients(dy, x, w)
    for row in dy[1:]:
        dy[0] += row
    return dx, dw, dy[0].copy()


@LINEAR_BACKWARD.wrong("dx is taken as dy @ w, which works only where w is square: the way back takes w.T")
def needs_a_square_matrix(dy, x, w, answer=gradients):
    _, dw, db = answer(dy, x, w)
    return dy @ w, dw, db


@LINEAR_BACKWARD.right
def by_sums_of_products(dy, x, w):
    return np.einsum("nm,dm->nd", dy, w), np.einsum("nd,nm->dm", x, dy), np.einsum("nm->m", dy)


@LINEAR_BACKWARD.right
def image_by_image(dy, x, w):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[1])
    for n, push in enumerate(dy):
        dx[n] = w @ push
        dw += np.outer(x[n], push)
        db += push
    return dx, dw, db


@LINEAR_BACKWARD.right
def by_broadcasting(dy, x, w):
    return (dy[:, None, :] * w).sum(axis=2), (x[:, :, None] * dy[:, None, :]).sum(axis=0), dy.sum(axis=0)


@LINEAR_BACKWARD.right
def with_a_column_of_ones_for_the_bias(dy, x, w):
    with_ones = np.hstack([x, np.ones((len(x), 1), x.dtype)])
    both = np.tensordot(with_ones, dy, axes=(0, 0))
    return np.inner(dy, w), both[:-1], both[-1]


@LINEAR_BACKWARD.right
def by_blas(dy, x, w):
    dw = blas.dgemm(1.0, x.astype(float), dy.astype(float), trans_a=True)
    dx = blas.dgemm(1.0, dy.astype(float), w.astype(float), trans_b=True)
    return dx, dw, np.ones(len(dy)) @ dy
