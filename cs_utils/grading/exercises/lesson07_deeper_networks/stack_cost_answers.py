"""Lesson 07, stack_cost: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson07_deeper_networks.stack_cost import STACK_COST


def _parameters(channels, size, depth):
    return depth * size**2 * channels**2


def _field(size, depth):
    return depth * (size - 1) + 1


@STACK_COST.wrong("biases are counted: this exercise leaves them out")
def counts_biases(channels, size, depth):
    return depth * (size**2 * channels + 1) * channels, _field(size, depth)


@STACK_COST.wrong("only one layer is counted: the stack has `depth` of them")
def counts_one_layer(channels, size, depth):
    return size**2 * channels**2, _field(size, depth)


@STACK_COST.wrong("the channels are counted only once: there are C filters, each of depth C")
def counts_one_filter_a_layer(channels, size, depth):
    return depth * size**2 * channels, _field(size, depth)


@STACK_COST.wrong("F is counted only once: a filter is F high and F wide")
def counts_filters_of_one_row(channels, size, depth):
    return depth * size * channels**2, _field(size, depth)


@STACK_COST.wrong("the sizes are summed for the receptive field: each layer adds F - 1 pixels")
def adds_up_the_sizes(channels, size, depth):
    return _parameters(channels, size, depth), depth * size


@STACK_COST.wrong("the sizes are multiplied for the receptive field: each layer adds F - 1 pixels")
def multiplies_the_sizes(channels, size, depth):
    return _parameters(channels, size, depth), size**depth


@STACK_COST.wrong("the receptive field is that of a single layer")
def sees_one_window(channels, size, depth):
    return _parameters(channels, size, depth), size


@STACK_COST.wrong("the receptive field is given as an area: its side is asked for")
def sees_an_area(channels, size, depth):
    return _parameters(channels, size, depth), _field(size, depth) ** 2


@STACK_COST.wrong("the receptive field starts from 0: before the first layer a value sees one pixel, itself")
def starts_from_zero(channels, size, depth):
    return _parameters(channels, size, depth), _field(size, depth) - 1


@STACK_COST.wrong("the two results are swapped: first the parameters, then the receptive field")
def swaps_the_results(channels, size, depth):
    return _field(size, depth), _parameters(channels, size, depth)


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
