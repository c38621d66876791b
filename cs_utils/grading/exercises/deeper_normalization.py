"""Lesson 07: batch norm, forward and backward. Statistics a channel, over all images and pixels of a batch."""

from dataclasses import replace

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.deeper_networks import LESSON
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import DEEPER

# Right answers, written for clarity.


def _batch_norm(x, gamma, beta, eps=1e-5):
    y = np.zeros(x.shape)
    for c in range(x.shape[3]):
        numbers = x[:, :, :, c]
        mean = sum(numbers.ravel()) / numbers.size
        variance = sum((number - mean) ** 2 for number in numbers.ravel()) / numbers.size
        y[:, :, :, c] = gamma[c] * (numbers - mean) / np.sqrt(variance + eps) + beta[c]
    return y


def _batch_norm_backward(dy, x, gamma, eps=1e-5):
    """Channel by channel with the full matrix of derivatives of z by x: (identity - 1/n - z z' / n) / deviation."""
    dx, dgamma, dbeta = np.zeros(x.shape), np.zeros(len(gamma)), np.zeros(len(gamma))
    for c in range(x.shape[3]):
        numbers, upstream = x[:, :, :, c].ravel(), dy[:, :, :, c].ravel()
        count, deviation = len(numbers), np.sqrt(numbers.var() + eps)
        z = (numbers - numbers.mean()) / deviation
        derivatives = (np.eye(count) - 1 / count - np.outer(z, z) / count) / deviation
        dx[:, :, :, c] = (gamma[c] * derivatives @ upstream).reshape(x.shape[:3])
        dgamma[c], dbeta[c] = sum(upstream * z), sum(upstream)
    return dx, dgamma, dbeta


# Cases. The hidden ones have channels of different mean and spread, none of them 0 or 1.


def _maps(rng, dtype, *shape) -> np.ndarray:
    depth = shape[-1]
    mean, spread = rng.choice([-3, -2, 2, 3], depth), rng.uniform(1.5, 3, depth)
    return (mean + spread * rng.normal(size=shape)).astype(dtype)


def _forward(rng, shape, eps=None, dtype=np.float64) -> Case:
    depth = shape[-1]
    arguments = {"x": _maps(rng, dtype, *shape), "gamma": rng.uniform(1.5, 3, depth).astype(dtype)}
    arguments["beta"] = rng.uniform(0.5, 2, depth).astype(dtype)
    return Case(arguments if eps is None else arguments | {"eps": eps})


def _backward(rng, shape, eps=None, dtype=np.float64) -> Case:
    """dy goes along with x in part, so that each of the two means that dx takes off matters."""
    x = _maps(rng, dtype, *shape)
    dy = (draw(rng, np.float64, *shape) + 0.5 * x + 1).astype(dtype)
    arguments = {"dy": dy, "x": x, "gamma": rng.uniform(1.5, 3, shape[-1]).astype(dtype)}
    return Case(arguments if eps is None else arguments | {"eps": eps})


def _with(case: Case, **arguments: np.ndarray) -> Case:
    return Case(case.arguments | arguments)


def _plain(make):
    """Square maps of several images, gamma 1."""

    def cases(rng):
        drawn = [make(rng, shape) for shape in ((3, 3, 3, 2), (4, 2, 2, 3))]
        return [_with(case, gamma=np.ones_like(case.arguments["gamma"])) for case in drawn]

    return cases


def _general(make):
    """Any gamma and eps, one image, maps of one pixel, a channel that is constant."""

    def cases(rng):
        count, width = (int(number) for number in rng.choice([2, 3, 4, 5], 2, replace=False))
        drawn = [
            make(rng, (count, 3, width, 2)),
            make(rng, (2, 2, 5, 3), 0.5),
            make(rng, (1, 4, 3, 2), 0.25),
            make(rng, (6, 1, 1, 4)),
        ]
        constant = make(rng, (2, 3, 2, 3))
        x = constant.arguments["x"].copy()
        x[..., 1] = 0.75
        return [*drawn, _with(constant, x=x)]

    return cases


def _careful(make):
    def cases(rng):
        shapes = ((2, 3, 4, 3), (3, 2, 3, 2))
        return [make(rng, shapes[0]), *(make(rng, shape, dtype=np.float32) for shape in shapes)]

    return cases


def _visible_maps(*shape: int, start: int) -> np.ndarray:
    """Quarters, each channel moved by another amount."""
    return quarters(*shape, start=start) + 1 + np.arange(shape[-1])


def _alone(cases, *judged: str):
    """The same cases, in which only the named gradients count."""
    return lambda rng: [replace(case, judged=judged) for case in cases(rng)]


# The exercises, in the lesson's order.

BATCH_NORM = Exercise(
    name="batch_norm",
    lesson=LESSON,
    points=2,
    oracle=_batch_norm,
    visible=[
        Case({"x": _visible_maps(2, 1, 3, 1, start=2), "gamma": np.array([1.5]), "beta": np.array([2.0]), "eps": 0.5}),
        Case({"x": _visible_maps(2, 2, 2, 2, start=1), "gamma": np.array([2.0, 0.5]), "beta": np.array([0.25, -1])}),
        Case({"x": np.full((2, 2, 1, 1), 0.75), "gamma": np.array([2.0]), "beta": np.array([0.5])}),
    ],
    parts=[
        Part("gamma 1, square maps of several images", 1, _plain(_forward)),
        Part("any gamma, eps and shape, constant channels", 0.5, _general(_forward)),
        Part("float32, and inputs unchanged", 0.5, _careful(_forward), unchanged=True),
    ],
    section="6. Keep the numbers in range",
    next="what it does for a deep stack",
    stubs=DEEPER,
)

BATCH_NORM_BACKWARD = Exercise(
    name="batch_norm_backward",
    lesson=LESSON,
    points=2,
    oracle=_batch_norm_backward,
    visible=[
        Case(
            {
                "dy": quarters(2, 2, 2, 2, start=3),
                "x": _visible_maps(2, 2, 2, 2, start=1),
                "gamma": np.array([2.0, 0.5]),
            }
        ),
        Case(
            {
                "dy": quarters(2, 1, 3, 1, start=5),
                "x": _visible_maps(2, 1, 3, 1, start=2),
                "gamma": np.array([1.5]),
                "eps": 0.5,
            }
        ),
    ],
    parts=[
        Part("dx: gamma 1, square maps of several images", 0.5, _alone(_plain(_backward), "dx")),
        Part("dgamma: gamma 1, square maps of several images", 0.25, _alone(_plain(_backward), "dgamma")),
        Part("dbeta: gamma 1, square maps of several images", 0.25, _alone(_plain(_backward), "dbeta")),
        Part("dx: any gamma, eps and shape, constant channels", 0.25, _alone(_general(_backward), "dx")),
        Part("dgamma and dbeta: the same", 0.25, _alone(_general(_backward), "dgamma", "dbeta")),
        Part("all three: float32, and inputs unchanged", 0.5, _careful(_backward), unchanged=True),
    ],
    section="7. Back through the statistics",
    next="measure it",
    returns=("dx", "dgamma", "dbeta"),
    stubs=DEEPER,
)
