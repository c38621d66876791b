"""Lesson 01, cross_entropy: wrong and right answers.

Some of the wrong ones overflow on purpose, so NumPy's warnings are turned off in them.
"""

import numpy as np
from scipy import special

from cs_utils.grading.exercises.lesson01_fully_connected.cross_entropy import CROSS_ENTROPY
from cs_utils.grading.exercises.lesson01_fully_connected.shared_answers import probabilities


def losses(scores, labels):
    """Return each image's cross-entropy, (N,)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]


def at_labels(values, labels):
    """Return one value per row: the one at the row's label."""
    return values[np.arange(len(labels)), labels]


def exact(scores):
    return special.log_softmax(scores, axis=1)


@np.errstate(all="ignore")
def loss(scores, labels, log_p=exact, pick=at_labels, total=np.mean):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    `log_p` makes the logarithms of all probabilities of the scores, `pick` takes those of the labels.
    """
    return -total(pick(log_p(scores), labels))


@CROSS_ENTROPY.wrong(
    "a probability that is too small for a float became 0, and its logarithm infinite: use log(sum) - score",
    partial=True,
)
def takes_the_logarithm_of_zero(scores, labels, answer=loss):
    return answer(scores, labels, log_p=lambda scores: np.log(probabilities(scores)))


@CROSS_ENTROPY.wrong(
    "exp of a large score overflows, and inf / inf is nan: subtract the row's largest from its scores first",
    partial=True,
)
def divides_powers_that_overflow(scores, labels, answer=loss):
    return answer(
        scores, labels, log_p=lambda scores: np.log(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    )


@CROSS_ENTROPY.wrong("the losses are added up: take their mean, so that a larger batch does not weigh more")
def adds_the_losses_up(scores, labels, answer=loss):
    return answer(scores, labels, total=np.sum)


@CROSS_ENTROPY.wrong("the sign is missing: the logarithm of a probability is negative, the loss is not")
def forgets_the_sign(scores, labels, answer=loss):
    return -answer(scores, labels)


@CROSS_ENTROPY.wrong("p[:, labels] takes every label's column in every row: each row has only its own label")
def takes_all_labels_in_every_row(scores, labels, answer=loss):
    return answer(scores, labels, pick=lambda log_p, labels: log_p[:, labels])


@CROSS_ENTROPY.wrong("one loss per image is returned: their mean is wanted")
def returns_all_losses(scores, labels, answer=loss):
    return answer(scores, labels, total=lambda log_p: log_p)


@CROSS_ENTROPY.wrong("the logarithm has base 2: the natural one, np.log, is meant")
def takes_the_logarithm_to_base_two(scores, labels, answer=loss):
    return answer(scores, labels) / np.log(2)


@CROSS_ENTROPY.wrong("exp of a large score overflows: subtract the row's largest from its scores first", partial=True)
def does_not_shift(scores, labels, answer=loss):
    return answer(scores, labels, log_p=lambda scores: scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


@CROSS_ENTROPY.wrong("the logarithm has base 10: the natural one, np.log, is meant")
def takes_the_logarithm_to_base_ten(scores, labels, answer=loss):
    return answer(scores, labels) / np.log(10)


def guarded(name, guard):
    """Return a wrong answer of this name: log(p) of a p that is kept away from 0."""

    def answer(scores, labels):
        return -np.log(guard(at_labels(probabilities(scores), labels))).mean()

    answer.__name__ = name
    return answer


# Those that students write; the larger the number, the more of the loss it hides.
for exponent in (7, 8, 10, 12):
    least = 10.0**-exponent
    CROSS_ENTROPY.wrong(
        f"probabilities below 1e-{exponent:02} are clipped: log(sum) - score is exact and needs no clipping",
        partial=True,
    )(guarded(f"clips_below_1e_{exponent}", lambda p, least=least: np.maximum(p, least)))
    CROSS_ENTROPY.wrong(
        f"1e-{exponent:02} is added inside the logarithm: log(sum) - score is exact and needs nothing added",
        partial=True,
    )(guarded(f"adds_1e_{exponent}", lambda p, least=least: p + least))


@CROSS_ENTROPY.wrong("softmax runs down the columns, over the images: it should run over the classes of each image")
def sums_over_the_batch_axis(scores, labels):
    rows = scores - special.logsumexp(scores, axis=0)
    return -at_labels(rows, labels).mean()


@CROSS_ENTROPY.wrong("the mean runs over all classes, too: divide by the number of images, not of scores")
def divides_by_the_number_of_scores(scores, labels, answer=loss):
    return answer(scores, labels) / scores.shape[1]


@CROSS_ENTROPY.wrong("the largest score is used instead of the label's: the loss asks about the right class")
def takes_the_best_class_for_the_right_one(scores, labels):
    return losses(scores, scores.argmax(axis=1)).mean()


@CROSS_ENTROPY.wrong("labels are counted from 1: they begin at 0")
def counts_labels_from_one(scores, labels, answer=loss):
    return answer(scores, labels.astype(int) - 1)


@CROSS_ENTROPY.wrong("the logarithm of the sum is missing: the score alone is not a loss")
def forgets_the_logarithm_of_the_sum(scores, labels):
    return -at_labels(scores, labels).mean()


@CROSS_ENTROPY.wrong("the largest score is subtracted in the sum, but not from the label's score: add it back")
def shifts_the_sum_alone(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (np.log(powers.sum(axis=1)) - at_labels(scores, labels)).mean()


@CROSS_ENTROPY.wrong("the logarithm of the sum has base 2: the natural one, np.log, is meant")
def takes_the_sums_logarithm_to_base_two(scores, labels):
    largest = scores.max(axis=1)
    powers = np.exp(scores - largest[:, None])
    return (largest + np.log2(powers.sum(axis=1)) - at_labels(scores, labels)).mean()


@CROSS_ENTROPY.wrong("the logarithm of the score itself is taken: scores are not probabilities yet")
@np.errstate(all="ignore")
def takes_scores_for_probabilities(scores, labels):
    return -np.log(at_labels(scores, labels)).mean()


@CROSS_ENTROPY.wrong("all classes are averaged: only the probability of the right one counts")
@np.errstate(all="ignore")
def averages_over_all_classes(scores, labels):
    return -np.log(probabilities(scores)).mean()


@CROSS_ENTROPY.wrong("the logarithm is missing: that is the mean probability of a mistake")
def forgets_the_logarithm(scores, labels):
    return 1 - at_labels(probabilities(scores), labels).mean()


@CROSS_ENTROPY.wrong("margins between the scores are summed: that is the SVM's hinge loss")
def takes_the_hinge_loss(scores, labels):
    margins = np.maximum(0, scores - at_labels(scores, labels)[:, None] + 1)
    return (margins.sum(axis=1) - 1).mean()


@CROSS_ENTROPY.wrong("the mean is taken before the logarithm: each image has a logarithm of its own")
def averages_the_probabilities(scores, labels):
    return -np.log(at_labels(probabilities(scores), labels).mean())


@CROSS_ENTROPY.wrong(
    "`-=` shifts the scores that were handed in: the loss is right, but the input is changed", partial=True
)
def shifts_in_place(scores, labels):
    scores -= scores.max(axis=1, keepdims=True)
    return (np.log(np.exp(scores).sum(axis=1)) - at_labels(scores, labels)).mean()


@CROSS_ENTROPY.wrong(
    "the largest score of the whole batch is subtracted: the sum of a row far below it becomes 0", partial=True
)
@np.errstate(all="ignore")
def shifts_by_the_largest_of_the_batch(scores, labels):
    shifted = scores - scores.max()
    return (np.log(np.exp(shifted).sum(axis=1)) - at_labels(shifted, labels)).mean()


@np.errstate(all="ignore")
def loss_after_a_shift(scores, labels, shift):
    shifted = scores - shift
    return (np.log(np.exp(shifted).sum(axis=1)) - at_labels(shifted, labels)).mean()


@CROSS_ENTROPY.wrong(
    "the first score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_first_score(scores, labels):
    return loss_after_a_shift(scores, labels, scores[:, :1])


@CROSS_ENTROPY.wrong(
    "the last score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_last_score(scores, labels):
    return loss_after_a_shift(scores, labels, scores[:, -1:])


@CROSS_ENTROPY.wrong("the mean of each row is subtracted: a score far above it still overflows in exp", partial=True)
def shifts_by_the_mean(scores, labels):
    return loss_after_a_shift(scores, labels, scores.mean(axis=1, keepdims=True))


@CROSS_ENTROPY.wrong("the median of each row is subtracted: a score far above it still overflows in exp", partial=True)
def shifts_by_the_median(scores, labels):
    return loss_after_a_shift(scores, labels, np.median(scores, axis=1, keepdims=True))


@CROSS_ENTROPY.wrong(
    "the smallest score of each row is subtracted: where another one is far above it, exp overflows", partial=True
)
def shifts_by_the_smallest_score(scores, labels):
    return loss_after_a_shift(scores, labels, scores.min(axis=1, keepdims=True))


@CROSS_ENTROPY.wrong("only the first image counts")
def looks_at_the_first_image_only(scores, labels, answer=loss):
    return answer(scores[:1], labels[:1])


@CROSS_ENTROPY.right
def takes_the_log_of_the_sum(scores, labels):
    return losses(scores, labels).mean()


@CROSS_ENTROPY.right
def asks_scipy(scores, labels):
    return -special.log_softmax(scores, axis=1)[np.arange(len(labels)), labels].mean()


@CROSS_ENTROPY.right
def multiplies_by_one_hot_rows(scores, labels):
    one_hot = np.eye(scores.shape[1])[labels]
    return float(np.sum(one_hot * (special.logsumexp(scores, axis=1, keepdims=True) - scores)) / len(scores))


@CROSS_ENTROPY.right
def goes_image_by_image(scores, labels):
    total = 0.0
    for row, label in zip(scores, labels, strict=True):
        largest = max(row)
        total += largest - row[label] + np.log(sum(np.exp(row - largest)))
    return total / len(labels)


@CROSS_ENTROPY.right
def adds_two_scores_at_a_time(scores, labels):
    return np.mean(
        np.logaddexp.reduce(scores, axis=1) - np.take_along_axis(scores, labels[:, None].astype(int), 1)[:, 0]
    )
