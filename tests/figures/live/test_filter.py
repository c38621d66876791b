"""A filter painted by mouse and keyboard: the map is that of cs_utils.reference."""

import numpy as np
import pytest

from cs_utils import figures, reference
from tests.figures.live.reading import cell, numbers, pixels, said

X = np.random.default_rng(0).random((9, 12))
W = np.array([[1.0, 0.0, -1.0], [2.0, 0.5, -2.0], [1.0, 0.0, -1.0]])


def correlation(w):
    return reference.conv2d(X.round(4)[None, :, :, None], w[:, :, None, None], np.zeros(1))[0, :, :, 0]


def test_the_map_is_the_correlation_and_follows_what_is_painted_by_mouse(touch):
    frame = touch(figures.live_filter(X, W))
    np.testing.assert_allclose(pixels(frame, "map"), correlation(W), atol=1e-12)
    frame.get_by_role("button", name="\N{MINUS SIGN}1", exact=True).click()
    cell(frame, "filter", 0, 1).click()
    painted = W.copy()
    painted[0, 1] = -1
    np.testing.assert_array_equal(numbers(frame, "filter"), painted)
    np.testing.assert_allclose(pixels(frame, "map"), correlation(painted), atol=1e-12)
    frame.get_by_role("button", name="blur").click()
    np.testing.assert_allclose(pixels(frame, "map"), correlation(np.full((3, 3), 1 / 9).round(4)), atol=1e-12)


def test_the_keyboard_paints_and_steps_and_a_live_text_says_what_came_out(page, touch):
    frame = touch(figures.live_filter(X, W))
    cell(frame, "filter", 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "+", "+", "ArrowRight", "Space"):
        page.keyboard.press(key)
    painted = W.copy()
    painted[1, 1], painted[1, 2] = 2.5, 1
    np.testing.assert_array_equal(numbers(frame, "filter"), painted)
    assert "Filter: 1 0 \N{MINUS SIGN}1 / 2 2.5 1 / " in said(frame, "2.5 1")


def test_a_place_shows_its_window_products_and_sum(page, touch):
    frame = touch(figures.live_filter(X, W))
    frame.locator("canvas[aria-label^=map]").focus()
    for key in ("Home", *["ArrowUp"] * 8, "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    window = X.round(4)[2:5, 1:4]
    np.testing.assert_allclose(numbers(frame, "window"), window, atol=1e-12)
    np.testing.assert_allclose(numbers(frame, "products"), window * W, atol=1e-12)
    total = f"{np.sum(window * W):.2f}".rstrip("0").replace("-", "\N{MINUS SIGN}")
    assert f"row 2, column 1: its products add up to {total}." in said(frame, "row 2, column 1")


@pytest.mark.parametrize(("x", "w"), [((3, 3, 1), (3, 3)), ((5, 5), (3, 2)), ((65, 5), (3, 3)), ((5, 5), (6, 6))])
def test_what_cannot_be_shown_is_refused(x, w):
    with pytest.raises(ValueError):
        figures.live_filter(np.zeros(x), np.zeros(w))
