"""Lesson 06: nets of any size on images of any size, away from the kinks of ReLU and of the maximum."""

from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercises.lesson06_cifar10_convnet.convnet_loss import OF_LARGE_SCORES
from cs_utils.grading.exercises.lesson06_cifar10_convnet.shared import float32, net_and_images, normal
from cs_utils.grading.mutants.contract.arrays import few, special


def _net(rng: np.random.Generator) -> dict[str, Any]:
    shape = few(rng, 3), 2 * few(rng, 3), 2 * few(rng, 3), few(rng, 3)
    return net_and_images(normal(rng), shape, few(rng, 4), few(rng, 5))


def _convnet_scores(rng: np.random.Generator) -> Case:
    return Case(float32(_net(rng)) if rng.random() < 0.2 else _net(rng))


def _convnet_loss(rng: np.random.Generator) -> Case:
    net, tolerance = _net(rng), None
    classes = len(net["params"]["b_fc"])
    labels = rng.integers(0, classes, len(net["x"])).astype(rng.choice(["uint8", "int64"]))
    if classes > 2 and rng.random() < 0.3:
        net["params"]["b_fc"] -= 1000.0
        net["params"]["b_fc"][:2] += 2000.0
        labels, tolerance = labels % 2, OF_LARGE_SCORES
    elif rng.random() < 0.2:
        net = float32(net)
    decay = float(rng.choice([0.0, rng.uniform(0.1, 1)]))
    return Case(net | {"labels": labels} | ({"weight_decay": decay} if decay else {}), tolerance=tolerance)


def _sgd_momentum_step(rng: np.random.Generator) -> Case:
    shapes = {f"w{i}": tuple(few(rng, 3) for _ in range(few(rng, 4))) for i in range(few(rng, 4))}
    drawn = {
        argument: {name: special(rng, *shape) for name, shape in shapes.items()}
        for argument in ("params", "grads", "velocity")
    }
    return Case(drawn | {"lr": float(rng.uniform(0.01, 0.4)), "momentum": float(rng.uniform(0, 0.95))})


def _accuracy(rng: np.random.Generator) -> Case:
    count, classes = few(rng, 9), few(rng, 10, 2)
    scores = rng.permuted(np.tile(np.linspace(-3.0, 4.5, classes), (count, 1)), axis=1)  # no ties
    scores += rng.choice([-5.0, 0.0, 5.0], (count, 1))
    right = rng.random(count) < 0.5
    labels = np.where(right, scores.argmax(axis=1), rng.integers(0, classes, count))
    labels = labels.astype(rng.choice(["uint8", "int64", "int32"]))
    return Case({"scores": scores.astype(rng.choice(["float32", "float64"])), "labels": labels})


DRAWS = {
    "convnet_scores": _convnet_scores,
    "convnet_loss": _convnet_loss,
    "sgd_momentum_step": _sgd_momentum_step,
    "accuracy": _accuracy,
}
