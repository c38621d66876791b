"""The curve of the loss: what it draws, read back from the picture."""

import base64
import re
from xml.etree import ElementTree

import numpy as np

from cs_utils.training.curve import HEIGHT, MARGIN, POINTS, WIDTH, loss_curve


def points(picture: str) -> np.ndarray:
    """The points of the curve (N, 2): the part done, and the loss as a fraction of the largest."""
    svg = ElementTree.fromstring(base64.b64decode(re.search(r"base64,([^\"]+)", picture)[1]))
    (line,) = svg.iter("{http://www.w3.org/2000/svg}polyline")
    drawn = np.array([[float(number) for number in point.split(",")] for point in line.get("points").split()])
    return (drawn - MARGIN) / [WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN] * [1, -1] + [0, 1]


def test_the_curve_goes_through_each_step_of_a_short_training() -> None:
    done, losses = [0.0, 0.25, 0.5], [2.0, 1.0, 0.5]
    np.testing.assert_allclose(points(loss_curve(done, losses)), [[0, 1], [0.25, 0.5], [0.5, 0.25]], atol=2e-3)


def test_many_steps_become_few_points_that_keep_the_curves_course() -> None:
    done = np.linspace(0, 1, 5000)
    drawn = points(loss_curve(list(done), list(2 - done)))
    assert len(drawn) == POINTS
    np.testing.assert_allclose(drawn[:, 1], (2 - drawn[:, 0]) / 2, atol=0.01)


def test_a_loss_of_zero_can_be_drawn() -> None:
    np.testing.assert_allclose(points(loss_curve([0.0], [0.0])), [[0, 0]], atol=1e-6)
