"""Lesson 03, trace_shapes: the shapes and parameters of a net, worked out before it is built."""

from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson03_stride_padding import LESSON
from cs_utils.grading.exercises.lesson03_stride_padding.count_conv_parameters import count_conv_parameters
from cs_utils.grading.exercises.lesson03_stride_padding.output_size import output_size


def trace_shapes(input_shape, layers):
    shape, trace = tuple(input_shape), []
    for layer in layers:
        shape, parameters = _one_layer(shape, *layer)
        trace.append((shape, parameters))
    return trace


def _one_layer(shape, kind, *settings):
    """Return the shape after one layer, and its number of parameters."""
    height, width, depth = shape
    if kind == "conv":
        filters, size, stride, pad = settings
        rows, columns = (output_size(n, size, stride, pad) for n in (height, width))
        return (rows, columns, filters), count_conv_parameters(size, depth, filters)
    if kind == "pool":
        size, stride = settings
        rows, columns = (output_size(n, size, stride) for n in (height, width))
        return (rows, columns, depth), 0
    if kind == "fc":
        (neurons,) = settings
        return (1, 1, neurons), (height * width * depth + 1) * neurons
    return shape, 0


def _net(shape: tuple[int, int, int], *layers: tuple[Any, ...]) -> Case:
    return Case({"input_shape": shape, "layers": list(layers)})


def _convolutions(rng: np.random.Generator) -> list[Case]:
    height, width, depth = 7 + 2 * int(rng.integers(0, 3)), 15, int(rng.integers(2, 5))
    first, second = (int(number) for number in rng.choice(range(5, 13), 2, replace=False))
    return [
        _net((32, 32, 3), ("conv", 10, 5, 1, 2)),
        _net((height, width, depth), ("conv", first, 3, 2, 1), ("relu",), ("conv", second, 2, 1, 0)),
        _net((8, 5, depth), ("conv", first, 1, 3, 1), ("conv", second, 4, 1, 2), ("relu",)),
    ]


def _whole_nets(rng: np.random.Generator) -> list[Case]:
    height, width, depth = 4 * int(rng.integers(2, 5)), 24, int(rng.integers(2, 5))
    filters, neurons = (int(number) for number in rng.choice(range(5, 13), 2, replace=False))
    return [
        _net((32, 32, 3), ("conv", 12, 3, 1, 1), ("relu",), ("pool", 2, 2), ("fc", 10)),
        _net((height, width, depth), ("pool", 2, 2), ("conv", filters, 3, 1, 0), ("fc", neurons), ("relu",), ("fc", 3)),
        _net((9, 11, 2), ("conv", filters, 3, 2, 2), ("pool", 2, 1), ("relu",), ("fc", neurons)),
        _net((15, 11, depth), ("pool", 3, 2), ("conv", filters, 2, 1, 1), ("pool", 2, 2)),
    ]


def _care(rng: np.random.Generator) -> list[Case]:
    depth, filters = (int(number) for number in rng.integers(2, 7, 2))
    return [_net((9, 7, depth), ("conv", filters, 3, 2, 1), ("relu",), ("fc", 5))]


TRACE_SHAPES = Exercise(
    name="trace_shapes",
    lesson=LESSON,
    points=2,
    oracle=trace_shapes,
    visible=[
        _net((32, 32, 3), ("conv", 12, 3, 1, 1), ("relu",), ("pool", 2, 2), ("fc", 10)),
        _net((6, 10, 2), ("conv", 5, 2, 1, 2), ("conv", 4, 3, 2, 0), ("pool", 2, 1), ("fc", 6), ("fc", 3)),
    ],
    parts=[
        Part("convolutions and ReLU", 0.75, _convolutions),
        Part("whole nets, with pooling and fully connected layers", 1, _whole_nets),
        Part("inputs unchanged", 0.25, _care, unchanged=True),
    ],
    section="8. A net on paper",
    next="what a value deep in the net can see",
    returns=("trace",),
)
