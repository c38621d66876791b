"""Lesson 07: the pattern of a net, the cost of a stack of convolutions, and what can replace fully connected layers.

Batch norm is in `deeper_normalization`, the residual block in `deeper_residual`.
"""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.convolution import quarters

LESSON = "07_deeper_networks"


# Right answers, written for clarity.


def parse_by_descent(text):
    """One function for each line of the grammar: a chain is parts joined by -, a part is a group or an item."""
    items, end = _chain(text, 0)
    if end < len(text):
        raise ValueError(f"position {end} of {text!r}: {text[end]!r} is not expected here")
    return items


def _chain(text: str, start: int) -> tuple[list[str], int]:
    items, end = _part(text, start)
    while text[end : end + 1] == "-":
        more, end = _part(text, end + 1)
        items = items + more
    return items, end


def _part(text: str, start: int) -> tuple[list[str], int]:
    if text[start : start + 1] == "(":
        return _group(text, start)
    end = start
    while end < len(text) and text[end].isalnum():
        end += 1
    if end == start:
        raise ValueError(f"position {start} of {text!r}: an item or ( is missing here")
    return ([], end + 1) if text[end : end + 1] == "?" else ([text[start:end]], end)


def _group(text: str, start: int) -> tuple[list[str], int]:
    items, end = _chain(text, start + 1)
    if text[end : end + 1] != ")":
        raise ValueError(f"position {end} of {text!r}: the ( at {start} should be closed here")
    end += 1
    if text[end : end + 1] != "*":
        return items, end
    first = end = end + 1
    while end < len(text) and text[end].isdigit():
        end += 1
    if not text[first:end].strip("0"):
        raise ValueError(f"position {first} of {text!r}: a number of repetitions, 1 or more, is missing here")
    return items * int(text[first:end]), end


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


def draw(rng, dtype, *shape) -> np.ndarray:
    return rng.normal(size=shape).astype(dtype)


def _patterns(*texts: str) -> list[Case]:
    return [Case({"text": text}) for text in texts]


def _names(rng) -> tuple[str, str, str]:
    """Three names of layers, no two the same."""
    first, second = rng.choice([4, 8, 16, 32, 64, 128], 2, replace=False)
    return f"conv{first}", f"fc{second}", str(rng.choice(["relu", "bn", "pool"]))


def _repeated_patterns(rng):
    a, b, c = _names(rng)
    n, m = (int(number) for number in rng.choice(range(2, 8), 2, replace=False))
    return _patterns(
        "(conv12-relu)*2-pool-fc",
        f"{a}-{c}-{b}",
        a,
        f"({a}-{c})*{n}-{b}-({b}-{a}-{c})*{m}",
        f"{b}-({a})*{10 + n}",
        f"({a}-{b})-{c}-({c})*1",
        f"{a}F5S1P2-({c}-{b})*{m}",
    )


def _nested_patterns(rng):
    a, b, c = _names(rng)
    n, m, k = (int(number) for number in rng.choice(range(2, 6), 3, replace=False))
    return _patterns(
        f"(({a}-{c})*{n}-pool)*{m}-({b}-relu)*{k}-{b}",
        f"({a}-({b})*{n}-({c}-{a})*{k})*{m}",
        f"((({a})*{n}-{b})*{m}-{c})*{k}",
        f"(({a}-{b}))*{n}-(({c}))",
    )


def _optional_patterns(rng):
    a, b, c = _names(rng)
    n = int(rng.integers(2, 5))
    return _patterns(
        f"(({a}-{c})*{n}-pool?)*2-{b}",
        f"{a}?-{b}-{c}?",
        f"({a}-{b}?)*{n}-{c}",
        f"({c}?)*{n}-{a}",
        f"{b}?",
        f"({a}?-{a})*{n}",
    )


def _malformed_patterns(rng):
    a, b, c = _names(rng)
    n = int(rng.integers(2, 5))
    fitting = f"(({a}-{c})*{n}-{b})*2"
    missing = ["", f"{a}-", f"-{c}", f"{a}--{c}", "()", f"({a}-)*{n}", f"{a}-?", f"({a}-())*{n}"]
    brackets = [f"({a}-{c}", f"{a}-{c})", f"(({a}-{c})*{n}-{b}", f"({a})*{n})", f"{a}({c})*{n}", f"({a}){c}", f")({a}"]
    numbers = [f"({a})*", f"({a})*-{c}", f"({a})*0", f"({a})*{c}", f"({a}){n}"]
    return _patterns(fitting, *missing, *brackets, *numbers, f"({a}?)*{n}-({c}-{b})*2")


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

PARSE_PATTERN = Exercise(
    name="parse_pattern",
    lesson=LESSON,
    points=3,
    oracle=parse_by_descent,
    visible=_patterns(
        "(conv12-relu)*2-pool-fc",
        "relu-conv8-(relu)*12-(fc10-bn)",
        "((conv16-relu)*2-pool)*3-fc",
        "((bn-relu-fc)*2)*2-(conv4)*1-((gap))",
        "(conv8-relu-pool?)*2-fc10",
        "bn?-fc",
        "(conv12-relu",
        "conv12-relu)-fc",
        "conv12--relu",
        "(relu)*",
    ),
    parts=[
        Part("chains, and groups that are repeated", 1, _repeated_patterns),
        Part("groups within groups", 1, _nested_patterns),
        Part("items marked ? are left out", 0.5, _optional_patterns),
        Part("what is malformed is refused", 0.5, _malformed_patterns),
    ],
    section="2. A language for nets",
    next="a famous net in one line",
    returns=("items",),
    stubs=("pattern.parse_pattern",),
)

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
    stubs=("deeper_layers.global_average_pool",),
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
    stubs=("deeper_layers.global_average_pool_backward",),
)
