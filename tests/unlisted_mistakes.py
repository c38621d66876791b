"""Wrong answers that no exercise lists, of the kinds that students write; as a script, what the check says of each.

`python tests/unlisted_mistakes.py [NAME ...]` prints the whole messages for exercises of these names.
"""

import io
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from cs_utils.checks import CheckFailed, check

MISTAKES: list[tuple[str, Callable]] = []


def mistake(*exercises: str) -> Callable:
    """Add an answer to these exercises."""

    def add(answer: Callable) -> Callable:
        MISTAKES.extend((exercise, answer) for exercise in exercises)
        return answer

    return add


def framed(x, pad):
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def side(n, size, stride=1, pad=0):
    if size > n + 2 * pad or (n + 2 * pad - size) % stride:
        raise ValueError("that does not fit")
    return (n + 2 * pad - size) // stride + 1


def softmax_rows(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# Lesson 01


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


# Lessons 02 and 03


def correlated(x, w, b, stride=1, flip=False):
    """Windows of a batch without padding, a filter at a time."""
    if w.shape[2] != x.shape[3]:
        raise ValueError("that does not fit")
    size, (rows, columns) = len(w), (side(n, len(w), stride) for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, w.shape[3]))
    for i in range(rows):
        for j in range(columns):
            window = x[:, i * stride : i * stride + size, j * stride : j * stride + size]
            y[:, i, j] = np.tensordot(window, w[::-1, ::-1] if flip else w, 3) + b
    return y


@mistake("conv_layer")
def flips_and_forgets_the_bias(x, w, b):
    return correlated(x[None], w, 0 * b, flip=True)[0]


@mistake("conv_layer")
def adds_up_channels_first(x, w, b):
    if w.shape[2] != x.shape[2]:
        raise ValueError("that does not fit")
    return correlated(x.sum(axis=2)[None, :, :, None], w.sum(axis=2, keepdims=True), b)[0]


@mistake("conv_layer")
def leaves_out_the_last_column_of_the_window(x, w, b):
    w = w.copy()
    w[:, -1] = 0
    return correlated(x[None], w, b)[0]


@mistake("conv_layer")
def gives_every_filter_the_first_bias(x, w, b):
    return correlated(x[None], w, b[0])[0]


@mistake("conv_batch")
def turns_the_filters(x, w, b):
    return correlated(x, w.swapaxes(0, 1), b)


@mistake("conv_batch")
def cuts_off_negative_numbers(x, w, b):
    return np.maximum(correlated(x, w, b), 0)


@mistake("conv_batch")
def writes_to_column_and_row(x, w, b):
    right = correlated(x, w, b)
    y = np.zeros(right.shape)
    for i in range(right.shape[1]):
        for j in range(right.shape[2]):
            y[:, j, i] = right[:, i, j]
    return y


@mistake("correlate2d")
def doubles_the_middle_of_the_filter(x, w):
    middle = len(w) // 2
    w = w.copy()
    w[middle, middle] *= 2
    return correlated(x[None, :, :, None], w[:, :, None, None], np.zeros(1))[0, :, :, 0]


@mistake("correlate_volume")
def shifts_the_map_by_a_row(x, w):
    y = correlated(x[None], w[..., None], np.zeros(1))[0, :, :, 0]
    return np.roll(y, 1, axis=0)


@mistake("window_score")
def leaves_out_the_first_row(window, filt, bias):
    return float(np.sum(window[1:] * filt[1:]) + bias)


@mistake("output_size")
def adds_one_in_the_numerator(n, size, stride=1, pad=0):
    if size > n + 2 * pad or (n + 2 * pad - size + 1) % stride:
        raise ValueError("that does not fit")
    return (n + 2 * pad - size + 1) // stride


@mistake("output_size")
def counts_one_place_too_many(n, size, stride=1, pad=0):
    return side(n, size, stride, pad) + 1


@mistake("zero_pad")
def pads_before_only(x, pad):
    return np.pad(x, ((0, 0), (2 * pad, 0), (2 * pad, 0), (0, 0)))


@mistake("conv_forward")
def pads_the_result(x, w, b, stride=1, pad=0):
    for n in x.shape[1:3]:
        side(n, len(w), stride, pad)
    return framed(correlated(x, w, b), pad)


@mistake("conv_forward")
def makes_the_frame_only_with_padding(x, w, b, stride=1, pad=0):
    for n in x.shape[1:3]:
        side(n, len(w), stride, pad)
    if pad > 0:
        padded = framed(x, pad)
    return correlated(padded, w, b, stride)


@mistake("conv_forward")
def divides_with_one_slash(x, w, b, stride=1, pad=0):
    rows, columns = ((n + 2 * pad - len(w)) / stride + 1 for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, len(b)))
    return y + correlated(framed(x, pad), w, b, stride)


@mistake("conv_forward")
def has_a_frame_of_one_whatever_pad_is(x, w, b, stride=1, pad=0):
    rows, columns = (side(n, len(w), stride, pad) for n in x.shape[1:3])
    size, padded = len(w), framed(x, 1)
    if w.shape[2] != x.shape[3]:
        raise ValueError("that does not fit")
    y = np.zeros((len(x), rows, columns, w.shape[3]))
    for n, i, j, k in np.ndindex(y.shape):
        window = padded[n, i * stride : i * stride + size, j * stride : j * stride + size]
        y[n, i, j, k] = np.sum(window * w[: window.shape[0], : window.shape[1], :, k]) + b[k]
    return y


@mistake("conv_forward")
def exchanges_rows_and_columns(x, w, b, stride=1, pad=0):
    rows, columns = (side(n, len(w), stride, pad) for n in x.shape[1:3])
    size, padded = len(w), framed(x, pad)
    y = np.zeros((len(x), columns, rows, w.shape[3]))
    for i in range(columns):
        for j in range(rows):
            window = padded[:, i * stride : i * stride + size, j * stride : j * stride + size].reshape(len(x), -1)
            y[:, i, j] = window @ w.reshape(-1, w.shape[3]) + b
    return y


# Lesson 04


def windows_of(x, size, stride):
    """The windows, (N, rows, columns, size, size, C)."""
    rows, columns = (side(n, size, stride) for n in x.shape[1:3])
    return np.stack(
        [
            np.stack(
                [x[:, i * stride : i * stride + size, j * stride : j * stride + size] for j in range(columns)], axis=1
            )
            for i in range(rows)
        ],
        axis=1,
    )


@mistake("max_pool")
def takes_the_farthest_from_zero(x, size, stride):
    return np.abs(windows_of(x, size, stride)).max(axis=(3, 4))


@mistake("max_pool")
def returns_the_place_of_the_maximum(x, size, stride):
    found = windows_of(x, size, stride)
    return found.reshape(*found.shape[:3], size * size, -1).argmax(axis=3).astype(float)


@mistake("max_pool")
def has_windows_as_wide_as_the_stride(x, size, stride):
    windows_of(x, size, stride)
    rows, columns = (side(n, size, stride) for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, x.shape[3]))
    for i in range(rows):
        for j in range(columns):
            y[:, i, j] = x[:, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride].max(axis=(1, 2))
    return y


@mistake("max_pool", "avg_pool")
def lets_windows_run_off_the_edge(x, size, stride):
    rows, columns = (side(n, size, stride) for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, x.shape[3]))
    for top in range(0, x.shape[1], stride):
        for left in range(0, x.shape[2], stride):
            y[:, top // stride, left // stride] = x[:, top : top + size, left : left + size].max(axis=(1, 2))
    return y


@mistake("max_pool")
def has_as_many_places_as_windows_side_by_side(x, size, stride):
    windows_of(x, size, stride)
    y = np.zeros((len(x), x.shape[1] // size, x.shape[2] // size, x.shape[3]))
    for i in range(y.shape[1]):
        for j in range(y.shape[2]):
            y[:, i, j] = x[:, i * stride : i * stride + size, j * stride : j * stride + size].max(axis=(1, 2))
    return y


@mistake("max_pool")
def exchanges_rows_and_columns_of_the_map(x, size, stride):
    return windows_of(x, size, stride).max(axis=(3, 4)).swapaxes(1, 2)


@mistake("max_pool")
def loops_over_as_many_rows_as_there_are_columns(x, size, stride):
    rows, columns = (side(n, size, stride) for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, x.shape[3]))
    for i in range(columns):
        for j in range(rows):
            window = x[:, i * stride : i * stride + size, j * stride : j * stride + size]
            y[:, i, j] = window.max(axis=(1, 2))
    return y


@mistake("avg_pool")
def divides_by_the_stride(x, size, stride):
    return windows_of(x, size, stride).sum(axis=(3, 4)) / stride**2


@mistake("max_pool_backward")
def replaces_windows_by_zeros_with_one_gradient(dy, x, size, stride):
    windows_of(x, size, stride)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(dy.shape):
        place = np.s_[n, i * stride : i * stride + size, j * stride : j * stride + size, c]
        share = np.zeros((size, size))
        share.flat[np.argmax(x[place])] = dy[n, i, j, c]
        dx[place] = share
    return dx


@mistake("max_pool_backward")
def keeps_one_of_the_gradients_of_a_pixel(dy, x, size, stride):
    windows_of(x, size, stride)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(dy.shape):
        place = np.s_[n, i * stride : i * stride + size, j * stride : j * stride + size, c]
        dx[place] = np.where(x[place] == x[place].max(), dy[n, i, j, c], dx[place] / 2)
    return dx


# Lesson 05


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


def convolution_backward(dy, x, w, stride, pad, cut):
    size, padded = len(w), framed(x, pad)
    for n in x.shape[1:3]:
        side(n, size, stride, pad)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            place = np.s_[:, i * stride : i * stride + size, j * stride : j * stride + size]
            dpadded[place] += np.einsum("nk,abck->nabc", dy[:, i, j], w)
            dw += np.einsum("nabc,nk->abck", padded[place], dy[:, i, j])
    return cut(dpadded), dw, dy.sum(axis=(0, 1, 2))


@mistake("conv_backward")
def cuts_the_frame_of_each_image_by_minus_zero(dy, x, w, stride=1, pad=0):
    def cut(dpadded):
        dx = np.zeros(x.shape)
        for n in range(len(x)):
            dx[n] = dpadded[n, pad:-pad, pad:-pad]
        return dx

    return convolution_backward(dy, x, w, stride, pad, cut)


@mistake("conv_backward")
def ignores_the_stride_in_dx(dy, x, w, stride=1, pad=0):
    def cut(dpadded):
        return dpadded[:, pad : pad + x.shape[1], pad : pad + x.shape[2]]

    _, dw, db = convolution_backward(dy, x, w, stride, pad, cut)
    size, dpadded = len(w), np.zeros(framed(x, pad).shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            dpadded[:, i : i + size, j : j + size] += np.einsum("nk,abck->nabc", dy[:, i, j], w)
    return cut(dpadded), dw, db


@mistake("conv_backward")
def exchanges_rows_and_columns_of_dw(dy, x, w, stride=1, pad=0):
    dx, dw, db = convolution_backward(
        dy, x, w, stride, pad, lambda d: d[:, pad : pad + x.shape[1], pad : pad + x.shape[2]]
    )
    return dx, dw.swapaxes(0, 1), db


@mistake("conv_backward")
def lays_windows_at_column_and_row(dy, x, w, stride=1, pad=0):
    size, padded = len(w), framed(x, pad)
    for n in x.shape[1:3]:
        side(n, size, stride, pad)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            place = np.s_[:, j * stride : j * stride + size, i * stride : i * stride + size]
            dpadded[place] += np.einsum("nk,abck->nabc", dy[:, i, j], w)
            dw += np.einsum("nabc,nk->abck", padded[place], dy[:, i, j])
    return dpadded[:, pad : pad + x.shape[1], pad : pad + x.shape[2]], dw, dy.sum(axis=(0, 1, 2))


@mistake("im2col")
def takes_channels_first_in_each_row(x, size, stride=1, pad=0):
    found = windows_of(framed(x, pad), size, stride)
    return found.transpose(0, 1, 2, 5, 3, 4).reshape(-1, size * size * x.shape[3])


@mistake("im2col")
def goes_through_places_before_images(x, size, stride=1, pad=0):
    found = windows_of(framed(x, pad), size, stride)
    return found.transpose(1, 2, 0, 3, 4, 5).reshape(-1, size * size * x.shape[3])


# Lessons 06 and 07


@mistake("sgd_momentum_step")
def fills_new_dictionaries_but_adds_in_place(params, grads, velocity, lr, momentum):
    new_params, new_velocity = {}, {}
    for name in params:
        w = params[name]
        new_velocity[name] = momentum * velocity[name] - lr * grads[name]
        w += new_velocity[name]
        new_params[name] = w
    return new_params, new_velocity


@mistake("sgd_momentum_step")
def fills_new_dictionaries_but_multiplies_in_place(params, grads, velocity, lr, momentum):
    new_params, new_velocity = {}, {}
    for name in params:
        v = velocity[name]
        v *= momentum
        v -= lr * grads[name]
        new_velocity[name], new_params[name] = v, params[name] + v
    return new_params, new_velocity


@mistake("sgd_momentum_step")
def fills_new_dictionaries_but_does_all_in_place(params, grads, velocity, lr, momentum):
    new_params, new_velocity = {}, {}
    for name, w in params.items():
        v = velocity[name]
        v *= momentum
        v -= lr * grads[name]
        w += v
        new_velocity[name], new_params[name] = v, w
    return new_params, new_velocity


@mistake("overfit_small_batch")
def returns_nothing(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return None


def normalised(dy, x, gamma, eps):
    n = x.shape[0] * x.shape[1] * x.shape[2]
    deviation = np.sqrt(x.var(axis=(0, 1, 2)) + eps)
    z = (x - x.mean(axis=(0, 1, 2))) / deviation
    dgamma, dbeta = (dy * z).sum(axis=(0, 1, 2)), dy.sum(axis=(0, 1, 2))
    return gamma / deviation * (dy - dbeta / n - z * dgamma / n), dgamma, dbeta


@mistake("batch_norm_backward")
def leaves_eps_out(dy, x, gamma, eps=1e-5):
    return normalised(dy, x, gamma, 0.0)


@mistake("batch_norm_backward")
def forgets_gamma_and_a_sign(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = normalised(dy, x, gamma, eps)
    return -dx / gamma, dgamma, dbeta


@mistake("fc_as_conv")
def puts_the_neurons_first(w, shape):
    if len(w) != np.prod(shape):
        raise ValueError("that does not fit")
    return w.T.reshape(-1, *shape)


@mistake("residual_block")
def activates_before_each_convolution(x, w1, b1, w2, b2):
    inner = correlated(framed(np.maximum(x, 0), 1), w1, b1)
    return correlated(framed(np.maximum(inner, 0), 1), w2, b2) + x


@mistake("global_average_pool_backward")
def gives_each_pixel_all_of_dy(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / x_shape[1], x_shape).copy()


def said(exercise: str, answer: Callable) -> CheckFailed:
    """Return what the check says of an answer."""
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            check(exercise, answer)
        except CheckFailed as failure:
            return failure
    raise AssertionError(f"{exercise}: the check does not see {answer.__name__}")


def table() -> Iterator[tuple[str, str, str]]:
    """Yield the exercise, the answer and what the check found out about it."""
    for exercise, answer in MISTAKES:
        failure = said(exercise, answer)
        told = [f"(named) {hint}" for hint in failure.hints] or list(failure.found)
        yield exercise, answer.__name__, " / ".join(told) or "-"


if __name__ == "__main__":
    if chosen := sys.argv[1:]:
        for exercise, answer in MISTAKES:
            if exercise in chosen:
                print(f"--- {answer.__name__}\n{said(exercise, answer)}\n")
    else:
        for row in table():
            print("{}: {}\n    {}".format(*row))
