"""Answers to max_pool_backward: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np

from cs_utils.grading.exercises.lesson04_pooling.max_pool_backward import MAX_POOL_BACKWARD
from cs_utils.grading.exercises.lesson04_pooling.shared_answers import (
    add_to_windows,
    is_maximum,
    largest,
    places,
    taps,
    to_maxima,
    view_of_windows,
    windows,
)


def back(dy, x, size, stride, mask=is_maximum, add=np.add, step=None):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    mask(window) tells what of its dy each pixel gets; add(so far, share) is what a window of dx holds after that. With
    ``add=None`` the pixels that get something are overwritten.
    """
    dx = np.zeros(x.shape, dy.dtype)
    for place, window in windows(x.shape, size, stride, step):
        part = mask(x[window])
        share = part * dy[place]
        dx[window] = np.where(part != 0, share, dx[window]) if add is None else add(dx[window], share)
    return dx


def one_hot(window, argmax):
    """Return a mask of the window with one pixel marked, numbered row by row: argmax (N, C)."""
    marked = np.arange(window.shape[1] * window.shape[2])[None, :, None] == argmax[:, None, :]
    return marked.reshape(window.shape)


def first_maximum(window):
    return one_hot(window, window.reshape(len(window), -1, window.shape[3]).argmax(axis=1))


def last_maximum(window):
    return first_maximum(window[:, ::-1, ::-1])[:, ::-1, ::-1]


@MAX_POOL_BACKWARD.wrong(
    "of several equal maxima only the first gets the gradient, as in PyTorch: here each of them gets all of it",
    partial=True,
)
def gives_it_to_the_first(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=first_maximum)


@MAX_POOL_BACKWARD.wrong(
    "of several equal maxima only the last gets the gradient: here each of them gets all of it", partial=True
)
def gives_it_to_the_last(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=last_maximum)


@MAX_POOL_BACKWARD.wrong("equal maxima share the gradient: here each of them gets all of it", partial=True)
def shares_it_among_ties(dy, x, size, stride, answer=back):
    def part(window):
        return is_maximum(window) / is_maximum(window).sum(axis=(1, 2), keepdims=True)

    return answer(dy, x, size, stride, mask=part)


@MAX_POOL_BACKWARD.wrong("of two windows that overlap, the last overwrites what the first gave: use +=", partial=True)
def overwrites_whole_windows(dy, x, size, stride, answer=back):
    def overwrite(old, new):
        return new

    return answer(dy, x, size, stride, add=overwrite)


@MAX_POOL_BACKWARD.wrong("a pixel that is the maximum of two windows keeps the gradient of one: use +=", partial=True)
def overwrites_shared_maxima(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, add=None)


@MAX_POOL_BACKWARD.wrong(
    "argmax finds only the first of equal maxima, and `=` drops what other windows gave", partial=True
)
def assigns_to_the_first(dy, x, size, stride):
    dx = np.zeros(x.shape, dy.dtype)
    for place, window in windows(x.shape, size, stride):
        dx[window] = np.where(first_maximum(x[window]), dy[place], dx[window])
    return dx


@MAX_POOL_BACKWARD.wrong("the whole map is compared with a window's maximum: only its own pixels count", partial=True)
def compares_the_whole_map(dy, x, size, stride):
    dx = np.zeros(x.shape, dy.dtype)
    for place, window in windows(x.shape, size, stride):
        dx += (x == largest(x[window])) * dy[place]
    return dx


@MAX_POOL_BACKWARD.wrong(
    "windows begin at 0, S, 2S, ... up to the edge, and run off it where they overlap: the last one begins at H - F",
    partial=True,
)
def begins_windows_up_to_the_edge(dy, x, size, stride):
    dx = np.zeros(x.shape, dy.dtype)
    for top in range(0, x.shape[1], stride):
        for left in range(0, x.shape[2], stride):
            i, j, window = top // stride, left // stride, np.s_[:, top : top + size, left : left + size]
            dx[window] += is_maximum(x[window]) * dy[:, i, j][:, None, None]
    return dx


@MAX_POOL_BACKWARD.wrong("dy is left out: the result marks the maxima, but carries no gradient")
def returns_the_mask(dy, x, size, stride, answer=back):
    return answer(np.ones_like(dy), x, size, stride)


@MAX_POOL_BACKWARD.wrong("dy is multiplied by the maximum: the derivative there is 1, not the number itself")
def multiplies_by_the_maximum(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=lambda window: is_maximum(window) * window)


@MAX_POOL_BACKWARD.wrong("every pixel of a window gets its dy, maximum or not")
def gives_it_to_all(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=np.ones_like)


@MAX_POOL_BACKWARD.wrong("the gradient is spread evenly over each window: that is average pooling")
def spreads_it_evenly(dy, x, size, stride, answer=back):
    return answer(dy / size**2, x, size, stride, mask=np.ones_like)


@MAX_POOL_BACKWARD.wrong("the gradient passes where x is above 0: that is ReLU's derivative")
def passes_where_positive(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=lambda window: window > 0)


@MAX_POOL_BACKWARD.wrong("one maximum is taken over all channels: each map has its own", partial=True)
def mixes_the_channels(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=lambda window: window == window.max(axis=(1, 2, 3), keepdims=True))


@MAX_POOL_BACKWARD.wrong("one maximum is taken over all images: each image has its own", partial=True)
def mixes_the_images(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=lambda window: window == window.max(axis=(0, 1, 2)))


@MAX_POOL_BACKWARD.wrong("one maximum is taken over all images and channels: max needs axis=(1, 2) here", partial=True)
def mixes_images_and_channels(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=lambda window: window == window.max())


@MAX_POOL_BACKWARD.wrong("only the first image gets its gradient", partial=True)
def goes_back_to_one_image(dy, x, size, stride, answer=back):
    dx = answer(dy, x, size, stride)
    dx[1:] = 0
    return dx


@MAX_POOL_BACKWARD.wrong("the gradient is averaged over the batch: the 1/N of the loss is in dy already", partial=True)
def divides_by_the_batch(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride) / len(x)


@MAX_POOL_BACKWARD.wrong("the window of place (i, j) begins at row i, column j: it begins at i * stride, j * stride")
def moves_by_one_pixel(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, step=(1, 1))


@MAX_POOL_BACKWARD.wrong("nearly equal numbers count as ties: np.isclose is too generous here", partial=True)
def counts_near_ties(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride, mask=lambda window: np.isclose(window, largest(window)))


@MAX_POOL_BACKWARD.wrong("`dx = x` is not a copy but x itself: start from np.zeros_like(x)", partial=True)
def writes_into_x(dy, x, size, stride):
    y = np.maximum.reduce(list(taps(x, size, stride)))
    masks = [tap == y for tap in taps(x, size, stride)]
    dx = x
    dx[...] = 0
    for mask, tap in zip(masks, taps(dx, size, stride), strict=True):
        tap += mask * dy
    return dx


@MAX_POOL_BACKWARD.wrong("the result has the shape of dy: dx has one number for each pixel of x")
def returns_the_shape_of_dy(dy, x, size, stride):
    return dy * (next(taps(x, size, stride)) == np.maximum.reduce(list(taps(x, size, stride))))


@MAX_POOL_BACKWARD.wrong("the result is an array of integers: `dtype=int` cuts off the decimals")
def keeps_whole_numbers(dy, x, size, stride, answer=back):
    return answer(dy, x, size, stride).astype(int)


@MAX_POOL_BACKWARD.form(keeps_whole_numbers)
def adds_up_whole_numbers(dy, x, size, stride):
    return back(dy, x, size, stride, add=lambda total, share: np.trunc(total + share)).astype(int)


@MAX_POOL_BACKWARD.right
def refuses_nothing(dy, x, size, stride):
    return add_to_windows(dy, x, size, stride, to_maxima, outputs=dy.shape[1:3])


@MAX_POOL_BACKWARD.right
def adds_masks_to_shifted_slices(dy, x, size, stride):
    y, dx = np.maximum.reduce(list(taps(x, size, stride))), np.zeros_like(x)
    for x_tap, dx_tap in zip(taps(x, size, stride), taps(dx, size, stride), strict=True):
        dx_tap += (x_tap == y) * dy
    return dx


@MAX_POOL_BACKWARD.right
def goes_back_through_columns_then_rows(dy, x, size, stride):
    rows, columns = places(x.shape, size, stride)
    half = np.stack([x[:, i * stride : i * stride + size].max(axis=1) for i in range(rows)], axis=1)
    d_half, dx = np.zeros_like(half), np.zeros_like(x)
    for j in range(columns):
        part = np.s_[:, :, j * stride : j * stride + size]
        d_half[part] += (half[part] == half[part].max(axis=2, keepdims=True)) * dy[:, :, j : j + 1]
    for i in range(rows):
        band = np.s_[:, i * stride : i * stride + size]
        dx[band] += (x[band] == half[:, i : i + 1]) * d_half[:, i : i + 1]
    return dx


@MAX_POOL_BACKWARD.right
def scatters_by_index(dy, x, size, stride):
    view = view_of_windows(x, size, stride)
    n, i, j, c, m, k = np.nonzero(view == view.max(axis=(-1, -2), keepdims=True))
    dx = np.zeros_like(x)
    np.add.at(dx, (n, i * stride + m, j * stride + k, c), dy[n, i, j, c])
    return dx


@MAX_POOL_BACKWARD.right
def counts_weights_in_bins(dy, x, size, stride):
    number = np.arange(x.size).reshape(x.shape)
    view, numbers = (view_of_windows(a, size, stride) for a in (x, number))
    shares = (view == view.max(axis=(-1, -2), keepdims=True)) * dy[..., None, None]
    return np.bincount(numbers.ravel(), shares.ravel(), minlength=x.size).reshape(x.shape)


@MAX_POOL_BACKWARD.right
def asks_each_pixel(dy, x, size, stride):
    rows, columns = places(x.shape, size, stride)
    dx = np.zeros(x.shape)
    for h, w in np.ndindex(x.shape[1:3]):
        for i, j in np.ndindex(rows, columns):
            top, left = i * stride, j * stride
            if 0 <= h - top < size and 0 <= w - left < size:
                largest = x[:, top : top + size, left : left + size].max(axis=(1, 2))
                dx[:, h, w] += np.where(x[:, h, w] == largest, dy[:, i, j], 0)
    return dx
