"""Lesson 06, convnet_loss: the loss of a batch and the gradients of all parameters."""

from typing import Any

import numpy as np

from cs_utils import layers
from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson06_cifar10_convnet import LESSON
from cs_utils.grading.exercises.lesson06_cifar10_convnet.shared import (
    any_size,
    few_images,
    float32,
    net_and_images,
    random_fifths,
    random_quarters,
)

OF_LARGE_SCORES = 1e-3  # in float32 a score near 1000 has only four decimals, and what is made of it fewer


def convnet_loss(params, x, labels, weight_decay=0.0):
    maps = layers.conv2d(x, params["w_conv"], params["b_conv"], pad=1)
    active = layers.relu(maps)
    pooled = layers.max_pool2d(active)
    flat = pooled.reshape(len(x), -1)
    scores = layers.linear(flat, params["w_fc"], params["b_fc"])
    loss, dscores = layers.softmax_cross_entropy(scores, labels)

    # In this order, so that a message names the first gradient that goes wrong on the way back.
    grads = {}
    dflat, grads["w_fc"], grads["b_fc"] = layers.linear_backward(dscores, flat, params["w_fc"])
    dactive = layers.max_pool2d_backward(dflat.reshape(pooled.shape), active)
    dmaps = layers.relu_backward(dactive, maps)
    _, grads["w_conv"], grads["b_conv"] = layers.conv2d_backward(dmaps, x, params["w_conv"], pad=1)
    for name in ("w_conv", "w_fc"):
        loss += 0.5 * weight_decay * float(np.sum(params[name] ** 2))
        grads[name] = grads[name] + weight_decay * params[name]
    return loss, grads


def _case(rng: np.random.Generator, net: dict[str, Any], weight_decay: float = 0.0, view: str = "") -> Case:
    labels = rng.integers(0, len(net["params"]["b_fc"]), len(net["x"])).astype(np.uint8)
    return Case(net | {"labels": labels, "weight_decay": weight_decay}, view)


def _values(rng: np.random.Generator) -> list[Case]:
    decays = (0.0, 0.5, float(rng.uniform(0.1, 1)))
    return [_case(rng, any_size(rng), decay, "loss_alone") for decay in decays]


def _linear_gradients(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, net(rng), 0.0, "linear_gradients") for net in (few_images, any_size)]


def _conv_gradients(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, net(rng), 0.0, "conv_gradients") for net in (few_images, any_size, any_size)]


def _decayed(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, net(rng), float(rng.uniform(0.1, 1))) for net in (few_images, any_size)]


def _large(rng: np.random.Generator) -> list[Case]:
    """Return scores of which exp overflows: near 1000 for two classes, of which each image has one, else near -1000."""
    cases = []
    for net in (few_images(rng), any_size(rng)):
        likely = rng.permutation(len(net["params"]["b_fc"]))[:2]
        net["params"]["b_fc"] -= 1000.0
        net["params"]["b_fc"][likely] += 2000.0
        labels = rng.choice(likely, len(net["x"])).astype(np.uint8)
        cases.append(Case(net | {"labels": labels, "weight_decay": 0.0}, tolerance=OF_LARGE_SCORES))
    return cases


def _care(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, any_size(rng), 0.25), _case(rng, float32(any_size(rng)), 0.1)]


CONVNET_LOSS = Exercise(
    name="convnet_loss",
    lesson=LESSON,
    points=5,
    oracle=convnet_loss,
    visible=[
        Case(net_and_images(random_quarters(2), (2, 2, 4, 2), 2, 3) | {"labels": np.array([2, 0])}),
        Case(
            net_and_images(random_fifths(3), (3, 4, 2, 1), 2, 2) | {"labels": np.array([1, 0, 1]), "weight_decay": 0.5}
        ),
        Case(
            net_and_images(random_quarters(4), (2, 2, 2, 1), 1, 3, b_fc=np.array([1000.0, -1000.0, 999.0]))
            | {"labels": np.array([2, 0]), "weight_decay": 0.25},
            tolerance=OF_LARGE_SCORES,
        ),
    ],
    parts=[
        Part("the loss, with and without weight decay", 0.75, _values),
        Part("gradients of the fully connected layer", 1, _linear_gradients),
        Part("gradients of the convolution", 1.5, _conv_gradients),
        Part("weight decay in the gradients of the weights", 1, _decayed),
        Part("scores of 1000 and -1000", 0.25, _large),
        Part("float32 too, and its inputs as they were", 0.5, _care, unchanged=True),
    ],
    section="4. The way back",
    next="a step downhill",
    returns=("loss", "grads"),
)
