"""Lesson 07, stacks, fully connected layers as filters, global average pooling: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.deeper_networks import (
    FC_AS_CONV,
    GLOBAL_AVERAGE_POOL,
    GLOBAL_AVERAGE_POOL_BACKWARD,
    STACK_COST,
)

# stack_cost


@STACK_COST.wrong("biases are counted: this exercise leaves them out")
def counts_biases(channels, size, depth):
    return depth * (size**2 * channels + 1) * channels, depth * (size - 1) + 1


@STACK_COST.wrong("one layer is counted: the stack has `depth` of them")
def counts_one_layer(channels, size, depth):
    return size**2 * channels**2, depth * (size - 1) + 1


@STACK_COST.wrong("the channels are counted once: there are C filters, each of depth C")
def counts_one_filter_a_layer(channels, size, depth):
    return depth * size**2 * channels, depth * (size - 1) + 1


@STACK_COST.wrong("F is counted once: a filter is F high and F wide")
def counts_filters_of_one_row(channels, size, depth):
    return depth * size * channels**2, depth * (size - 1) + 1


@STACK_COST.wrong("the sizes are added up for the receptive field: each layer adds F - 1 pixels")
def adds_up_the_sizes(channels, size, depth):
    return depth * size**2 * channels**2, depth * size


@STACK_COST.wrong("the sizes are multiplied for the receptive field: each layer adds F - 1 pixels")
def multiplies_the_sizes(channels, size, depth):
    return depth * size**2 * channels**2, size**depth


@STACK_COST.wrong("the receptive field is that of a single layer")
def sees_one_window(channels, size, depth):
    return depth * size**2 * channels**2, size


@STACK_COST.wrong("the receptive field starts from 0: before the first layer a value sees one pixel, itself")
def starts_from_zero(channels, size, depth):
    return depth * size**2 * channels**2, depth * (size - 1)


@STACK_COST.wrong("the two results are swapped: first the parameters, then the receptive field")
def swaps_the_results(channels, size, depth):
    return depth * (size - 1) + 1, depth * size**2 * channels**2


@STACK_COST.right
def takes_the_formulas(channels, size, depth):
    return depth * (size * channels) ** 2, 1 + depth * (size - 1)


@STACK_COST.right
def measures_arrays(channels, size, depth):
    filters = [np.zeros((size, size, channels, channels)) for _ in range(depth)]
    seen = np.ones(1)
    for _ in filters:
        seen = np.convolve(seen, np.ones(size))
    return sum(w.size for w in filters), len(seen)


@STACK_COST.right
def goes_layer_by_layer(channels, size, depth):
    if depth == 0:
        return 0, 1
    parameters, field = goes_layer_by_layer(channels, size, depth - 1)
    return parameters + size**2 * channels**2, field + size - 1


# fc_as_conv


@FC_AS_CONV.wrong("the filters come first: neuron m's weights are filters[:, :, :, m], (H, W, C, M)")
def puts_filters_first(w, shape):
    return w.T.reshape(w.shape[1], *shape)


@FC_AS_CONV.wrong("w is transposed before it is cut up: its columns belong to the neurons already")
def transposes_first(w, shape):
    return _fitting(w, shape).T.reshape(*shape, w.shape[1])


@FC_AS_CONV.wrong("the rows are counted column by column (order='F'): the channel runs fastest, then the column")
def counts_columns_first(w, shape):
    return _fitting(w, shape).reshape(*shape, w.shape[1], order="F")


@FC_AS_CONV.wrong("height and width change places")
def swaps_height_and_width(w, shape):
    height, width, depth = shape
    return _fitting(w, shape).reshape(width, height, depth, -1).transpose(1, 0, 2, 3)


@FC_AS_CONV.wrong("the channels are taken as the slowest axis, as in PyTorch: here they run fastest")
def takes_channels_first(w, shape):
    height, width, depth = shape
    return _fitting(w, shape).reshape(depth, height, width, -1).transpose(1, 2, 0, 3)


@FC_AS_CONV.wrong("the filters are turned upside down: a layer of this course does not flip its filters")
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


@FC_AS_CONV.wrong("the number of filters is left to -1: a volume that does not fit goes through", partial=True)
def leaves_the_number_of_filters_open(w, shape):
    return w.reshape(*shape, -1)


@FC_AS_CONV.wrong("np.resize cuts or repeats what does not fit: it should be refused", partial=True)
def cuts_or_repeats_what_does_not_fit(w, shape):
    return np.resize(w, (*shape, w.shape[1]))


@FC_AS_CONV.wrong("the volume is taken to be square: height and width may differ", partial=True)
def takes_it_to_be_square(w, shape):
    side = int((len(w) / shape[2]) ** 0.5)
    return np.resize(w, (side, side, shape[2], w.shape[1]))


def _fitting(w, shape):
    if len(w) != np.prod(shape):
        raise ValueError(f"{len(w)} rows don't fill {shape}")
    return w


@FC_AS_CONV.right
def reshapes(w, shape):
    return w.reshape(*shape, w.shape[1])


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
    """What the layer says of an image with a single 1 is that pixel's weights."""
    units = np.eye(len(w), dtype=w.dtype).reshape(-1, *shape)
    filters = np.zeros((*shape, w.shape[1]), w.dtype)
    for unit in units:
        filters += unit[..., None] * (unit.reshape(1, -1) @ w)
    return filters


# global_average_pool


@GLOBAL_AVERAGE_POOL.wrong("the maximum of each map is kept: the mean is asked for")
def takes_the_maximum(x):
    return x.max(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the sum of each map is kept: it should be divided by H * W")
def takes_the_sum(x):
    return x.sum(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the mean runs over the channels: each map has a mean of its own")
def averages_over_channels(x):
    return x.mean(axis=3)


@GLOBAL_AVERAGE_POOL.wrong("the mean runs over the images, too: each image has its own")
def averages_over_the_batch(x):
    return x.mean(axis=(0, 1, 2))


@GLOBAL_AVERAGE_POOL.wrong("the result keeps two axes of length 1: its shape should be (N, C)")
def keeps_the_axes(x):
    return x.mean(axis=(1, 2), keepdims=True)


@GLOBAL_AVERAGE_POOL.wrong("the mean runs over axes 2 and 3, as in PyTorch: here they are columns and channels")
def takes_channels_to_be_second(x):
    return x.mean(axis=(2, 3))


@GLOBAL_AVERAGE_POOL.wrong("the sum is divided by the square of the height: maps need not be square")
def divides_by_the_square(x):
    return x.sum(axis=(1, 2)) / x.shape[1] ** 2


@GLOBAL_AVERAGE_POOL.wrong("the sum is divided by the height alone: a map has H * W pixels")
def divides_by_the_height(x):
    return x.sum(axis=(1, 2)) / x.shape[1]


@GLOBAL_AVERAGE_POOL.wrong("`x /= ...` divides the caller's maps: divide the sum, it is a new array")
def divides_in_place(x):
    x /= x.shape[1] * x.shape[2]
    return x.sum(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.right
def takes_two_axes_at_once(x):
    return x.mean(axis=(1, 2))


@GLOBAL_AVERAGE_POOL.right
def contracts_by_einsum(x):
    return np.einsum("nhwc->nc", x) / (x.shape[1] * x.shape[2])


@GLOBAL_AVERAGE_POOL.right
def multiplies_by_ones(x):
    flat = x.reshape(len(x), -1, x.shape[3])
    return np.full(flat.shape[1], 1 / flat.shape[1], x.dtype) @ flat


@GLOBAL_AVERAGE_POOL.right
def averages_rows_first(x):
    return np.array([[np.mean([row[:, c].mean() for row in image]) for c in range(x.shape[3])] for image in x])


# global_average_pool_backward


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("each pixel gets all of dy: the mean hands on one part in H * W")
def gives_each_all(dy, x_shape):
    return np.broadcast_to(dy[:, None, None], x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the height alone: a map has H * W pixels")
def shares_by_the_height(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / x_shape[1], x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the square of the height: maps need not be square")
def shares_by_the_square(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / x_shape[1] ** 2, x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("the first pixel of each map gets all: every pixel has its share")
def gives_it_to_the_first_pixel(dy, x_shape):
    dx = np.zeros(x_shape)
    dx[:, 0, 0] = dy
    return dx


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("dy is divided by the number of images, too: each has a mean of its own")
def shares_among_images(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / np.prod(x_shape[:3]), x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("the result has the shape of dy: dx has one number for each pixel of x")
def returns_the_shape_of_dy(dy, x_shape):
    return dy / (x_shape[1] * x_shape[2])


@GLOBAL_AVERAGE_POOL_BACKWARD.wrong("`dy /= ...` changes the caller's gradient: dy / ... makes a new array")
def shares_in_place(dy, x_shape):
    dy /= x_shape[1] * x_shape[2]
    return np.broadcast_to(dy[:, None, None], x_shape).copy()


@GLOBAL_AVERAGE_POOL_BACKWARD.right
def repeats_each_share(dy, x_shape):
    share = dy / (x_shape[1] * x_shape[2])
    return share[:, None, None].repeat(x_shape[1], axis=1).repeat(x_shape[2], axis=2)


@GLOBAL_AVERAGE_POOL_BACKWARD.right
def multiplies_with_ones(dy, x_shape):
    return np.einsum("nc,h,w->nhwc", dy, np.ones(x_shape[1]) / x_shape[1], np.ones(x_shape[2]) / x_shape[2])


@GLOBAL_AVERAGE_POOL_BACKWARD.right
def fills_pixel_by_pixel(dy, x_shape):
    dx = np.empty(x_shape, dy.dtype)
    for i, j in np.ndindex(x_shape[1:3]):
        dx[:, i, j] = dy / (x_shape[1] * x_shape[2])
    return dx
