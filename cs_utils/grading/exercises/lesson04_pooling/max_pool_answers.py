"""Answers to max_pool: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from scipy import ndimage

from cs_utils.grading.exercises.lesson04_pooling.max_pool import MAX_POOL
from cs_utils.grading.exercises.lesson04_pooling.shared_answers import (
    places,
    pool,
    rounded_down,
    taps,
    view_of_windows,
)


def pooled(x, size, stride, number=np.max, over=(1, 2), step=None, outputs=None):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    `number` is taken of each window, `over` these of its axes (N, F, F, C); for the rest see `pool`.
    """
    return pool(x, size, stride, lambda window: number(window, axis=over, keepdims=True), step, outputs)


@MAX_POOL.wrong("the maximum starts from 0: a window of negative numbers has a negative maximum", partial=True)
def starts_from_zero(x, size, stride, answer=pooled):
    return np.maximum(answer(x, size, stride), 0)


@MAX_POOL.wrong("the mean of each window is taken instead of its maximum")
def takes_the_mean(x, size, stride, answer=pooled):
    return answer(x, size, stride, number=np.mean)


@MAX_POOL.wrong("the number farthest from 0 wins, whatever its sign")
def takes_the_largest_magnitude(x, size, stride, answer=pooled):
    def farthest(window, **over):
        smallest, greatest = window.min(**over), window.max(**over)
        return np.where(-smallest > greatest, smallest, greatest)

    return answer(x, size, stride, number=farthest)


@MAX_POOL.wrong("one maximum is taken over all channels: each map is pooled on its own", partial=True)
def mixes_the_channels(x, size, stride, answer=pooled):
    return answer(x, size, stride, over=(1, 2, 3))


@MAX_POOL.wrong("one maximum is taken over all images: each image is pooled on its own", partial=True)
def mixes_the_images(x, size, stride, answer=pooled):
    return answer(x, size, stride, over=(0, 1, 2))


@MAX_POOL.wrong("one maximum is taken over all images and channels: np.max needs axis=(1, 2) here", partial=True)
def mixes_images_and_channels(x, size, stride, answer=pooled):
    return answer(x, size, stride, over=None)


@MAX_POOL.wrong("only the first image is pooled", partial=True)
def pools_one_image(x, size, stride, answer=pooled):
    return answer(x[:1], size, stride)


@MAX_POOL.wrong("the window of place (i, j) begins at row i, column j: it begins at i * stride, j * stride")
def moves_by_one_pixel(x, size, stride, answer=pooled):
    return answer(x, size, stride, step=(1, 1))


@MAX_POOL.wrong("the stride is applied to the rows, but not to the columns")
def strides_down_only(x, size, stride, answer=pooled):
    return answer(x, size, stride, step=(stride, 1))


@MAX_POOL.wrong("the size is used as the stride: windows may overlap, or leave gaps", partial=True)
def steps_by_the_size(x, size, stride, answer=pooled):
    return answer(x, size, stride, step=(size, size), outputs=rounded_down(x.shape, size, size))


@MAX_POOL.wrong("windows begin at i * size, j * size: they begin at i * stride, j * stride", partial=True)
def begins_windows_by_the_size(x, size, stride, answer=pooled):
    return answer(x, size, stride, step=(size, size))


@MAX_POOL.wrong(
    "windows are assumed to lie side by side, as in a reshape to blocks: with another stride they don't", partial=True
)
def reshapes_to_blocks(x, size, stride):
    count, height, width, channels = x.shape
    return x.reshape(count, height // size, size, width // size, size, channels).max(axis=(2, 4))


@MAX_POOL.wrong("size and stride are fixed at 2: take them from the arguments", partial=True)
def knows_only_2x2(x, size, stride, answer=pooled):
    return answer(x, 2, 2)


@MAX_POOL.wrong("the last row and the last column of the result are left at 0")
def leaves_the_last_places(x, size, stride, answer=pooled):
    y = answer(x, size, stride)
    y[:, -1] = y[:, :, -1] = 0
    return y


@MAX_POOL.wrong("the number of rows is used for the columns as well, as if the maps were square", partial=True)
def makes_square_maps(x, size, stride, answer=pooled):
    rows, _ = places(x.shape, size, stride)
    return answer(x, size, stride, outputs=(rows, rows))


@MAX_POOL.wrong("windows that don't fit aren't refused: the last rows or columns are ignored", partial=True)
def ignores_what_is_left_over(x, size, stride, answer=pooled):
    return answer(x, size, stride, outputs=rounded_down(x.shape, size, stride))


@MAX_POOL.wrong("windows that don't fit aren't refused: they hang over the edge", partial=True)
def hangs_over_the_edge(x, size, stride, answer=pooled):
    return answer(x, size, stride, outputs=[-((size - n) // stride) + 1 for n in x.shape[1:3]])


@MAX_POOL.wrong(
    "windows begin at 0, S, 2S, ... up to the edge, and run off it where they overlap: the last one begins at H - F",
    partial=True,
)
def begins_windows_up_to_the_edge(x, size, stride):
    rows, columns = places(x.shape, size, stride)
    y = np.zeros((len(x), rows, columns, x.shape[3]), x.dtype)
    for top in range(0, x.shape[1], stride):
        for left in range(0, x.shape[2], stride):
            y[:, top // stride, left // stride] = x[:, top : top + size, left : left + size].max(axis=(1, 2))
    return y


@MAX_POOL.wrong("the result is an array of integers: `dtype=int` cuts off the decimals")
def keeps_whole_numbers(x, size, stride, answer=pooled):
    return answer(x, size, stride).astype(int)


@MAX_POOL.wrong("the result has the channels first, (N, C, H', W'): here they come last")
def returns_channels_first(x, size, stride, answer=pooled):
    return np.moveaxis(answer(x, size, stride), 3, 1)


@MAX_POOL.wrong("a slice of x is sorted in place, which sorts x itself", partial=True)
def sorts_windows_in_place(x, size, stride):
    def last_of_sorted(window):
        window.sort(axis=1)
        window.sort(axis=2)
        return window[:, -1:, -1:]

    return pool(x, size, stride, last_of_sorted)


@MAX_POOL.right
def reduces_sliding_windows(x, size, stride):
    return view_of_windows(x, size, stride).max(axis=(-1, -2))


@MAX_POOL.right
def compares_shifted_slices(x, size, stride):
    return np.maximum.reduce(list(taps(x, size, stride)))


@MAX_POOL.right
def pools_rows_then_columns(x, size, stride):
    rows, columns = places(x.shape, size, stride)
    half = np.stack([x[:, i * stride : i * stride + size].max(axis=1) for i in range(rows)], axis=1)
    return np.stack([half[:, :, j * stride : j * stride + size].max(axis=2) for j in range(columns)], axis=2)


@MAX_POOL.right
def filters_by_scipy(x, size, stride):
    places(x.shape, size, stride)
    ahead = ndimage.maximum_filter(x, (1, size, size, 1), origin=(0, -((size - 1) // 2), -((size - 1) // 2), 0))
    if size % 2 == 0:  # the window of an even size reaches one pixel further back
        ahead = np.roll(ahead, (-1, -1), axis=(1, 2))
    return ahead[:, : x.shape[1] - size + 1 : stride, : x.shape[2] - size + 1 : stride]


@MAX_POOL.right
def sorts_each_window(x, size, stride):
    return pool(x, size, stride, lambda window: np.sort(window.reshape(len(x), -1, 1, x.shape[3]), axis=1)[:, -1:])
