"""Lesson 07, residual_block: two convolutions and a way past them, relu(conv(relu(conv(x, w1, b1)), w2, b2) + x)."""

import numpy as np

from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON
from cs_utils.grading.exercises.lesson07_deeper_networks.shared import (
    any_blocks,
    block,
    conv,
    float32_blocks,
    square_blocks,
    visible_block,
)


def residual_block(x, w1, b1, w2, b2):
    inner = np.maximum(conv(x, w1, b1), 0)
    return np.maximum(conv(inner, w2, b2) + x, 0)


RESIDUAL_BLOCK = Exercise(
    name="residual_block",
    lesson=LESSON,
    points=2,
    oracle=residual_block,
    visible=[visible_block((1, 2, 3, 2), [0.5, -0.25], [1.0, 0.75], 1), visible_block((2, 3, 2, 1), [-0.5], [0.25], 4)],
    parts=[
        Part("square maps of several images", 1, square_blocks(block)),
        Part("any height and width, one image, one channel", 0.5, any_blocks(block)),
        Part("float32, and inputs unchanged", 0.5, float32_blocks(block), unchanged=True),
    ],
    section="9. A way past the layers",
    next="start from a block that does nothing",
)
