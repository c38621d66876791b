"""The build: what it makes, that it loses no edit, and what `--check` finds."""

import nbformat
import pytest
from notebook_edits import cell_of, edit

from cs_utils.grading.authoring import solution
from cs_utils.grading.authoring.__main__ import main
from cs_utils.grading.authoring.build import build, check, strays
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.authoring.text import UNKEPT, LessonError

NAME = "02_convolution"
TEXT = (ROOT / "lessons" / f"{NAME}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [lesson.name for lesson in lessons()])
def test_what_is_committed_is_what_a_rebuild_gives(name):
    assert check(Lesson(ROOT, name)) == []


def test_a_rebuild_changes_no_byte(lesson):
    before = {path: path.read_bytes() for path in (lesson.solution, lesson.release)}
    build(lesson)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("stage", ["solution", "release"])
def test_an_edit_in_a_built_notebook_is_refused_and_kept(lesson, stage):
    path = getattr(lesson, stage)
    edit(path, lambda notebook: cell_of(notebook, "check_conv_layer").update(source="# my edit"))
    edited = path.read_bytes()
    with pytest.raises(LessonError, match=r"lessons.02_convolution\.py"):
        build(lesson)
    assert path.read_bytes() == edited
    assert check(lesson)


def test_overwrite_throws_an_edit_in_the_release_away(lesson):
    before = lesson.release.read_bytes()
    edit(lesson.release, lambda notebook: cell_of(notebook, "check_conv_layer").update(source="# my edit"))
    build(lesson, overwrite=True)
    assert lesson.release.read_bytes() == before


def test_a_text_that_is_newer_than_its_notebook_fails_the_check(lesson):
    lesson.text.write_text(TEXT + "\n# %% [markdown]\n# One more word.\n", encoding="utf-8")
    assert any("older" in problem for problem in check(lesson))


def test_a_lesson_that_was_never_built_fails_the_check(lesson):
    lesson.release.unlink()
    assert check(lesson)


@pytest.mark.parametrize("stage", ["solution", "release"])
def test_a_damaged_notebook_is_named(lesson, stage):
    path = getattr(lesson, stage)
    path.write_bytes(b'{"cells": [\n<<<<<<< HEAD\n')
    [problem] = check(lesson)
    assert path.relative_to(lesson.root).as_posix() in problem
    with pytest.raises(LessonError, match=path.name):
        build(lesson)


def test_the_command_names_an_unknown_lesson(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["99_none"])
    assert stop.value.code == 2
    assert "99_none" in capsys.readouterr().err


def test_files_that_no_lesson_gives_are_named(lesson):
    (lesson.release.parent / "Untitled.ipynb").touch()
    (lesson.release.parent / "convnet.npz").touch()  # git ignores it, and it is not published
    (lesson.release.parent / "my_net.html").touch()  # the same
    (lesson.solution.parent / "convnet.npz").touch()  # nbgrader would copy it over every student's
    assert strays("notebooks", lesson.root) == [f"notebooks/{NAME}/Untitled.ipynb belongs to no lesson"]
    assert strays("solutions", lesson.root) == [f"solutions/{NAME}/convnet.npz belongs to no lesson"]


def run_with(lesson, source):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    return solution.execute(notebook, lesson)


def test_an_output_that_is_of_one_machine_is_not_kept(lesson):
    cells = [nbformat.v4.new_code_cell("print(1)", metadata={"tags": tags}) for tags in ([UNKEPT], [])]
    unkept, kept = solution.execute(nbformat.v4.new_notebook(cells=cells), lesson).cells
    assert (unkept.outputs, kept.outputs[0].text) == ([], "1\n")


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import os\nos._exit(0)", "process ended"),
        ("import sys\nprint('a', file=sys.stderr)", "standard error"),
        ("while True: pass", "2 s"),
    ],
)
def test_a_lesson_that_does_not_run_is_told_in_words(lesson, monkeypatch, source, word):
    monkeypatch.setattr(solution, "TIMEOUT", 2)
    with pytest.raises(LessonError, match=word):
        run_with(lesson, source)
