"""A right answer is told so: in a box in a notebook, in one line elsewhere, and never by a colour alone."""

import re
import sys

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from cs_utils.checks import check
from cs_utils.checks.records import find
from cs_utils.checks.success import Success

module = sys.modules[Success.__module__]
TAGS = re.compile(r"<[^>]*>")


def read_aloud(page):
    """The text of a page without what is hidden from a screen reader."""
    return TAGS.sub(" ", re.sub(r"<span aria-hidden.*?</span>", "", page))


def output_size(n, size, stride=1, pad=0):
    if size > n + 2 * pad or (n - size + 2 * pad) % stride:
        raise ValueError("does not fit")
    return (n - size + 2 * pad) // stride + 1


def test_a_line_names_exercise_points_and_what_comes_next(capsys):
    check("output_size", output_size)
    exercise = find("output_size")
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    for told in ("output_size", f"{len(exercise.cases)} cases", f"{exercise.points:g} point", exercise.next):
        assert told in line


def test_colours_on_a_screen_add_nothing_to_the_words(capsys, monkeypatch):
    check("output_size", output_size)
    plain = capsys.readouterr().out
    monkeypatch.setattr(module, "shows_colours", lambda: True)
    check("output_size", output_size)
    coloured = capsys.readouterr().out
    assert coloured != plain
    assert re.sub(r"\033\[\d+m", "", coloured) == plain


def test_a_notebook_gets_the_box_and_the_same_line_as_text(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    check("output_size", output_size)
    assert capsys.readouterr().out == ""
    data, _ = DisplayFormatter().format(shown[0])
    assert data["text/plain"] == repr(shown[0])
    exercise = find("output_size")
    for told in ("output_size", f"{len(exercise.cases)} cases right", f"{exercise.points:g} point", exercise.next):
        assert told in read_aloud(data["text/html"])


@pytest.mark.parametrize("name", ["output_size", "max_pool", "linear"])
def test_what_has_been_shown_is_counted_from_the_cases(name):
    exercise = find(name)
    refused = sum(outcome.error is not None for outcome in exercise.expected)
    page = read_aloud(Success(exercise)._repr_html_())
    assert [int(number) for number in re.findall(r"(\d+) (?:result|wrong input)", page)] == [
        len(exercise.cases) - refused,
        *([refused] if refused else []),
    ]
    has_arrays = any(isinstance(value, np.ndarray) for case in exercise.cases for value in case.arguments.values())
    assert ("unchanged" in page) == has_arrays


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def test_the_tick_can_be_seen():
    """WCAG asks for 4.5 between a letter and what is below it, and 3 between the line and the page, light or dark."""
    green = luminance(module.GREEN) + 0.05
    assert 1.05 / green >= 4.5
    assert 1.05 / green >= 3
    assert green / (luminance("#111111") + 0.05) >= 3
