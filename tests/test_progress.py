"""Lines of progress: what stays, what is overwritten, and what goes to a file."""

import io
import sys
from types import SimpleNamespace

import pytest

from cs_utils import progress
from cs_utils.progress import Progress, duration, time_left


class Screen(io.StringIO):
    """A terminal: `lines` is what can be read on it."""

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        shown = []
        for line in self.getvalue().split("\n"):
            visible = ""
            for part in line.split("\r"):
                visible = part + visible[len(part) :]
            shown.append(visible.rstrip())
        return shown


def on_screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Put a terminal in the place of standard output; not in a fixture, after which pytest would put its own there."""
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    return screen


def test_the_last_line_is_overwritten_and_kept_lines_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_screen(monkeypatch)
    lines = Progress()
    lines.show(lambda: "a long line of progress", every=0)
    lines.show(lambda: "shorter", every=0)
    assert screen.lines == ["shorter"]
    lines.keep("done")
    assert screen.lines == ["done", ""]
    lines.show(lambda: "more", every=0)
    lines.clear()
    assert screen.lines == ["done", ""]
    lines.keep("end")
    assert screen.lines == ["done", "end", ""]


def test_a_line_is_not_made_more_often_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_screen(monkeypatch)
    lines = Progress()
    lines.show(lambda: "first", every=60)
    lines.show(lambda: pytest.fail("too early"), every=60)
    assert screen.lines == ["first"]


def test_a_file_gets_only_the_lines_that_stay(capsys: pytest.CaptureFixture) -> None:
    lines = Progress()
    lines.show(lambda: "noise", every=0)
    lines.keep("done")
    lines.clear()
    assert capsys.readouterr().out == "done\n"


def test_nothing_is_shown_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_screen(monkeypatch)
    lines = Progress(enabled=False)
    lines.show(lambda: "noise", every=0)
    lines.keep("done")
    lines.clear()
    assert screen.getvalue() == ""


def test_in_a_notebook_one_display_holds_all_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    lines = Progress()
    lines.handle = SimpleNamespace(update=lambda data, raw: shown.append(data))
    lines.keep("first")
    lines.show(lambda: "1 < 2", every=0)
    lines.show(lambda: "1 < 2", every=0, picture=lambda: "<img>")
    lines.clear()
    assert [data["text/plain"] for data in shown] == ["first", "first\n1 < 2", "first\n1 < 2", "first"]
    assert [data.get("text/html") for data in shown] == [None, None, "<pre>first\n1 &lt; 2</pre><img>", None]


def test_the_time_left_is_in_proportion() -> None:
    assert time_left(0, 10, 5) == ""
    assert time_left(2, 10, 6) == f", about {duration(30)} left"


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.24, "4.2 s"), (83.2, "83 s"), (125, "2 min 05 s"), (3599.6, "60 min 00 s")]
)
def test_durations_are_readable(seconds: float, text: str) -> None:
    assert duration(seconds) == text
