"""Answers to im2col: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from cs_utils.grading.exercises.lesson05_backprop.im2col import IM2COL
from cs_utils.grading.exercises.lesson05_backprop.shared import padded
from cs_utils.grading.exercises.lesson05_backprop.shared_answers import outputs, taps, windows_of_batch


def patches(framed, shape, size, stride):
    """Return all windows, (N, H', W', F, F, C), which begin at i * stride, j * stride."""
    every = np.zeros((len(framed), *shape, size, size, framed.shape[3]), framed.dtype)
    for (i, j), index in windows_of_batch(shape, size, stride):
        window = framed[index]
        every[:, i, j, : window.shape[1], : window.shape[2]] = window
    return every


def as_rows(every):
    return every.reshape(np.prod(every.shape[:3]), -1)


def as_it_is(every):
    return every


def laid_out(x, size, stride=1, pad=0, frame=padded, step=None, window=as_it_is, places=as_it_is, lay=as_rows):
    """Return the right result; as `answer` it is what wrong answers spoil in one respect.

    `window` and `places` take all windows (N, H', W', F, F, C) and change the order within each or that of their
    places; `lay` makes the matrix of them.
    """
    every = patches(frame(x, pad), outputs(x.shape, size, stride, pad), size, step or stride)
    return lay(places(window(every)))


@IM2COL.wrong("the columns are in the order (channel, row, column): here the channel comes last")
def puts_the_channel_first(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, window=lambda every: every.transpose(0, 1, 2, 5, 3, 4))


@IM2COL.wrong("the columns are in the order (column, row, channel): the window's rows come first")
def exchanges_rows_and_columns_of_a_window(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, window=lambda every: every.swapaxes(3, 4))


@IM2COL.wrong("the rows are in the order (row, column, image): the image comes first")
def puts_the_image_last(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, places=lambda every: every.transpose(1, 2, 0, 3, 4, 5))


@IM2COL.wrong("the rows go down the columns of the image first: (image, row, column) is asked for")
def goes_down_first(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, places=lambda every: every.swapaxes(1, 2))


@IM2COL.wrong("the matrix is transposed: each window is a row")
def makes_windows_columns(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, lay=lambda every: as_rows(every).T.copy())


@IM2COL.wrong("the shape is still (N, H', W', F, F, C): make it a matrix with reshape")
def forgets_to_lay_out(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, lay=as_it_is)


@IM2COL.wrong("the images keep an axis of their own: the rows of all images belong in one matrix")
def keeps_the_images_apart(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, lay=lambda every: as_rows(every).reshape(len(x), -1, size * size * x.shape[3]))


@IM2COL.wrong("the windows are flipped: copy them as they are")
def flips_the_windows(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, window=lambda every: every[:, :, :, ::-1, ::-1])


@IM2COL.wrong("the border of zeros is forgotten: P rows and columns belong on each side", partial=True)
def forgets_the_frame(x, size, stride=1, pad=0):
    outputs(x.shape, size, stride, pad)
    return as_rows(patches(x, tuple(max((n - size) // stride + 1, 0) for n in x.shape[1:3]), size, stride))


@IM2COL.wrong("the zeros come after the image only: P belong on each side", partial=True)
def frames_two_sides(x, size, stride=1, pad=0, answer=laid_out):
    after = ((0, 0), (0, 2 * pad), (0, 2 * pad), (0, 0))
    return answer(x, size, stride, pad, frame=lambda x, pad: np.pad(x, after))


@IM2COL.wrong("the border repeats the edge of the image: it is made of zeros", partial=True)
def frames_with_the_edge(x, size, stride=1, pad=0, answer=laid_out):
    around = ((0, 0), (pad, pad), (pad, pad), (0, 0))
    return answer(x, size, stride, pad, frame=lambda x, pad: np.pad(x, around, mode="edge"))


@IM2COL.wrong("the windows begin at i, j instead of i*S, j*S", partial=True)
def steps_by_one(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad, step=1)


@IM2COL.wrong("the stride is forgotten: there are fewer windows, S pixels apart", partial=True)
def forgets_the_stride(x, size, stride=1, pad=0, answer=laid_out):
    outputs(x.shape, size, stride, pad)
    return answer(x, size, 1, pad)


@IM2COL.wrong("only the first image is laid out")
def lays_out_the_first_image(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x[:1], size, stride, pad)


@IM2COL.wrong("the matrix holds integers, which cuts off the decimals")
def keeps_whole_numbers(x, size, stride=1, pad=0, answer=laid_out):
    return answer(x, size, stride, pad).astype(int)


@IM2COL.wrong("the edge of x itself is set to 0: the border of zeros goes around it", partial=True)
def clears_the_edge(x, size, stride=1, pad=0, answer=laid_out):
    result = answer(x, size, stride, pad)
    x[:, :1] = 0
    return result


@IM2COL.right
def refuses_nothing(x, size, stride=1, pad=0):
    shape = tuple((n + 2 * pad - size) // stride + 1 for n in x.shape[1:3])
    return as_rows(patches(padded(x, pad), shape, size, stride))


@IM2COL.right
def window_by_window(x, size, stride=1, pad=0):
    rows, columns = outputs(x.shape, size, stride, pad)
    framed, cols = padded(x, pad), []
    for image in framed:
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                cols.append(image[top : top + size, left : left + size].reshape(-1))
    return np.stack(cols)


@IM2COL.right
def by_a_view_of_windows(x, size, stride=1, pad=0):
    outputs(x.shape, size, stride, pad)
    view = sliding_window_view(padded(x, pad), (size, size), axis=(1, 2))[:, ::stride, ::stride]
    return as_rows(view.transpose(0, 1, 2, 4, 5, 3))


@IM2COL.right
def weight_by_weight(x, size, stride=1, pad=0):
    framed = padded(x, pad)
    met = [framed[tap] for _, tap in taps(outputs(x.shape, size, stride, pad), size, stride)]
    return np.concatenate(met, axis=3).reshape(-1, size * size * x.shape[3])


@IM2COL.right
def by_index_arrays(x, size, stride=1, pad=0):
    rows, columns = outputs(x.shape, size, stride, pad)
    i, j, m, n = np.ogrid[:rows, :columns, :size, :size]
    return padded(x, pad)[:, i * stride + m, j * stride + n].reshape(len(x) * rows * columns, -1)


@IM2COL.right
def by_strides_in_memory(x, size, stride=1, pad=0):
    rows, columns = outputs(x.shape, size, stride, pad)
    framed = np.ascontiguousarray(padded(x, pad))
    image, row, column, channel = framed.strides
    shape = (len(x), rows, columns, size, size, x.shape[3])
    return as_rows(as_strided(framed, shape, (image, stride * row, stride * column, row, column, channel)))
