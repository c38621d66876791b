"""Lesson 01: from a picture to the scores of a fully connected net, and how wrong they are.

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


def _softmax(scores):
    probabilities = np.zeros(scores.shape)
    for n, row in enumerate(scores):
        powers = [math.exp(score - max(row)) for score in row]
        probabilities[n] = [power / sum(powers) for power in powers]
    return probabilities


def _cross_entropy(scores, labels):
    losses = []
    for row, label in zip(scores, labels, strict=True):
        log_of_sum = max(row) + math.log(sum(math.exp(score - max(row)) for score in row))
        losses.append(log_of_sum - row[label])
    return float(sum(losses) / len(losses))


def _count_linear_parameters(n_in, n_out):
    weights = n_in * n_out
    biases = n_out
    return weights + biases


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


def _scores_case(rng, count: int, classes: int, dtype=np.float64) -> Case:
    return Case({"scores": (2 * rng.normal(size=(count, classes))).astype(dtype)})


def _labelled(rng, scores: np.ndarray, integers: type = np.int64) -> Case:
    """Scores with labels: the second largest score of the first two rows, so that no guess is right."""
    ranks = np.argsort(scores, axis=1)
    places = rng.integers(0, scores.shape[1], len(scores))
    places[:2] = scores.shape[1] - 2
    return Case({"scores": scores, "labels": ranks[np.arange(len(scores)), places].astype(integers)})


def _large_scores(rng, *rows: tuple[float, float, float]) -> np.ndarray:
    """Scores (len(rows), 3): ordinary numbers added to these rows."""
    return np.array(rows) + rng.uniform(0.5, 1.5, (len(rows), 3)) * [1.0, -1.0, 0.5]


NEAR_1000, NEAR_MINUS_1000, NEAR_0 = (1000.0,) * 3, (-1000.0,) * 3, (0.0,) * 3
FAR_APART = (1000.0, -1000.0, 0.0)


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


def _softmax_values(rng):
    return [_scores_case(rng, 4, 3), _scores_case(rng, 2, 5), _scores_case(rng, 3, 4, np.float32)]


def _softmax_large(rng):
    scores = _large_scores(rng, NEAR_1000, NEAR_MINUS_1000, NEAR_0, FAR_APART)
    return [Case({"scores": rng.permutation(scores)}), Case({"scores": scores.astype(np.float32)})]


def _softmax_sizes(rng):
    sizes = [(1, 4), (3, 3), (5, 10), (4, 1), (int(rng.integers(6, 9)), 2)]
    return [_scores_case(rng, *size) for size in sizes] + [_scores_case(rng, 1, 6, np.float32)]


def _cross_entropy_values(rng):
    return [
        _labelled(rng, 2 * rng.normal(size=(4, 3))),
        _labelled(rng, 2 * rng.normal(size=(3, 5))),
        _labelled(rng, (2 * rng.normal(size=(3, 4))).astype(np.float32)),
    ]


def _cross_entropy_large(rng):
    alike = _large_scores(rng, NEAR_1000, NEAR_MINUS_1000, NEAR_0)
    apart = _large_scores(rng, FAR_APART, NEAR_0)
    hopeless = Case({"scores": apart, "labels": np.array([1, 0])})  # the right class has the score -1000
    return [_labelled(rng, alike), hopeless, _labelled(rng, alike.astype(np.float32))]


def _cross_entropy_sizes(rng):
    shapes = {np.uint8: (3, 10), np.int32: (1, 4), np.int64: (6, 2), np.uint16: (4, 4)}
    cases = [_labelled(rng, 2 * rng.normal(size=shape), integers) for integers, shape in shapes.items()]
    count = int(rng.integers(2, 5))
    return [*cases, _labelled(rng, (2 * rng.normal(size=(count, 5))).astype(np.float32), np.uint8)]


def _counting_cases(rng):
    sizes = [(int(rng.integers(20, 4000)), int(rng.integers(5, 20))), (7, 11), (5, 1), (1, 6)]
    return [Case({"n_in": n_in, "n_out": n_out}) for n_in, n_out in sizes]


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

SOFTMAX = Exercise(
    name="softmax",
    lesson=LESSON,
    points=2,
    oracle=_softmax,
    visible=[
        Case({"scores": np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 0.5], [2.0, 2.0, -0.75]])}),
        Case({"scores": np.array([[0.5, 1.5, -2.25], [3.0, 0.25, 1.0]])}),
        Case({"scores": np.array([[1000.0, 999.0, 998.5], [-1000.0, -1001.0, -999.5]])}),
    ],
    parts=[
        Part("probabilities, row by row", 1, _softmax_values),
        Part("scores of 1000 and -1000", 0.5, _softmax_large),
        Part("any sizes, input unchanged", 0.5, _softmax_sizes, unchanged=True),
    ],
    section="6. From scores to probabilities",
    next="one number that says how wrong they are",
    returns=("probabilities",),
    stubs=FULLY_CONNECTED,
)

CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    lesson=LESSON,
    points=2,
    oracle=_cross_entropy,
    visible=[
        Case({"scores": np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 0.5]]), "labels": np.array([0, 2])}),
        Case({"scores": np.array([[0.5, 28.5], [1.5, 0.25]]), "labels": np.array([0, 1])}),
        Case({"scores": np.array([[1000.0, -1000.0], [0.5, 1.0]]), "labels": np.array([1, 0])}),
        Case({"scores": np.array([[1000.0, 999.0], [-1000.0, -1001.0]]), "labels": np.array([1, 0])}),
    ],
    parts=[
        Part("the mean over the images", 1, _cross_entropy_values),
        Part("scores of 1000 and -1000", 0.5, _cross_entropy_large),
        Part("any sizes and integer labels, inputs unchanged", 0.5, _cross_entropy_sizes, unchanged=True),
    ],
    section="7. How wrong? One number",
    next="what does a layer cost?",
    returns=("loss",),
    stubs=FULLY_CONNECTED,
)

COUNT_LINEAR_PARAMETERS = Exercise(
    name="count_linear_parameters",
    lesson=LESSON,
    points=1,
    oracle=_count_linear_parameters,
    visible=[Case({"n_in": 4, "n_out": 3}), Case({"n_in": 3072, "n_out": 10})],
    parts=[Part("layers of any size", 1, _counting_cases)],
    section="8. What a layer costs",
    next="what such a net does not know about pictures",
    returns=("parameters",),
)
