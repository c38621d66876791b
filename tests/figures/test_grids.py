"""Grids of numbers, in a picture and in words."""

import io

import numpy as np
import pytest
from PIL import Image
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


def test_grids_stand_in_rows_below_a_heading():
    grids = {name: np.ones((2, 2)) for name in "abcd"}
    one_row, two_rows = (
        figures.number_grids(grids),
        figures.number_grids(grids, per_row=2, heading="What goes into y[0]"),
    )
    assert two_rows.alt.startswith("What goes into y[0]. a: ")
    sizes = [Image.open(io.BytesIO(picture.png)).size for picture in (one_row, two_rows)]
    assert sizes[0][0] > 1.8 * sizes[1][0]
    assert sizes[0][1] < 0.6 * sizes[1][1]
