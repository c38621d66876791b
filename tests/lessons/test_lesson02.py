"""Lesson 02: what its folded answers say, and what becomes of the filter that learns."""

import numpy as np
import pytest
from lesson_cells import function_of

from cs_utils.datasets import load_shapes10
from cs_utils.layers import conv2d


@pytest.fixture(scope="module")
def hunted():
    return function_of("02_convolution", "hunted", np=np)


def test_the_hunted_layer_is_right_on_grey_images_and_wrong_in_colour(hunted):
    rng = np.random.default_rng(0)
    for channels, right in ((1, True), (3, False)):
        x, w, b = rng.normal(size=(2, 6, 7, channels)), rng.normal(size=(3, 3, channels, 4)), rng.normal(size=4)
        assert np.allclose(hunted(x, w, b), conv2d(x, w, b)) is right


def test_one_bright_pixel_meets_the_weight_that_the_folded_answer_names(hunted):
    dot, w = np.zeros((1, 3, 3, 2)), np.arange(18.0).reshape(3, 3, 2, 1)
    dot[0, 0, 0, 1] = 1
    assert conv2d(dot, w, np.zeros(1)).item() == w[0, 0, 1, 0] == 1
    assert hunted(dot, w, np.zeros(1)).item() == w[0, 1, 0, 0] == 2


def test_the_filter_comes_closer_with_every_further_hundred_steps():
    names = {"np": np, "correlate2d": function_of("02_convolution", "correlate2d", np=np)}
    step_downhill = function_of("02_convolution", "step_downhill", **names)
    grey = (load_shapes10(train=60, test=1).train_images[59] / 255).mean(axis=2)
    vertical = np.array([[1.0, 0.0, -1.0]] * 3)
    wanted = names["correlate2d"](grey, vertical)
    learned, away = np.random.default_rng(0).normal(0, 0.1, (3, 3)), []
    for step in range(1, 601):
        learned, _ = step_downhill(learned, grey, wanted)
        if step % 100 == 0:
            away.append(np.abs(learned - vertical).max())
    assert away[2] == pytest.approx(0.024, abs=5e-4)
    assert np.all(np.diff(away) < 0)
