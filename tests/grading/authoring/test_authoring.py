"""The street from a lesson's text to a student's copy: what it makes, and what it refuses."""

import io
import json
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout

import nbformat
import pytest

from cs_utils.checks import CheckFailed
from cs_utils.checks import check as check_answer
from cs_utils.grading.authoring import lint, publish
from cs_utils.grading.authoring.__main__ import build, check, main
from cs_utils.grading.authoring.page import exercises_page
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.authoring.text import LessonError, exercise_of, grade_ids, read_lesson
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import EXERCISES

NAME = "02_convolution"
TEXT = (ROOT / "lessons" / f"{NAME}.py").read_text(encoding="utf-8")


@pytest.fixture
def lesson(tmp_path):
    """A built lesson in a folder of its own."""
    for folder in ("lessons", "solutions", "notebooks"):
        (tmp_path / folder).mkdir()
    shutil.copyfile(ROOT / "lessons" / f"{NAME}.py", tmp_path / "lessons" / f"{NAME}.py")
    for folder in ("solutions", "notebooks"):
        shutil.copytree(ROOT / folder / NAME, tmp_path / folder / NAME)
    return Lesson(tmp_path, NAME)


def edit(path, change):
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def cell_of(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


@pytest.mark.parametrize("name", [lesson.name for lesson in lessons()])
def test_what_is_committed_is_what_a_rebuild_gives(name):
    assert check(Lesson(ROOT, name)) == []


def test_a_rebuild_changes_no_byte(lesson):
    before = {path: path.read_bytes() for path in (lesson.solution, lesson.release)}
    build(lesson)
    assert {path: path.read_bytes() for path in before} == before


def test_every_cell_gets_its_metadata_and_points():
    notebook = read_lesson(TEXT, NAME)
    cells = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader for c in notebook.cells if "nbgrader" in c.metadata}
    for item in EXERCISES.values():
        if item.lesson != NAME:
            continue
        assert set(grade_ids(item)) <= set(cells)
        assert cells[grade_ids(item)[-1]]["points"] == item.points
        assert exercise_of(grade_ids(item)[-1], NAME) is item
        if isinstance(item, Exercise):
            answer, shown, exam = (cells[grade_id] for grade_id in grade_ids(item))
            assert (answer["solution"], answer["grade"], answer["locked"]) == (True, False, False)
            assert (shown["grade"], shown["locked"], shown["points"]) == (True, True, 0)
            assert (exam["grade"], exam["locked"], exam["solution"]) == (True, True, False)


def test_ids_do_not_depend_on_what_stands_before():
    before = {cell.id for cell in read_lesson(TEXT, NAME).cells}
    after = {cell.id for cell in read_lesson(f"# %%\n1 + 1\n\n{TEXT}", NAME).cells}
    assert before < after


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("# %% exam conv_layer", "# %% exam conv_leyer"),
        TEXT.replace("# %% exam conv_layer", "# %% exxam conv_layer"),
        TEXT.replace("# %% check conv_layer\n", ""),
        TEXT.replace("# %% check conv_layer\n", "# %% check conv_layer\nprint(1)\n"),
        TEXT + "\n# %% check conv_layer\n",
        TEXT + "\n# %% answer accuracy\n### BEGIN SOLUTION\n### END SOLUTION\n",
        TEXT + "\n# %% check why_share_weights\n",
        re.sub(r"(# %% answer conv_layer.*?)### BEGIN SOLUTION", r"\1# nothing", TEXT, count=1, flags=re.S),
    ],
)
def test_a_flaw_in_the_text_is_refused(text):
    assert text != TEXT
    with pytest.raises(LessonError, match=NAME):
        read_lesson(text, NAME)


@pytest.mark.parametrize("station", ["solution", "release"])
def test_an_edit_in_a_built_notebook_is_refused_and_kept(lesson, station):
    path = getattr(lesson, station)
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


def _add_alt_less_picture(notebook):
    output = nbformat.v4.new_output("display_data", {"text/html": '<img src="x">'})
    next(c for c in notebook.cells if c.cell_type == "code").outputs.append(output)


@pytest.mark.parametrize(
    ("station", "change"),
    [
        ("solution", _add_alt_less_picture),
        ("solution", lambda n: n.cells.append(nbformat.v4.new_markdown_cell("word " * 200))),
        ("solution", lambda n: n.cells.append(nbformat.v4.new_code_cell("x = 1\n" * 30))),
        ("solution", lambda n: n.metadata.update(jupytext={"formats": "ipynb,py"})),
        ("release", lambda n: cell_of(n, "test_conv_layer").update(source='exam("conv_layer", conv_layer)')),
        ("release", lambda n: n.cells.append(nbformat.v4.new_markdown_cell("see cs_utils.grading"))),
        ("release", lambda n: n.cells.append(nbformat.v4.new_code_cell(""))),
        ("release", lambda n: cell_of(n, "conv_layer").metadata.nbgrader.pop("grade_id")),
        ("release", lambda n: cell_of(n, "conv_layer").metadata.nbgrader.update(grade_id="conv_batch")),
    ],
)
def test_lint_finds(lesson, station, change):
    assert lint.problems(lesson) == []
    edit(getattr(lesson, station), change)
    assert lint.problems(lesson)


@pytest.mark.parametrize("line", ["+ 4 = 7", "- 4 = -1", "* 4 = 12", "1. Then", "1) Then", "  + 4 = 7"])
def test_lint_finds_a_line_that_would_begin_a_list_in_a_paragraph(lesson, line):
    edit(lesson.solution, lambda n: n.cells.append(nbformat.v4.new_markdown_cell(f"- an item\n\nThree\n{line}")))
    [problem] = lint.problems(lesson)
    assert repr(line) in problem


@pytest.mark.parametrize(
    "text",
    [
        "- one\n- two\n  goes on\n- three",
        "**These two:**\n- one\n- two",
        "## Heading\n- one",
        "- one\n\n  goes on\n- two",
        "```\nx\n- y\n```\nand $$a\n+ b$$",
        "3\n-4, -1 and\n14. June\n*not* 1.5 or\n1.5",
    ],
)
def test_lint_accepts_lists_that_are_meant(lesson, text):
    edit(lesson.solution, lambda n: n.cells.append(nbformat.v4.new_markdown_cell(text)))
    assert lint.problems(lesson) == []


def test_lint_finds_an_answer_that_was_released(lesson):
    solution = nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)
    answer = cell_of(solution, "conv_layer").source
    edit(lesson.release, lambda notebook: cell_of(notebook, "conv_layer").update(source=answer))
    assert any("answer" in problem for problem in lint.problems(lesson))


def test_the_command_names_an_unknown_lesson(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["99_none"])
    assert stop.value.code == 2
    assert "99_none" in capsys.readouterr().err


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A student's copy of the course."""
    folder = tmp_path_factory.mktemp("published") / "course"
    publish.publish(folder)
    return folder


def test_a_student_s_copy_has_all_that_a_student_needs(copy):
    for name in ("course.py", "README.md", "environment.yml", "requirements.txt", "nbgrader_config.py", "LICENSE"):
        assert (copy / name).is_file()
    assert {path.name for path in (copy / "notebooks").iterdir()} == {lesson.name for lesson in lessons()}
    assert "jupytext" not in (copy / "environment.yml").read_text(encoding="utf-8")
    assert "formgrader" in (copy / "jupyter_config" / "page_config.json").read_text(encoding="utf-8")


def test_a_student_s_copy_has_no_answer_and_no_grader(copy):
    assert not (copy / "cs_utils" / "grading").exists()
    assert not (copy / "lessons").exists()
    assert not (copy / "solutions").exists()
    assert list(publish.secrets(copy)) == []
    for path in copy.rglob("*.ipynb"):
        assert not any(secret in path.read_text(encoding="utf-8") for secret in lint.SECRETS)


def test_a_student_s_cs_utils_works_without_the_grader(copy):
    code = "from cs_utils import checks, figures, training; checks.check('window_score', lambda *arguments: 0)"
    result = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True)
    assert "CheckFailed" in result.stderr
    assert str(copy / "cs_utils") in result.stderr


def test_nothing_is_published_over_something(copy, capsys):
    before = sorted(copy.rglob("*"))
    assert publish.main([str(copy)]) == 1
    assert capsys.readouterr().err.strip()
    assert sorted(copy.rglob("*")) == before


def test_a_secret_stops_the_publishing(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "LEFT_OUT", shutil.ignore_patterns("__pycache__"))
    with pytest.raises(ValueError, match="grading"):
        publish.publish(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_checks_hold_no_answer_as_code():
    for path in (ROOT / "cs_utils" / "checks" / "data").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bdef |\blambda\b|\bimport ", text)
        assert {exercise["lesson"] for exercise in json.loads(text)} == {path.stem}


def test_the_page_says_which_wrong_answers_the_check_refuses_and_which_only_the_exam_sees():
    sections = {
        part.split(" ")[0]: part for part in exercises_page([lesson.name for lesson in lessons()]).split("\n### ")
    }
    for item in EXERCISES.values():
        for wrong in getattr(item, "wrong_answers", []):
            line = next(line for line in sections[item.name].splitlines() if f"`{wrong.name}`" in line)
            try:
                with redirect_stdout(io.StringIO()):
                    check_answer(item.name, wrong.answer)
                assert line.startswith("Only the exam sees")
            except CheckFailed:
                assert line.startswith("- `" if wrong.hint else "Refused by the check without a name")


def test_the_page_shows_every_call_of_a_case():
    page = exercises_page(["06_cifar10_convnet"])
    assert "seed: 1)`, then `seed: 1`, then `seed: 2`: judged by `follows_its_seed`" in page
