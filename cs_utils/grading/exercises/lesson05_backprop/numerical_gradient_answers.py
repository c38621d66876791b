"""Answers to numerical_gradient: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np

from cs_utils.grading.exercises.lesson05_backprop.numerical_gradient import NUMERICAL_GRADIENT


def pushed(x, place, h):
    """Return a copy of x with one number pushed by h."""
    copy = x.copy()
    copy[place] += h
    return copy


def difference(f, x, place, h):
    """Return by how much f changes as one number goes from h below to h above."""
    return f(pushed(x, place, h)) - f(pushed(x, place, -h))


def slopes(x, slope):
    """Return slope(place) for each number of x, in x's shape."""
    return np.array([slope(place) for place in np.ndindex(x.shape)]).reshape(x.shape)


@NUMERICAL_GRADIENT.wrong("only the push up is compared, with f(x): a central difference pushes down as well")
def looks_forward_only(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum((f(pushed(x, place, h)) - f(x)) * dy) / h)


@NUMERICAL_GRADIENT.wrong("the difference is divided by h: from x - h to x + h it is 2 h")
def divides_by_h(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum(difference(f, x, place, h) * dy) / h)


@NUMERICAL_GRADIENT.wrong("the number is pushed up, but then only back to where it was: push it down to x - h")
def comes_only_back_to_x(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum((f(pushed(x, place, h)) - f(x)) * dy) / (2 * h))


@NUMERICAL_GRADIENT.wrong("`/ 2 * h` is written for `/ (2 * h)`: Python divides by 2, then multiplies by h")
def forgets_the_brackets(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum(difference(f, x, place, h) * dy) / 2 * h)


@NUMERICAL_GRADIENT.wrong("dy is left out: every output is weighted by its upstream gradient")
def forgets_dy(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum(difference(f, x, place, h)) / (2 * h))


@NUMERICAL_GRADIENT.wrong("the step is fixed: use the h that is passed in", partial=True)
def fixes_the_step(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum(difference(f, x, place, 1e-5) * dy) / 2e-5)


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
        dx[i] = np.sum(difference(f, x, i, h) * dy) / (2 * h)
    return dx


@NUMERICAL_GRADIENT.wrong("x is not put back after a push, so later slopes are taken at another point", partial=True)
def leaves_x_pushed(f, x, dy, h=1e-5):
    def slope(place):
        x[place] += h
        above = np.sum(f(x) * dy)
        x[place] -= 2 * h
        return (above - np.sum(f(x) * dy)) / (2 * h)

    return slopes(x, slope)


@NUMERICAL_GRADIENT.wrong("only the push up is measured, and x is not put back after it")
def steps_forward_and_leaves_x_there(f, x, dy, h=1e-5):
    def slope(place):
        before = np.sum(f(x) * dy)
        x[place] += h
        return (np.sum(f(x) * dy) - before) / h

    return slopes(x, slope)


@NUMERICAL_GRADIENT.wrong(
    "`up = x` is not a copy, so up and down are the same array and nothing differs: take x.copy()"
)
def takes_an_alias_for_a_copy(f, x, dy, h=1e-5):
    def slope(place):
        up, down = x, x
        up[place] += h
        down[place] -= h
        return np.sum((f(up) - f(down)) * dy) / (2 * h)

    return slopes(x, slope)


@NUMERICAL_GRADIENT.wrong("the sign is reversed: the difference is f(x + h) minus f(x - h)")
def subtracts_the_other_way(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum(-difference(f, x, place, h) * dy) / (2 * h))


@NUMERICAL_GRADIENT.wrong("the outputs are averaged: the loss is their sum, weighted by dy")
def takes_the_mean(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.mean(difference(f, x, place, h) * dy) / (2 * h))


@NUMERICAL_GRADIENT.wrong("the result is an array of integers, which cuts off the decimals")
def keeps_whole_numbers(f, x, dy, h=1e-5):
    slope = slopes(x, lambda place: np.sum(difference(f, x, place, h) * dy) / (2 * h))
    return slope.astype(int)


@NUMERICAL_GRADIENT.wrong(
    "the differences are added up before dy weights them: each number of f(x) has its own dy", partial=True
)
def weights_after_the_sum(f, x, dy, h=1e-5):
    return slopes(x, lambda place: np.sum(difference(f, x, place, h)) * dy[place] / (2 * h))


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
    columns = [difference(f, x, p, h).ravel() for p in np.ndindex(x.shape)]
    return (dy.ravel() @ np.stack(columns, axis=1) / (2 * h)).reshape(x.shape)
