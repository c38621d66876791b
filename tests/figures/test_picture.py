"""What all pictures share: an alt text, one style, and pages that need no kernel."""

import io
import re

import pytest
from matplotlib.figure import Figure
from PIL import Image

from cs_utils.figures import Animation, Picture


def _figure(i=0):
    figure = Figure(figsize=(1, 1))
    figure.subplots().plot([0, i])
    return figure


def test_a_picture_shows_itself_with_its_alt_text():
    page = Picture(_figure(), 'A line from 0 to 0, "flat" & straight.')._repr_html_()
    assert 'alt="A line from 0 to 0, &quot;flat&quot; &amp; straight."' in page
    assert "data:image/png;base64," in page


def test_the_same_picture_has_the_same_bytes():
    assert Picture(_figure(), "A flat line.").png == Picture(_figure(), "A flat line.").png


def test_an_animation_has_all_its_frames_and_buttons():
    page = Animation(_figure, 3, "A line that rises.")._repr_html_()
    assert page.count("data:image/png") == 4  # the still picture and three frames
    assert len(re.findall("<button", page)) == 3
    assert 'alt="A line that rises."' in page


def test_two_animations_on_one_page_don_t_share_a_name():
    pages = [Animation(lambda i, top=top: _figure(i + top), 2, "A line that rises.")._repr_html_() for top in (0, 5)]
    names = [re.findall(r'id="(animation_\w+)"', page)[0] for page in pages]
    assert names[0] != names[1]


@pytest.mark.parametrize("alt", ["", "  "])
def test_a_picture_without_alt_text_is_refused(alt):
    with pytest.raises(ValueError, match="alt text"):
        Picture(_figure(), alt)
    with pytest.raises(ValueError, match="alt text"):
        Animation(_figure, 2, alt)


@pytest.mark.parametrize("frames", [0, 26])
def test_an_animation_of_too_many_frames_is_refused(frames):
    with pytest.raises(ValueError, match="25"):
        Animation(_figure, frames, "A line that rises.")


def test_a_picture_shrinks_only_while_its_numbers_can_be_read():
    picture = Picture(_figure(), "A flat line.")
    width = Image.open(io.BytesIO(picture.png)).width
    for page in (picture._repr_html_(), Animation(lambda i: _figure(), 2, "A flat line.")._repr_html_()):
        assert f"min-width: {round(0.8 * width)}px" in page


@pytest.mark.parametrize("task", ["autograde", "validate"])
def test_while_nbgrader_grades_or_validates_the_alt_text_stands_for_the_picture(monkeypatch, task):
    monkeypatch.setenv("NBGRADER_EXECUTION", task)

    def never(i):
        raise AssertionError("drawn, though nobody looks")

    assert Animation(never, 3, "A line that rises.")._repr_html_() == "<p>[A line that rises.]</p>"
    assert "img" not in Picture(_figure(), "A flat line.")._repr_html_()
