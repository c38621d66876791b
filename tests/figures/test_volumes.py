"""Shapes of arrays: sizes in their order, and what is refused."""

import pytest
from reading_pictures import assert_refused, numbers

from cs_utils import figures


def test_volume_boxes_say_shapes_and_steps_in_order():
    alt = figures.volume_boxes([(32, 32, 3), (28, 28, 6), (24, 24, 10)], ["six\nfilters", "ten\nfilters"]).alt
    assert numbers(alt) == [32, 32, 3, 28, 28, 6, 24, 24, 10]
    assert "after six filters" in alt


def test_matrix_product_says_all_sizes():
    alt = figures.matrix_product((8, 75), (75, 6), rows="pictures", inner="numbers", columns="filters").alt
    assert numbers(alt) == [8, 75, 75, 6, 8, 6]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.volume_boxes([(4, 4, 1), (2, 2, 1)], []),
        lambda: figures.matrix_product((2, 3), (4, 2), rows="a", inner="b", columns="c"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
