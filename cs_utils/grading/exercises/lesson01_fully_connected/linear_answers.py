"""Lesson 01, linear: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson01_fully_connected.linear import LINEAR


def expect_fit(x, w, b):
    """Raise ValueError, as a right answer does, if shapes don't fit."""
    if x.shape[1] != w.shape[0] or b.shape != (w.shape[1],):
        raise ValueError(f"x {x.shape}, w {w.shape} and b {b.shape} do not fit")


def layer(x, w, b):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect."""
    return x @ w + b


@LINEAR.wrong("the biases are forgotten")
def forgets_the_bias(x, w, b, answer=layer):
    return answer(x, w, np.zeros_like(b))


@LINEAR.wrong("one bias is used for all: each class has its own")
def uses_the_first_bias_for_all(x, w, b, answer=layer):
    return answer(x, w, np.full_like(b, b[0]))


@LINEAR.wrong("the bias is added to each product instead of once to their sum")
def adds_the_bias_to_each_product(x, w, b, answer=layer):
    return answer(x, w, len(w) * b)


@LINEAR.wrong("the bias is added twice")
def adds_the_bias_twice(x, w, b, answer=layer):
    return answer(x, w, 2 * b)


@LINEAR.wrong("the bias is subtracted")
def subtracts_the_bias(x, w, b, answer=layer):
    return answer(x, w, -b)


@LINEAR.wrong("w is transposed: its shape is (D, M) already, it is the transpose of the lecture's W")
def transposes_the_weights(x, w, b, answer=layer):
    return answer(x, w.T, b)


@LINEAR.wrong("the factors are swapped, as in the lecture's W x: here each image is a row, so x comes first")
def puts_the_weights_first(x, w, b, answer=layer):
    return answer(w, x, b)


@LINEAR.wrong("the result is transposed: each image should have a row of scores, not a column")
def makes_a_column_an_image(x, w, b, answer=layer):
    return answer(x, w, b).T


@LINEAR.wrong("only the first image gets scores")
def scores_the_first_image_only(x, w, b, answer=layer):
    return answer(x[:1], w, b)


@LINEAR.wrong("the products are averaged instead of added up")
def averages_the_products(x, w, b, answer=layer):
    return answer(x, w / len(w), b)


@LINEAR.wrong("negative scores are cut off at 0: that is max(0, .), which comes between two layers")
def cuts_off_negative_scores(x, w, b, answer=layer):
    return np.maximum(0, answer(x, w, b))


@LINEAR.wrong("the scores are stored in an array of integers, which drops their fractions")
def fills_an_integer_array(x, w, b, answer=layer):
    return answer(x, w, b).astype(int)


@LINEAR.wrong("`total = b` gives b a second name instead of a copy, so that each image's sums are added to b itself")
def adds_up_in_the_bias(x, w, b):
    expect_fit(x, w, b)
    y = np.zeros((len(x), w.shape[1]))
    for n in range(len(x)):
        total = b
        for d in range(len(w)):
            total += x[n, d] * w[d]
        y[n] = total
    return y


@LINEAR.wrong(
    "b itself gets a new shape: the scores are right, but the array that was handed in is changed", partial=True
)
def reshapes_the_bias(x, w, b):
    expect_fit(x, w, b)
    b.resize((1, b.size), refcheck=False)
    return x @ w + b


@LINEAR.wrong("ten classes are assumed: take their number from the shape of w")
def always_makes_ten_scores(x, w, b, answer=layer):
    y = np.zeros((len(x), 10))
    y[:, : w.shape[1]] = answer(x, w, b)
    return y


@LINEAR.right
def refuses_nothing(x, w, b):
    return x @ w + b


@LINEAR.right
def multiplies_matrices(x, w, b):
    if b.shape != (w.shape[1],):
        raise ValueError(f"{b.shape} is not one bias per class")
    return np.dot(x, w) + b


@LINEAR.right
def sums_with_einsum(x, w, b):
    expect_fit(x, w, b)
    return np.einsum("nd,dm->nm", x, w) + b[None, :]


@LINEAR.right
def takes_one_dot_product_at_a_time(x, w, b):
    expect_fit(x, w, b)
    return np.array([[image @ w[:, k] + b[k] for k in range(w.shape[1])] for image in x])


@LINEAR.right
def puts_the_bias_into_the_weights(x, w, b):
    expect_fit(x, w, b)
    ones = np.ones((len(x), 1), x.dtype)
    return np.hstack([x, ones]) @ np.vstack([w, b])


@LINEAR.right
def writes_it_as_the_lecture_does(x, w, b):
    expect_fit(x, w, b)
    return (w.T @ x.T + b.reshape(-1, 1)).T


@LINEAR.right
def adds_up_one_input_after_the_other(x, w, b):
    expect_fit(x, w, b)
    y = np.tile(b, (len(x), 1))
    for d in range(len(w)):
        y += np.outer(x[:, d], w[d])
    return y
