"""A template painted by mouse and keyboard: scores are the dot products of NumPy."""

import numpy as np
import pytest

from cs_utils import figures
from tests.figures.live.reading import pixels, said

RNG = np.random.default_rng(2)
IMAGES = {"one": RNG.normal(size=(10, 12)), "two": RNG.normal(size=(10, 12))}
START = np.sign(RNG.normal(size=(10, 12)))


def scores(frame):
    return np.array(frame.locator("output").evaluate_all("all => all.map(each => +each.dataset.value)"))


def expect_scores(frame, template):
    expected = [np.sum(image.round(2) * template) for image in IMAGES.values()]
    np.testing.assert_allclose(pixels(frame, "template"), template, atol=1e-12)
    np.testing.assert_allclose(scores(frame), expected, atol=1e-9)
    np.testing.assert_allclose(pixels(frame, "products"), IMAGES["one"].round(2) * template, atol=1e-12)


def test_scores_are_dot_products_and_follow_what_the_mouse_paints(page, touch):
    frame = touch(figures.live_template(IMAGES, START))
    expect_scores(frame, START)
    frame.get_by_role("button", name="0", exact=True).click()
    box = frame.locator("canvas[aria-label^=template]").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] - 2, steps=40)
    page.mouse.up()
    painted = START.copy()
    painted[:, :2] = 0
    expect_scores(frame, painted)


def test_the_keyboard_paints_and_buttons_copy_the_image(page, touch):
    frame = touch(figures.live_template(IMAGES, START))
    frame.locator("canvas[aria-label^=template]").focus()
    for key in ("Home", "ArrowUp", "ArrowUp", "ArrowRight", "Space"):
        page.keyboard.press(key)
    painted = START.copy()
    painted[2:5, 0:3] = 1
    expect_scores(frame, painted)
    frame.get_by_role("button", name="its negative").click()
    expect_scores(frame, -IMAGES["one"].round(2))
    frame.get_by_role("button", name="the image itself").click()
    expect_scores(frame, IMAGES["one"].round(2))
    assert "The highest score is that of: one." in said(frame, "of: one")
    frame.get_by_role("button", name="all 0").click()
    expect_scores(frame, np.zeros((10, 12)))


def test_another_image_is_laid_under_it(touch):
    frame = touch(figures.live_template(IMAGES, START))
    frame.get_by_role("button", name="two").click()
    np.testing.assert_allclose(pixels(frame, "image"), IMAGES["two"].round(2), atol=1e-12)
    np.testing.assert_allclose(pixels(frame, "products"), IMAGES["two"].round(2) * START, atol=1e-12)


@pytest.mark.parametrize(
    ("images", "template"),
    [({}, (4, 4)), ({"a": (4, 5)}, (4, 4)), ({"a": (33, 4)}, (33, 4)), ({str(k): (4, 4) for k in range(9)}, (4, 4))],
)
def test_what_cannot_be_shown_is_refused(images, template):
    with pytest.raises(ValueError):
        figures.live_template({name: np.zeros(shape) for name, shape in images.items()}, np.zeros(template))
