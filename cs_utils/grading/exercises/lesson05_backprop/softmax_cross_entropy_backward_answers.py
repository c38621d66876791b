"""Answers to softmax_cross_entropy_backward: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from scipy import special
from scipy.special import log_softmax

from cs_utils.grading.exercises.lesson05_backprop.softmax_cross_entropy_backward import SOFTMAX_CROSS_ENTROPY_BACKWARD


def probabilities(scores):
    """Return softmax, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def one_hot(scores, labels):
    return np.eye(scores.shape[1])[labels]


@np.errstate(all="ignore")
def gradient(scores, labels, softmax=probabilities, target=one_hot):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    `softmax` is taken of the scores, and target(scores, labels) is subtracted.
    """
    return (softmax(scores) - target(scores, labels)) / len(scores)


def after_a_shift(shift):
    """Return a softmax that subtracts shift(scores) first, whatever that is."""

    def powers_by_their_sums(scores):
        powers = np.exp(scores - shift(scores))
        return powers / powers.sum(axis=1, keepdims=True)

    return powers_by_their_sums


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the 1/N of the mean is missing: the loss is the mean over the images", partial=True
)
def forgets_one_over_n(scores, labels, answer=gradient):
    return answer(scores, labels) * len(scores)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("the sign is reversed: the gradient is probability minus one-hot")
def turns_the_sign(scores, labels, answer=gradient):
    return -answer(scores, labels)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("softmax runs over the images (axis 0): each row is an image of its own")
def softmax_over_the_images(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=lambda scores: probabilities(scores.T).T)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "large scores overflow: subtract the largest of each row before exp", partial=True
)
def forgets_to_shift(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=after_a_shift(lambda scores: 0.0))


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the maximum of the whole batch is subtracted, not each row's own: rows far below it become 0 / 0", partial=True
)
def shifts_by_one_maximum(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=after_a_shift(np.max))


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "`p[:, labels] -= 1` subtracts 1 from whole columns: p[np.arange(N), labels] is one entry of each row", partial=True
)
def takes_one_off_whole_columns(scores, labels, answer=gradient):
    def columns(scores, labels):
        return np.isin(np.arange(scores.shape[1]), labels).astype(float)

    return answer(scores, labels, target=columns)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("the probabilities come back as they are: 1 must be subtracted at each label")
def forgets_the_label(scores, labels, answer=gradient):
    return answer(scores, labels, target=lambda scores, labels: 0.0)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("only the label's score gets a gradient: the others are pushed down by theirs")
def moves_the_label_alone(scores, labels, answer=gradient):
    return answer(scores, labels) * one_hot(scores, labels)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the gradient is with respect to the probabilities, -1/p at the label: the way back through softmax is missing"
)
@np.errstate(all="ignore")
def stops_at_the_probabilities(scores, labels):
    return -one_hot(scores, labels) / probabilities(scores) / len(scores)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the exponentials of the whole batch are added up: each row has its own sum (axis=1, keepdims=True)", partial=True
)
def adds_up_all_rows(scores, labels, answer=gradient):
    def powers_by_one_sum(scores):
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum()

    return answer(scores, labels, softmax=powers_by_one_sum)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("the division is by all N * M scores: the mean is over the N images")
def divides_by_all_scores(scores, labels, answer=gradient):
    return answer(scores, labels) / scores.shape[1]


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("softmax is missing: 1 is subtracted from the scores themselves")
def forgets_softmax(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=np.copy)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "only the probabilities are divided by N: the 1 at the label must be, too", partial=True
)
def divides_before_the_label(scores, labels, answer=gradient):
    return answer(scores, labels, target=lambda scores, labels: one_hot(scores, labels) * len(scores))


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("the division is by the number of classes: the mean is over the images")
def divides_by_the_classes(scores, labels, answer=gradient):
    return answer(scores, labels) * len(scores) / scores.shape[1]


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("the logarithm is taken to base 2: the loss uses the natural one")
def takes_the_logarithm_of_base_two(scores, labels, answer=gradient):
    return answer(scores, labels) / np.log(2)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("loss and gradient are returned: only the gradient is asked for")
def returns_the_loss_too(scores, labels):
    p = probabilities(scores)
    loss = -np.mean(log_softmax(scores, axis=1)[np.arange(len(p)), labels])
    return float(loss), (p - one_hot(scores, labels)) / len(scores)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong("`scores -= ...` changes the scores that were passed in", partial=True)
def shifts_in_place(scores, labels):
    scores -= scores.max(axis=1, keepdims=True)
    return (probabilities(scores) - one_hot(scores, labels)) / len(scores)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the first score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_first_score(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=after_a_shift(lambda scores: scores[:, :1]))


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the last score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_last_score(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=after_a_shift(lambda scores: scores[:, -1:]))


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the mean of each row is subtracted: a score far above it still overflows in exp", partial=True
)
def shifts_by_the_mean(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=after_a_shift(lambda scores: scores.mean(axis=1, keepdims=True)))


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the median of each row is subtracted: a score far above it still overflows in exp", partial=True
)
def shifts_by_the_median(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=after_a_shift(lambda scores: np.median(scores, axis=1, keepdims=True)))


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the smallest score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_smallest_score(scores, labels, answer=gradient):
    return answer(scores, labels, softmax=after_a_shift(lambda scores: scores.min(axis=1, keepdims=True)))


@SOFTMAX_CROSS_ENTROPY_BACKWARD.wrong(
    "the chain goes through -1/p: where p is too small for a float, that is 0 times infinity; "
    "multiplied out, p - 1 is left",
    partial=True,
)
@np.errstate(all="ignore")
def goes_through_one_over_p(scores, labels):
    p = probabilities(scores)
    dp = -one_hot(scores, labels) / p
    return p * (dp - (dp * p).sum(axis=1, keepdims=True)) / len(scores)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.right
def takes_one_off_at_the_labels(scores, labels):
    dscores = probabilities(scores)
    dscores[np.arange(len(labels)), labels] -= 1
    return dscores / len(labels)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.right
def by_the_log_of_softmax(scores, labels):
    return (np.exp(log_softmax(scores, axis=1)) - (labels[:, None] == np.arange(scores.shape[1]))) / len(scores)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.right
def through_both_steps(scores, labels):
    """Row by row: the gradient with respect to the log-probabilities, times the Jacobian of log-softmax."""
    rows = []
    for row, label in zip(scores, labels, strict=True):
        jacobian = np.eye(len(row)) - special.softmax(row)  # d log p[i] / d s[j]
        rows.append(-jacobian[int(label)])
    return np.array(rows) / len(rows)


@SOFTMAX_CROSS_ENTROPY_BACKWARD.right
def by_differences_of_scores(scores, labels):
    differences = np.clip(scores[:, None, :] - scores[:, :, None], -np.inf, 700)  # p[k] = 1 / sum of exp(s[j] - s[k])
    dscores = 1 / np.exp(differences).sum(axis=2)
    np.subtract.at(dscores, (np.arange(len(labels)), labels), 1)
    return np.divide(dscores, len(labels))
