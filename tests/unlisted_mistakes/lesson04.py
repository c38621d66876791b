"""Lesson 04."""

import numpy as np

from unlisted_mistakes.listing import mistake, right, side, windows_of


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


@mistake("max_pool", "avg_pool")  # the second takes the largest, besides
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


@mistake("max_pool")
def steps_by_the_stride_over_the_map(x, size, stride):
    rows, columns = (side(n, size, stride) for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, x.shape[3]))
    for i in range(0, rows, stride):
        for j in range(0, columns, stride):
            y[:, i, j] = x[:, i : i + size, j : j + size].max(axis=(1, 2))
    return y


@mistake("avg_pool")
def averages_windows_that_run_off_the_edge(x, size, stride):
    rows, columns = (side(n, size, stride) for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, x.shape[3]))
    for top in range(0, x.shape[1], stride):
        for left in range(0, x.shape[2], stride):
            y[:, top // stride, left // stride] = x[:, top : top + size, left : left + size].mean(axis=(1, 2))
    return y


@mistake("avg_pool")
def averages_what_is_not_zero(x, size, stride):
    found = windows_of(x, size, stride)
    return found.sum(axis=(3, 4)) / np.maximum((found != 0).sum(axis=(3, 4)), 1)


@right("avg_pool")
def has_single_precision(x, size, stride):
    return windows_of(x, size, stride).mean(axis=(3, 4)).astype(np.float32)
