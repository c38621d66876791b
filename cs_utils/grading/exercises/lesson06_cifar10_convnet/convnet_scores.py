"""Lesson 06, convnet_scores: from a batch of images to the scores of its classes."""

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
    normal,
    random_fifths,
    random_quarters,
)


def convnet_scores(params, x):
    maps = layers.conv2d(x, params["w_conv"], params["b_conv"], pad=1)
    pooled = layers.max_pool2d(layers.relu(maps))
    return layers.linear(pooled.reshape(len(x), -1), params["w_fc"], params["b_fc"])


def _values(rng: np.random.Generator) -> list[Case]:
    return [Case(few_images(rng)) for _ in range(2)]


def _sizes(rng: np.random.Generator) -> list[Case]:
    one_image = net_and_images(normal(rng), (1, 4, 4, 3), 5, 10)
    return [Case(one_image), *(Case(any_size(rng)) for _ in range(3))]


def _care(rng: np.random.Generator) -> list[Case]:
    return [Case(any_size(rng)), Case(float32(any_size(rng)))]


CONVNET_SCORES = Exercise(
    name="convnet_scores",
    lesson=LESSON,
    points=3,
    oracle=convnet_scores,
    visible=[
        Case(net_and_images(random_quarters(0), (2, 2, 4, 1), 2, 3)),
        Case(net_and_images(random_fifths(1), (1, 4, 2, 2), 3, 2)),
    ],
    parts=[
        Part("scores of square images", 1, _values),
        Part("images of any size and depth, any number of filters, one image alone", 1, _sizes),
        Part("float32 too, and its inputs as they were", 1, _care, unchanged=True),
    ],
    section="3. Five steps forward",
    next="the loss, and the way back",
    returns=("scores",),
)
