"""Submissions as students hand them in, and what they are worth once the intake has rebuilt them."""

import copy
import json
import re
from contextlib import redirect_stdout, suppress
from functools import cache
from io import StringIO
from typing import Any

import nbformat
from nbformat import NotebookNode

from cs_utils.grading import exam
from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.campaign.oracle import broken
from cs_utils.grading.classroom.intake.rebuild import Rebuilt, rebuild
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import EXERCISES

CONVOLUTION = Lesson(ROOT, "02_convolution")


@cache
def _read(path) -> NotebookNode:
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def released(lesson: Lesson = CONVOLUTION) -> NotebookNode:
    """What students get."""
    return copy.deepcopy(_read(lesson.release))


def answers(lesson: Lesson = CONVOLUTION) -> dict[str, str]:
    """The course's own right answers by name, the written ones included."""
    return {
        grade_id(cell): re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)
        for cell in _read(lesson.solution).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def answered(lesson: Lesson = CONVOLUTION) -> NotebookNode:
    """The released notebook with every right answer."""
    notebook, right = released(lesson), answers(lesson)
    for cell in notebook.cells:
        if grade_id(cell) in right:
            cell.source = right[grade_id(cell)]
    return notebook


def grade_id(cell: Any) -> str:
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")


def find(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell of a grade id."""
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def index(notebook: NotebookNode, name: str) -> int:
    return notebook.cells.index(find(notebook, name))


def code(source: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(source)


def text(source: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source)


def take_in(notebook: NotebookNode | dict, lesson: Lesson = CONVOLUTION, encoding: str = "utf-8") -> Rebuilt:
    """Rebuild a notebook from its bytes, and hold the result to what is always true of one."""
    rebuilt = rebuild(json.dumps(notebook).encode(encoding), released(lesson))
    hold(rebuilt, lesson)
    return rebuilt


def hold(rebuilt: Rebuilt, lesson: Lesson = CONVOLUTION) -> None:
    """Assert that a rebuilt notebook is valid, can be written, and has each released cell once and in order."""
    assert list(broken(rebuilt, lesson)) == []


def own(rebuilt: Rebuilt) -> list[str]:
    """The sources of the student's own cells in a rebuilt notebook."""
    return [cell.source for cell in rebuilt.notebook.cells if cell.id.startswith("own-")]


def points(notebook: NotebookNode, lesson: Lesson = CONVOLUTION) -> dict[str, float]:
    """Run the notebook from top to bottom, and at each grade cell its exam; return the points by name.

    The lesson's own examples are left out, unless somebody edited them: no answer depends on them.
    """
    examples = {cell.source for cell in released(lesson).cells if not grade_id(cell)}
    namespace: dict[str, Any] = {}
    earned = {}
    for cell in notebook.cells:
        name = grade_id(cell).removeprefix("test_")
        if cell.cell_type != "code":
            continue
        if grade_id(cell).startswith("test_") and isinstance(EXERCISES.get(name), Exercise):
            with redirect_stdout(StringIO()):
                earned[name] = exam(name, namespace.get(name))
        elif cell.source not in examples and not grade_id(cell).startswith("check_"):
            with suppress(Exception):
                exec(compile(cell.source, cell.id, "exec"), namespace)
    return earned


def full(lesson: Lesson = CONVOLUTION) -> dict[str, float]:
    """All points there are, without those given by hand."""
    return {e.name: e.points for e in EXERCISES.values() if e.lesson == lesson.name and isinstance(e, Exercise)}
