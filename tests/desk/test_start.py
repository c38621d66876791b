"""The start page: every lesson with a link that leads somewhere, and the student's own progress."""

import json
import re
import sys

import pytest

from cs_utils.checks import passed
from cs_utils.desk import start
from cs_utils.desk.copy import lessons

keeping = sys.modules[passed.__module__]


@pytest.fixture
def done(course, monkeypatch):
    """Let the copy keep progress under pytest; return how to set it."""
    monkeypatch.setattr(start, "ROOT", course)
    monkeypatch.setattr(start.page, "__defaults__", (course,))
    monkeypatch.setattr(keeping, "COPY", course)
    monkeypatch.delenv("PYTEST_VERSION")
    return lambda *names: (course / "progress.json").write_text(json.dumps({"passed": names}))


def test_each_lesson_has_its_line_and_each_link_leads_to_a_notebook(course, done):
    text = start.page()
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert len(rows) == len(lessons(course)) == 7
    links = re.findall(r"\]\((notebooks/[^)]+)\)", text)
    assert all((course / link).is_file() for link in links)
    assert "Begin with **[01" in text
    assert all(re.search(r"\| about (\d+ minutes|two hours) \| 0 of \d \|$", row) for row in rows)


def test_it_shows_what_has_passed_and_where_to_go_on(course, done):
    first = start.card(lessons(course)[0]).checks
    done(*first, "window_score")
    text = start.page()
    assert f"| {len(first)} of {len(first)} \N{CHECK MARK} |" in text
    assert "Go on with **[02" in text
    assert "`correlate2d` is the next one" in text


def test_in_the_end_it_says_so(course, done):
    done(*(name for lesson in lessons(course) for name in start.card(lesson).checks))
    assert "The net below is yours" in start.page()


def test_a_damaged_notebook_does_not_hide_the_others(course, done):
    lesson = lessons(course)[1]
    lesson.original.write_bytes(b"{")
    rows = [line for line in start.page().splitlines() if line.startswith("| [")]
    assert len(rows) == 7
    assert "cannot be read" in rows[1]


def test_the_page_is_written_whole_or_not_at_all(course, done, monkeypatch, capsys):
    assert start.main() == 0
    before = (course / start.PAGE).read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cs_utils.files.os.replace", full)
    assert start.main() == 1
    assert "No space" in capsys.readouterr().err
    assert (course / start.PAGE).read_bytes() == before
