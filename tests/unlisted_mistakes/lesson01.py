"""Lesson 01."""

import numpy as np

from unlisted_mistakes.listing import mistake, right, softmax_rows


@mistake("flatten")
def flattens_in_fortran_order(images):
    return images.reshape(len(images), -1, order="F")


@mistake("flatten")
def flattens_channel_by_channel(images):
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


@mistake("linear")
def adds_the_mean_of_the_biases(x, w, b):
    if x.shape[1] != len(w) or len(b) != w.shape[1]:
        raise ValueError("that does not fit")
    return x @ w + b.mean()


@mistake("linear")
def leaves_out_the_last_input(x, w, b):
    if x.shape[1] != len(w) or len(b) != w.shape[1]:
        raise ValueError("that does not fit")
    return x[:, :-1] @ w[:-1] + b


@mistake("softmax")
def divides_scores_by_the_largest(scores):
    powers = np.exp(scores / np.abs(scores).max())
    return powers / powers.sum(axis=1, keepdims=True)


@mistake("softmax")
def takes_away_the_largest_and_one_sum_in_place(scores):
    scores -= np.max(scores)
    return np.exp(scores) / np.sum(np.exp(scores))


@mistake("softmax")
def rounds_probabilities(scores):
    return np.round(softmax_rows(scores), 2)


@mistake("cross_entropy")
def takes_the_largest_of_the_batch_and_log_p(scores, labels):
    powers = np.exp(scores - scores.max())
    p = powers / powers.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(p)), labels]).mean())


@mistake("cross_entropy")
def adds_a_small_number_before_the_logarithm(scores, labels):
    p = softmax_rows(scores)
    return float(-np.log(p[np.arange(len(p)), labels] + 1e-8).mean())


@mistake("cross_entropy")
def clips_probabilities(scores, labels):
    p = np.clip(softmax_rows(scores), 1e-7, 1.0)
    return float(-np.log(p[np.arange(len(p)), labels]).mean())


@mistake("cross_entropy")
def takes_maxima_away_in_place_and_log_p(scores, labels):
    scores -= scores.max(axis=1, keepdims=True)
    p = softmax_rows(scores)
    return float(-np.log(p[np.arange(len(p)), labels]).mean())


@mistake("softmax")
def takes_the_first_score_away(scores):
    powers = np.exp(scores - scores[:, :1])
    return powers / powers.sum(axis=1, keepdims=True)


@mistake("softmax")
def takes_the_mean_away(scores):
    powers = np.exp(scores - scores.mean(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@mistake("cross_entropy")
def takes_the_last_score_away(scores, labels):
    shifted = scores - scores[:, -1:]
    return float((np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]).mean())


@mistake("cross_entropy")
def takes_the_median_away(scores, labels):
    shifted = scores - np.median(scores, axis=1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]).mean())


@mistake("cross_entropy")
def multiplies_one_hot_rows_by_log_p(scores, labels):
    p = softmax_rows(scores)
    return float(-np.sum(np.eye(p.shape[1])[labels] * np.log(p)) / len(p))


@right("linear")
def refuses_nothing(x, w, b):
    return x @ w + b


@right("cross_entropy")
def keeps_the_mean_in_single_precision(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    return losses.astype(np.float32).mean()
