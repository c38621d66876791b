"""Lesson 01, linear: a fully connected layer, one score per image and class."""

import numpy as np
from numpy.typing import DTypeLike

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson01_fully_connected import LESSON
from cs_utils.grading.exercises.lesson01_fully_connected.shared import far_from_zero
from cs_utils.grading.exercises.shared import draw, quarters
from cs_utils.grading.stubs import FULLY_CONNECTED


def linear(x, w, b):
    if x.shape[1] != w.shape[0] or b.shape != (w.shape[1],):
        raise ValueError(f"rows of {x.shape[1]} numbers, weights of shape {w.shape} and {len(b)} biases")
    y = np.zeros((len(x), w.shape[1]))
    for n in range(len(x)):
        for k in range(w.shape[1]):
            y[n, k] = sum(x[n, d] * w[d, k] for d in range(len(w))) + b[k]
    return y


def _layer(rng: np.random.Generator, count: int, inputs: int, outputs: int, dtype: DTypeLike = np.float64) -> Case:
    x, w = draw(rng, dtype, count, inputs), draw(rng, dtype, inputs, outputs)
    return Case({"x": x, "w": w, "b": far_from_zero(rng, outputs, 10.0).astype(dtype)})


def _values(rng: np.random.Generator) -> list[Case]:
    return [_layer(rng, 4, 5, 3), _layer(rng, 2, 3, 4), _layer(rng, 3, 4, 3, np.float32)]


def _sizes(rng: np.random.Generator) -> list[Case]:
    inputs, outputs = (int(n) for n in rng.permutation([6, 7, 8, 9])[:2])
    sizes = [(3, inputs, outputs), (3, 3, 3), (1, 4, 2), (5, 1, 3), (3, 4, 1), (2, 12, 10)]
    return [_layer(rng, *size) for size in sizes] + [_layer(rng, 2, outputs, inputs, np.float32)]


def _care(rng: np.random.Generator) -> list[Case]:
    return [_layer(rng, 3, 4, 3), _layer(rng, 2, 3, 5), _layer(rng, 3, 4, 2, np.float32)]


LINEAR = Exercise(
    name="linear",
    lesson=LESSON,
    points=2,
    oracle=linear,
    visible=[
        Case({"x": quarters(2, 4), "w": quarters(4, 3, start=2), "b": np.array([0.5, -9.25, 2.0])}),
        Case({"x": quarters(3, 3, start=4), "w": quarters(3, 3, start=1), "b": np.array([-0.75, 1.5, 3.25])}),
        Case({"x": quarters(1, 2, start=2) / 5, "w": quarters(2, 4, start=3), "b": np.array([0.5, -1.25, 2.0, 0.25])}),
    ],
    parts=[
        Part("a score for each image and class", 1, _values),
        Part("any sizes", 0.5, _sizes),
        Part("inputs unchanged", 0.5, _care, unchanged=True),
    ],
    section="3. A score for each class",
    next="what has such a layer learned? Look at its weights",
    stubs=FULLY_CONNECTED,
)
