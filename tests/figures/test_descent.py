"""Paths through a valley: where they begin and end, how often they cross it, and what is refused."""

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused, numbers

from cs_utils import figures


def test_paths_say_their_ends_and_their_turns():
    zigzag = np.array([[8.0, 1.0], [6.0, -0.5], [5.0, 0.25], [4.0, 0.5]])
    straight = np.array([[8.0, 1.0], [2.0, 0.5]])
    picture = figures.valley_paths({"zigzag": zigzag, "straight": straight}, (1.0, 50.0))
    first, second = picture.alt.split("zigzag:")[1].split("straight:")
    assert numbers(first) == [8, 1, 2, 3, 4, 0.5]
    assert numbers(second) == [8, 1, 0, 1, 2, 0.5]
    assert len(picture._repr_html_()) <= LARGEST


@pytest.mark.parametrize(
    ("paths", "steepness"),
    [({}, (1.0, 2.0)), ({"flat": np.ones(3)}, (1.0, 2.0)), ({"down": np.ones((3, 2))}, (1.0, 0.0))],
)
def test_what_cannot_be_drawn_is_refused(paths, steepness):
    assert_refused(lambda: figures.valley_paths(paths, steepness))
