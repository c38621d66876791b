"""Lesson 05."""

import numpy as np

from unlisted_mistakes.listing import framed, mistake, right, softmax_rows, windows_of


@mistake("numerical_gradient")
def takes_a_relative_step(f, x, dy, h=1e-5):
    dx = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        step = h * max(1.0, abs(x[place]))
        up, down = x.copy(), x.copy()
        up[place] += step
        down[place] -= step
        dx[place] = np.sum((f(up) - f(down)) * dy) / (2 * step)
    return dx


@mistake("relu_backward")
def multiplies_with_the_sign(dy, x):
    return dy * np.sign(x)


@mistake("relu_backward")
def passes_at_zero_in_place(dy, x):
    dy[x < 0] = 0
    return dy


@mistake("linear_backward")
def forgets_the_last_image_in_dw(dy, x, w):
    return dy @ w.T, x[:-1].T @ dy[:-1], dy.sum(axis=0)


@mistake("linear_backward")
def divides_dw_by_the_number_of_inputs(dy, x, w):
    return dy @ w.T, x.T @ dy / x.shape[1], dy.sum(axis=0)


@mistake("softmax_cross_entropy_backward")
def forgets_one_over_n_and_the_maximum(scores, labels):
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    p[np.arange(len(p)), labels] -= 1
    return p


@mistake("im2col")
def takes_channels_first_in_each_row(x, size, stride=1, pad=0):
    found = windows_of(framed(x, pad), size, stride)
    return found.transpose(0, 1, 2, 5, 3, 4).reshape(-1, size * size * x.shape[3])


@mistake("im2col")
def goes_through_places_before_images(x, size, stride=1, pad=0):
    found = windows_of(framed(x, pad), size, stride)
    return found.transpose(1, 2, 0, 3, 4, 5).reshape(-1, size * size * x.shape[3])


@mistake("softmax_cross_entropy_backward")
def goes_through_one_over_p(scores, labels):
    n, p = np.arange(len(scores)), softmax_rows(scores)
    dscores = np.ones_like(p)
    dscores[n, labels] -= 1 / p[n, labels]
    return dscores * p / len(p)


@mistake("softmax_cross_entropy_backward")
def takes_the_first_column_away(scores, labels):
    p = np.exp(scores - scores[:, :1])
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(p)), labels] -= 1
    return p / len(p)


@right("col2im")
def refuses_no_size(cols, x_shape, size, stride=1, pad=0):
    rows, columns = ((n + 2 * pad - size) // stride + 1 for n in x_shape[1:3])
    dpadded = framed(np.zeros(x_shape), pad)
    found = cols.reshape(x_shape[0], rows, columns, size, size, x_shape[3])
    for i in range(rows):
        for j in range(columns):
            dpadded[:, i * stride : i * stride + size, j * stride : j * stride + size] += found[:, i, j]
    return dpadded[:, pad : pad + x_shape[1], pad : pad + x_shape[2]]
