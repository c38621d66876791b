"""Lesson 07, fc_as_conv: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson07_deeper_networks.fc_as_conv import FC_AS_CONV


def _fitting(w, shape):
    if len(w) != np.prod(shape):
        raise ValueError(f"{len(w)} rows don't fill {shape}")
    return w


@FC_AS_CONV.wrong("the filters come first: neuron m's weights are filters[:, :, :, m], (H, W, C, M)")
def puts_filters_first(w, shape):
    return w.T.reshape(w.shape[1], *shape)


@FC_AS_CONV.wrong("w is transposed before it is reshaped: its columns belong to the neurons already")
def transposes_first(w, shape):
    return _fitting(w, shape).T.reshape(*shape, w.shape[1])


@FC_AS_CONV.wrong("the rows are counted column by column (order='F'): the channel varies fastest, then the column")
def counts_columns_first(w, shape):
    return _fitting(w, shape).reshape(*shape, w.shape[1], order="F")


@FC_AS_CONV.wrong("height and width are swapped")
def swaps_height_and_width(w, shape):
    height, width, depth = shape
    return _fitting(w, shape).reshape(width, height, depth, -1).transpose(1, 0, 2, 3)


@FC_AS_CONV.wrong("the width comes before the height: the shape is (H, W, C, M)", partial=True)
def puts_the_width_first(w, shape):
    height, width, depth = shape
    return w.reshape(width, height, depth, w.shape[1])


@FC_AS_CONV.wrong("the channel is taken to vary slowest, as in PyTorch: here it varies fastest")
def takes_channels_first(w, shape):
    height, width, depth = shape
    return _fitting(w, shape).reshape(depth, height, width, -1).transpose(1, 2, 0, 3)


@FC_AS_CONV.wrong("the filters are flipped: a layer of this course does not flip its filters")
def flips_the_filters(w, shape):
    return _fitting(w, shape).reshape(*shape, -1)[::-1, ::-1]


@FC_AS_CONV.wrong("the weights are left as they are: four axes are asked for, (H, W, C, M)")
def returns_the_matrix(w, shape):
    return w


@FC_AS_CONV.wrong("one filter is made of all neurons: each neuron becomes a filter of its own")
def makes_one_filter(w, shape):
    return _fitting(w, shape).sum(axis=1, keepdims=True).reshape(*shape, 1)


@FC_AS_CONV.wrong("`w.shape = ...` gives the caller's weights another shape: w.reshape leaves them alone", partial=True)
def changes_the_shape_of_w(w, shape):
    w.shape = (*shape, w.shape[1])
    return w


@FC_AS_CONV.wrong("the volume is assumed to be square: height and width may differ", partial=True)
def takes_it_to_be_square(w, shape):
    side = int((len(w) / shape[2]) ** 0.5)
    return np.resize(w, (side, side, shape[2], w.shape[1]))


@FC_AS_CONV.right
def reshapes(w, shape):
    return w.reshape(*shape, w.shape[1])


@FC_AS_CONV.right
def refuses_nothing(w, shape):
    return w.reshape(*shape, -1)


@FC_AS_CONV.right
def copies_neuron_by_neuron(w, shape):
    return np.stack([column.reshape(shape) for column in w.T], axis=-1)


@FC_AS_CONV.right
def picks_rows_by_index(w, shape):
    if np.prod(shape) != len(w):
        raise ValueError("the weights don't fit the volume")
    i, j, c = np.indices(shape)
    return w[(i * shape[1] + j) * shape[2] + c]


@FC_AS_CONV.right
def answers_unit_images(w, shape):
    """For an image with a single 1, the layer returns the weights of that pixel."""
    units = np.eye(len(w), dtype=w.dtype).reshape(-1, *shape)
    filters = np.zeros((*shape, w.shape[1]), w.dtype)
    for unit in units:
        filters += unit[..., None] * (unit.reshape(1, -1) @ w)
    return filters
