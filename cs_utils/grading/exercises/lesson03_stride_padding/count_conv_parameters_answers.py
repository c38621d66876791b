"""Lesson 03, count_conv_parameters: wrong and right answers."""

from math import prod

import numpy as np

from cs_utils.grading.exercises.lesson03_stride_padding.count_conv_parameters import COUNT_CONV_PARAMETERS


@COUNT_CONV_PARAMETERS.wrong("the biases are forgotten: each filter has one")
def counts_weights_alone(size, depth, filters):
    return size * size * depth * filters


@COUNT_CONV_PARAMETERS.wrong("one bias is counted for the whole layer: each filter has its own")
def counts_one_bias_in_all(size, depth, filters):
    return size * size * depth * filters + 1


@COUNT_CONV_PARAMETERS.wrong("the depth is left out: a filter spans the full depth")
def counts_flat_filters(size, depth, filters):
    return (size * size + 1) * filters


@COUNT_CONV_PARAMETERS.wrong("a bias is counted for each channel of a filter: a filter has one bias")
def counts_a_bias_for_each_channel(size, depth, filters):
    return (size * size + 1) * depth * filters


@COUNT_CONV_PARAMETERS.wrong("F is counted only once: a filter is F high and F wide")
def counts_filters_of_one_row(size, depth, filters):
    return (size * depth + 1) * filters


@COUNT_CONV_PARAMETERS.wrong("a single filter is counted: the layer has K")
def counts_one_filter(size, depth, filters):
    return size * size * depth + 1


@COUNT_CONV_PARAMETERS.wrong("one bias per channel of the image is counted: there is one per filter")
def counts_a_bias_for_each_colour(size, depth, filters):
    return size * size * depth * filters + depth


@COUNT_CONV_PARAMETERS.wrong("brackets are missing: weights *and* bias of a filter are multiplied by K")
def forgets_the_brackets(size, depth, filters):
    return size * size * depth + 1 * filters


@COUNT_CONV_PARAMETERS.right
def takes_the_formula(size, depth, filters):
    return (size**2 * depth + 1) * filters


@COUNT_CONV_PARAMETERS.right
def measures_the_arrays(size, depth, filters):
    return np.zeros((size, size, depth, filters)).size + np.zeros(filters).size


@COUNT_CONV_PARAMETERS.right
def adds_filter_by_filter(size, depth, filters):
    return sum(prod((size, size, depth)) + 1 for _ in range(filters))
