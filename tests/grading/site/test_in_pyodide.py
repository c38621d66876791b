"""The course in Pyodide, without a browser: lessons run whole, and mistakes have the names that they have elsewhere.

Node runs them, on the clock of their own computing time. By default one lesson is run, and its trainings are cut short.
"""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from pyodide_at_hand import NEEDS_NODE, NEEDS_PYODIDE, run_in_node
from verdicts import ALL, RIGHT, answers

from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.site import live

pytestmark = [pytest.mark.slow, NEEDS_NODE, NEEDS_PYODIDE]
SAMPLE = "05"  # most kinds of cells are in it; `names.py` calls the checks of all
CUT = [pytest.param(lesson, "0.3", id=f"{lesson.name}-cut") for lesson in lessons() if lesson.name.startswith(SAMPLE)]
WHOLE = [pytest.param(lesson, "", id=lesson.name, marks=pytest.mark.long) for lesson in lessons()]
FOR_NAMES = ("ipython", "matplotlib", "numpy", "tabulate", "threadpoolctl")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with Pyodide, its kernel and the course's wheel, as the live course has it."""
    folder = tmp_path_factory.mktemp("pyodide")
    live.put_python_into(folder)
    return folder


def with_answers(lesson: Lesson, path: Path) -> None:
    """Write the released notebook with the solution's answers in it: what a student has at the end."""
    release = nbformat.read(lesson.release, as_version=4)
    solution = nbformat.read(lesson.solution, as_version=4)
    written = {cell.metadata["nbgrader"]["grade_id"]: cell.source for cell in solution.cells if is_answer(cell)}
    for cell in release.cells:
        if is_answer(cell):
            cell.source = written.pop(cell.metadata["nbgrader"]["grade_id"])
    assert not written
    nbformat.write(release, path)


def is_answer(cell: Any) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


@pytest.mark.parametrize(("lesson", "limit"), CUT + WHOLE)
def test_a_lesson_runs_to_its_end(lesson: Lesson, limit: str, python: Path, tmp_path: Path) -> None:
    with_answers(lesson, tmp_path / lesson.notebook)
    where = "/drive/lesson"
    run_in_node(
        *("notebook.py", f"{where}/{lesson.notebook}", where, f"{where}/report.json", limit),
        python=python,
        packages=live.AT_START,
        folders={where: tmp_path},
    )
    cells = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    for cell in sorted(cells, key=lambda cell: -cell["seconds"])[:3]:
        print(f"{cell['seconds']:6.1f} s  {cell['source'].strip().splitlines()[0]}")
    print(f"{sum(cell['seconds'] for cell in cells):6.1f} s in all")
    assert [(cell["source"], cell["error"]) for cell in cells if "error" in cell] == []
    assert [(cell["source"], cell["stderr"]) for cell in cells if cell["stderr"]] == []


def test_every_mistake_has_the_name_that_it_has_here(python: Path, tmp_path: Path) -> None:
    run_in_node(
        *("names.py", "/course", "/told/names.json"),
        python=python,
        packages=FOR_NAMES,
        folders={"/course": ROOT, "/told": tmp_path},
    )
    told = json.loads((tmp_path / "names.json").read_text(encoding="utf-8"))
    hints = {exercise.name: {wrong.answer.__name__: wrong.hint for wrong in exercise.wrong_answers} for exercise in ALL}
    asked = [(exercise, answer) for exercise, verdicts in told.items() for answer in verdicts]
    right = [pair for pair in asked if pair[1] not in hints[pair[0]]]
    named = [(exercise, answer) for exercise, answer in asked if hints[exercise].get(answer)]
    print(f"{len(named)} mistakes that have a name, {len(right)} right answers")
    assert [pair for pair in right if told[pair[0]][pair[1]] != RIGHT] == []
    assert [(e, answer, told[e][answer]) for e, answer in named if told[e][answer] != [hints[e][answer]]] == []
    assert len(asked) > 0.9 * sum(len(list(answers(exercise))) for exercise in ALL)
