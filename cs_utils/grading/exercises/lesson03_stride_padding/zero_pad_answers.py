"""Lesson 03, zero_pad: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson03_stride_padding.zero_pad import ZERO_PAD


def zeros_around(x, pad):
    """Return zeros of the padded shape."""
    return np.zeros((len(x), x.shape[1] + 2 * pad, x.shape[2] + 2 * pad, x.shape[3]))


@ZERO_PAD.wrong("the zeros come before the image only, above and left: they belong on all four sides")
def pads_before_only(x, pad):
    return np.pad(x, ((0, 0), (pad, 0), (pad, 0), (0, 0)))


@ZERO_PAD.wrong("the zeros come after the image only, below and right: they belong on all four sides")
def pads_after_only(x, pad):
    return np.pad(x, ((0, 0), (0, pad), (0, pad), (0, 0)))


@ZERO_PAD.wrong("the size is right, but the image is in the upper left corner: it begins at row P, column P")
def puts_the_image_in_the_corner(x, pad):
    y = zeros_around(x, pad)
    y[:, : x.shape[1], : x.shape[2]] = x
    return y


@ZERO_PAD.wrong("the image begins at row 1, column 1 for every P: it begins at row P, column P")
def begins_at_one(x, pad):
    y = zeros_around(x, pad)
    for i, j in np.ndindex(x.shape[1:3]):
        y[:, i + 1, j + 1] = x[:, i, j]
    return y


@ZERO_PAD.wrong(
    "all four axes are padded, those of images and channels, too: only height and width get zeros around them"
)
def pads_all_axes(x, pad):
    return np.pad(x, pad)


@ZERO_PAD.wrong("axes 0 and 1 are padded: in (N, H, W, C) height and width are axes 1 and 2")
def pads_the_batch_axis(x, pad):
    return np.pad(x, ((pad, pad), (pad, pad), (0, 0), (0, 0)))


@ZERO_PAD.wrong("axes 2 and 3 are padded, as for PyTorch's (N, C, H, W): here height and width are axes 1 and 2")
def pads_the_channel_axis(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


@ZERO_PAD.wrong("rows are padded, columns aren't: the zeros go on all four sides")
def pads_rows_only(x, pad):
    return np.pad(x, ((0, 0), (pad, pad), (0, 0), (0, 0)))


@ZERO_PAD.wrong("columns are padded, rows aren't: the zeros go on all four sides")
def pads_columns_only(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (0, 0)))


@ZERO_PAD.wrong("the border repeats the pixels at the edge: it should hold zeros")
def repeats_the_edge(x, pad):
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="edge")


@ZERO_PAD.wrong("the border holds ones: it should hold zeros")
def pads_with_ones(x, pad):
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), constant_values=1)


@ZERO_PAD.wrong(
    "the outermost pixels of the image are overwritten with zeros: the border goes around it, and the array grows"
)
def overwrites_the_border(x, pad):
    y = np.zeros(x.shape)
    y[:, pad : x.shape[1] - pad, pad : x.shape[2] - pad] = x[:, pad : x.shape[1] - pad, pad : x.shape[2] - pad]
    return y


@ZERO_PAD.wrong("the width of the border is fixed at 1: take it from `pad`")
def pads_by_one_always(x, pad):
    return np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))


@ZERO_PAD.wrong("only the first channel is copied: the others stay zero")
def copies_the_first_channel(x, pad):
    y = zeros_around(x, pad)
    y[:, pad : pad + x.shape[1], pad : pad + x.shape[2], 0] = x[..., 0]
    return y


@ZERO_PAD.wrong("only the first image is copied: the others stay zero")
def copies_the_first_image(x, pad):
    y = zeros_around(x, pad)
    y[0, pad : pad + x.shape[1], pad : pad + x.shape[2]] = x[0]
    return y


@ZERO_PAD.wrong("the array of zeros holds integers, and drops the fractions of what is copied into it")
def copies_into_integers(x, pad):
    y = zeros_around(x, pad).astype(int)
    y[:, pad : pad + x.shape[1], pad : pad + x.shape[2]] = x
    return y


@ZERO_PAD.wrong("the array of zeros is returned as it was made: the image is never copied into it")
def returns_the_zeros(x, pad):
    return zeros_around(x, pad)


@ZERO_PAD.wrong("the slice [P:-P] is used with P = 0: -0 is 0, so [0:-0] is empty; say where it ends, P + H", True)
def slices_up_to_minus_pad(x, pad):
    y = zeros_around(x, pad)
    y[:, pad:-pad, pad:-pad] = x
    return y


@ZERO_PAD.wrong("the height is used for the width, too: images need not be square", True)
def takes_images_to_be_square(x, pad):
    side = x.shape[1]
    y = np.zeros((len(x), side + 2 * pad, side + 2 * pad, x.shape[3]))
    y[:, pad : pad + side, pad : pad + x.shape[2]] = x
    return y


@ZERO_PAD.wrong("`x.resize` makes the image itself larger: the values are right, but the caller's array is lost", True)
def resizes_the_input(x, pad):
    y = zeros_around(x, pad)
    y[:, pad : pad + x.shape[1], pad : pad + x.shape[2]] = x
    x.resize(y.shape, refcheck=False)
    x[...] = y
    return x


@ZERO_PAD.right
def asks_numpy(x, pad):
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


@ZERO_PAD.right
def copies_into_zeros(x, pad):
    y = zeros_around(x, pad).astype(x.dtype)
    y[:, pad : pad + x.shape[1], pad : pad + x.shape[2]] = x
    return y


@ZERO_PAD.right
def glues_strips_of_zeros(x, pad):
    strip = np.zeros((len(x), pad, *x.shape[2:]))
    y = np.concatenate([strip, x, strip], axis=1)
    strip = np.zeros((*y.shape[:2], pad, y.shape[3]))
    return np.concatenate([strip, y, strip], axis=2)


@ZERO_PAD.right
def multiplies_by_shifted_identities(x, pad):
    down, across = (np.eye(n + 2 * pad, n, -pad) for n in x.shape[1:3])
    return np.einsum("ah,nhwc,bw->nabc", down, x, across)
