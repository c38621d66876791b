"""Which outputs of a solution are shown on a lesson's page: those that give no answer away."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.site.lesson_pages import page, tainted

SOLUTION = {"nbgrader": {"solution": True, "grade": False}}
CHECK = {"nbgrader": {"solution": False, "grade": True}}
PICTURE = new_output("display_data", {"text/html": '<img alt="a map" src="data:,">', "text/plain": "Picture"})
PRINTED = new_output("stream", name="stdout", text="42")
WARNED = new_output("stream", name="stderr", text="a warning")


def test_what_an_answer_prints_is_left_out_and_its_picture_stays(tmp_path: Path) -> None:
    answer = "def f(x):\n    return x + 1"
    kept = shown(
        tmp_path,
        [
            new_markdown_cell("# A lesson", id="title"),
            code("given", "print(6 * 7)", [PRINTED, WARNED]),
            code("f", answer, [PRINTED], SOLUTION),
            code("runs", "y = f(1)\ny", [PRINTED, PICTURE]),
            code("later", "z = y * 2\nz", [PRINTED]),
            code("anew", "y = 5\nprint(y)", [PRINTED]),
            code("changed", "print(1)", [PRINTED]),
            code("check_f", "check('f', f)", [PRINTED, PICTURE], CHECK),
            code("test_f", "# 3 points: more sizes", [PRINTED], CHECK),
        ],
        released={"f": "def f(x):\n    raise NotImplementedError", "changed": "print(2)"},
    )
    assert "test_f" not in kept
    assert kept["given"] == ["stream"]
    assert kept["runs"] == ["display_data"]
    assert kept["anew"] == ["stream"]
    assert kept["f"] == kept["later"] == kept["changed"] == kept["check_f"] == []


def test_an_answer_spreads_through_loops_functions_and_changed_arrays() -> None:
    cells = [
        code("f", "def f(x): ...", [], SOLUTION),
        code("helper", "def g(x):\n    return f(x)", []),
        code("array", "a = [0]\nb = [0]", []),
        code("filled", "for i in range(1):\n    a[i] = g(i)", []),
        code("uses", "print(a)", []),
        code("free", "print(b)", []),
    ]
    assert tainted(cells) == {"f", "helper", "filled", "uses"}


def code(name: str, source: str, outputs: list, metadata: dict | None = None):
    return new_code_cell(source, id=name, outputs=outputs, metadata=metadata or {})


def shown(folder: Path, cells: list, released: dict[str, str]) -> dict[str, list[str]]:
    lesson = Lesson(folder, "01_a")
    for path, changes, outputs in ((lesson.solution, {}, True), (lesson.release, released, False)):
        path.parent.mkdir(parents=True)
        copies = nbformat.from_dict({"cells": cells}).cells
        for cell in copies:
            cell.source = changes.get(cell.id, cell.source)
            if not outputs and cell.cell_type == "code":
                cell.outputs = []
        nbformat.write(new_notebook(cells=copies), path)
    made = nbformat.reads(page(lesson, "<p>links</p>"), as_version=4)
    return {cell.id: [o.output_type for o in cell.outputs] for cell in made.cells if cell.cell_type == "code"}
