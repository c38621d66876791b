"""Pictures of trainings: what their texts say, and what is refused."""

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused

from cs_utils import figures

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 32, 32, 3), dtype=np.uint8)
HISTORY = {"loss": [2.0, 1.25], "train_accuracy": [0.3, 0.6], "validation_accuracy": [0.25, 0.5]}
NO_HISTORY = {"loss": [], "train_accuracy": [], "validation_accuracy": []}


def test_pictures_are_small():
    labels = np.array([0, 1, 2, 2, 1], dtype=np.uint8)
    for picture in (
        figures.contact_sheet(IMAGES, list("abcdefg"), columns=5),
        figures.loss_curves({"momentum 0.9": [[2.0, 1.0], [3.0, 0.5]], "momentum 0": [[2.0, 1.5]]}, guess=2.3),
        figures.training_curves({"net": HISTORY, "other": NO_HISTORY}),
        figures.confusion_matrix(labels, np.array([0, 2, 2, 1, 2]), ["cat", "dog", "car"]),
    ):
        assert len(picture._repr_html_()) < LARGEST


def test_a_contact_sheet_names_every_image():
    assert (
        "a, mostly noise; b, mostly noise; c, mostly noise." in figures.contact_sheet(IMAGES[:3], ["a", "b", "c"]).alt
    )


def test_of_many_images_a_contact_sheet_gives_the_names_alone():
    many = np.repeat(IMAGES[:1], 12, axis=0)
    assert figures.contact_sheet(many, list("abcdefghijkl")).alt.endswith(
        "in 2 rows: a; b; c; d; e; f; g; h; i; j; k; l."
    )


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


def test_in_the_confusion_matrix_mistakes_are_dark_and_the_diagonal_is_white():
    labels = np.repeat([0, 1], 100)
    predicted = labels.copy()
    predicted[:3], predicted[100] = 1, 0  # class 0 is taken for 1 three times, class 1 for 0 once
    picture = figures.confusion_matrix(labels, predicted, ["cat", "dog"])
    image = picture._figure.axes[0].images[0]
    shades = image.cmap(image.norm(image.get_array()))[..., 0]
    assert shades[0, 0] == shades[1, 1] == 1
    assert shades[0, 1] == 0
    assert 0.3 < shades[1, 0] < 1


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.contact_sheet(IMAGES, ["too", "few"]),
        lambda: figures.contact_sheet(IMAGES[..., 0], list("abcdefg")),
        lambda: figures.contact_sheet(IMAGES[:0], []),
        lambda: figures.loss_curves({}),
        lambda: figures.loss_curves({"uneven": [[1.0], [1.0, 2.0]]}),
        lambda: figures.confusion_matrix(np.array([0, 1]), np.array([0]), ["a", "b"]),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
