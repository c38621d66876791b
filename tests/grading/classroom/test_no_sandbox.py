"""Where there is no sandbox, strangers' work is refused unless a flag names the risk."""

import csv
import json

import pytest
from handed_in import CONVOLUTION, answered

from cs_utils.grading.classroom import __main__ as command
from cs_utils.grading.classroom.sandbox import NoSandbox


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A course with one student's right answers, on a machine that has no bubblewrap."""

    def none_here():
        raise NoSandbox("there is no bubblewrap (bwrap) on this machine")

    monkeypatch.setattr(command, "try_sandbox", none_here)
    place = tmp_path / "in" / "anna" / CONVOLUTION.name
    place.mkdir(parents=True)
    (place / CONVOLUTION.notebook).write_text(json.dumps(answered()), encoding="utf-8")
    return tmp_path


def grade(root, *more):
    return command.main(
        ["--submitted", str(root / "in"), "--assignment", CONVOLUTION.name, "--workers", "1", *more], root
    )


def test_strangers_are_refused_and_told_why_and_how_else(root, capsys):
    assert grade(root) == 1
    said = capsys.readouterr().err
    assert "no bubblewrap" in said
    assert command.RISK in said
    assert "docs/grading.md" in said
    assert not list((root / "grading").glob("results/*/*.json"))


@pytest.mark.slow
def test_with_the_flag_they_are_graded_and_what_is_graded_needs_no_sandbox_again(root, capsys):
    assert grade(root, command.RISK) == 0
    assert "run as your user" in capsys.readouterr().out
    before = (root / "grading" / "grades.csv").read_bytes()
    rows = list(csv.DictReader(before.decode().splitlines()))
    assert all(row["points"] in (row["max_points"], "") for row in rows)  # none yet for what is graded by hand
    assert sum(row["points"] != "" for row in rows) == 6
    assert grade(root) == 0
    assert (root / "grading" / "grades.csv").read_bytes() == before
