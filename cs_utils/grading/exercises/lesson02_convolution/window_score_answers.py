"""Lesson 02, window_score: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson02_convolution.window_score import WINDOW_SCORE


@WINDOW_SCORE.wrong("the bias is forgotten")
def forgets_the_bias(window, filt, bias):
    return np.sum(window * filt)


@WINDOW_SCORE.wrong("the bias is added to each product instead of once to their sum")
def adds_the_bias_to_each_product(window, filt, bias):
    return np.sum(window * filt + bias)


@WINDOW_SCORE.wrong("@ is used instead of *: the numbers should be multiplied one by one, not as matrices")
def multiplies_matrices(window, filt, bias):
    return np.sum(window @ filt) + bias


@WINDOW_SCORE.wrong("the products are never added up: one window gives one number")
def forgets_the_sum(window, filt, bias):
    return window * filt + bias


@WINDOW_SCORE.wrong("Python's own `sum` adds up along the first axis only: np.sum adds up everything")
def sums_with_pythons_sum(window, filt, bias):
    return sum(window * filt) + bias


@WINDOW_SCORE.wrong("the products are averaged instead of added up")
def takes_the_mean(window, filt, bias):
    return np.mean(window * filt) + bias


@WINDOW_SCORE.wrong("only the first channel is used: a filter spans the full depth")
def sees_one_channel(window, filt, bias):
    return np.sum(window[:, :, 0] * filt[:, :, 0]) + bias


@WINDOW_SCORE.wrong("the channels are summed separately: one window gives one number")
def keeps_the_channels_apart(window, filt, bias):
    return np.sum(window * filt, axis=(0, 1)) + bias


@WINDOW_SCORE.wrong("negative scores are cut off at 0: that is ReLU, which comes later")
def cuts_off_negative_scores(window, filt, bias):
    return max(0.0, np.sum(window * filt) + bias)


@WINDOW_SCORE.wrong("the result is rounded to a whole number")
def returns_a_whole_number(window, filt, bias):
    return int(np.sum(window * filt) + bias)


@WINDOW_SCORE.wrong("`window *= ...` writes the products into the window itself: `*` makes a new array")
def multiplies_in_place(window, filt, bias):
    window *= filt
    return np.sum(window) + bias


@WINDOW_SCORE.right
def flattens_and_takes_the_dot_product(window, filt, bias):
    return window.ravel() @ filt.ravel() + bias


@WINDOW_SCORE.right
def contracts_all_axes(window, filt, bias):
    return np.tensordot(window, filt, axes=3) + bias


@WINDOW_SCORE.right
def sums_one_axis_after_the_other(window, filt, bias):
    return (window * filt).sum(axis=2).sum(axis=1).sum() + bias


@WINDOW_SCORE.right
def counts_every_number(window, filt, bias):
    score = bias
    for row, column, channel in np.ndindex(window.shape):
        score += window[row, column, channel] * filt[row, column, channel]
    return score
