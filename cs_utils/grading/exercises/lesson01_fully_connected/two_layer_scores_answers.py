"""Lesson 01, two_layer_scores: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson01_fully_connected.two_layer_scores import TWO_LAYER_SCORES


@TWO_LAYER_SCORES.wrong("max(0, .) between the layers is forgotten: without it two layers are no more than one")
def forgets_the_max(x, w1, b1, w2, b2):
    return (x @ w1 + b1) @ w2 + b2


@TWO_LAYER_SCORES.wrong("max(0, .) is applied after the second layer, too: scores may be negative")
def cuts_off_negative_scores_too(x, w1, b1, w2, b2):
    return np.maximum(0, np.maximum(0, x @ w1 + b1) @ w2 + b2)


@TWO_LAYER_SCORES.wrong("max(0, .) is applied after the second layer: it belongs between the two")
def applies_the_max_at_the_end(x, w1, b1, w2, b2):
    return np.maximum(0, (x @ w1 + b1) @ w2 + b2)


@TWO_LAYER_SCORES.wrong("max(0, .) is applied to the input: it belongs between the layers")
def applies_the_max_to_the_input(x, w1, b1, w2, b2):
    return (np.maximum(0, x) @ w1 + b1) @ w2 + b2


@TWO_LAYER_SCORES.wrong("max(0, .) is applied before the first bias is added: the bias belongs inside")
def adds_the_first_bias_too_late(x, w1, b1, w2, b2):
    return (np.maximum(0, x @ w1) + b1) @ w2 + b2


@TWO_LAYER_SCORES.wrong("the first layer's bias is forgotten")
def forgets_the_first_bias(x, w1, b1, w2, b2):
    return np.maximum(0, x @ w1) @ w2 + b2


@TWO_LAYER_SCORES.wrong("the second layer's bias is forgotten")
def forgets_the_second_bias(x, w1, b1, w2, b2):
    return np.maximum(0, x @ w1 + b1) @ w2


@TWO_LAYER_SCORES.wrong("both biases are forgotten")
def forgets_both_biases(x, w1, b1, w2, b2):
    return np.maximum(0, x @ w1) @ w2


@TWO_LAYER_SCORES.wrong("the smaller of 0 and the number is kept: max(0, .) keeps the larger")
def keeps_the_negative_numbers(x, w1, b1, w2, b2):
    return np.minimum(0, x @ w1 + b1) @ w2 + b2


@TWO_LAYER_SCORES.wrong("negative numbers lose their sign: max(0, .) makes them 0")
def takes_the_absolute_value(x, w1, b1, w2, b2):
    return np.abs(x @ w1 + b1) @ w2 + b2


@TWO_LAYER_SCORES.wrong(
    "np.max(..., 0) keeps the largest number of each column: np.maximum(0, ...) goes number by number"
)
def keeps_the_largest_of_each_column(x, w1, b1, w2, b2):
    return np.max(x @ w1 + b1, 0) @ w2 + b2


@TWO_LAYER_SCORES.wrong("numbers above 1 are cut off, too: max(0, .) has no upper limit")
def cuts_off_at_one(x, w1, b1, w2, b2):
    return np.clip(x @ w1 + b1, 0, 1) @ w2 + b2


@TWO_LAYER_SCORES.wrong("the sigmoid is used instead of max(0, .)")
def uses_the_sigmoid(x, w1, b1, w2, b2):
    return 1 / (1 + np.exp(-(x @ w1 + b1))) @ w2 + b2


@TWO_LAYER_SCORES.wrong("all positive numbers become 1: max(0, .) keeps them as they are")
def says_only_yes_or_no(x, w1, b1, w2, b2):
    return (x @ w1 + b1 > 0).astype(x.dtype) @ w2 + b2


@TWO_LAYER_SCORES.wrong("the scores are turned into probabilities: that is softmax, which comes later")
def returns_probabilities(x, w1, b1, w2, b2):
    powers = np.exp(np.maximum(0, x @ w1 + b1) @ w2 + b2)
    return powers / powers.sum(axis=1, keepdims=True)


@TWO_LAYER_SCORES.wrong("only the first image gets scores")
def scores_the_first_image_only(x, w1, b1, w2, b2):
    return np.maximum(0, x[:1] @ w1 + b1) @ w2 + b2


@TWO_LAYER_SCORES.wrong("the hidden numbers are returned: the second layer is missing")
def stops_after_the_first_layer(x, w1, b1, w2, b2):
    return np.maximum(0, x @ w1 + b1)


@TWO_LAYER_SCORES.wrong("b1 itself gets a new shape: the scores are right, but an input is changed", partial=True)
def reshapes_the_first_bias(x, w1, b1, w2, b2):
    b1.resize((1, b1.size), refcheck=False)
    return np.maximum(0, x @ w1 + b1) @ w2 + b2


@TWO_LAYER_SCORES.wrong("the hidden numbers are written into x: that changes an input, and fits only if x is as wide")
def writes_into_its_input(x, w1, b1, w2, b2):
    x[:] = np.maximum(0, x @ w1 + b1)
    return x @ w2 + b2


@TWO_LAYER_SCORES.right
def keeps_what_is_positive(x, w1, b1, w2, b2):
    hidden = x @ w1 + b1
    return np.where(hidden > 0, hidden, 0) @ w2 + b2


@TWO_LAYER_SCORES.right
def multiplies_by_a_mask(x, w1, b1, w2, b2):
    hidden = np.dot(x, w1) + b1
    hidden *= hidden > 0
    return np.dot(hidden, w2) + b2


@TWO_LAYER_SCORES.right
def adds_the_absolute_value_and_halves(x, w1, b1, w2, b2):
    hidden = np.einsum("nd,dh->nh", x, w1) + b1
    return np.einsum("nh,hm->nm", (hidden + np.abs(hidden)) / 2, w2) + b2


@TWO_LAYER_SCORES.right
def goes_image_by_image_and_neuron_by_neuron(x, w1, b1, w2, b2):
    y = np.tile(b2, (len(x), 1))
    for n, image in enumerate(x):
        for h in range(w1.shape[1]):
            y[n] += max(0.0, float(image @ w1[:, h] + b1[h])) * w2[h]
    return y


@TWO_LAYER_SCORES.right
def writes_it_as_the_lecture_does(x, w1, b1, w2, b2):
    hidden = np.maximum(0, w1.T @ x.T + b1[:, None])
    return (w2.T @ hidden + b2[:, None]).T
