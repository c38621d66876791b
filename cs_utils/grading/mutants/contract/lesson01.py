"""Lesson 01: images, layers of any size, scores near and far apart."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.mutants.contract.arrays import few, floats, special


def _flatten(rng: np.random.Generator) -> Case:
    return Case({"images": special(rng, few(rng), few(rng), few(rng), few(rng, 4), dtype=floats(rng))})


def _linear(rng: np.random.Generator) -> Case:
    count, inputs, outputs, dtype = few(rng), few(rng), few(rng), floats(rng)
    x, w = special(rng, count, inputs, dtype=dtype), special(rng, inputs, outputs, dtype=dtype)
    return Case({"x": x, "w": w, "b": special(rng, outputs, dtype=dtype)})


def _two_layer_scores(rng: np.random.Generator) -> Case:
    count, inputs, hidden, outputs, dtype = few(rng), few(rng), few(rng, 6), few(rng), floats(rng)
    shapes = {"x": (count, inputs), "w1": (inputs, hidden), "b1": (hidden,), "w2": (hidden, outputs), "b2": (outputs,)}
    return Case({name: special(rng, *shape, dtype=dtype) for name, shape in shapes.items()})


def scores(rng: np.random.Generator, dtype: type) -> np.ndarray:
    """Return scores (images, classes): near each other or far apart, around 0 or around 1000, some of them equal."""
    shape = few(rng), few(rng, 6)
    drawn = rng.choice([0.5, 2, 6]) * rng.normal(size=shape)
    match rng.integers(6):
        case 0:
            drawn = np.round(drawn)
        case 1:
            drawn += rng.choice([-1000.0, 0, 1000], (shape[0], 1))
        case 2:
            drawn += rng.choice([-1000.0, 0, 1000], shape)
        case 3:
            drawn += rng.choice([-100.0, 0, 800, -800], shape)
        case 4:
            drawn[rng.integers(shape[0])] = 0.0
    found: np.ndarray = drawn.astype(dtype)
    return found


def labelled(rng: np.random.Generator, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and labels of any integer dtype. The loss is no tiny number: one label is no clear winner."""
    drawn = scores(rng, dtype)
    labels = rng.integers(0, drawn.shape[1], len(drawn))
    if drawn.shape[1] > 1:
        row = drawn[0]
        labels[0] = np.argsort(row)[-2]
    return drawn, labels.astype(rng.choice(["uint8", "int32", "int64", "uint16"]))


def _softmax(rng: np.random.Generator) -> Case:
    return Case({"scores": scores(rng, floats(rng))})


def _cross_entropy(rng: np.random.Generator) -> Case:
    drawn, labels = labelled(rng, floats(rng))
    return Case({"scores": drawn, "labels": labels})


def _count_linear_parameters(rng: np.random.Generator) -> Case:
    return Case({"n_in": few(rng, 4000 if rng.random() < 0.5 else 4), "n_out": few(rng, 20)})


DRAWS = {
    "flatten": _flatten,
    "linear": _linear,
    "two_layer_scores": _two_layer_scores,
    "softmax": _softmax,
    "cross_entropy": _cross_entropy,
    "count_linear_parameters": _count_linear_parameters,
}
