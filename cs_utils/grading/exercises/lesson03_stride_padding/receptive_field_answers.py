"""Lesson 03, receptive_field: wrong and right answers."""

from functools import reduce
from math import prod

import numpy as np

from cs_utils.grading.exercises.lesson03_stride_padding.receptive_field import RECEPTIVE_FIELD


@RECEPTIVE_FIELD.wrong("the sizes are added up: neighbouring windows overlap, each layer adds (F - 1) steps")
def adds_up_the_sizes(layers):
    return sum(size for size, _ in layers) if layers else 1


@RECEPTIVE_FIELD.wrong("the sizes are multiplied: neighbouring windows overlap, each layer adds (F - 1) steps")
def multiplies_the_sizes(layers):
    return prod(size for size, _ in layers)


@RECEPTIVE_FIELD.wrong("the strides are forgotten: after a stride of S, one step is S pixels wide", True)
def forgets_the_strides(layers):
    return 1 + sum(size - 1 for size, _ in layers)


@RECEPTIVE_FIELD.wrong("a layer's own stride is counted too early: it widens the steps of the layers after it", True)
def steps_too_early(layers):
    side, step = 1, 1
    for size, stride in layers:
        step *= stride
        side += (size - 1) * step
    return side


@RECEPTIVE_FIELD.wrong(
    "each layer's own stride is used alone: what counts is the product of all strides before it", True
)
def uses_its_own_stride(layers):
    return 1 + sum((size - 1) * stride for size, stride in layers)


@RECEPTIVE_FIELD.wrong("F is counted instead of F - 1: the first pixel of a window is already seen")
def adds_the_whole_window(layers):
    side, step = 1, 1
    for size, stride in layers:
        side += size * step
        step *= stride
    return side


@RECEPTIVE_FIELD.wrong("the side starts from 0: before the first layer a value sees one pixel, itself")
def starts_from_zero(layers):
    side, step = 0, 1
    for size, stride in layers:
        side += (size - 1) * step
        step *= stride
    return side


@RECEPTIVE_FIELD.wrong("only the stride of the layer just before is used: all strides before it multiply", True)
def knows_the_last_stride_only(layers):
    side, step = 1, 1
    for size, stride in layers:
        side += (size - 1) * step
        step = stride
    return side


@RECEPTIVE_FIELD.wrong("the strides are added up: they multiply", True)
def adds_up_the_strides(layers):
    side, step = 1, 1
    for size, stride in layers:
        side += (size - 1) * step
        step += stride - 1
    return side


@RECEPTIVE_FIELD.wrong("`step += S` is used instead of `step *= S`: strides multiply")
def adds_the_stride_to_the_step(layers):
    side, step = 1, 1
    for size, stride in layers:
        side += (size - 1) * step
        step += stride
    return side


@RECEPTIVE_FIELD.wrong(
    "(side - 1) * S + F is used from first to last: that rule runs from the last layer to the first", True
)
def runs_the_backward_rule_forward(layers):
    side = 1
    for size, stride in layers:
        side = (side - 1) * stride + size
    return side


@RECEPTIVE_FIELD.wrong("the largest window is returned: the layers widen the view together")
def returns_the_largest_window(layers):
    return max((size for size, _ in layers), default=1)


@RECEPTIVE_FIELD.wrong("the rule begins with the first layer's size and fails if there is no layer", True)
def needs_a_first_layer(layers):
    (side, step), rest = layers[0], layers[1:]
    for size, stride in rest:
        side += (size - 1) * step
        step *= stride
    return side


@RECEPTIVE_FIELD.wrong("`layers.pop()` empties the list that was handed in: a `for` loop leaves it as it was", True)
def takes_the_layers_away(layers):
    side = 1
    while layers:
        size, stride = layers.pop()
        side = (side - 1) * stride + size
    return side


@RECEPTIVE_FIELD.right
def widens_step_by_step(layers):
    side, step = 1, 1
    for size, stride in layers:
        side, step = side + (size - 1) * step, step * stride
    return side


@RECEPTIVE_FIELD.right
def goes_back_to_the_input(layers):
    return reduce(lambda side, layer: (side - 1) * layer[1] + layer[0], reversed(layers), 1)


@RECEPTIVE_FIELD.right
def spreads_a_value_back(layers):
    seen = np.ones(1)
    for size, stride in reversed(layers):
        spaced = np.zeros((len(seen) - 1) * stride + 1)
        spaced[::stride] = seen
        seen = np.convolve(spaced, np.ones(size))
    return len(seen)


@RECEPTIVE_FIELD.right
def sums_over_products_of_strides(layers):
    return 1 + sum((size - 1) * prod(stride for _, stride in layers[:i]) for i, (size, _) in enumerate(layers))
