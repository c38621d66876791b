"""Numbers dragged and stepped: y and dx are those of cs_utils.layers, ties and overlaps included."""

import numpy as np
import pytest

from cs_utils import figures, layers
from tests.figures.live.reading import cell, numbers, said

X = np.array([[1.0, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
DY = np.array([[1.0, -2.0], [3.0, 0.5]])
WIDE = np.array([[1.0, 1, 2, 4, 9], [5, 9, 9, 8, 9], [3, 9, 9, 0, 1], [1, 2, 3, 4, 4], [4, 0, 3, 4, 4]])


def maximum(x, dy, size, stride, ties):
    x, dy = x[None, :, :, None], dy[None, :, :, None]
    y, dx = layers.max_pool2d(x, size, stride), layers.max_pool2d_backward(dy, x, size, stride, ties=ties)
    return y[0, :, :, 0], dx[0, :, :, 0]


def mean(x, dy, size, stride):
    x, dy = x[None, :, :, None], dy[None, :, :, None]
    y, dx = layers.avg_pool2d(x, size, stride), layers.avg_pool2d_backward(dy, x, size, stride)
    return y[0, :, :, 0], dx[0, :, :, 0]


def expect_shown(frame, expected):
    for name, values in zip(("y", "dx"), expected, strict=True):
        np.testing.assert_allclose(numbers(frame, f"{name}:"), values, atol=1e-12)


@pytest.mark.parametrize(("x", "size", "stride"), [(X, 2, 2), (WIDE, 3, 2)], ids=["apart", "overlapping"])
def test_maximum_and_mean_with_both_rules_for_ties_are_those_of_layers(touch, x, size, stride):
    frame = touch(figures.live_pooling(x, DY, size, stride))
    expect_shown(frame, maximum(x, DY, size, stride, "all"))
    frame.get_by_role("button", name="the first alone").click()
    expect_shown(frame, maximum(x, DY, size, stride, "first"))
    frame.get_by_role("button", name="mean").click()
    expect_shown(frame, mean(x, DY, size, stride))
    assert frame.get_by_role("button", name="the first alone").is_hidden()


def test_a_number_dragged_up_to_a_tie_gets_the_gradient_too(page, touch):
    frame = touch(figures.live_pooling(X, DY))
    box = cell(frame, "x:", 1, 0).bounding_box()
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across, down - 13, steps=4)
    page.mouse.up()
    tied = X.copy()
    tied[1, 0] = 6
    np.testing.assert_array_equal(numbers(frame, "x:"), tied)
    expect_shown(frame, maximum(tied, DY, 2, 2, "all"))
    assert numbers(frame, "dx:")[1].tolist() == [1, 1, 0, -2]
    assert "2 numbers are equal: each gets it." in said(frame, "equal")


def test_the_keyboard_changes_x_and_dy(page, touch):
    frame = touch(figures.live_pooling(X, DY))
    cell(frame, "x:", 0, 0).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", *"+++++"):
        page.keyboard.press(key)
    cell(frame, "dy:", 0, 1).focus()
    page.keyboard.press("-")
    x, dy = X.copy(), DY.copy()
    x[0, 3], dy[0, 1] = 9, -3
    expect_shown(frame, maximum(x, dy, 2, 2, "all"))
    assert "their maximum is 9. Its gradient \N{MINUS SIGN}3 goes to row 0, column 3." in said(frame, "maximum is 9")


@pytest.mark.parametrize(
    ("x", "dy", "size", "stride"),
    [((4, 4, 1), (2, 2), 2, 2), ((4, 4), (2, 1), 2, 2), ((5, 5), (2, 2), 2, 2), ((10, 10), (5, 5), 2, 2)],
)
def test_what_cannot_be_shown_is_refused(x, dy, size, stride):
    with pytest.raises(ValueError):
        figures.live_pooling(np.zeros(x), np.zeros(dy), size, stride)
