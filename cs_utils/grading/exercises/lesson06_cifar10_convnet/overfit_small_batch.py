"""Lesson 06, overfit_small_batch: a few images learned by heart, the first test of any training code."""

from dataclasses import replace
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.values import Made
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson06_cifar10_convnet import LESSON
from cs_utils.grading.exercises.lesson06_cifar10_convnet.convnet_loss import convnet_loss
from cs_utils.grading.exercises.lesson06_cifar10_convnet.init_parameters import init_parameters
from cs_utils.grading.exercises.lesson06_cifar10_convnet.sgd_momentum_step import sgd_momentum_step


def overfit_small_batch(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    params = init_parameters(images.shape[1:], seed=seed)
    velocity = {name: np.zeros_like(value) for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = convnet_loss(params, images, labels)
        losses.append(loss)
        params, velocity = sgd_momentum_step(params, grads, velocity, lr, momentum)
    return params, losses


def _training(count: int, **options: Any) -> Case:
    arguments = {
        "images": Made("shapes10_batch", {"count": count}),
        "labels": Made("shapes10_labels", {"count": count}),
    }
    return Case(arguments | options, view="overfitting")


def _begins_by_seed(seed: int) -> Case:
    """Return a case of three trainings that return their first parameters: with `seed`, with it again, and with 0."""
    still = _training(2, steps=1, lr=0.0, momentum=0.9, seed=seed)
    return replace(still, view="training_follows_its_seed", then=({"seed": seed}, {"seed": 0}))


def _learns(rng: np.random.Generator) -> list[Case]:
    # With momentum the loss falls below a twentieth, without it only to an eighth or more (40 seeds).
    given = _training(8, steps=22, lr=0.0005, momentum=0.9, seed=int(rng.integers(99)))
    return [given, _training(8, steps=22, lr=0.0005)]


def _records(rng: np.random.Generator) -> list[Case]:
    count, seed = int(rng.integers(6, 10)), int(rng.integers(99))
    one_step = _training(count, steps=1, lr=0.001, momentum=0.9, seed=seed)
    standing_still = _training(count, steps=3, lr=0.0, momentum=0.9, seed=seed)
    return [one_step, standing_still]


def _begins(rng: np.random.Generator) -> list[Case]:
    return [_begins_by_seed(int(rng.integers(1, 99)))]


OVERFIT_SMALL_BATCH = Exercise(
    name="overfit_small_batch",
    lesson=LESSON,
    points=2,
    oracle=overfit_small_batch,
    visible=[
        _training(8, steps=22, lr=0.0005),
        _training(8, steps=22, lr=0.0005, momentum=0.9, seed=3),
        _training(8, steps=1, lr=0.001),
        _training(8, steps=3, lr=0.0),
        _begins_by_seed(1),
    ],
    parts=[
        Part("it learns a few images by heart", 1, _learns),
        Part("losses from before each step, parameters from after the last", 0.75, _records, unchanged=True),
        Part("the seed decides where it begins", 0.25, _begins),
    ],
    section="7. Fifty images by heart",
    next="all the images",
    returns=("result",),
    needs=("init_parameters", "convnet_scores", "convnet_loss", "sgd_momentum_step"),
)
