"""Sliders for N, F, S and P: places and what is left over are those that output_size allows."""

import numpy as np
import pytest

from cs_utils import figures
from cs_utils.layers import output_size
from tests.figures.live.reading import cell, numbers, said


def slide(page, frame, name, value):
    """Move a slider by its keys, from where it stands."""
    knob = frame.get_by_label(name)
    knob.focus()
    steps = value - int(knob.input_value())
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")


CASES = [
    (7, 3, 1, 0),
    (7, 3, 2, 0),
    (7, 3, 3, 0),
    (7, 3, 3, 1),
    (7, 3, 1, 1),
    (12, 5, 2, 1),
    (12, 7, 4, 3),
    (3, 5, 1, 0),
]


def test_places_follow_the_formula_and_what_does_not_fit_is_said(page, touch):
    frame = touch(figures.live_windows())
    for n, size, stride, pad in CASES:
        for name, value in {"N, pixels": n, "F, window": size, "S, stride": stride, "P, padding": pad}.items():
            slide(page, frame, name, value)
        text = said(frame, f"N = {n}, F = {size}, S = {stride}, P = {pad}:")
        crossed = frame.locator("[aria-label^='one axis'] .crossed").count()
        places = frame.locator(".bar").count()
        try:
            expected = output_size(n, size, stride, pad)
        except ValueError:
            assert "does not fit" in text or "no place" in text
            assert crossed > 0
            assert places == max(0, (n + 2 * pad - size) // stride + 1)
        else:
            assert "It fits" in text
            assert (crossed, places) == (0, expected)
            assert numbers(frame, "output").shape == (expected, expected)


def test_a_value_of_the_output_shows_its_window(page, touch):
    frame = touch(figures.live_windows(7, 3, 2, 1))
    cell(frame, "output", 0, 0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    assert "The window of row 1, column 3 begins at row 1, column 5 of the image." in said(frame, "row 1, column 3")
    outline = frame.locator("[aria-label^='image'] .outline").evaluate(
        "box => ['--row', '--column', '--rows', '--columns'].map(name => +box.style.getPropertyValue(name))"
    )
    assert outline == [2, 6, 3, 3]  # counted with the padding


def test_the_axis_numbers_pixels_and_not_padding(touch):
    frame = touch(figures.live_windows(5, 3, 1, 2))
    (axis,) = numbers(frame, "one axis")
    np.testing.assert_array_equal(axis, [np.nan, np.nan, 0, 1, 2, 3, 4, np.nan, np.nan])


@pytest.mark.parametrize("numbers", [(13, 3, 1, 0), (7, 8, 1, 1), (7, 3, 0, 0), (7, 3, 1, 4), (2, 3, 1, 0)])
def test_what_cannot_be_shown_is_refused(numbers):
    with pytest.raises(ValueError):
        figures.live_windows(*numbers)
