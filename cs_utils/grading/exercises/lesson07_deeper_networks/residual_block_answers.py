"""Lesson 07, residual_block: wrong and right answers."""

import numpy as np
from scipy import signal

from cs_utils.grading.exercises.lesson07_deeper_networks.residual_block import RESIDUAL_BLOCK
from cs_utils.grading.exercises.lesson07_deeper_networks.shared_answers import conv, windows
from cs_utils.layers import conv2d, relu


@RESIDUAL_BLOCK.wrong("the skip is missing: x is added to what the second convolution gives")
def forgets_the_skip(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w2, b2))


@RESIDUAL_BLOCK.wrong("x is added after the last ReLU: it belongs before it")
def adds_x_too_late(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w2, b2)) + x


@RESIDUAL_BLOCK.wrong("the last ReLU is missing")
def forgets_the_last_relu(x, w1, b1, w2, b2):
    return conv(relu(conv(x, w1, b1)), w2, b2) + x


@RESIDUAL_BLOCK.wrong("the ReLU between the convolutions is missing")
def forgets_the_inner_relu(x, w1, b1, w2, b2):
    return relu(conv(conv(x, w1, b1), w2, b2) + x)


@RESIDUAL_BLOCK.wrong("what the first convolution gives is added: the skip carries x itself")
def skips_one_layer(x, w1, b1, w2, b2):
    inner = relu(conv(x, w1, b1))
    return relu(conv(inner, w2, b2) + inner)


@RESIDUAL_BLOCK.wrong("x passes a ReLU before it is added: the skip carries x itself")
def adds_the_positive_part(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w2, b2) + relu(x))


@RESIDUAL_BLOCK.wrong("a ReLU comes between the second convolution and the sum: x should be added first")
def activates_before_the_sum(x, w1, b1, w2, b2):
    return relu(relu(conv(relu(conv(x, w1, b1)), w2, b2)) + x)


@RESIDUAL_BLOCK.wrong("x is added to what the first convolution gives: add it to what the second gives")
def adds_x_to_the_first_sum(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1) + x), w2, b2))


@RESIDUAL_BLOCK.wrong(
    "the ReLUs come before the convolutions, and none at the end: here the order is convolution, ReLU, convolution, "
    "+ x, ReLU"
)
def activates_before_each_convolution(x, w1, b1, w2, b2):
    return conv(relu(conv(relu(x), w1, b1)), w2, b2) + x


@RESIDUAL_BLOCK.wrong("b1 is also used for the second convolution")
def uses_b1_twice(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w2, b1) + x)


@RESIDUAL_BLOCK.wrong("x is added after the inner ReLU: it should be added after the second convolution")
def adds_x_too_early(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)) + x, w2, b2))


@RESIDUAL_BLOCK.wrong("the first bias is forgotten")
def forgets_b1(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, np.zeros_like(b1))), w2, b2) + x)


@RESIDUAL_BLOCK.wrong("the second bias is forgotten")
def forgets_b2(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w2, np.zeros_like(b2)) + x)


@RESIDUAL_BLOCK.wrong("both convolutions use w1 and b1")
def uses_w1_twice(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w1, b1) + x)


@RESIDUAL_BLOCK.wrong("the second convolution is applied to x: it should be applied to what the first one gave")
def puts_both_beside_each_other(x, w1, b1, w2, b2):
    return relu(conv(x, w2, b2) + x)


@RESIDUAL_BLOCK.wrong("x is multiplied: it should be added")
def multiplies_by_x(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w2, b2) * x)


@RESIDUAL_BLOCK.wrong("`x += ...` changes the caller's maps: x + ... makes a new array", partial=True)
def adds_in_place(x, w1, b1, w2, b2):
    x += conv(relu(conv(x, w1, b1)), w2, b2)
    return relu(x)


@RESIDUAL_BLOCK.wrong("the values are truncated to whole numbers")
def keeps_whole_numbers(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w2, b2) + x).astype(int)


@RESIDUAL_BLOCK.wrong(partial=True)
def pads_with_the_edge_of_flat_maps(x, w1, b1, w2, b2):
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge" if len(x) == 1 else "constant")
    return relu(conv(relu(conv2d(padded, w1, b1)), w2, b2) + x)


@RESIDUAL_BLOCK.right
def calls_the_layers(x, w1, b1, w2, b2):
    return relu(conv(relu(conv(x, w1, b1)), w2, b2) + x)


@RESIDUAL_BLOCK.right
def sums_over_windows(x, w1, b1, w2, b2):
    def layer(x, w, b):
        return np.einsum("nijcab,abck->nijk", windows(x), w) + b

    return np.maximum(layer(np.maximum(layer(x, w1, b1), 0), w2, b2) + x, 0)


@RESIDUAL_BLOCK.right
def adds_the_skip_to_the_filter(x, w1, b1, w2, b2):
    """Write the skip as a convolution, too: a filter that is 1 in its centre passes on its own channel of x."""
    centre = np.zeros_like(w2)
    centre[1, 1] = np.eye(w2.shape[2], dtype=w2.dtype)
    both = np.concatenate([relu(conv(x, w1, b1)), x], axis=3)
    return relu(conv(both, np.concatenate([w2, centre], axis=2), b2))


@RESIDUAL_BLOCK.right
def correlates_with_scipy(x, w1, b1, w2, b2):
    def layer(x, w, b):
        y = np.zeros((*x.shape[:3], len(b)), x.dtype) + b
        for n, c, k in np.ndindex(len(x), x.shape[3], len(b)):
            y[n, ..., k] += signal.correlate(x[n, ..., c], w[..., c, k], mode="same", method="direct")
        return y

    total = layer(layer(x, w1, b1).clip(min=0), w2, b2) + x
    return total.clip(min=0)
