"""Pictures of trainings and nets: what their texts say, and what they refuse."""

import numpy as np
import pytest

from cs_utils import figures

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (7, 32, 32, 3), dtype=np.uint8)
HISTORY = {"loss": [2.0, 1.25], "train_accuracy": [0.3, 0.6], "validation_accuracy": [0.25, 0.5]}
NO_HISTORY = {"loss": [], "train_accuracy": [], "validation_accuracy": []}


def draw_all():
    labels = np.array([0, 1, 2, 2, 1], dtype=np.uint8)
    return [
        figures.contact_sheet(IMAGES, list("abcdefg"), columns=5),
        figures.loss_curves({"momentum 0.9": [[2.0, 1.0], [3.0, 0.5]], "momentum 0": [[2.0, 1.5]]}, guess=2.3),
        figures.training_curves({"net": HISTORY, "other": NO_HISTORY}),
        figures.confusion_matrix(labels, np.array([0, 2, 2, 1, 2]), ["cat", "dog", "car"]),
        figures.filters({"before": RNG.normal(size=(3, 3, 3, 12)), "after": np.zeros((3, 3, 3, 12))}),
        figures.maps_of_image(IMAGES[0], np.maximum(RNG.normal(size=(32, 32, 12)), 0)),
    ]


def test_pictures_are_small_and_say_what_they_show():
    for picture in draw_all():
        assert picture.png.startswith(b"\x89PNG")
        assert len(picture._repr_html_()) < 200_000
        assert len(picture.alt) > 20


def test_a_contact_sheet_names_every_image():
    assert "a; b; c" in figures.contact_sheet(IMAGES[:3], ["a", "b", "c"]).alt


def test_loss_curves_say_where_the_mean_begins_and_ends():
    alt = figures.loss_curves({"slow": [[2.0, 1.0], [3.0, 0.5]]}).alt
    assert "mean of 2 runs" in alt
    assert "2.50" in alt
    assert "0.750" in alt


def test_training_curves_say_the_numbers_and_which_net_was_not_trained():
    alt = figures.training_curves({"net": HISTORY, "other": NO_HISTORY}).alt
    assert "2.00 to 1.25" in alt
    assert "25% to 50%" in alt
    assert "other: not trained" in alt


def test_the_confusion_matrix_says_the_right_ones_and_the_worst_mix_up():
    labels, predicted = np.array([0, 1, 1, 1, 2], dtype=np.uint8), np.array([0, 2, 2, 1, 1], dtype=np.uint8)
    alt = figures.confusion_matrix(labels, predicted, ["cat", "dog", "car"]).alt
    assert "2 of 5 images" in alt
    assert "dog taken for car, 2 times" in alt


def test_filters_tell_one_colour_from_an_edge():
    w = np.zeros((3, 3, 3, 2))
    w[..., 0, 0] = 1.0
    w[:, 0, :, 1], w[:, 2, :, 1] = 1.0, -1.0
    assert "1 are mostly one colour, 1 change" in figures.filters({"two": w}).alt


def test_maps_that_are_silent_are_counted():
    maps = np.zeros((4, 6, 5))
    maps[1, 2, 3] = 1.0
    alt = figures.maps_of_image(IMAGES[0], maps).alt
    assert "5 maps" in alt
    assert "4 by 6" in alt
    assert "in map 3; 4 maps are zero" in alt


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.contact_sheet(IMAGES, ["too", "few"]),
        lambda: figures.contact_sheet(IMAGES[..., 0], list("abcdefg")),
        lambda: figures.contact_sheet(IMAGES[:0], []),
        lambda: figures.loss_curves({}),
        lambda: figures.loss_curves({"uneven": [[1.0], [1.0, 2.0]]}),
        lambda: figures.confusion_matrix(np.array([0, 1]), np.array([0]), ["a", "b"]),
        lambda: figures.filters({}),
        lambda: figures.filters({"grey": np.zeros((3, 3, 1, 4))}),
        lambda: figures.filters({"one": np.zeros((3, 3, 3, 4)), "other": np.zeros((3, 3, 3, 5))}),
        lambda: figures.maps_of_image(IMAGES[0], np.zeros((4, 4))),
    ],
)
def test_what_can_not_be_drawn_is_refused_in_words(draw):
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        draw()
