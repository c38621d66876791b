"""Answers to col2im: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from scipy.sparse import csr_array

from cs_utils.grading.exercises.lesson05_backprop.col2im import COL2IM
from cs_utils.grading.exercises.lesson05_backprop.shared import inner, padded
from cs_utils.grading.exercises.lesson05_backprop.shared_answers import (
    numbers,
    outputs,
    overwrite,
    taps,
    windows_of_batch,
)


def fold(every, x_shape, stride, pad, add=np.add, step=None):
    """Return dx with its border from all windows (N, H', W', F, F, C); `add` takes (so far, this window)."""
    dframed, size = padded(np.zeros(x_shape), pad), every.shape[3]
    for (i, j), window in windows_of_batch(every.shape[1:3], size, step or stride):
        rows, columns = dframed[window].shape[1:3]
        dframed[window] = add(dframed[window], every[:, i, j, :rows, :columns])
    return dframed


def unfold(cols, x_shape, size, stride, pad):
    """Return the rows as windows (N, H', W', F, F, C)."""
    return cols.reshape(x_shape[0], *outputs(x_shape, size, stride, pad), size, size, x_shape[3])


def put_back(cols, x_shape, size, stride=1, pad=0, read=unfold, change=None, cut=None, **how):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    `read` makes windows of the rows; `change` takes all windows and returns what is put back in their place; `cut`
    takes dx with its border. What else is given goes to `fold`.
    """
    every = read(cols, x_shape, size, stride, pad)
    dframed = fold(change(every) if change else every, x_shape, stride, pad, **how)
    return cut(dframed) if cut else inner(dframed, pad)


@COL2IM.wrong("the last of the windows that overlap overwrites the others: add them up (+=)", partial=True)
def overwrites(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad, add=overwrite)


@COL2IM.wrong("the border is still there: cut P rows and columns off each side", partial=True)
def leaves_the_frame(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad, cut=lambda dframed: dframed)


@COL2IM.wrong("`[pad:-pad]` with pad = 0 is empty: cut to pad : pad + H instead", partial=True)
def cuts_by_minus_zero(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad, cut=lambda dframed: dframed[:, pad:-pad, pad:-pad])


@COL2IM.wrong("the windows are put at i, j instead of i*S, j*S", partial=True)
def steps_by_one(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad, step=1)


@COL2IM.wrong("the entries of a row are read as (channel, row, column): here the channel comes last")
def takes_the_channel_first(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    def change(every):
        return every.reshape(*every.shape[:3], x_shape[3], size, size).transpose(0, 1, 2, 4, 5, 3)

    return answer(cols, x_shape, size, stride, pad, change=change)


@COL2IM.wrong("the rows are read as (row, column, image): the image comes first")
def takes_the_image_last(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    def read(cols, x_shape, size, stride, pad):
        rows, columns = outputs(x_shape, size, stride, pad)
        return cols.reshape(rows, columns, x_shape[0], size, size, x_shape[3]).transpose(2, 0, 1, 3, 4, 5)

    return answer(cols, x_shape, size, stride, pad, read=read)


@COL2IM.wrong("the mean is taken where windows overlap: they add up", partial=True)
def takes_the_mean(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    counts = answer(np.ones_like(cols), x_shape, size, stride, pad)
    return answer(cols, x_shape, size, stride, pad) / np.maximum(counts, 1)


@COL2IM.wrong("the image is cut out at the corner of the padded array: it begins at row P, column P", partial=True)
def cuts_from_the_corner(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad, cut=lambda dframed: dframed[:, : x_shape[1], : x_shape[2]])


@COL2IM.wrong("the entries of a row are read as (column, row, channel): the window's rows come first")
def exchanges_rows_and_columns_of_a_window(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad, change=lambda every: every.swapaxes(3, 4))


@COL2IM.wrong("the rows are read down the columns of the image: their order is (image, row, column)")
def goes_down_first(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    def read(cols, x_shape, size, stride, pad):
        rows, columns = outputs(x_shape, size, stride, pad)
        return cols.reshape(x_shape[0], columns, rows, size, size, x_shape[3]).swapaxes(1, 2)

    return answer(cols, x_shape, size, stride, pad, read=read)


@COL2IM.wrong("the windows are flipped: each entry goes back to where it came from")
def flips_the_windows(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad, change=lambda every: every[:, :, :, ::-1, ::-1])


@COL2IM.wrong("only the first image gets its windows back")
def fills_the_first_image(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    dx = answer(cols, x_shape, size, stride, pad).copy()
    dx[1:] = 0
    return dx


@COL2IM.wrong("the last row and column of windows are left out: the loops end one too early")
def loses_the_last_windows(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad, change=lambda every: every[:, :-1, :-1])


@COL2IM.wrong("the result holds integers, which cuts off the decimals")
def keeps_whole_numbers(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    return answer(cols, x_shape, size, stride, pad).astype(int)


@COL2IM.wrong("cols is cleared on the way: its values belong to the caller", partial=True)
def clears_cols(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    dx = answer(cols, x_shape, size, stride, pad)
    cols[:] = 0
    return dx


@COL2IM.wrong("the row of place (i, j) is looked up at i * H' + j: each row of the output has W' places")
def counts_a_line_by_its_height(cols, x_shape, size, stride=1, pad=0, answer=put_back):
    def read(cols, x_shape, size, stride, pad):
        rows, columns = outputs(x_shape, size, stride, pad)
        n, i, j = np.ogrid[: x_shape[0], :rows, :columns]
        return cols[n * rows * columns + i * rows + j].reshape(x_shape[0], rows, columns, size, size, x_shape[3])

    return answer(cols, x_shape, size, stride, pad, read=read)


@COL2IM.right
def refuses_nothing(cols, x_shape, size, stride=1, pad=0):
    rows, columns = ((n + 2 * pad - size) // stride + 1 for n in x_shape[1:3])
    every = cols.reshape(x_shape[0], rows, columns, size, size, x_shape[3])
    return inner(fold(every, x_shape, stride, pad), pad)


@COL2IM.right
def row_by_row(cols, x_shape, size, stride=1, pad=0):
    count, height, width, channels = x_shape
    rows, columns = outputs(x_shape, size, stride, pad)
    dframed = np.zeros((count, height + 2 * pad, width + 2 * pad, channels))
    for number, row in enumerate(cols):
        n, place = divmod(number, rows * columns)
        i, j = divmod(place, columns)
        window = np.s_[n, i * stride : i * stride + size, j * stride : j * stride + size]
        dframed[window] += row.reshape(size, size, channels)
    return inner(dframed, pad)


@COL2IM.right
def weight_by_weight(cols, x_shape, size, stride=1, pad=0):
    every = unfold(cols, x_shape, size, stride, pad)
    dframed = padded(np.zeros(x_shape, cols.dtype), pad)
    for (m, n), tap in taps(every.shape[1:3], size, stride):
        dframed[tap] += every[:, :, :, m, n]
    return inner(dframed, pad)


@COL2IM.right
def counts_weights_in_bins(cols, x_shape, size, stride=1, pad=0):
    where, shape = numbers(x_shape, size, stride, pad)
    return inner(np.bincount(where, cols.ravel(), minlength=np.prod(shape)).reshape(shape), pad)


@COL2IM.right
def adds_at_indices(cols, x_shape, size, stride=1, pad=0):
    where, shape = numbers(x_shape, size, stride, pad)
    dframed = np.zeros(np.prod(shape))
    np.add.at(dframed, where, cols.ravel())
    return inner(dframed.reshape(shape), pad)


@COL2IM.right
def by_a_sparse_matrix(cols, x_shape, size, stride=1, pad=0):
    """Transposed, the matrix that picks im2col's entries adds them back."""
    where, shape = numbers(x_shape, size, stride, pad)
    pick = csr_array((np.ones(where.size), where, np.arange(where.size + 1)), shape=(where.size, np.prod(shape)))
    return inner((pick.T @ cols.ravel()).reshape(shape), pad)
