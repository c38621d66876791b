"""Answers to relu_backward: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np

from cs_utils.grading.exercises.lesson05_backprop.relu_backward import RELU_BACKWARD


@RELU_BACKWARD.wrong(
    "the gradient passes at x = 0, too: in this course it is 0 there (x > 0, not x >= 0)", partial=True
)
def passes_at_zero(dy, x):
    return dy * (x >= 0)


@RELU_BACKWARD.wrong("half of the gradient passes at x = 0: in this course it is 0 there", partial=True)
def passes_half_at_zero(dy, x):
    return dy * np.heaviside(x, 0.5)


@RELU_BACKWARD.wrong("ReLU is applied to dy: what passes is decided by x, and negative gradients pass as well")
def applies_relu_to_dy(dy, x):
    return np.maximum(dy, 0)


@RELU_BACKWARD.wrong("dy is left out: the result is the slope alone, 1 or 0")
def returns_the_slope(dy, x):
    return (x > 0).astype(x.dtype)


@RELU_BACKWARD.wrong("dy is multiplied by max(0, x): the slope is 1 there, not x")
def multiplies_by_the_output(dy, x):
    return dy * np.maximum(x, 0)


@RELU_BACKWARD.wrong("everything passes: where x is not above 0, the gradient stops")
def stops_nothing(dy, x):
    return dy.copy()


@RELU_BACKWARD.wrong("what passes and what stops are swapped")
def stops_the_positive(dy, x):
    return np.where(x > 0, 0, dy)


@RELU_BACKWARD.wrong("the gradient passes only where dy is positive as well: the sign of dy does not matter")
def passes_only_positive_gradients(dy, x):
    return np.where((x > 0) & (dy > 0), dy, 0)


@RELU_BACKWARD.wrong("dy itself is set to 0 where the gradient stops: `dx = dy` is not a copy", partial=True)
def writes_into_dy(dy, x):
    dx = dy
    dx[x <= 0] = 0
    return dx


@RELU_BACKWARD.wrong("what does not pass is left out: it should keep its place, as a 0")
def leaves_out_what_stops(dy, x):
    return dy[x > 0]


@RELU_BACKWARD.right
def multiplies_by_the_mask(dy, x):
    return dy * (x > 0)


@RELU_BACKWARD.right
def chooses_by_where(dy, x):
    return np.where(x > 0, dy, 0)


@RELU_BACKWARD.right
def clears_a_copy(dy, x):
    dx = dy.copy()
    dx[x <= 0] = 0
    return dx


@RELU_BACKWARD.right
def uses_the_sign_of_the_output(dy, x):
    return np.sign(np.maximum(x, 0)) * dy
