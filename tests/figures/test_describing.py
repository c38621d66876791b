"""What is said of an image: what it shows, not where its brightest pixel lies."""

import numpy as np
import pytest
from reading_pictures import numbers

from cs_utils.datasets import load_shapes10
from cs_utils.figures.describing import colour, describe, describe_template, place_of_the_highest

ROWS, COLUMNS = np.mgrid[0:32, 0:32]


def disc(row, column, radius=6, hole=0.0, side=32):
    """Return 1 on a disc, 0 elsewhere."""
    away = np.hypot(ROWS[:side, :side] - row, COLUMNS[:side, :side] - column)
    return ((away <= radius) & (away >= hole)).astype(float)


@pytest.mark.parametrize(
    ("row", "column", "place"),
    [
        (7, 7, "upper left"),
        (7, 16, "at the top"),
        (7, 25, "upper right"),
        (16, 7, "on the left"),
        (16, 16, "in the centre"),
        (25, 16, "at the bottom"),
        (25, 25, "lower right"),
    ],
)
def test_a_disc_is_where_it_is(row, column, place):
    noise = np.random.default_rng(0).uniform(0, 0.1, (32, 32))
    assert describe(disc(row, column) + noise).startswith(f"light on dark, {place}, about 1")
    assert describe(1.2 - disc(row, column) - noise).startswith(f"dark on light, {place}, about 1")


def test_a_block_has_its_size():
    block = ((ROWS >= 4) & (ROWS < 10) & (COLUMNS >= 3) & (COLUMNS < 12)).astype(float)
    assert describe(block) == "light on dark, upper left, about 9 by 6 pixels"


def test_a_ring_has_a_hole_and_a_shape_its_colours():
    ring = disc(16, 16, 9, hole=5)[..., None]
    image = ring * [0.9, 0.8, 0.2] + (1 - ring) * [0.1, 0.1, 0.4]
    assert describe(image) == "yellow on dark blue, in the centre, about 17 by 17 pixels, with a hole"


def test_a_ring_as_large_as_the_image_is_one_shape():
    said = describe(disc(16, 16, 13, hole=10))
    assert said.startswith("light on dark, in the centre, about")
    assert said.endswith("with a hole")
    assert numbers(said) == pytest.approx([27, 27], abs=2)  # its outermost pixels stand alone


def test_what_has_no_shape_is_not_given_one():
    rng = np.random.default_rng(1)
    assert describe(np.full((8, 8), 0.3)) == "the same everywhere"
    assert describe(rng.uniform(0, 1, (32, 32, 3))) == "mostly noise"
    assert describe(rng.normal(size=(32, 32))) == "mostly noise"
    assert describe(COLUMNS / 31).startswith("no single shape, brightest on the right")


def test_a_map_is_described_by_where_it_is_low_and_high():
    y = disc(7, 7, 5) - disc(24, 24, 5)
    assert describe(y) == f"{(y == 0).mean():.0%} of it near 0, highest upper left, lowest lower right"


def test_high_places_that_lie_apart_are_several():
    assert place_of_the_highest(disc(4, 4, 4) + disc(27, 27, 4)) == "in several places"
    assert place_of_the_highest(np.zeros((4, 4))) == "nowhere in particular"


@pytest.mark.parametrize("channels", [1, 3])
def test_a_template_is_noise_or_has_bright_and_dark_places(channels):
    noise = np.random.default_rng(2).normal(size=(32, 32, channels))
    assert describe_template(noise) == "looks like noise"
    assert describe_template(disc(16, 16, 9, hole=4)[..., None] + 0.3 * noise).startswith(
        "light on dark, in the centre"
    )
    far_apart = disc(4, 4, 4) + disc(27, 27, 4) - disc(27, 4, 4)
    assert describe_template(far_apart[..., None] + 0.1 * noise) == "bright in several places, dark lower left"


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((1, 0, 0), "red"),
        ((0.1, 0.1, 0.3), "dark blue"),
        ((0.4, 0.25, 0.1), "brown"),
        ((0.8, 0.95, 0.8), "light green"),
        ((1, 1, 1), "white"),
        ((0, 0, 0), "black"),
        ((0.5, 0.5, 0.52), "grey"),
        ((1, 0.3, 0.7), "pink"),
    ],
)
def test_colours_have_their_usual_names(rgb, name):
    assert colour(np.array(rgb)) == name


def test_nearly_every_shape_of_the_stand_in_is_found_and_none_is_light_that_is_dark():
    dataset = load_shapes10(train=60, test=200)
    found = 0
    for image in dataset.test_images / 255:
        said = describe(image.mean(axis=2))
        dark_ground = np.median(image[:2]) < 0.5
        assert ("light on dark" if dark_ground else "dark on light") in said or "no single shape" in said
        found += "no single shape" not in said
    assert found >= 196
