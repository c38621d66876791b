"""Lesson 04, the gradients of pooling."""

import numpy as np

from unlisted_mistakes.listing import mistake, right, windows_of


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


@mistake("max_pool_backward")
def writes_one_pixel_a_window(dy, x, size, stride):
    windows_of(x, size, stride)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(dy.shape):
        window = x[n, i * stride : i * stride + size, j * stride : j * stride + size, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * stride + a, j * stride + b, c] = dy[n, i, j, c]
    return dx


def spread(dy, x, size, stride, place):
    """dx where the window of each place is that of place(n, i, j)."""
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(dy.shape):
        window = (*place(n, i, j), c)
        dx[window] += (x[window] == x[window].max()) * dy[n, i, j, c]
    return dx


@mistake("max_pool_backward")
def lays_windows_of_the_pool_at_column_and_row(dy, x, size, stride):
    windows_of(x, size, stride)
    return spread(
        dy,
        x,
        size,
        stride,
        lambda n, i, j: (n, slice(j * stride, j * stride + size), slice(i * stride, i * stride + size)),
    )


@mistake("max_pool_backward")
def spreads_over_windows_as_wide_as_the_stride(dy, x, size, stride):
    windows_of(x, size, stride)
    return spread(
        dy,
        x,
        size,
        stride,
        lambda n, i, j: (n, slice(i * stride, (i + 1) * stride), slice(j * stride, (j + 1) * stride)),
    )


@mistake("max_pool_backward")
def goes_back_through_windows_that_run_off_the_edge(dy, x, size, stride):
    windows_of(x, size, stride)
    dx = np.zeros(x.shape)
    for top in range(0, x.shape[1], stride):
        for left in range(0, x.shape[2], stride):
            window = np.s_[:, top : top + size, left : left + size]
            share = x[window] == x[window].max(axis=(1, 2), keepdims=True)
            dx[window] += share * dy[:, top // stride, left // stride][:, None, None]
    return dx


@mistake("avg_pool_backward")
def goes_back_through_means_that_run_off_the_edge(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for top in range(0, x.shape[1], stride):
        for left in range(0, x.shape[2], stride):
            dx[:, top : top + size, left : left + size] += dy[:, top // stride, left // stride][:, None, None] / size**2
    return dx


@right("max_pool_backward")
def adds_up_in_single_precision(dy, x, size, stride):
    dx = np.zeros(x.shape, np.float32)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            window = np.s_[:, i * stride : i * stride + size, j * stride : j * stride + size]
            share = x[window] == x[window].max(axis=(1, 2), keepdims=True)
            dx[window] += share * dy[:, i, j][:, None, None]
    return dx
