"""Lesson 07, batch_norm_backward: the gradients with respect to maps, scale and shift."""

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON
from cs_utils.grading.exercises.lesson07_deeper_networks.shared import (
    alone,
    any_maps,
    float32_maps,
    maps,
    plain_maps,
    visible_maps,
)
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import DEEPER


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    """Apply to each channel the full matrix of derivatives of z with respect to x: (I - 1/n - z z' / n) / deviation."""
    dx, dgamma, dbeta = np.zeros(x.shape), np.zeros(len(gamma)), np.zeros(len(gamma))
    for c in range(x.shape[3]):
        numbers, upstream = x[:, :, :, c].ravel(), dy[:, :, :, c].ravel()
        count, deviation = len(numbers), np.sqrt(numbers.var() + eps)
        z = (numbers - numbers.mean()) / deviation
        derivatives = (np.eye(count) - 1 / count - np.outer(z, z) / count) / deviation
        dx[:, :, :, c] = (gamma[c] * derivatives @ upstream).reshape(x.shape[:3])
        dgamma[c], dbeta[c] = sum(upstream * z), sum(upstream)
    return dx, dgamma, dbeta


def _backward(rng: np.random.Generator, shape: tuple[int, ...], dtype: DTypeLike = np.float64) -> Case:
    """Return a case whose dy is correlated with x, so that each of the two means that dx subtracts matters."""
    x = maps(rng, dtype, *shape)
    dy = (draw(rng, np.float64, *shape) + 0.5 * x + 1).astype(dtype)
    return Case({"dy": dy, "x": x, "gamma": rng.uniform(1.5, 3, shape[-1]).astype(dtype)})


# Its variance is about the usual eps, so that one that is left out, or twice as large, changes all gradients.
NARROW = np.array([0.002, -0.003, 0.005, 0.001, -0.004, 0.003]).reshape(2, 1, 3, 1)

BATCH_NORM_BACKWARD = Exercise(
    name="batch_norm_backward",
    lesson=LESSON,
    points=2,
    oracle=batch_norm_backward,
    visible=[
        Case(
            {
                "dy": quarters(3, 1, 2, 2, start=3),
                "x": visible_maps(3, 1, 2, 2, start=1),
                "gamma": np.array([2.0, 0.5]),
            }
        ),
        Case(
            {
                "dy": quarters(1, 2, 3, 1, start=5),
                "x": visible_maps(1, 2, 3, 1, start=2),
                "gamma": np.array([1.5]),
                "eps": 0.5,
            }
        ),
        Case({"dy": quarters(2, 1, 3, 1, start=4), "x": NARROW, "gamma": np.array([0.5])}),
    ],
    parts=[
        Part("dx: gamma 1, square maps of several images", 0.5, alone(plain_maps(_backward), "dx")),
        Part("dgamma: gamma 1, square maps of several images", 0.25, alone(plain_maps(_backward), "dgamma")),
        Part("dbeta: gamma 1, square maps of several images", 0.25, alone(plain_maps(_backward), "dbeta")),
        Part("dx: any gamma, eps and shape, constant channels", 0.25, alone(any_maps(_backward), "dx")),
        Part("dgamma and dbeta: the same", 0.25, alone(any_maps(_backward), "dgamma", "dbeta")),
        Part("all three: float32, and inputs unchanged", 0.5, float32_maps(_backward), unchanged=True),
    ],
    section="8. Back through the statistics",
    next="measure it",
    returns=("dx", "dgamma", "dbeta"),
    stubs=DEEPER,
)
