"""Grids of numbers, in a picture and in words."""

import numpy as np
import pytest
from reading_pictures import assert_refused

from cs_utils import figures


def test_number_grids_say_their_numbers_shortly():
    alt = figures.number_grids({"a": np.array([[1.0, -0.5], [1 / 3, np.nan]]), "b": np.array([[-0.0]])}).alt
    assert "a: 1 \N{MINUS SIGN}0.5 / 0.33 empty" in alt
    assert "b: 0" in alt


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.number_grids({}),
        lambda: figures.number_grids({"a": np.ones(3)}),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
