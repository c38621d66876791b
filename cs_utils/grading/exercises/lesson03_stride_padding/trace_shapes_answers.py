"""Lesson 03, trace_shapes: wrong and right answers."""

from math import prod

import numpy as np

from cs_utils.grading.exercises.lesson03_stride_padding.shared_answers import expect_places
from cs_utils.grading.exercises.lesson03_stride_padding.trace_shapes import TRACE_SHAPES


def convolved(shape, filters, size, stride, pad):
    """Return the shape after a convolution."""
    return (*(expect_places(n, size, stride, pad) for n in shape[:2]), filters)


def pooled(shape, size, stride):
    """Return the shape after a pooling layer."""
    return (*(expect_places(n, size, stride, 0) for n in shape[:2]), shape[2])


def counted(shape, filters, size):
    """Return the parameters of a convolution on maps of this shape."""
    return (size * size * shape[2] + 1) * filters


def one_layer(shape, layer):
    """Return the right shape and parameters of one layer, for answers that spoil them in one respect."""
    match layer:
        case ("conv", filters, size, stride, pad):
            return convolved(shape, filters, size, stride, pad), counted(shape, filters, size)
        case ("pool", size, stride):
            return pooled(shape, size, stride), 0
        case ("fc", neurons):
            return (1, 1, neurons), (prod(shape) + 1) * neurons
    return shape, 0


def trace(shape, layers, step=one_layer):
    """Return what `step(shape, layer)` returns for each layer in turn."""
    found = []
    for layer in layers:
        shape, parameters = step(shape, layer)
        found.append((shape, parameters))
    return found


@TRACE_SHAPES.wrong("every layer starts from the input of the net: each one should start from the shape before it")
def starts_anew_at_each_layer(input_shape, layers):
    return [one_layer(input_shape, layer) for layer in layers]


@TRACE_SHAPES.wrong("the depth stays that of the input: after a convolution it is the number of filters")
def keeps_the_depth(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return (*new[:2], shape[2]) if layer[0] == "conv" else new, parameters

    return trace(input_shape, layers, step)


@TRACE_SHAPES.wrong(
    "the depth is changed before the weights are counted: a filter is as deep as what goes *into* its layer"
)
def changes_the_depth_too_early(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return new, counted(new, layer[1], layer[2]) if layer[0] == "conv" else parameters

    return trace(input_shape, layers, step)


@TRACE_SHAPES.wrong("all biases are forgotten: each filter and each neuron has one")
def forgets_all_biases(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return new, parameters - layer[1] if layer[0] in ("conv", "fc") else parameters

    return trace(input_shape, layers, step)


@TRACE_SHAPES.wrong("ReLU is left out of the list: it changes nothing, but it is a layer")
def leaves_relu_out(input_shape, layers):
    return [found for layer, found in zip(layers, trace(input_shape, layers), strict=True) if layer[0] != "relu"]


@TRACE_SHAPES.wrong("the biases of the convolutions are forgotten")
def forgets_the_filters_biases(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return new, parameters - layer[1] if layer[0] == "conv" else parameters

    return trace(input_shape, layers, step)


@TRACE_SHAPES.wrong("the biases of the fully connected layers are forgotten", True)
def forgets_the_neurons_biases(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return new, parameters - layer[1] if layer[0] == "fc" else parameters

    return trace(input_shape, layers, step)


@TRACE_SHAPES.wrong("the fully connected layer looks only at the channels: it has a weight for all H·W·C numbers", True)
def connects_the_channels_alone(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return new, (shape[2] + 1) * layer[1] if layer[0] == "fc" else parameters

    return trace(input_shape, layers, step)


@TRACE_SHAPES.wrong("the shape after a fully connected layer is (M,): here it is written (1, 1, M)", True)
def flattens_after_a_fully_connected_layer(input_shape, layers):
    return [
        (shape[2:] if layer[0] == "fc" else shape, parameters)
        for layer, (shape, parameters) in zip(layers, trace(input_shape, layers), strict=True)
    ]


@TRACE_SHAPES.wrong("pooling layers are given parameters: taking a maximum needs none", True)
def gives_parameters_to_pooling(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return new, counted(shape, shape[2], layer[1]) if layer[0] == "pool" else parameters

    return trace(input_shape, layers, step)


@TRACE_SHAPES.wrong("the parameters are added up from layer to layer: each entry counts only its own layer")
def adds_up_the_parameters(input_shape, layers):
    found = trace(input_shape, layers)
    totals = np.cumsum([parameters for _, parameters in found])
    return [(shape, int(total)) for (shape, _), total in zip(found, totals, strict=True)]


@TRACE_SHAPES.wrong("the list begins with the input: there is one entry per layer")
def begins_with_the_input(input_shape, layers):
    return [(tuple(input_shape), 0), *trace(input_shape, layers)]


@TRACE_SHAPES.wrong("only the last shape is returned: a list with one entry per layer is wanted")
def returns_the_last_alone(input_shape, layers):
    return trace(input_shape, layers)[-1]


@TRACE_SHAPES.wrong("the number of filters comes first, as in PyTorch: shapes are (H, W, C)")
def writes_channels_first(input_shape, layers):
    return [((shape[2], *shape[:2]), parameters) for shape, parameters in trace(input_shape, layers)]


@TRACE_SHAPES.wrong("the height is used for the width, too: images need not be square")
def takes_maps_to_be_square(input_shape, layers):
    return trace((input_shape[0], input_shape[0], input_shape[2]), layers)


@TRACE_SHAPES.form(takes_maps_to_be_square)
def takes_maps_to_be_square_after_a_convolution(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return (new[0], new[0], new[2]) if layer[0] == "conv" else new, parameters

    return trace(input_shape, layers, step)


@TRACE_SHAPES.wrong("stride and padding of a convolution are swapped: the order is K, F, S, P")
def reads_padding_before_stride(input_shape, layers):
    return trace(input_shape, [(*la[:3], la[4], la[3]) if la[0] == "conv" else la for la in layers])


@TRACE_SHAPES.wrong("the padding of a convolution is counted on one side only")
def pads_maps_on_one_side(input_shape, layers):
    def step(shape, layer):
        if layer[0] != "conv":
            return one_layer(shape, layer)
        _, filters, size, stride, pad = layer
        return convolved((shape[0] + pad, shape[1] + pad), filters, size, stride, 0), counted(shape, filters, size)

    return trace(input_shape, layers, step)


def _refusing_nothing(shape, layer):
    """Return the shape and parameters of one layer, its size rounded down if it does not fit."""
    if layer[0] not in ("conv", "pool"):
        return one_layer(shape, layer)
    (size, stride), pad = layer[-3:-1] if layer[0] == "conv" else layer[1:], layer[-1] if layer[0] == "conv" else 0
    rows, columns = ((n - size + 2 * pad) // stride + 1 for n in shape[:2])
    if layer[0] == "pool":
        return (rows, columns, shape[2]), 0
    return (rows, columns, layer[1]), counted(shape, layer[1], size)


@TRACE_SHAPES.wrong("`layers.pop(0)` empties the list that was handed in: a `for` loop leaves it as it was", True)
def takes_layers_off_the_list(input_shape, layers):
    shape, found = input_shape, []
    while layers:
        shape, parameters = one_layer(shape, layers.pop(0))
        found.append((shape, parameters))
    return found


@TRACE_SHAPES.wrong("`/` makes floats of the sizes, such as 32.0: `//` gives the whole number 32")
def makes_floats_of_the_sizes(input_shape, layers):
    def step(shape, layer):
        new, parameters = one_layer(shape, layer)
        return (
            ((float(new[0]), float(new[1]), new[2]), parameters) if layer[0] in ("conv", "pool") else (new, parameters)
        )

    return trace(input_shape, layers, step)


@TRACE_SHAPES.right
def goes_from_layer_to_layer(input_shape, layers):
    return trace(tuple(input_shape), layers)


@TRACE_SHAPES.right
def refuses_nothing(input_shape, layers):
    return trace(tuple(input_shape), layers, _refusing_nothing)


@TRACE_SHAPES.right
def hands_the_rest_to_itself(input_shape, layers):
    if not layers:
        return []
    shape, parameters = one_layer(input_shape, layers[0])
    return [(shape, parameters), *hands_the_rest_to_itself(shape, layers[1:])]


@TRACE_SHAPES.right
def measures_real_arrays(input_shape, layers):
    maps, found = np.zeros(input_shape), []
    for kind, *settings in layers:
        parameters = 0
        if kind == "fc":
            parameters = np.zeros((maps.size, settings[0])).size + settings[0]
            maps = np.zeros((1, 1, settings[0]))
        elif kind in ("conv", "pool"):
            filters, size, stride, pad = settings if kind == "conv" else (maps.shape[2], *settings, 0)
            parameters = np.zeros((size, size, maps.shape[2], filters)).size + filters if kind == "conv" else 0
            padded = np.pad(maps, ((pad, pad), (pad, pad), (0, 0)))
            places = [np.arange(n + 1)[size::stride] for n in padded.shape[:2]]
            if any(ends.size == 0 or ends[-1] != n for ends, n in zip(places, padded.shape[:2], strict=True)):
                raise ValueError("it does not fit")
            maps = np.zeros((len(places[0]), len(places[1]), filters))
        found.append([maps.shape, parameters])
    return found
