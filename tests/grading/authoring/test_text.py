"""A lesson's text becomes a notebook: its cells' metadata, points and ids, and what is refused."""

import re

import pytest

from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.authoring.text import LessonError, exercise_of, grade_ids, read_lesson
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import EXERCISES

NAME = "02_convolution"
TEXT = (ROOT / "lessons" / f"{NAME}.py").read_text(encoding="utf-8")


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


def test_a_task_is_filled_in_for_no_points():
    task = "\n# %% task loop\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n"
    info = read_lesson(TEXT + task, NAME).cells[-1].metadata.nbgrader
    assert (info.solution, info.grade, info.locked, "points" in info) == (True, False, False, False)


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
        TEXT + "\n# %% task loop\nx = 1\n",
        TEXT.replace("**Points:** 15.", "**Points:** 14."),
        TEXT.replace("**Exercise `conv_layer`** · 3 points", "**Exercise `conv_layer`** · 2 points"),
        re.sub(r"(# %% answer conv_layer.*?)### BEGIN SOLUTION", r"\1# nothing", TEXT, count=1, flags=re.S),
    ],
)
def test_a_flaw_in_the_text_is_refused(text):
    assert text != TEXT
    with pytest.raises(LessonError, match=NAME):
        read_lesson(text, NAME)
