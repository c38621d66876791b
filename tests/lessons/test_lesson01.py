"""Lesson 01: what it proves about one template per class, in numbers that no cell shows."""

import numpy as np
import pytest
from lesson_cells import function_of

from cs_utils.datasets.shapes10 import SHAPES


def stencils():
    axis = np.arange(32) - 15.5
    across, down = np.meshgrid(axis, axis)
    return np.array([np.where(shape(across, down, 10.0) < 0, 1.0, -1.0) for shape in SHAPES])


def test_of_an_image_and_its_negative_a_layer_gets_both_right_for_one_class_at_most():
    rng = np.random.default_rng(0)
    for scale in (0.0, 1.0, 30.0):
        w, b = rng.normal(size=(16, 10)), scale * rng.normal(size=10)
        x = rng.normal(size=(1000, 16))
        both = (x @ w + b).argmax(axis=1) == (-x @ w + b).argmax(axis=1)
        winners = set((x @ w + b).argmax(axis=1)[both].tolist())
        assert winners <= {int(b.argmax())}


@pytest.mark.parametrize("seed", range(5))
def test_templates_of_light_shapes_get_half_of_a_mixture_right_whatever_its_noise(seed):
    drawn, flat = stencils(), function_of("01_fully_connected", "flatten")
    draw = function_of("01_fully_connected", "draw", np=np, stencils=drawn)
    images, labels = draw(seed=seed)
    averages = np.array([flat(images)[labels == k].mean(axis=0) for k in range(10)])
    new_images, new_labels = draw(seed=seed + 100, light_or_dark=True)
    scores = flat(new_images) @ averages.T - 0.5 * np.sum(averages**2, axis=1)
    assert 0.4 < np.mean(scores.argmax(axis=1) == new_labels) < 0.6
