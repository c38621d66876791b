"""Lesson 07: the cost of a stack of convolutions, and what can replace fully connected layers.

The pattern of a net is in `deeper_language`, batch norm in `deeper_normalization`, the residual block in
`deeper_residual`.
"""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import DEEPER

LESSON = "07_deeper_networks"


# Right answers, written for clarity.


def _stack_cost(channels, size, depth):
    parameters, field = 0, 1
    for _layer in range(depth):
        parameters += size * size * channels * channels
        field += size - 1
    return parameters, field


def _fc_as_conv(w, shape):
    height, width, depth = shape
    if len(w) != height * width * depth:
        raise ValueError(f"{len(w)} rows of weights for a volume of {height}x{width}x{depth}")
    filters = np.zeros((height, width, depth, w.shape[1]))
    for row, (i, j, c) in enumerate(np.ndindex(height, width, depth)):
        filters[i, j, c] = w[row]
    return filters


def _global_average_pool(x):
    count, height, width, depth = x.shape
    y = np.zeros((count, depth))
    for n, c in np.ndindex(count, depth):
        y[n, c] = sum(x[n, i, j, c] for i in range(height) for j in range(width)) / (height * width)
    return y


def _global_average_pool_backward(dy, x_shape):
    dx = np.zeros(x_shape)
    for n, i, j, c in np.ndindex(*x_shape):
        dx[n, i, j, c] = dy[n, c] / (x_shape[1] * x_shape[2])
    return dx


# Cases. The visible ones hold quarters, so that sums are exact; the hidden ones are drawn from a random generator.


def _stacks(rng):
    drawn = [tuple(int(number) for number in row) for row in rng.integers((2, 4, 4), (9, 8, 7), (3, 3))]
    rows = [(64, 3, 3), (64, 7, 1), (1, 5, 2), (3, 1, 4), (12, 3, 5), *drawn]
    return [Case(dict(zip(("channels", "size", "depth"), row, strict=True))) for row in rows]


def _weights(rng, shape, neurons, dtype=np.float64) -> Case:
    return Case({"w": draw(rng, dtype, int(np.prod(shape)), neurons), "shape": shape})


def _square_weights(rng):
    neurons = int(rng.integers(2, 7))
    return [_weights(rng, (4, 4, 3), neurons), _weights(rng, (2, 2, 5), 7), _weights(rng, (3, 3, 2), 4, np.float32)]


def _any_weights(rng):
    height, depth, neurons = (int(number) for number in rng.integers(2, 6, 3))
    return [
        _weights(rng, (height, height + 2, depth), neurons),
        _weights(rng, (5, 2, 3), 4),
        _weights(rng, (1, 1, 8), 3),
        _weights(rng, (3, 4, 1), 1),
        _weights(rng, (2, 6, 3), 5, np.float32),
    ]


def _refused_weights(rng):
    fitting = _weights(rng, (3, 2, 4), int(rng.integers(2, 6)))
    w = fitting.arguments["w"]
    misfits = [(3, 2, 2), (3, 2, 3), (3, 4, 4), (4, 2, 4), (1, 1, 12)]
    return [fitting, *(Case({"w": w, "shape": shape}) for shape in misfits), _weights(rng, (2, 2, 3), 3, np.float32)]


def _pooled(rng):
    count, depth = (int(number) for number in rng.integers(2, 5, 2))
    shapes = [(count, 3, 3, depth), (3, 2, 5, 4), (1, 4, 3, 2), (2, 1, 6, 3), (2, 5, 1, 1)]
    cases = [Case({"x": draw(rng, np.float64, *shape)}) for shape in shapes]
    return [*cases, Case({"x": draw(rng, np.float32, 2, 4, 6, 3)})]


def _spread(rng):
    count, depth = (int(number) for number in rng.integers(2, 5, 2))
    shapes = [(count, 3, 3, depth), (3, 2, 5, 4), (1, 4, 3, 2), (2, 1, 6, 3)]
    cases = [Case({"dy": draw(rng, np.float64, s[0], s[3]), "x_shape": s}) for s in shapes]
    return [*cases, Case({"dy": draw(rng, np.float32, 2, 3), "x_shape": (2, 4, 6, 3)})]


# The exercises, in the lesson's order.

STACK_COST = Exercise(
    name="stack_cost",
    lesson=LESSON,
    points=1,
    oracle=_stack_cost,
    visible=[
        Case({"channels": 64, "size": 3, "depth": 3}),
        Case({"channels": 2, "size": 5, "depth": 1}),
        Case({"channels": 3, "size": 4, "depth": 2}),
    ],
    parts=[Part("any number of channels, size and depth", 1, _stacks)],
    section="3. Smaller filters, deeper",
    next="three small layers against a large one",
    returns=("parameters", "receptive_field"),
)

FC_AS_CONV = Exercise(
    name="fc_as_conv",
    lesson=LESSON,
    points=2,
    oracle=_fc_as_conv,
    visible=[
        Case({"w": quarters(8, 2), "shape": (2, 2, 2)}),
        Case({"w": quarters(18, 3, start=3), "shape": (2, 3, 3)}),
        Case({"w": quarters(8, 4, start=2), "shape": (2, 2, 1)}),
    ],
    parts=[
        Part("square volumes", 1, _square_weights),
        Part("any height, width and depth", 0.5, _any_weights),
        Part("volumes that don't fit refused, inputs unchanged", 0.5, _refused_weights, unchanged=True),
    ],
    section="4. Do we need fully connected layers?",
    next="a net that takes images of any size",
    returns=("filters",),
)

GLOBAL_AVERAGE_POOL = Exercise(
    name="global_average_pool",
    lesson=LESSON,
    points=1,
    oracle=_global_average_pool,
    visible=[Case({"x": quarters(1, 2, 2, 2, start=1)}), Case({"x": quarters(2, 2, 4, 2)})],
    parts=[Part("any number of images, any size and depth, input unchanged", 1, _pooled, unchanged=True)],
    section="5. One number a map",
    next="and its gradient",
    stubs=DEEPER,
)

GLOBAL_AVERAGE_POOL_BACKWARD = Exercise(
    name="global_average_pool_backward",
    lesson=LESSON,
    points=1,
    oracle=_global_average_pool_backward,
    visible=[
        Case({"dy": quarters(2, 3), "x_shape": (2, 2, 4, 3)}),
        Case({"dy": quarters(1, 2, start=3), "x_shape": (1, 4, 4, 2)}),
    ],
    parts=[Part("any number of images, any size and depth, inputs unchanged", 1, _spread, unchanged=True)],
    section="5. One number a map",
    next="measure it",
    returns=("dx",),
    stubs=DEEPER,
)
