"""A value's receptive field: the pixels whose change it notices, by cs_utils.layers."""

import numpy as np
import pytest

from cs_utils import figures
from cs_utils.layers import conv2d
from tests.figures.live.reading import said


def noticed(layers, place):
    """First and last of 24 pixels that reach the value at `place` of the last layer, each tried alone."""
    x = np.zeros((24, 1, 24, 1))
    x[np.arange(24), 0, np.arange(24), 0] = 1.0
    for size, stride in layers:
        fitting = (x.shape[2] - size) // stride * stride + size  # without the pixels that are left over
        x = np.pad(x[:, :, :fitting], ((0, 0), (size // 2, size - 1 - size // 2), (0, 0), (0, 0)))
        x = conv2d(x[:, :size], np.ones((size, size, 1, 1)), np.zeros(1), stride)[:, :1]
    seen = np.flatnonzero(x[:, 0, place, 0])
    return int(seen[0]), int(seen[-1])


def shown(frame):
    """First and last pixel that the picture marks."""
    marked = frame.locator(".drawing").evaluate("drawing => [drawing.dataset.first, drawing.dataset.last]")
    return tuple(map(int, marked))


@pytest.mark.parametrize("layers", [[(3, 1)] * 3, [(3, 2), (3, 2), (3, 1)], [(2, 3), (5, 1)], [(1, 1)]])
def test_the_pixels_are_those_that_reach_the_value(page, touch, layers):
    frame = touch(figures.live_receptive_field(layers))
    drawing = frame.locator(".drawing")
    drawing.focus()
    page.keyboard.press("Home")
    for place in range(3):
        assert shown(frame) == noticed(layers, place)
        page.keyboard.press("ArrowRight")


def test_layers_are_changed_added_and_taken_away(page, touch):
    frame = touch(figures.live_receptive_field([(3, 1)]))
    frame.get_by_role("button", name="add a layer").press("Enter")
    assert frame.evaluate("document.activeElement.textContent") == "add a layer"
    frame.get_by_label("layer 1: S").focus()
    page.keyboard.press("ArrowRight")
    first, last = shown(frame)
    assert last - first + 1 == 7
    assert "sees 3 values of layer 1 and so 7 pixels" in said(frame, "7 pixels")
    frame.get_by_role("button", name="take one away").click()
    assert "3 pixels" in said(frame, "of layer 1 sees")
    assert frame.get_by_role("button", name="take one away").is_disabled()


def test_the_mouse_points_at_a_value_and_the_arrows_lead_down_to_a_pixel(page, touch):
    frame = touch(figures.live_receptive_field([(3, 1), (3, 1)]))
    box = frame.locator(".drawing").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    assert "5 pixels" in said(frame, "of layer 2")
    frame.locator(".drawing").focus()
    page.keyboard.press("ArrowDown")
    assert "3 pixels" in said(frame, "of layer 1 sees")
    page.keyboard.press("ArrowDown")
    assert said(frame, "This is pixel").startswith("This is pixel 1")


def test_a_layer_without_room_is_said(touch):
    frame = touch(figures.live_receptive_field([(5, 3), (5, 3)]))
    frame.get_by_role("button", name="add a layer").click()
    assert "Layer 3 finds no room" in said(frame, "no room")


@pytest.mark.parametrize("layers", [[], [(3, 1)] * 6, [(6, 1)], [(3, 0)], [(5, 3), (5, 3), (5, 3)]])
def test_what_cannot_be_shown_is_refused(layers):
    with pytest.raises(ValueError):
        figures.live_receptive_field(layers)
