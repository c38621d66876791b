"""Lesson 07, batch_norm: each channel with mean and variance of the batch, then scaled and shifted."""

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON
from cs_utils.grading.exercises.lesson07_deeper_networks.shared import (
    any_maps,
    float32_maps,
    maps,
    plain_maps,
    visible_maps,
)
from cs_utils.grading.stubs import DEEPER


def batch_norm(x, gamma, beta, eps=1e-5):
    y = np.zeros(x.shape)
    for c in range(x.shape[3]):
        numbers = x[:, :, :, c]
        mean = sum(numbers.ravel()) / numbers.size
        variance = sum((number - mean) ** 2 for number in numbers.ravel()) / numbers.size
        y[:, :, :, c] = gamma[c] * (numbers - mean) / np.sqrt(variance + eps) + beta[c]
    return y


def _forward(rng: np.random.Generator, shape: tuple[int, ...], dtype: DTypeLike = np.float64) -> Case:
    x = maps(rng, dtype, *shape)
    gamma, beta = rng.uniform(1.5, 3, shape[-1]), rng.uniform(0.5, 2, shape[-1])
    return Case({"x": x, "gamma": gamma.astype(dtype), "beta": beta.astype(dtype)})


# One channel is constant, the spread of the other so small that eps counts.
CONSTANT_AND_NARROW = np.array([[0.75, 0.02], [0.75, 0.0], [0.75, 0.03], [0.75, 0.01], [0.75, -0.01], [0.75, 0.03]])
CONSTANT_AND_NARROW = CONSTANT_AND_NARROW.reshape(2, 3, 1, 2)

BATCH_NORM = Exercise(
    name="batch_norm",
    lesson=LESSON,
    points=2,
    oracle=batch_norm,
    visible=[
        Case({"x": visible_maps(3, 1, 2, 1, start=2), "gamma": np.array([1.5]), "beta": np.array([2.0]), "eps": 0.5}),
        Case({"x": visible_maps(2, 2, 2, 2, start=1), "gamma": np.array([2.0, 0.5]), "beta": np.array([0.25, -1])}),
        Case({"x": CONSTANT_AND_NARROW, "gamma": np.array([2.0, 1.5]), "beta": np.array([0.5, -0.25])}),
    ],
    parts=[
        Part("gamma 1, square maps of several images", 1, plain_maps(_forward)),
        Part("any gamma, eps and shape, constant channels", 0.5, any_maps(_forward)),
        Part("float32, and inputs unchanged", 0.5, float32_maps(_forward), unchanged=True),
    ],
    section="7. Keep the numbers in range",
    next="what it does for a deep stack",
    stubs=DEEPER,
)
