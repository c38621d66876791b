"""Lesson 03: what a net costs and what it sees, worked out before it is built."""

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.stride_padding import LESSON, output_size_by_counting

# Right answers, written for clarity.


def _count_conv_parameters(size, depth, filters):
    weights_of_one = sum(1 for _row in range(size) for _column in range(size) for _channel in range(depth))
    return filters * (weights_of_one + 1)


def _trace_shapes(input_shape, layers):
    shape, trace = tuple(input_shape), []
    for layer in layers:
        shape, parameters = _pass_one(shape, *layer)
        trace.append((shape, parameters))
    return trace


def _pass_one(shape, kind, *settings):
    """Return the shape behind one layer, and its number of parameters."""
    height, width, depth = shape
    if kind == "conv":
        filters, size, stride, pad = settings
        rows, columns = (output_size_by_counting(n, size, stride, pad) for n in (height, width))
        return (rows, columns, filters), _count_conv_parameters(size, depth, filters)
    if kind == "pool":
        size, stride = settings
        rows, columns = (output_size_by_counting(n, size, stride) for n in (height, width))
        return (rows, columns, depth), 0
    if kind == "fc":
        (neurons,) = settings
        return (1, 1, neurons), (height * width * depth + 1) * neurons
    return shape, 0


def _receptive_field(layers):
    pixels = {0}
    for size, stride in reversed(layers):
        pixels = {stride * place + m for place in pixels for m in range(size)}
    return max(pixels) + 1


# Cases.


def _counts(rng):
    drawn = [tuple(int(number) for number in rng.integers(2, 9, 3)) for _ in range(3)]
    rows = [(5, 3, 10), (3, 12, 20), (1, 4, 2), (7, 1, 1), *drawn]
    return [Case(dict(zip(("size", "depth", "filters"), row, strict=True))) for row in rows]


def _net(shape, *layers) -> Case:
    return Case({"input_shape": shape, "layers": list(layers)})


def _conv_nets(rng):
    height, width, depth = 7 + 2 * int(rng.integers(0, 3)), 15, int(rng.integers(2, 5))
    first, second = (int(number) for number in rng.choice(range(5, 13), 2, replace=False))
    return [
        _net((32, 32, 3), ("conv", 10, 5, 1, 2)),
        _net((height, width, depth), ("conv", first, 3, 2, 1), ("relu",), ("conv", second, 2, 1, 0)),
        _net((8, 5, depth), ("conv", first, 1, 3, 1), ("conv", second, 4, 1, 2), ("relu",)),
    ]


def _whole_nets(rng):
    height, width, depth = 4 * int(rng.integers(2, 5)), 24, int(rng.integers(2, 5))
    filters, neurons = (int(number) for number in rng.choice(range(5, 13), 2, replace=False))
    return [
        _net((32, 32, 3), ("conv", 12, 3, 1, 1), ("relu",), ("pool", 2, 2), ("fc", 10)),
        _net((height, width, depth), ("pool", 2, 2), ("conv", filters, 3, 1, 0), ("fc", neurons), ("relu",), ("fc", 3)),
        _net((9, 11, 2), ("conv", filters, 3, 2, 2), ("pool", 2, 1), ("relu",), ("fc", neurons)),
        _net((15, 11, depth), ("pool", 3, 2), ("conv", filters, 2, 1, 1), ("pool", 2, 2)),
    ]


def _refused_nets(rng):
    depth, filters = (int(number) for number in rng.integers(2, 7, 2))
    conv = ("conv", filters, 3, 2, 1)
    return [
        _net((9, 7, depth), conv, ("relu",), ("fc", 5)),
        _net((7, 8, depth), conv),
        _net((8, 7, depth), ("relu",), conv),
        _net((9, 7, depth), conv, ("relu",), ("pool", 2, 2)),
        _net((9, 6, depth), ("pool", 3, 3), ("conv", filters, 4, 1, 0)),
        _net((4, 2, depth), ("pool", 3, 1)),
    ]


def _stack(*layers) -> Case:
    return Case({"layers": list(layers)})


def _plain_stacks(rng):
    drawn = [(int(size), 1) for size in rng.integers(2, 8, 4)]
    return [_stack((3, 1), (3, 1), (3, 1)), _stack((5, 1)), _stack(*drawn), _stack((1, 1), (3, 1), (1, 1))]


def _strided_stacks(rng):
    drawn = [
        (int(size), int(stride)) for size, stride in zip(rng.integers(2, 6, 5), rng.integers(2, 4, 5), strict=True)
    ]
    return [_stack((3, 2), (3, 2), (3, 2)), _stack((3, 1), (2, 2), (3, 1), (2, 2), (5, 1)), _stack(*drawn)]


def _special_stacks(rng):
    jump = int(rng.integers(2, 5))
    return [_stack((1, jump), (3, 1), (2, 3)), _stack(), _stack((3, 1), (2, jump)), _stack((7, 2), (1, 1), (3, 2))]


# The exercises, in the lesson's order.

COUNT_CONV_PARAMETERS = Exercise(
    name="count_conv_parameters",
    lesson=LESSON,
    points=1,
    oracle=_count_conv_parameters,
    visible=[
        Case({"size": 5, "depth": 3, "filters": 10}),
        Case({"size": 3, "depth": 12, "filters": 20}),
        Case({"size": 1, "depth": 4, "filters": 2}),
    ],
    parts=[Part("any size, depth and number of filters", 1, _counts)],
    section="6. Count before you build",
    next="the layer on one page",
    returns=("count",),
)

TRACE_SHAPES = Exercise(
    name="trace_shapes",
    lesson=LESSON,
    points=2,
    oracle=_trace_shapes,
    visible=[
        _net((32, 32, 3), ("conv", 12, 3, 1, 1), ("relu",), ("pool", 2, 2), ("fc", 10)),
        _net((6, 10, 2), ("conv", 5, 2, 1, 2), ("conv", 4, 3, 2, 0), ("pool", 2, 1), ("fc", 6), ("fc", 3)),
        _net((8, 7, 2), ("conv", 5, 3, 2, 1)),
        _net((6, 7, 2), ("pool", 2, 2)),
    ],
    parts=[
        Part("convolutions and ReLU", 0.5, _conv_nets),
        Part("whole nets, with pooling and fully connected layers", 1, _whole_nets),
        Part("what does not fit is refused, inputs unchanged", 0.5, _refused_nets, unchanged=True),
    ],
    section="8. A net on paper",
    next="what a value deep in the net can see",
    returns=("trace",),
)

RECEPTIVE_FIELD = Exercise(
    name="receptive_field",
    lesson=LESSON,
    points=2,
    oracle=_receptive_field,
    visible=[
        _stack((3, 1), (3, 1), (3, 1)),
        _stack((3, 2), (5, 3), (2, 4)),
        _stack((1, 3), (2, 1), (4, 2)),
        _stack(),
    ],
    parts=[
        Part("stride 1", 0.5, _plain_stacks),
        Part("any strides", 1, _strided_stacks),
        Part("windows of one pixel, no layer at all; input unchanged", 0.5, _special_stacks, unchanged=True),
    ],
    section="9. How far does a value see?",
    next="test it on a layer",
    returns=("side",),
)
