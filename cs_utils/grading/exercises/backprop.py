"""Lesson 05: numerical gradients, and the gradients of all layers but the convolution (`backprop_conv`).

Upstream gradients are random numbers: with ones, a gradient that is flipped or mixed up would go unseen.
"""

from dataclasses import replace

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.values import Made
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import GRADIENTS

LESSON = "05_backprop"


# Right answers, written for clarity.


def _numerical_gradient(f, x, dy, h=1e-5):
    dx = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += h
        down[place] -= h
        dx[place] = np.sum((f(up) - f(down)) * dy) / (2 * h)
    return dx


def _relu_backward(dy, x):
    dx = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if x[place] > 0:
            dx[place] = dy[place]
    return dx


def _linear_backward(dy, x, w):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for n, d, m in np.ndindex(len(x), *w.shape):
        dx[n, d] += dy[n, m] * w[d, m]
        dw[d, m] += dy[n, m] * x[n, d]
    for n, m in np.ndindex(dy.shape):
        db[m] += dy[n, m]
    return dx, dw, db


def _softmax_cross_entropy_backward(scores, labels):
    dscores = np.zeros(scores.shape)
    for n, (row, label) in enumerate(zip(scores, labels, strict=True)):
        powers = np.exp(row - max(row))
        dscores[n] = powers / sum(powers)
        dscores[n, label] -= 1
    return dscores / len(scores)


# Cases of the numerical gradient. An answer may push x itself, and push it back: take numbers that come back exactly.

CUBES, PRODUCTS = Made("cubes"), Made("products_of_rows")
STEP = 1e-5


def numbers_that_come_back(rng, h: float, *shape: int) -> np.ndarray:
    """Return numbers from -2 to 2 that are the same again after a push by h up and down, in whatever order."""
    numbers = rng.uniform(-2, 2, size=20 * int(np.prod(shape)) + 200)
    ways = [numbers + h - h, numbers - h + h, numbers + h - 2 * h + h, numbers - h + 2 * h - h]
    return numbers[np.all([way == numbers for way in ways], axis=0)][: int(np.prod(shape))].reshape(shape)


def _one_to_one(rng):
    """Each entry of y hangs on one of x; the steps are large, so that the wrong one shows."""
    return [
        Case({"f": CUBES, "x": rng.normal(size=size), "dy": rng.normal(size=size), "h": h})
        for size, h in [(4, 0.25), (3, 0.125), (5, float(rng.uniform(0.05, 0.5)))]
    ]


def _all_to_all(rng):
    shapes = [(2, 3), (3, 2), (3, 4)]
    cases = [
        Case({"f": PRODUCTS, "x": rng.normal(size=(m, n)), "dy": rng.normal(size=(m, m)), "h": 0.25}) for m, n in shapes
    ]
    return [*cases, Case({"f": CUBES, "x": rng.normal(size=(2, 3, 2)), "dy": rng.normal(size=(2, 3, 2)), "h": 0.5})]


def _usual_step(rng):
    """Differences of nearly equal numbers: rounding leaves ten right digits."""
    x, matrix = numbers_that_come_back(rng, STEP, 4), numbers_that_come_back(rng, STEP, 2, 3)
    return [
        Case({"f": CUBES, "x": x, "dy": rng.normal(size=4)}, tolerance=1e-7),
        Case({"f": PRODUCTS, "x": matrix, "dy": rng.normal(size=(2, 2)), "h": STEP}, tolerance=1e-7),
    ]


# Cases of the layers.


def _away_from_zero(rng):
    cases = []
    for shape, dtype in [((3, 5), np.float64), ((2, 3, 4, 2), np.float64), ((7,), np.float64), ((4, 3), np.float32)]:
        x = draw(rng, dtype, *shape)
        x.flat[:2] = 0.75, -0.75  # one that passes and one that doesn't, by no chance
        cases.append(Case({"dy": draw(rng, dtype, *shape), "x": x}))
    return cases


def _at_zero(rng):
    x = rng.integers(-2, 3, size=(3, 4)) / 2
    x.flat[:3] = 0.0, 1.0, -1.0
    return [Case({"dy": 0.25 + rng.random(size=(3, 4)), "x": x}), *_away_from_zero(rng)[:1]]


def _linear_case(rng, n: int, d: int, m: int, dtype=np.float64) -> Case:
    return Case({"dy": draw(rng, dtype, n, m), "x": draw(rng, dtype, n, d), "w": draw(rng, dtype, d, m)})


LINEAR_SIZES = [(3, 4, 2), (2, 3, 5), (4, 3, 3)]


LINEAR_EDGES = [(1, 2, 3), (2, 1, 1)]


def _linear_alone(name: str):
    """Cases that judge one of the three gradients, whatever the others are."""
    return lambda rng: [replace(_linear_case(rng, *size), judged=(name,)) for size in LINEAR_SIZES]


def _linear_all(rng):
    sizes = [*LINEAR_SIZES, *LINEAR_EDGES]
    return [_linear_case(rng, *size) for size in sizes] + [_linear_case(rng, 3, 4, 2, np.float32)]


def _scores_case(rng, n: int, classes: int, dtype=np.float64, scale: float = 1.5) -> Case:
    """The first two images share a label, so that a mix-up of rows and labels shows."""
    labels = rng.integers(0, classes, size=n)
    labels[1:2] = labels[0]
    return Case({"scores": (scale * rng.normal(size=(n, classes))).astype(dtype), "labels": labels})


def _one_image(rng):
    return [_scores_case(rng, 1, classes) for classes in (3, 10)] + [_scores_case(rng, 1, 4, np.float32)]


def _several_images(rng):
    small = _scores_case(rng, 5, 4)
    bytes_ = Case(small.arguments | {"labels": small.arguments["labels"].astype(np.uint8)})
    return [bytes_, _scores_case(rng, 3, 10), _scores_case(rng, 4, 3, scale=6.0), _scores_case(rng, 3, 5, np.float32)]


def _large_scores(rng):
    case = _scores_case(rng, 4, 3)
    far_apart = case.arguments["scores"] + np.array([[1000.0], [-1000.0], [0.0], [900.0]])
    return [Case(case.arguments | {"scores": far_apart}), _scores_case(rng, 3, 4)]


# The exercises, in the lesson's order.

NUMERICAL_GRADIENT = Exercise(
    name="numerical_gradient",
    lesson=LESSON,
    points=2,
    oracle=_numerical_gradient,
    visible=[  # all of these numbers come back exactly
        Case({"f": CUBES, "x": np.array([0.5, -1.25, 2.0]), "dy": np.array([1.0, -2.0, 0.75]), "h": 0.25}),
        Case({"f": PRODUCTS, "x": quarters(2, 3, start=2), "dy": np.array([[1.0, -0.5], [2.0, 0.25]]), "h": 0.5}),
        Case({"f": CUBES, "x": np.array([[1.0], [-0.25]]), "dy": np.array([[2.0], [-1.0]])}, tolerance=1e-7),
    ],
    parts=[
        Part("one number after the other, any step h", 1, _one_to_one),
        Part("x and y of any shape", 0.5, _all_to_all),
        Part("the usual step, x left as it was", 0.5, _usual_step, unchanged=True),
    ],
    section="1. Push and see",
    next="how small should the step be?",
    returns=("dx",),
)

RELU_BACKWARD = Exercise(
    name="relu_backward",
    lesson=LESSON,
    points=1,
    oracle=_relu_backward,
    visible=[
        Case(
            {
                "dy": np.array([[1.0, -2.0, 0.5], [-0.25, 3.0, -1.5]]),
                "x": np.array([[2.0, 0.5, -1.0], [0.25, 0.0, -3.0]]),
            }
        ),
        Case({"dy": quarters(1, 2, 2, 2, start=1), "x": quarters(1, 2, 2, 2, start=7)}),
    ],
    parts=[
        Part("numbers above and below 0, any shape", 0.5, _away_from_zero),
        Part("the convention at 0, inputs unchanged", 0.5, _at_zero, unchanged=True),
    ],
    section="3. ReLU: pass or stop",
    next="a layer with weights",
    returns=("dx",),
    stubs=GRADIENTS,
)

LINEAR_BACKWARD = Exercise(
    name="linear_backward",
    lesson=LESSON,
    points=3,
    oracle=_linear_backward,
    visible=[
        Case({"dy": quarters(3, 2, start=1), "x": quarters(3, 4, start=3), "w": quarters(4, 2, start=9)}),
        Case({"dy": quarters(2, 3, start=4), "x": quarters(2, 3, start=6), "w": quarters(3, 3, start=2)}),
    ],
    parts=[
        Part("dx", 1, _linear_alone("dx")),
        Part("dw", 1, _linear_alone("dw")),
        Part("db", 0.5, _linear_alone("db")),
        Part("all three together, one image, float32; inputs unchanged", 0.5, _linear_all, unchanged=True),
    ],
    section="4. Fully connected: three gradients",
    next="where does the first upstream gradient come from?",
    returns=("dx", "dw", "db"),
    stubs=GRADIENTS,
)

SOFTMAX_CROSS_ENTROPY_BACKWARD = Exercise(
    name="softmax_cross_entropy_backward",
    lesson=LESSON,
    points=3,
    oracle=_softmax_cross_entropy_backward,
    visible=[
        Case({"scores": np.array([[1.0, -0.5, 2.0, 0.25]]), "labels": np.array([1])}),
        Case({"scores": quarters(4, 3, start=3), "labels": np.array([2, 0, 0, 1])}),
        Case({"scores": np.array([[1000.0, 999.5, 998.0], [-1000.0, -999.0, -1001.0]]), "labels": np.array([1, 0])}),
    ],
    parts=[
        Part("one image", 1, _one_image),
        Part("several images: the mean over the batch", 1, _several_images),
        Part("scores of 1000 and -1000, inputs unchanged", 1, _large_scores, unchanged=True),
    ],
    section="5. Where the gradient begins",
    next="the layer of this course: convolution",
    returns=("dscores",),
    stubs=GRADIENTS,
)
