"""A convolution's gradients, place by place: those of cs_utils.reference."""

import numpy as np
import pytest

from cs_utils import figures, reference
from tests.figures.live.reading import cell, numbers, said

RNG = np.random.default_rng(4)
X, W, DY = (
    RNG.integers(-3, 4, (4, 5)).astype(float),
    RNG.integers(-2, 3, (3, 3)).astype(float),
    np.array([[1, -2, 0.5], [0, 3, 1]]),
)


def expected(x, w, dy):
    dx, dw, db = reference.conv2d_backward(dy[None, :, :, None], x[None, :, :, None], w[:, :, None, None])
    return dx[0, :, :, 0], dw[:, :, 0, 0], db[None]


def gradients(frame):
    return [numbers(frame, name) for name in ("dx", "dw", "db")]


def test_at_the_end_all_is_as_in_numpy(touch):
    frame = touch(figures.live_conv_gradient(X, W, DY))
    frame.get_by_role("button", name="end").click()
    y = reference.conv2d(X[None, :, :, None], W[:, :, None, None], np.zeros(1))[0, :, :, 0]
    np.testing.assert_allclose(numbers(frame, "y"), y)
    for found, right in zip(gradients(frame), expected(X, W, DY), strict=True):
        np.testing.assert_allclose(found, right)


def test_each_step_back_adds_the_shares_of_one_place(page, touch):
    frame = touch(figures.live_conv_gradient(X, W, DY))
    frame.get_by_role("button", name="on").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert np.isnan(numbers(frame, "dx")).all()
    for places in (1, 2):
        page.keyboard.press("ArrowRight")
        part = np.where(np.arange(6).reshape(2, 3) < places, DY, 0)
        for found, right in zip(gradients(frame), expected(X, W, part), strict=True):
            np.testing.assert_allclose(found, right)
    assert "Back from place 1, whose gradient is \N{MINUS SIGN}2" in said(frame, "Step 8 of 12")
    page.keyboard.press("ArrowLeft")
    assert "Back from place 0, whose gradient is 1: 1 times the filter" in said(frame, "Step 7 of 12")


def test_numbers_are_changed_by_key_and_by_dragging(page, touch):
    frame = touch(figures.live_conv_gradient(X, W, DY))
    frame.get_by_role("button", name="end").click()
    cell(frame, "dy", 0, 0).focus()
    page.keyboard.press("+")
    box = cell(frame, "w", 1, 1).bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 9, box["y"] + 4, steps=3)
    page.mouse.up()
    dy, w = DY.copy(), W.copy()
    dy[0, 0] += 1
    w[1, 1] += 2
    for found, right in zip(gradients(frame), expected(X, w, dy), strict=True):
        np.testing.assert_allclose(found, right)


@pytest.mark.parametrize(
    ("x", "w", "dy"), [((3, 3, 1), (2, 2), (2, 2)), ((7, 3), (2, 2), (6, 2)), ((3, 3), (2, 2), (3, 3))]
)
def test_shapes_that_do_not_fit_are_refused(x, w, dy):
    with pytest.raises(ValueError):
        figures.live_conv_gradient(np.zeros(x), np.zeros(w), np.zeros(dy))
