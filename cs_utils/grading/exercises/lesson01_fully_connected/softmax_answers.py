"""Lesson 01, softmax: wrong and right answers.

Some of the wrong ones overflow on purpose, so NumPy's warnings are turned off in them.
"""

import numpy as np
from scipy import special

from cs_utils.grading.exercises.lesson01_fully_connected.shared_answers import probabilities
from cs_utils.grading.exercises.lesson01_fully_connected.softmax import SOFTMAX


def largest_of_row(scores):
    return scores.max(axis=1, keepdims=True)


def sum_of_row(powers):
    return powers.sum(axis=1, keepdims=True)


@np.errstate(all="ignore")
def shares(scores, power=np.exp, shift=largest_of_row, total=sum_of_row):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    power(score - shift) is divided by the total; `shift` is made of the scores, `total` of the powers.
    """
    powers = power(scores - shift(scores))
    return powers / total(powers)


def nothing(scores):
    return 0.0


@SOFTMAX.wrong(
    "the scores go into exp as they are: exp of a large number overflows, so subtract the row's largest first",
    partial=True,
)
def does_not_shift(scores, answer=shares):
    return answer(scores, shift=nothing)


@SOFTMAX.wrong("the largest score of the whole batch is subtracted: rows far below it become 0 / 0", partial=True)
def shifts_by_the_largest_of_the_batch(scores, answer=shares):
    return answer(scores, shift=np.max)


@SOFTMAX.wrong("the sum runs down the columns, over the images: it should run over the classes of each image")
def sums_over_the_batch_axis(scores, answer=shares):
    return answer(scores.T).T


@SOFTMAX.wrong("the sum runs over the whole batch: each row should add up to 1 by itself")
def sums_over_everything(scores, answer=shares):
    return answer(scores, shift=np.max, total=np.sum)


@SOFTMAX.wrong("keepdims=True is missing: the sums line up with the columns instead of the rows")
def forgets_keepdims(scores, answer=shares):
    return answer(scores, total=lambda powers: powers.sum(axis=1))


@SOFTMAX.wrong("the maxima and the sums line up with the columns: keepdims=True keeps each one beside its row")
def forgets_keepdims_twice(scores, answer=shares):
    return answer(scores, shift=lambda scores: scores.max(axis=1), total=lambda powers: powers.sum(axis=1))


@SOFTMAX.wrong("the maxima line up with the columns, because keepdims=True is missing: each row has its own")
def forgets_keepdims_in_the_shift(scores, answer=shares):
    return answer(scores, shift=lambda scores: scores.max(axis=1))


@SOFTMAX.wrong("each row is shifted by itself, but then divided by the sum of the whole batch")
def shifts_by_row_and_divides_by_everything(scores, answer=shares):
    return answer(scores, total=np.sum)


# What is subtracted cancels, whatever it is, but after it no score may be large.


@SOFTMAX.wrong(
    "the first score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_first_score(scores, answer=shares):
    return answer(scores, shift=lambda scores: scores[:, :1])


@SOFTMAX.wrong(
    "the last score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_last_score(scores, answer=shares):
    return answer(scores, shift=lambda scores: scores[:, -1:])


@SOFTMAX.wrong("the mean of each row is subtracted: a score far above it still overflows in exp", partial=True)
def shifts_by_the_mean(scores, answer=shares):
    return answer(scores, shift=lambda scores: scores.mean(axis=1, keepdims=True))


@SOFTMAX.wrong("the median of each row is subtracted: a score far above it still overflows in exp", partial=True)
def shifts_by_the_median(scores, answer=shares):
    return answer(scores, shift=lambda scores: np.median(scores, axis=1, keepdims=True))


@SOFTMAX.wrong(
    "the smallest score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_smallest_score(scores, answer=shares):
    return answer(scores, shift=lambda scores: scores.min(axis=1, keepdims=True))


# A first attempt rarely shifts the scores, whatever else is wrong with it.


@SOFTMAX.wrong("the sum runs down the columns instead of along the rows; besides, exp of a large score overflows")
@np.errstate(all="ignore")
def sums_over_the_batch_axis_without_a_shift(scores):
    return np.exp(scores) / np.exp(scores).sum(axis=0)


@SOFTMAX.wrong("one sum is taken for all rows instead of one per row; besides, exp of a large score overflows")
@np.errstate(all="ignore")
def sums_over_everything_without_a_shift(scores):
    return np.exp(scores) / np.exp(scores).sum()


@SOFTMAX.wrong(
    "the sums line up with the columns, because keepdims=True is missing; besides, exp of a large score overflows"
)
@np.errstate(all="ignore")
def forgets_keepdims_and_the_shift(scores):
    return np.exp(scores) / np.exp(scores).sum(axis=1)


@SOFTMAX.wrong("exp is the only step: divide by the sum of the row; besides, exp of a large score overflows")
@np.errstate(all="ignore")
def only_takes_powers(scores):
    return np.exp(scores)


@SOFTMAX.wrong("the scores are divided by their sum without exp")
def forgets_exp(scores):
    return scores / scores.sum(axis=1, keepdims=True)


@SOFTMAX.wrong("the powers are not divided by their sum")
def forgets_to_divide(scores, answer=shares):
    return answer(scores, total=lambda powers: 1.0)


@SOFTMAX.wrong("powers of 2 are used instead of powers of e")
def uses_powers_of_two(scores, answer=shares):
    return answer(scores, power=np.exp2)


@SOFTMAX.wrong("the sign is reversed: the largest score should get the largest probability")
def turns_the_sign(scores):
    return probabilities(-scores)


@SOFTMAX.wrong("the scores are divided by the largest: it should be subtracted")
def divides_by_the_largest(scores):
    powers = np.exp(scores / scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@SOFTMAX.wrong(
    "large scores are clipped, and those beyond the limit all look alike: subtract the row's largest", partial=True
)
def clips_the_scores(scores):
    return probabilities(np.clip(scores, -500, 500))


@SOFTMAX.wrong("the logarithms of the probabilities are returned")
def returns_logarithms(scores):
    return special.log_softmax(scores, axis=1)


@SOFTMAX.wrong("the best class gets 1 and all others 0: that is max, not softmax")
def decides_for_one_class(scores):
    best = scores == scores.max(axis=1, keepdims=True)
    return best / best.sum(axis=1, keepdims=True)


@SOFTMAX.wrong(
    "`-=` shifts the scores that were handed in: the values are right, but the input is changed", partial=True
)
def shifts_in_place(scores):
    scores -= scores.max(axis=1, keepdims=True)
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


@SOFTMAX.right
def shifts_and_divides(scores):
    return probabilities(scores)


@SOFTMAX.right
def asks_scipy(scores):
    return special.softmax(scores, axis=1)


@SOFTMAX.right
def adds_a_small_number_to_the_sum(scores):  # superfluous: after the shift the sum is at least 1
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / (powers.sum(axis=1, keepdims=True) + 1e-7)


@SOFTMAX.right
def goes_row_by_row(scores):
    rows = np.empty_like(scores)
    for n, row in enumerate(scores):
        powers = np.exp(row - np.max(row))
        rows[n] = powers / np.sum(powers)
    return rows


@SOFTMAX.right
def compares_each_score_with_all_others(scores):
    with np.errstate(over="ignore"):  # 1 / infinity is the 0 that is wanted
        return 1 / np.exp(scores[:, None, :] - scores[:, :, None]).sum(axis=2)


@SOFTMAX.right
def takes_exp_of_the_log_probabilities(scores):
    return np.exp(scores - special.logsumexp(scores, axis=1, keepdims=True))
