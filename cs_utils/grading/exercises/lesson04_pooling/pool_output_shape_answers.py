"""Answers to pool_output_shape: wrong ones that must lose points, right ones that must keep them all."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cs_utils.grading.exercises.lesson04_pooling.pool_output_shape import POOL_OUTPUT_SHAPE
from cs_utils.grading.exercises.lesson04_pooling.shared_answers import places, rounded_down


@POOL_OUTPUT_SHAPE.wrong("the + 1 is forgotten: the first window counts, too")
def forgets_the_first_window(shape, size, stride):
    rows, columns = places(shape, size, stride)
    return shape[0], rows - 1, columns - 1, shape[3]


@POOL_OUTPUT_SHAPE.wrong("the sides are divided by the stride, whatever the size of the window", partial=True)
def divides_by_the_stride(shape, size, stride):
    places(shape, size, stride)
    return shape[0], shape[1] // stride, shape[2] // stride, shape[3]


@POOL_OUTPUT_SHAPE.wrong("the sides are divided by the size, as if windows never overlapped")
def divides_by_the_size(shape, size, stride):
    places(shape, size, stride)
    return shape[0], shape[1] // size, shape[2] // size, shape[3]


@POOL_OUTPUT_SHAPE.wrong("the sizes are silently rounded down where windows don't fit", partial=True)
def rounds_down(shape, size, stride):
    return shape[0], *rounded_down(shape, size, stride), shape[3]


@POOL_OUTPUT_SHAPE.wrong("the sizes are rounded up where windows don't fit", partial=True)
def rounds_up(shape, size, stride):
    return shape[0], -((size - shape[1]) // stride) + 1, -((size - shape[2]) // stride) + 1, shape[3]


@POOL_OUTPUT_SHAPE.wrong("`/` turns the sizes into floats: use // once you know that they are whole")
def returns_floats(shape, size, stride):
    places(shape, size, stride)
    return shape[0], (shape[1] - size) / stride + 1, (shape[2] - size) / stride + 1, shape[3]


@POOL_OUTPUT_SHAPE.wrong("the width is taken to be the height")
def sees_a_square(shape, size, stride):
    rows, _ = places((shape[0], shape[1], shape[1], shape[3]), size, stride)
    return shape[0], rows, rows, shape[3]


@POOL_OUTPUT_SHAPE.wrong("size and stride are swapped")
def swaps_size_and_stride(shape, size, stride):
    return shape[0], *places(shape, stride, size), shape[3]


@POOL_OUTPUT_SHAPE.wrong("the numbers of images and channels are left out of the shape")
def returns_rows_and_columns_only(shape, size, stride):
    return places(shape, size, stride)


@POOL_OUTPUT_SHAPE.wrong("N, the number of images, is left out of the shape")
def leaves_out_the_number_of_images(shape, size, stride):
    return *places(shape, size, stride), shape[3]


@POOL_OUTPUT_SHAPE.wrong("height and width are looked for in the last two axes, as in PyTorch: here channels come last")
def puts_channels_first(shape, size, stride):
    return shape[0], shape[1], (shape[2] - size) // stride + 1, (shape[3] - size) // stride + 1


@POOL_OUTPUT_SHAPE.wrong("only the height is checked, and the width rounded down", partial=True)
def checks_the_height_only(shape, size, stride):
    if (shape[1] - size) % stride or shape[1] < size:
        raise ValueError("the rows do not fit")
    return rounds_down(shape, size, stride)


@POOL_OUTPUT_SHAPE.wrong(
    "a window larger than the map isn't refused: the remainder alone doesn't show it", partial=True
)
def checks_the_remainder_only(shape, size, stride):
    if (shape[1] - size) % stride or (shape[2] - size) % stride:
        raise ValueError("the windows do not fit")
    return rounds_down(shape, size, stride)


@POOL_OUTPUT_SHAPE.wrong("H is divided instead of H - F to see whether pixels are left over")
def divides_the_whole_side(shape, size, stride):
    if shape[1] % stride or shape[2] % stride or shape[1] < size or shape[2] < size:
        raise ValueError("the windows do not fit")
    return rounds_down(shape, size, stride)


@POOL_OUTPUT_SHAPE.right
def counts_the_places(shape, size, stride):
    ends = []
    for n in shape[1:3]:
        starts = list(range(0, n - size + 1, stride))
        if not starts or starts[-1] + size != n:
            raise ValueError("the last window does not end at the edge")
        ends.append(len(starts))
    return [shape[0], *ends, shape[3]]


@POOL_OUTPUT_SHAPE.right
def divides_with_remainder(shape, size, stride):
    (rows, row_rest), (columns, column_rest) = divmod(shape[1] - size, stride), divmod(shape[2] - size, stride)
    if row_rest or column_rest or rows < 0 or columns < 0:
        raise ValueError("the windows do not fit")
    return shape[0], rows + 1, columns + 1, shape[3]


@POOL_OUTPUT_SHAPE.right
def looks_at_windows_of_an_index(shape, size, stride):
    def along(n):
        windows = sliding_window_view(np.arange(n), size)[::stride]  # raises ValueError if size > n
        if windows[-1, -1] != n - 1:
            raise ValueError("pixels are left over")
        return len(windows)

    return shape[0], along(shape[1]), along(shape[2]), shape[3]
