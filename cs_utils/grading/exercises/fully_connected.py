"""Lesson 01: from a picture to the scores of a fully connected net.

Images are (N, H, W, C). From `flatten` on a batch has a row an image, (N, D); weights have a column a neuron, (D, M).
"""

import math

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.stubs import FULLY_CONNECTED

LESSON = "01_fully_connected"


# Right answers, in plain loops.


def _flatten(images):
    count, height, width, channels = images.shape
    rows = np.zeros((count, height * width * channels))
    for n, i, j, c in np.ndindex(images.shape):
        rows[n, (i * width + j) * channels + c] = images[n, i, j, c]
    return rows


def _linear(x, w, b):
    if x.shape[1] != w.shape[0] or b.shape != (w.shape[1],):
        raise ValueError(f"rows of {x.shape[1]} numbers, weights of shape {w.shape} and {len(b)} biases")
    y = np.zeros((len(x), w.shape[1]))
    for n in range(len(x)):
        for k in range(w.shape[1]):
            y[n, k] = sum(x[n, d] * w[d, k] for d in range(len(w))) + b[k]
    return y


def _two_layer_scores(x, w1, b1, w2, b2):
    hidden = np.array([[max(0.0, number) for number in row] for row in _linear(x, w1, b1)])
    return _linear(hidden, w2, b2)


# Cases. The visible ones hold short decimals; the hidden ones are drawn from a random generator.


def numbers(*shape: int, start: int = 0) -> np.ndarray:
    """Return an array of multiples of 1/4 from -2 to 2, in no regular order; another `start` gives another one."""
    i = np.arange(start, start + math.prod(shape))
    return ((i**4 + 3 * i**3 + 5 * i) % 17 - 8).reshape(shape) / 4


def _images(rng, *shape, dtype=np.float64) -> Case:
    return Case({"images": rng.normal(size=shape).astype(dtype)})


def _far_from_zero(rng, count: int, least: float) -> np.ndarray:
    """Biases of both signs, taking turns: whatever else is drawn, sums with them lie on both sides of 0."""
    return (-1.0) ** np.arange(count) * rng.uniform(least, 2 * least, count)


def _linear_case(rng, count: int, inputs: int, outputs: int, dtype=np.float64) -> Case:
    x, w = rng.normal(size=(count, inputs)), rng.normal(size=(inputs, outputs))
    b = _far_from_zero(rng, outputs, 10.0)
    return Case({"x": x.astype(dtype), "w": w.astype(dtype), "b": b.astype(dtype)})


def _two_layer_case(rng, count: int, inputs: int, hidden: int, outputs: int, dtype=np.float64) -> Case:
    arrays = {
        "x": rng.normal(size=(count, inputs)),
        "w1": rng.normal(size=(inputs, hidden)),
        "b1": _far_from_zero(rng, hidden, 4.0),
        "w2": rng.normal(size=(hidden, outputs)),
        "b2": _far_from_zero(rng, outputs, 40.0),
    }
    return Case({name: array.astype(dtype) for name, array in arrays.items()})


def _flatten_cases(rng):
    count = int(rng.integers(2, 5))
    return [
        _images(rng, count, 4, 5, 3),
        _images(rng, 3, 5, 2, 2, dtype=np.float32),
        _images(rng, 1, 3, 4, 3),
        _images(rng, 2, 4, 4, 1),
    ]


def _linear_values(rng):
    return [_linear_case(rng, 4, 5, 3), _linear_case(rng, 2, 3, 4), _linear_case(rng, 3, 4, 3, np.float32)]


def _linear_sizes(rng):
    inputs, outputs = (int(n) for n in rng.permutation([6, 7, 8, 9])[:2])
    sizes = [(3, inputs, outputs), (3, 3, 3), (1, 4, 2), (5, 1, 3), (3, 4, 1), (2, 12, 10)]
    return [_linear_case(rng, *size) for size in sizes] + [_linear_case(rng, 2, outputs, inputs, np.float32)]


def _linear_refusals(rng):
    fitting = _linear_case(rng, 3, 4, 3)
    short, long = rng.normal(size=(3, 3)), rng.normal(size=(3, 5))
    biases = [_far_from_zero(rng, count, 10.0) for count in (1, 2, 4)]
    unfit: list[dict] = [{"x": short}, {"x": long}, *({"b": b} for b in biases)]
    return [fitting, *(Case(fitting.arguments | arguments) for arguments in unfit), _linear_case(rng, 2, 3, 5)]


def _two_layer_values(rng):
    return [
        _two_layer_case(rng, 4, 5, 6, 3),
        _two_layer_case(rng, 3, 4, 5, 2),
        _two_layer_case(rng, 3, 4, 6, 3, np.float32),
    ]


def _two_layer_sizes(rng):
    inputs, hidden = (int(n) for n in rng.permutation([5, 7, 8, 9])[:2])
    sizes = [(2, inputs, hidden, 4), (1, 3, 4, 2), (3, 4, 4, 4), (3, 2, 9, 1), (2, 6, 2, 3)]
    return [_two_layer_case(rng, *size) for size in sizes] + [_two_layer_case(rng, 2, hidden, inputs, 3, np.float32)]


# The exercises, in the lesson's order.

FLATTEN = Exercise(
    name="flatten",
    lesson=LESSON,
    points=1,
    oracle=_flatten,
    visible=[
        Case({"images": numbers(2, 2, 3, 2)}),
        Case({"images": numbers(3, 2, 2, 3, start=5)}),
    ],
    parts=[Part("any number, size and depth of images, input unchanged", 1, _flatten_cases, unchanged=True)],
    section="2. A picture becomes a row of numbers",
    next="weigh these numbers: a score for each class",
)

LINEAR = Exercise(
    name="linear",
    lesson=LESSON,
    points=2,
    oracle=_linear,
    visible=[
        Case({"x": numbers(2, 4), "w": numbers(4, 3, start=2), "b": np.array([0.5, -9.25, 2.0])}),
        Case({"x": numbers(3, 3, start=4), "w": numbers(3, 3, start=1), "b": np.array([-0.75, 1.5, 3.25])}),
        Case({"x": numbers(2, 3), "w": numbers(3, 2), "b": np.array([1.5])}),
    ],
    parts=[
        Part("a score for each image and class", 1, _linear_values),
        Part("any sizes", 0.5, _linear_sizes),
        Part("shapes that don't fit refused, inputs unchanged", 0.5, _linear_refusals, unchanged=True),
    ],
    section="3. A score for each class",
    next="what has such a layer learned? Look at its weights",
    stubs=FULLY_CONNECTED,
)

TWO_LAYER_SCORES = Exercise(
    name="two_layer_scores",
    lesson=LESSON,
    points=2,
    oracle=_two_layer_scores,
    visible=[
        Case(
            {
                "x": numbers(2, 3),
                "w1": numbers(3, 4, start=2),
                "b1": np.array([0.5, -1.25, 4.0, -0.5]),
                "w2": numbers(4, 2, start=7),
                "b2": np.array([-3.5, 1.25]),
            }
        ),
        Case(
            {
                "x": numbers(3, 3, start=3),
                "w1": numbers(3, 3, start=9),
                "b1": np.array([-2.0, 0.25, 1.5]),
                "w2": numbers(3, 4, start=1),
                "b2": np.array([0.75, -6.0, 2.5, -0.25]),
            }
        ),
    ],
    parts=[
        Part("the scores, with max(0, .) in its place", 1, _two_layer_values),
        Part("any sizes, inputs unchanged", 1, _two_layer_sizes, unchanged=True),
    ],
    section="5. Two layers",
    next="see what the second layer is good for",
    returns=("scores",),
    stubs=FULLY_CONNECTED,
)
