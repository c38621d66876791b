"""From what a student handed in to a notebook that is safe to hand on: the instructor's, with the student's answers.

The submitted file is never passed on. Its answers, by grade id, and its free cells are put into a copy of the released
notebook, so that deleted, edited, copied or unlocked test cells don't matter. What can't be read is quarantined.
"""

import copy
import json
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from cs_utils.grading.limits import LARGEST_FILE, LARGEST_NOTEBOOK

NEW = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}


class Quarantined(Exception):
    """A submission that can't be repaired; the message says why, in words for the instructor."""


@dataclass
class Intake:
    """A notebook ready to be graded, and what had to be repaired to get it."""

    notebook: NotebookNode
    repairs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """What is taken over of a submitted cell."""

    kind: str
    source: str
    id: str
    grade_id: str


def take_in(path: Path, released: NotebookNode) -> Intake:
    """Return the notebook to grade for the submitted file `path`; raise Quarantined where there is none to be had."""
    cells = [_read_cell(cell) for cell in _read_cells(path)]
    intake = Intake(copy.deepcopy(released))
    answers = _answers(cells, released, intake.repairs)
    for cell in intake.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers.get(cell.metadata.nbgrader["grade_id"], cell.source)
    _keep_free_cells(cells, intake.notebook)
    _note_changed_locks(cells, released, intake.repairs)
    return intake


def copy_handed_in(source: Path, destination: Path, names: list[str]) -> list[str]:
    """Copy the files that an assignment allows beside its notebook, and return, in words, which were left out and why.

    Plain files of bounded size are copied, nothing else.
    """
    left_out = []
    for name in [*names, "timestamp.txt"]:
        path = source / name
        if not is_plain_file(path):
            if path.is_symlink() or path.exists():
                left_out.append(f"{name} is no plain file and was left out")
        elif path.stat().st_size > LARGEST_FILE:
            left_out.append(f"{name} is larger than {LARGEST_FILE:,} bytes and was left out")
        else:
            shutil.copyfile(path, destination / name)
    return left_out


def is_plain_file(path: Path) -> bool:
    """Is there a regular file here, and no link, pipe or folder?"""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _read_cells(path: Path) -> list[Any]:
    if not is_plain_file(path):
        raise Quarantined(f"{path.name} is missing, or is no plain file")
    if path.stat().st_size > LARGEST_NOTEBOOK:
        raise Quarantined(f"{path.name} has {path.stat().st_size / 1e6:.0f} MB, at most {LARGEST_NOTEBOOK / 1e6:.0f}")
    data = path.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        notebook = json.loads(data.decode(encoding))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Quarantined(f"{path.name} is no notebook: {type(error).__name__}") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Quarantined(f"{path.name} has no list of cells: it was saved in an old format, or is no notebook")
    return notebook["cells"]


def _read_cell(cell: Any) -> Cell:
    """Take over what has the right type; anything else counts as empty."""
    cell = cell if isinstance(cell, dict) else {}
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    info = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = info.get("grade_id") if isinstance(info, dict) else None
    return Cell(
        *(text if isinstance(text, str) else "" for text in (cell.get("cell_type"), source, cell.get("id"), grade_id))
    )


def _answers(cells: list[Cell], released: NotebookNode, repairs: list[str]) -> dict[str, str]:
    """Return the source of each answer: of several the last that says anything, of none the function of that name."""
    answers = {}
    for cell in released.cells:
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        name = cell.metadata.nbgrader["grade_id"]
        found = [c.source for c in cells if c.grade_id == name]
        written = [source for source in found if source.strip() and source != cell.source]
        if len(found) > 1:
            repairs.append(f"{name} stood {len(found)} times, the last one that says anything counts")
        if not found:
            written = [c.source for c in cells if not c.grade_id and (c.id == name or f"def {name}(" in c.source)]
            repairs.append(f"{name} had lost its metadata" + ("" if written else ", and is nowhere to be found"))
        if written:
            answers[name] = written[-1]
    return answers


def _keep_free_cells(cells: list[Cell], notebook: NotebookNode) -> None:
    """Put the student's own cells where they stood, and take over edits of cells that are free to edit."""
    known = {cell.id: cell for cell in notebook.cells}
    grade_ids = {cell.metadata.nbgrader["grade_id"]: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    not_new = {cell.source.strip() for cell in notebook.cells} | {""}
    position = 0
    for cell in cells:
        target = grade_ids.get(cell.grade_id) or known.get(cell.id)
        if target is not None:
            position = notebook.cells.index(target) + 1
            if "nbgrader" not in target.metadata and cell.kind == target.cell_type:
                target.source = cell.source
        elif cell.kind in NEW and cell.source.strip() not in not_new and not _is_answer(cell, grade_ids):
            free = NEW[cell.kind](cell.source, id=f"free-{position}-{len(notebook.cells)}")
            notebook.cells.insert(position, free)
            position += 1


def _is_answer(cell: Cell, grade_ids: dict[str, NotebookNode]) -> bool:
    """A cell that `_answers` took for an answer whose metadata were lost."""
    return any(f"def {name}(" in cell.source for name in grade_ids)


def _note_changed_locks(cells: list[Cell], released: NotebookNode, repairs: list[str]) -> None:
    sources = {cell.grade_id: cell.source for cell in cells}
    for cell in released.cells:
        info = cell.metadata.get("nbgrader", {})
        if info and not info["solution"]:
            name = info["grade_id"]
            if name not in sources:
                repairs.append(f"the cell {name} was missing and was put back")
            elif sources[name].strip() != cell.source.strip():
                repairs.append(f"the cell {name} was edited, the original counts")
