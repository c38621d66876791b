"""Shapes of arrays: sizes in their order, and what is refused."""

import pytest
from reading_pictures import assert_refused, numbers, pixels

from cs_utils import figures


def test_volume_boxes_say_shapes_and_steps_in_order():
    alt = figures.volume_boxes([(32, 32, 3), (28, 28, 6), (24, 24, 10)], ["six\nfilters", "ten\nfilters"]).alt
    assert numbers(alt) == [32, 32, 3, 28, 28, 6, 24, 24, 10]
    assert "after six filters" in alt


def test_filters_are_drawn_in_their_volumes_and_said():
    shapes, steps = [(32, 32, 3), (28, 28, 6), (24, 24, 10)], ["six", "ten"]
    plain, drawn = figures.volume_boxes(shapes, steps), figures.volume_boxes(shapes, steps, filters=[5, 5])
    assert "a filter as a small block" in drawn.alt
    assert "filter" not in plain.alt
    darkest = [(pixels(picture.png)[..., :3].mean(axis=-1) < 0.5).mean() for picture in (plain, drawn)]
    assert darkest[1] > 1.2 * darkest[0]


@pytest.mark.parametrize(("depth", "lines"), [(1, 0), (6, 5), (16, 15), (17, 0), (512, 0)])
def test_maps_are_told_apart_unless_they_are_too_many(depth, lines):
    drawn = figures.volume_boxes([(8, 8, depth)], [])
    assert len(drawn._figure.axes[0].lines) == lines


def test_matrix_product_says_all_sizes():
    alt = figures.matrix_product((8, 75), (75, 6), rows="pictures", inner="numbers", columns="filters").alt
    assert numbers(alt) == [8, 75, 75, 6, 8, 6]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.volume_boxes([(4, 4, 1), (2, 2, 1)], []),
        lambda: figures.volume_boxes([(4, 4, 1), (2, 2, 1)], ["a"], filters=[3, 3]),
        lambda: figures.matrix_product((2, 3), (4, 2), rows="a", inner="b", columns="c"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
