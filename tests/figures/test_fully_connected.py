"""Images as rows, templates, bars, neurons and the loss: the right numbers, and what is refused."""

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused, numbers, pixels

from cs_utils import figures


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize("shape", [(32, 32, 3), (4, 7, 3), (3, 3, 3)])
def test_image_to_vector_says_the_first_and_the_last_numbers_of_the_row(rng, shape):
    image = rng.integers(0, 256, shape, dtype=np.uint8)
    row = [int(image[i, j, c]) for i in range(shape[0]) for j in range(shape[1]) for c in range(3)]
    assert numbers(figures.image_to_vector(image).alt) == [*shape[:2], len(row), 3, *row[:9], *row[-3:]]


@pytest.mark.parametrize("channels", [1, 3])
def test_templates_tell_noise_from_what_has_a_place(rng, channels):
    w = rng.uniform(-1, 1, (16, 16, channels, 2))
    w[..., 1] = -1.0
    w[1:5, 1:5, :, 1] = 2.0
    alt = figures.templates(w, ["first", "second"]).alt
    assert "first: looks like noise" in alt
    assert "second: light on dark, upper left, about 6 by 6 pixels" in alt  # the edges are blurred


def test_zero_is_middle_grey_in_a_template():
    w = np.zeros((4, 4, 1, 2))
    w[0, 0, 0, :] = 1.0, -3.0
    grey = pixels(figures.templates(w, ["a", "b"]).png)[..., :3]
    assert np.isclose(grey, 0.5, atol=0.01).all(axis=-1).mean() > 0.3


def test_class_bars_say_every_number_and_the_marked_class(rng):
    panels = {"scores": rng.integers(-9, 10, 4) / 4, "probabilities": np.array([0.5, 0.25, 0.25, 0.0])}
    alt = figures.class_bars(panels, ["a", "b", "c", "d"], mark=2).alt
    assert numbers(alt) == [*panels["scores"], *panels["probabilities"]]
    assert "c is marked" in alt


def test_the_marked_bar_looks_different():
    panels = {"scores": np.array([1.0, 2.0])}
    plain, marked = (pixels(figures.class_bars(panels, ["a", "b"], mark).png) for mark in (None, 1))
    assert plain.shape != marked.shape or np.abs(plain - marked).max() > 0


@pytest.mark.parametrize("sizes", [(3072, 10), (3072, 100, 10), (3, 2), (1, 1, 1)])
def test_neurons_say_the_sizes(sizes):
    layers = dict(zip(("in", "hidden", "out"), sizes))
    assert numbers(figures.neurons(layers).alt) == [*sizes, sizes[0]]


def test_loss_of_probability_says_minus_log_p():
    found = numbers(figures.loss_of_probability({"sure": 1.0, "guess": 0.1}).alt.split("sure", 1)[1])
    np.testing.assert_allclose(found, [1, 0, 0.1, 2.30], atol=1e-9)


def test_the_lessons_pictures_are_small(rng):
    image = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    names = list("abcdefghij")
    drawn = [
        figures.image_to_vector(image),
        figures.templates(rng.normal(size=(32, 32, 3, 10)), names),
        figures.class_bars({"scores": rng.normal(size=10)}, names, mark=0),
        figures.neurons({"numbers": 3072, "hidden": 100, "scores": 10}),
        figures.loss_of_probability({"sure": 0.95}),
    ]
    assert max(len(picture._repr_html_()) for picture in drawn) <= LARGEST


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.image_to_vector(np.zeros((4, 4), np.uint8)),
        lambda: figures.image_to_vector(np.zeros((4, 4, 3), np.uint8), pixels=5),
        lambda: figures.templates(np.zeros((4, 4, 10)), list("abcdefghij")),
        lambda: figures.templates(np.zeros((4, 4, 2, 3)), list("abc")),
        lambda: figures.templates(np.zeros((4, 4, 3, 3)), list("ab")),
        lambda: figures.class_bars({}, ["a"]),
        lambda: figures.class_bars({"scores": np.zeros(3)}, ["a", "b"]),
        lambda: figures.neurons({"numbers": 3072}),
        lambda: figures.loss_of_probability({"impossible": 0.0}),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    assert_refused(draw)
