"""From a lesson's text to its notebook, not yet executed.

A lesson is written in jupytext's percent format. A cell's marker says what it is; everything else (ids, points, the
bodies of check and grade cells) follows from the exercise's definition:

    # %% [markdown]               text
    # %%                          code
    # %% varies                   code whose output differs from run to run, so that nbval does not compare it
    # %% unkept                   code whose output, such as a time, is of one machine: it is not kept in the solution
    # %% long, # %% shown         code that the grader leaves out, or draws: see `cs_utils.grading.spared_cells`
    # %% given NAME               code that students can't change
    # %% answer NAME              the answer to exercise NAME
    # %% task NAME                code of which students fill in the lines between the solution marks, for no points
    # %% check NAME               its check cell: left empty here
    # %% exam NAME                its grade cell: left empty here
    # %% written NAME [markdown]  a model answer and its mark scheme, graded by hand
"""

import hashlib
import re
import textwrap
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from cs_utils.grading import spared_cells
from cs_utils.grading.exercise import Exercise, Written
from cs_utils.grading.exercises import EXERCISES, Item
from cs_utils.grading.trained_net import TrainedNet

UNKEPT = "output-not-kept"
TAGS = {"varies": "nbval-ignore-output", "unkept": UNKEPT, "long": spared_cells.LONG, "shown": spared_cells.SHOWN}
HEADER_POINTS = re.compile(r"\*\*Points:\*\* (\d+(?:\.\d+)?)")
EXERCISE_POINTS = re.compile(r"\*\*Exercise `(\w+)`\*\* · (\d+(?:\.\d+)?) points?\b")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class LessonError(Exception):
    """Something in a lesson's text is wrong; the message says where and what to do."""


def read_lesson(text: str, lesson: str) -> NotebookNode:
    """Return the notebook of a lesson's text: all cells with their metadata, stable ids and no outputs.

    Raises LessonError for an unknown marker, for an exercise that is not defined or belongs to another lesson, and for
    one of this lesson's that is missing or occurs twice.
    """
    notebook: NotebookNode = nbformat.v4.new_notebook(metadata=METADATA)
    used: set[str] = set()
    for cell in jupytext.reads(text, fmt="py:percent").cells:
        marker = cell.metadata.get("title", "")
        cell = _new_cell(cell.cell_type, cell.source)
        _apply(marker.split(), cell, lesson)
        cell.id = _unique_id(cell, used)
        notebook.cells.append(cell)
    _complete(notebook, lesson)
    return notebook


def _new_cell(kind: str, source: str) -> NotebookNode:
    cell: NotebookNode = (
        nbformat.v4.new_markdown_cell(source) if kind == "markdown" else nbformat.v4.new_code_cell(source)
    )
    return cell


def _apply(words: list[str], cell: NotebookNode, lesson: str) -> None:
    """Give a cell what its marker asks for."""
    match words:
        case []:
            pass
        case [word, *_] if word in TAGS and set(words) <= set(TAGS):
            cell.metadata.tags = [TAGS[word] for word in words]
        case ["given", name]:
            _set_nbgrader(cell, name, locked=True)
        case ["answer", name]:
            _item(name, lesson, Exercise)
            if "### BEGIN SOLUTION" not in cell.source:
                raise LessonError(f"{lesson}: the answer cell of {name} has no ### BEGIN SOLUTION")
            _set_nbgrader(cell, name, solution=True)
        case ["task", name]:
            if "### BEGIN SOLUTION" not in cell.source:
                raise LessonError(f"{lesson}: the task {name} has no ### BEGIN SOLUTION")
            _set_nbgrader(cell, name, solution=True)
        case ["check", name]:
            _item(name, lesson, Exercise)
            _write(cell, f'check("{name}", {name})', lesson)
            _set_nbgrader(cell, f"check_{name}", grade=True, locked=True, points=0)
        case ["exam", name]:
            item = _item(name, lesson, Exercise, TrainedNet)
            _write(cell, exam_source(item), lesson)
            grade_id = f"test_{name}" if isinstance(item, Exercise) else name
            _set_nbgrader(cell, grade_id, grade=True, locked=True, points=item.points)
        case ["written", name]:
            item = _item(name, lesson, Written)
            _set_nbgrader(cell, name, grade=True, solution=True, points=item.points)
        case _:
            raise LessonError(f"{lesson}: a cell is marked '# %% {' '.join(words)}', which is no known marker")


def exam_source(item: Exercise | TrainedNet) -> str:
    """Return the source of a grade cell: what it is worth, visible to all, and the hidden call of the exam."""
    plural = "s" * (item.points != 1)
    if isinstance(item, Exercise):
        shares = "; ".join(f"{part.title} ({part.points:g})" for part in item.parts)
        answer = item.name
    else:
        shares, answer = "by its accuracy on images that it has not seen", '"convnet.npz"'
    worth = textwrap.wrap(f"{item.points:g} point{plural}: {shares}", 90, initial_indent="# ", subsequent_indent="#   ")
    hidden = ["### BEGIN HIDDEN TESTS", "from cs_utils.grading import exam", "", f'exam("{item.name}", {answer})']
    return "\n".join([*worth, *hidden, "### END HIDDEN TESTS"])


def _item(name: str, lesson: str, *kinds: type) -> Any:
    item = EXERCISES.get(name)
    if item is None:
        raise LessonError(f"{lesson}: no exercise {name!r} is defined in cs_utils/grading/exercises")
    if item.lesson != lesson:
        raise LessonError(f"{lesson}: exercise {name!r} is defined for {item.lesson}")
    if not isinstance(item, kinds):
        raise LessonError(f"{lesson}: {name!r} is a {type(item).__name__}, which has no cell of this kind")
    return item


def _write(cell: NotebookNode, source: str, lesson: str) -> None:
    if cell.source.strip():
        raise LessonError(f"{lesson}: the build writes this cell, so it must be empty in the text: {cell.source!r}")
    cell.source = source


def _set_nbgrader(
    cell: NotebookNode,
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> None:
    cell.metadata.nbgrader = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
    } | ({} if points is None else {"points": points})


def _unique_id(cell: NotebookNode, used: set[str]) -> str:
    """Return the grade id, else a hash of the source: it does not change when other cells are added or removed."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id") or hashlib.sha256(cell.source.encode()).hexdigest()[:12]
    name = re.sub(r"[^a-zA-Z0-9_-]", "-", name)[:60]
    number = 2
    unique = name
    while unique in used:
        unique, number = f"{name}-{number}", number + 1
    used.add(unique)
    return unique


def _complete(notebook: NotebookNode, lesson: str) -> None:
    """Raise LessonError unless every exercise of the lesson has each of its cells once."""
    found = [cell.metadata.nbgrader["grade_id"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    wanted = [grade_id for item in EXERCISES.values() if item.lesson == lesson for grade_id in grade_ids(item)]
    problems = [f"{i} is missing" for i in wanted if i not in found]
    problems += [f"{i} occurs {found.count(i)} times" for i in sorted(set(found)) if found.count(i) > 1]
    problems += wrong_points("\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown"), lesson)
    if problems:
        raise LessonError(f"{lesson}: " + "; ".join(problems))


def wrong_points(prose: str, lesson: str) -> list[str]:
    """Return, in words, where a lesson's prose says other points than its definitions: in its header, above a cell."""
    items = {item.name: item for item in EXERCISES.values() if item.lesson == lesson}
    total = sum(item.points for item in items.values())
    wrong = [
        f"its header says {said} points, its exercises have {total:g}"
        for said in HEADER_POINTS.findall(prose)
        if float(said) != total
    ]
    return wrong + [
        f"{name}: its text says {said} points, its definition {items[name].points:g}"
        for name, said in EXERCISE_POINTS.findall(prose)
        if name in items and float(said) != items[name].points
    ]


def order_of(text: str) -> list[str]:
    """Return the names of a lesson's exercises in the order of their cells in its text."""
    return re.findall(r"^# %% (?:exam|written) (\w+)", text, re.M)


def grade_ids(item: Item) -> list[str]:
    """Return the grade ids of an exercise's cells."""
    return [item.name, f"check_{item.name}", f"test_{item.name}"] if isinstance(item, Exercise) else [item.name]


def exercise_of(grade_id: str, lesson: str) -> Item | None:
    """Return the exercise whose points the cell `grade_id` of a lesson holds; None for cells without points."""
    for item in EXERCISES.values():
        if item.lesson == lesson and grade_id == grade_ids(item)[-1]:
            return item
    return None
