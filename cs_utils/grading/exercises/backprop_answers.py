"""Lesson 05, numerical gradients and ReLU: wrong answers that are recognised and caught, right ones that are kept."""

import numpy as np

from cs_utils.grading.exercises.backprop import NUMERICAL_GRADIENT, RELU_BACKWARD


def pushed(x, place, h):
    """Return a copy of x with one number pushed by h."""
    copy = x.copy()
    copy[place] += h
    return copy


def slopes(x, slope):
    """Return slope(place) for each number of x, in x's shape."""
    return np.array([slope(place) for place in np.ndindex(x.shape)]).reshape(x.shape)


# Numerical gradient, wrong.


@NUMERICAL_GRADIENT.wrong("only the push up is compared, with f(x): a central difference pushes down as well")
def looks_forward_only(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum((f(pushed(x, place, h)) - f(x)) * dy) / h)


@NUMERICAL_GRADIENT.wrong("the difference is divided by h: from x - h to x + h it is 2 h")
def divides_by_h(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum((f(pushed(x, place, h)) - f(pushed(x, place, -h))) * dy) / h)


@NUMERICAL_GRADIENT.wrong("the number is pushed up, but then only back to where it was: push it down to x - h")
def comes_only_back_to_x(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum((f(pushed(x, place, h)) - f(x)) * dy) / (2 * h))


@NUMERICAL_GRADIENT.wrong("`/ 2 * h` stands for `/ (2 * h)`: Python divides by 2, then multiplies by h")
def forgets_the_brackets(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum((f(pushed(x, place, h)) - f(pushed(x, place, -h))) * dy) / 2 * h)


@NUMERICAL_GRADIENT.wrong("dy is left out: every output counts with its upstream gradient")
def forgets_dy(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum(f(pushed(x, place, h)) - f(pushed(x, place, -h))) / (2 * h))


@NUMERICAL_GRADIENT.wrong("the step is a fixed one: use the h that is handed over", partial=True)
def fixes_the_step(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum((f(pushed(x, place, 1e-5)) - f(pushed(x, place, -1e-5))) * dy) / 2e-5)


@NUMERICAL_GRADIENT.wrong("all numbers are pushed at once, so that each of them gets the slope of all together")
def pushes_all_and_sums(f, x, dy, h=1e-5):
    return np.full_like(x, np.sum((f(x + h) - f(x - h)) * dy) / (2 * h))


@NUMERICAL_GRADIENT.wrong(
    "all numbers are pushed at once, which is right only where each output depends on one input: push one at a time",
    partial=True,
)
def pushes_all_at_once(f, x, dy, h=1e-5):
    return (f(x + h) - f(x - h)) * dy / (2 * h)


@NUMERICAL_GRADIENT.wrong("whole rows are pushed: `range(len(x))` runs over the first axis only", partial=True)
def pushes_whole_rows(f, x, dy, h=1e-5):
    dx = np.zeros_like(x)
    for i in range(len(x)):
        dx[i] = np.sum((f(pushed(x, i, h)) - f(pushed(x, i, -h))) * dy) / (2 * h)
    return dx


@NUMERICAL_GRADIENT.wrong("x is not put back after a push, so later slopes are taken at another place", partial=True)
def leaves_x_pushed(f, x, dy, h=1e-5):
    def slope(place):
        x[place] += h
        above = np.sum(f(x) * dy)
        x[place] -= 2 * h
        return (above - np.sum(f(x) * dy)) / (2 * h)

    return slopes(x, slope)


@NUMERICAL_GRADIENT.wrong("only the push up is looked at, and x is not put back after it")
def steps_forward_and_leaves_x_there(f, x, dy, h=1e-5):
    def slope(place):
        before = np.sum(f(x) * dy)
        x[place] += h
        return (np.sum(f(x) * dy) - before) / h

    return slopes(x, slope)


@NUMERICAL_GRADIENT.wrong("`up = x` is no copy, so up and down are the same array and nothing differs: take x.copy()")
def takes_an_alias_for_a_copy(f, x, dy, h=1e-5):
    def slope(place):
        up, down = x, x
        up[place] += h
        down[place] -= h
        return np.sum((f(up) - f(down)) * dy) / (2 * h)

    return slopes(x, slope)


@NUMERICAL_GRADIENT.wrong("the sign is turned round: the difference is f(x + h) minus f(x - h)")
def subtracts_the_other_way(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum((f(pushed(x, place, -h)) - f(pushed(x, place, h))) * dy) / (2 * h))


@NUMERICAL_GRADIENT.wrong("the outputs are averaged: the loss is their sum, weighted by dy")
def takes_the_mean(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.mean((f(pushed(x, place, h)) - f(pushed(x, place, -h))) * dy) / (2 * h))


@NUMERICAL_GRADIENT.wrong("the result is an array of whole numbers: it cuts off what is behind the point")
def keeps_whole_numbers(f, x, dy, h=1e-5):
    slope = slopes(x, lambda place: np.sum((f(pushed(x, place, h)) - f(pushed(x, place, -h))) * dy) / (2 * h))
    return slope.astype(int)


@NUMERICAL_GRADIENT.wrong(
    "the differences are added up before dy weighs them: each number of f(x) has its own dy", True
)
def weights_after_the_sum(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum(f(pushed(x, place, h)) - f(pushed(x, place, -h))) * dy[place] / (2 * h))


# Numerical gradient, right.


@NUMERICAL_GRADIENT.right
def pushes_x_and_puts_it_back(f, x, dy, h=1e-5):
    dx = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        before = x[place]
        x[place] = before + h
        above = np.sum(f(x) * dy)
        x[place] = before - h
        below = np.sum(f(x) * dy)
        x[place] = before
        dx[place] = (above - below) / (2 * h)
    return dx


@NUMERICAL_GRADIENT.right
def pushes_x_back_and_forth(f, x, dy, h=1e-5):
    dx = np.zeros(x.size)
    for i, place in enumerate(np.ndindex(x.shape)):
        x[place] += h
        dx[i] += (f(x) * dy).sum()
        x[place] -= 2 * h
        dx[i] -= (f(x) * dy).sum()
        x[place] += h
    return dx.reshape(x.shape) / (2 * h)


@NUMERICAL_GRADIENT.right
def adds_rows_of_an_identity(f, x, dy, h=1e-5):
    pushes = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([np.vdot(f(x + p) - f(x - p), dy) / (2 * h) for p in pushes]).reshape(x.shape)


@NUMERICAL_GRADIENT.right
def multiplies_the_jacobian(f, x, dy, h=1e-5):
    columns = [(f(pushed(x, p, h)) - f(pushed(x, p, -h))).ravel() for p in np.ndindex(x.shape)]
    return (dy.ravel() @ np.stack(columns, axis=1) / (2 * h)).reshape(x.shape)


# ReLU, wrong.


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


@RELU_BACKWARD.wrong("what passes and what stops are exchanged")
def stops_the_positive(dy, x):
    return np.where(x > 0, 0, dy)


@RELU_BACKWARD.wrong("the gradient passes only where dy is positive as well: the sign of dy does not matter")
def passes_only_positive_gradients(dy, x):
    return np.where((x > 0) & (dy > 0), dy, 0)


@RELU_BACKWARD.wrong("dy itself is set to 0 where the gradient stops: `dx = dy` is no copy", partial=True)
def writes_into_dy(dy, x):
    dx = dy
    dx[x <= 0] = 0
    return dx


@RELU_BACKWARD.wrong("what does not pass is left out: it should keep its place, as a 0")
def leaves_out_what_stops(dy, x):
    return dy[x > 0]


# ReLU, right.


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
