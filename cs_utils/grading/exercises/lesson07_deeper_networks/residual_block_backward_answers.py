"""Lesson 07, residual_block_backward: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson07_deeper_networks.residual_block import residual_block
from cs_utils.grading.exercises.lesson07_deeper_networks.residual_block_backward import RESIDUAL_BLOCK_BACKWARD
from cs_utils.grading.exercises.lesson07_deeper_networks.shared import padded
from cs_utils.grading.exercises.lesson07_deeper_networks.shared_answers import conv, windows
from cs_utils.layers import conv2d_backward, relu, relu_backward


def _conv_back(dy, x, w):
    return conv2d_backward(dy, x, w, stride=1, pad=1)


def _forward(x, w1, b1, w2, b2):
    """Return what the backward pass needs: what goes into the inner ReLU, what comes out, and the last sums."""
    before = conv(x, w1, b1)
    inner = relu(before)
    return before, inner, conv(inner, w2, b2) + x


def _back(dtotal, x, w1, w2, before, inner, skip=None):
    """Return all gradients from that of the last sums; the skip carries dtotal unless another one is given."""
    dinner, dw2, db2 = _conv_back(dtotal, inner, w2)
    dx, dw1, db1 = _conv_back(relu_backward(dinner, before), x, w1)
    return dx + (dtotal if skip is None else skip), dw1, db1, dw2, db2


@RESIDUAL_BLOCK_BACKWARD.right
def calls_the_layers(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    return _back(relu_backward(dy, total), x, w1, w2, before, inner)


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "the skip is forgotten in dx: x reaches the end by two paths, and gradients add up", partial=True
)
def forgets_the_skip(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    return _back(relu_backward(dy, total), x, w1, w2, before, inner, skip=0)


@RESIDUAL_BLOCK_BACKWARD.wrong("the skip carries dy as it is: it has to pass the last ReLU first", partial=True)
def skips_the_last_relu(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    return _back(relu_backward(dy, total), x, w1, w2, before, inner, skip=dy)


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "only the skip's part is in dx: the part through the convolutions is missing", partial=True
)
def keeps_the_skip_alone(dy, x, w1, b1, w2, b2):
    _, *gradients = calls_the_layers(dy, x, w1, b1, w2, b2)
    return relu_backward(dy, residual_block(x, w1, b1, w2, b2)), *gradients


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "the gradient passes the last ReLU everywhere: it should pass only where the sum is above 0"
)
def forgets_the_last_relu(dy, x, w1, b1, w2, b2):
    before, inner, _ = _forward(x, w1, b1, w2, b2)
    return _back(dy, x, w1, w2, before, inner)


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "the gradient passes the inner ReLU everywhere: it should pass only where its input is above 0", partial=True
)
def forgets_the_inner_relu(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    return _back(relu_backward(dy, total), x, w1, w2, np.ones_like(before), inner)


@RESIDUAL_BLOCK_BACKWARD.wrong("the last ReLU's gradient is taken at the sum without x: x is part of its input")
def asks_the_sum_without_x(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    return _back(relu_backward(dy, total - x), x, w1, w2, before, inner)


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "the inner ReLU's gradient is taken at x: its input is what the first convolution gave", partial=True
)
def asks_x_at_the_inner_relu(dy, x, w1, b1, w2, b2):
    _, inner, total = _forward(x, w1, b1, w2, b2)
    return _back(relu_backward(dy, total), x, w1, w2, x, inner)


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "the skip's gradient is added before the inner ReLU's backward: it joins at the very end, in dx", partial=True
)
def adds_the_skip_too_early(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    dtotal = relu_backward(dy, total)
    dinner, dw2, db2 = _conv_back(dtotal, inner, w2)
    return *_conv_back(relu_backward(dinner + dtotal, before), x, w1), dw2, db2


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "dw2 is computed from x: the input of the second convolution is what the first ReLU gave", partial=True
)
def takes_dw2_with_x(dy, x, w1, b1, w2, b2):
    dx, dw1, db1, _, db2 = calls_the_layers(dy, x, w1, b1, w2, b2)
    dtotal = relu_backward(dy, residual_block(x, w1, b1, w2, b2))
    return dx, dw1, db1, _conv_back(dtotal, x, w2)[1], db2


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "dw2 is computed from what went into the inner ReLU: it should be what came out of it", partial=True
)
def takes_dw2_before_the_relu(dy, x, w1, b1, w2, b2):
    before, _, total = _forward(x, w1, b1, w2, b2)
    return _back(relu_backward(dy, total), x, w1, w2, before, before)


@RESIDUAL_BLOCK_BACKWARD.wrong("both convolutions go back through w1", partial=True)
def goes_back_through_w1_twice(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    return _back(relu_backward(dy, total), x, w1, w1, before, inner)


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "the biases' gradients are means: they should be sums over all images and pixels", partial=True
)
def averages_for_biases(dy, x, w1, b1, w2, b2):
    dx, dw1, db1, dw2, db2 = calls_the_layers(dy, x, w1, b1, w2, b2)
    return dx, dw1, db1 / dy[..., 0].size, dw2, db2 / dy[..., 0].size


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "the parameters' gradients are divided by the number of images: that is in dy already", partial=True
)
def divides_by_the_number_of_images(dy, x, w1, b1, w2, b2):
    dx, *gradients = calls_the_layers(dy, x, w1, b1, w2, b2)
    return dx, *(gradient / len(x) for gradient in gradients)


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "the gradients are returned in another order: dx, dw1, db1, dw2, db2 is asked for", partial=True
)
def returns_them_backwards(dy, x, w1, b1, w2, b2):
    dx, dw1, db1, dw2, db2 = calls_the_layers(dy, x, w1, b1, w2, b2)
    return dx, dw2, db2, dw1, db1


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "`dy[...] = 0` changes the caller's gradient: dy * (total > 0) makes a new one", partial=True
)
def masks_dy_in_place(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    dy[total <= 0] = 0
    return _back(dy, x, w1, w2, before, inner)


@RESIDUAL_BLOCK_BACKWARD.wrong(
    "ReLU passes the gradient at 0 (`>=`): in this course it stops it there (`>`)", partial=True
)
def passes_gradients_at_zero(dy, x, w1, b1, w2, b2):
    before, inner, total = _forward(x, w1, b1, w2, b2)
    return _back(dy * (total >= 0), x, w1, w2, (before >= 0) - 0.5, inner)


@RESIDUAL_BLOCK_BACKWARD.right
def convolves_with_flipped_filters(dy, x, w1, b1, w2, b2):
    """Correlate dy with each filter rotated by 180 degrees, channels and filters swapped: that is dx."""

    def layer(x, w):
        return np.einsum("nijcab,abck->nijk", windows(x), w)

    def layer_back(dy, x, w):
        dx = layer(dy, w[::-1, ::-1].swapaxes(2, 3))
        return dx, np.einsum("nijcab,nijk->abck", windows(x), dy), dy.sum(axis=(0, 1, 2))

    before = layer(x, w1) + b1
    inner = np.where(before > 0, before, 0)
    dtotal = np.where(layer(inner, w2) + b2 + x > 0, dy, 0)
    dinner, dw2, db2 = layer_back(dtotal, inner, w2)
    dx, dw1, db1 = layer_back(np.where(before > 0, dinner, 0), x, w1)
    return dx + dtotal, dw1, db1, dw2, db2


@RESIDUAL_BLOCK_BACKWARD.right
def lays_out_columns(dy, x, w1, b1, w2, b2):
    """Write both convolutions as matrix products (im2col)."""
    count, height, width, depth = x.shape

    def columns(x):
        taps = [padded(x)[:, m : m + height, n : n + width] for m in range(3) for n in range(3)]
        return np.concatenate(taps, axis=3).reshape(-1, 9 * depth)

    def add_back(rows):
        dpadded = np.zeros((count, height + 2, width + 2, depth), rows.dtype)
        for tap, (m, n) in enumerate(np.ndindex(3, 3)):
            part = rows[:, tap * depth : (tap + 1) * depth]
            dpadded[:, m : m + height, n : n + width] += part.reshape(x.shape)
        return dpadded[:, 1:-1, 1:-1].reshape(-1, depth)

    matrix1, matrix2 = w1.reshape(-1, depth), w2.reshape(-1, depth)
    columns1 = columns(x)
    before = columns1 @ matrix1 + b1
    columns2 = columns(np.maximum(before, 0).reshape(x.shape))
    dtotal = (columns2 @ matrix2 + b2 + x.reshape(-1, depth) > 0) * dy.reshape(-1, depth)
    dbefore = add_back(dtotal @ matrix2.T) * (before > 0)
    dx = add_back(dbefore @ matrix1.T) + dtotal
    dw1, dw2 = (columns1.T @ dbefore).reshape(w1.shape), (columns2.T @ dtotal).reshape(w2.shape)
    return dx.reshape(x.shape), dw1, dbefore.sum(axis=0), dw2, dtotal.sum(axis=0)


@RESIDUAL_BLOCK_BACKWARD.right
def sums_image_by_image(dy, x, w1, b1, w2, b2):
    found = []
    for n in range(len(x)):
        before, inner, total = _forward(x[n : n + 1], w1, b1, w2, b2)
        dtotal = dy[n : n + 1] * np.heaviside(total, 0).astype(dy.dtype)
        found.append(_back(dtotal, x[n : n + 1], w1, w2, before, inner))
    dx, *gradients = zip(*found, strict=True)
    return np.concatenate(dx), *(sum(gradient) for gradient in gradients)
