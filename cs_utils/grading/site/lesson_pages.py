"""A lesson as a page to read: the released notebook, with those outputs of its solution that give no answer away.

The rule: an output is shown where its cell stands in the release as it stands in the solution, and is no check. Where a
cell runs an answer, directly or through what other cells made of one, its picture is shown, and what it prints is not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cs_utils.grading.authoring.paths import Lesson


def page(lesson: Lesson, links: str) -> str:
    """Return the page of a lesson, as a notebook.

    Parameters
    ----------
    lesson : Lesson
    links : str
        HTML below the title: how to start the lesson, where its notebook is.
    """
    release, solution = _read(lesson.release), _read(lesson.solution)
    executed = {cell.id: cell for cell in solution.cells}
    made_of_answers = tainted(solution.cells)
    cells = []
    for cell in release.cells:
        if _is_for_the_grader(cell):
            continue
        solved = executed.get(cell.id)
        if cell.cell_type == "code" and solved is not None and solved.source == cell.source and not _is_check(cell):
            cell.outputs = [output for output in solved.outputs if _may_be_seen(output, cell.id in made_of_answers)]
        cells.append(cell)
    title, *rest = cells
    release.cells = [title, nbformat.v4.new_markdown_cell(links), *rest]
    return str(nbformat.writes(release))


def _read(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    return notebook


def _is_for_the_grader(cell: NotebookNode) -> bool:
    """Whether a cell holds nothing but the points of an exam that is hidden."""
    return _is_check(cell) and cell.cell_type == "code" and not any(_statements(cell.source))


def _is_check(cell: NotebookNode) -> bool:
    info = cell.metadata.get("nbgrader", {})
    return bool(info.get("grade")) and not info.get("solution")


def _may_be_seen(output: NotebookNode, of_an_answer: bool) -> bool:
    if output.output_type in ("execute_result", "display_data") and "text/html" in output.data:
        return True
    return not of_an_answer and (output.output_type == "execute_result" or output.get("name") == "stdout")


def tainted(cells: list[NotebookNode]) -> set[str]:
    """Return the ids of the code cells whose outputs depend on an answer: they use its name, or what came of it."""
    names: set[str] = set()
    found = set()
    for cell in cells:
        if cell.cell_type != "code":
            continue
        is_answer = cell.metadata.get("nbgrader", {}).get("solution", False)
        for statement in _statements(cell.source):
            used, made = _names(statement)
            if is_answer or used & names:
                names |= made
                found.add(cell.id)
            elif isinstance(statement, ast.Assign | ast.FunctionDef):
                names -= made  # given anew, without an answer
    return found


def _names(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement uses, and those that it makes or changes."""
    used: set[str] = set()
    made: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            used.add(node.target.id)
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            made |= {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    return used, made


def _statements(source: str) -> Iterator[ast.stmt]:
    lines = [line for line in source.splitlines() if not line.startswith(("%", "!"))]
    yield from ast.parse("\n".join(lines)).body
