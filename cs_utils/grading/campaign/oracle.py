"""What must be true of a damaged notebook once the intake has rebuilt it, found by the plainest of means."""

import ast
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import nbformat
from nbformat import NotebookNode

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.classroom.intake.reading import Quarantined, read
from cs_utils.grading.classroom.intake.rebuild import Rebuilt, rebuild
from cs_utils.grading.classroom.sample import answer_all


@dataclass
class Examined:
    """What the intake has made of some bytes.

    Attributes
    ----------
    rebuilt : Rebuilt or None
        None if they were quarantined.
    survivors : list of str
        The answers that the damage left alone.
    faults : list of str
        What is not as it must be.
    """

    rebuilt: Rebuilt | None
    survivors: list[str]
    faults: list[str] = field(default_factory=list)


def released(lesson: Lesson) -> NotebookNode:
    """Return what students get."""
    return copy.deepcopy(_released(lesson))


@cache
def _released(lesson: Lesson) -> NotebookNode:
    return NotebookNode(nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4))


@cache
def whole(lesson: Lesson) -> dict[str, Any]:
    """Return the JSON data of a lesson's notebook with all of the course's own answers. Nobody may change it."""
    notebook = released(lesson)
    answer_all(notebook, nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4))
    data: dict[str, Any] = json.loads(json.dumps(notebook))
    return data


@cache
def answers(lesson: Lesson) -> dict[str, str]:
    """Return the course's own answers by name, those of the exercises and of the tasks that are worth no points."""
    cells = [(cell.get("metadata", {}).get("nbgrader", {}), cell["source"]) for cell in whole(lesson)["cells"]]
    return {info["grade_id"]: source for info, source in cells if info.get("solution")}


def examine(data: bytes, lesson: Lesson) -> Examined:
    """Rebuild a notebook from its bytes, and hold the result to all that must be true."""
    found = Examined(None, survivors(data, lesson))
    try:
        found.rebuilt = rebuild(data, _released(lesson))
    except Quarantined as reason:
        if reason.__cause__ is not None:  # the last resort: something was raised that nobody had foreseen
            found.faults.append(f"{type(reason.__cause__).__name__}: {reason.__cause__}")
        found.faults += [f"{name} was quarantined" for name in found.survivors]
        return found
    found.faults += [*broken(found.rebuilt, lesson), *_lost(data, found.rebuilt, found.survivors, lesson)]
    return found


def survivors(data: bytes, lesson: Lesson) -> list[str]:
    """Return the functions that the damage left alone, of those that are graded.

    The text of such an answer is in a code cell that is Python, and no other cell says that it is the one for it.
    """
    graded = {cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") for cell in whole(lesson)["cells"]}
    try:
        cells = json.loads(data)["cells"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    cells = [cell for cell in cells if isinstance(cell, dict)]
    found = []
    for name, answer in answers(lesson).items():
        if f"def {name}(" not in answer or f"test_{name}" not in graded:
            continue
        holders = [
            cell
            for cell in cells
            if cell.get("cell_type") == "code" and answer in (source := _text(cell.get("source"))) and _parses(source)
        ]
        if holders and not any(_is_rival(cell, name) for cell in cells if cell not in holders):
            found.append(name)
    return found


def broken(rebuilt: Rebuilt, lesson: Lesson) -> Iterator[str]:
    """Yield what is wrong with a rebuilt notebook: it must be valid, and have each released cell once and in order."""
    original = _released(lesson)
    try:
        nbformat.validate(rebuilt.notebook)
        nbformat.writes(rebuilt.notebook).encode()
        "".join(rebuilt.repairs).encode()
    except (nbformat.ValidationError, ValueError) as error:
        yield f"not a valid notebook: {error}"
    theirs = {cell.id: cell for cell in original.cells}
    kept = [cell for cell in rebuilt.notebook.cells if cell.id in theirs]
    if [cell.id for cell in kept] != list(theirs):
        yield "not each released cell once and in order"
    if rebuilt.notebook.metadata != original.metadata:
        yield "other metadata than the released notebook's"
    for cell in kept:
        released_cell = theirs[cell.id]
        if cell.metadata != released_cell.metadata or cell.cell_type != released_cell.cell_type:
            yield f"{cell.id} has another kind or other metadata"
        if cell.metadata.get("nbgrader", {}).get("locked") and cell.source != released_cell.source:
            yield f"{cell.id} is locked, and has another source"


def _lost(data: bytes, rebuilt: Rebuilt, alive: list[str], lesson: Lesson) -> Iterator[str]:
    """Yield the answers that the damage left alone and that do not count, and the student's own lines that are gone."""
    cells = rebuilt.notebook.cells
    tests = {cell.metadata.get("nbgrader", {}).get("grade_id"): place for place, cell in enumerate(cells)}
    for name in alive:
        before = cells[: tests[f"test_{name}"]]
        defining = [cell.source for cell in before if cell.cell_type == "code" and f"def {name}(" in cell.source]
        if not defining or answers(lesson)[name] not in defining[-1]:
            yield f"{name} is lost"
    original = _released(lesson).cells
    known = {_bare(line) for cell in original for line in cell.source.split("\n")}
    ids = {cell.id for cell in original}
    everything = "\n".join(cell.source for cell in cells)
    of_answers = "\n".join(answers(lesson).values())
    for cell in read(data).cells:
        if cell.grade_id or cell.id in ids:
            continue
        for line in cell.source.split("\n"):
            of_stub = "NotImplementedError" in line or "*arguments" in line
            ours = of_stub or _bare(line) in known or line in of_answers
            if line.strip() and not ours and line not in everything:
                yield f"a line of the student's own is gone: {line[:100]!r}"


def _bare(line: str) -> str:
    """A released line stays one where only its spaces have become others."""
    return " ".join(line.split())


def _text(source: Any) -> str:
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        source = ("" if any(line.endswith("\n") for line in lines[:-1]) else "\n").join(lines)
    return source.replace("\r\n", "\n") if isinstance(source, str) else ""


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
        return True
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_rival(cell: dict[str, Any], name: str) -> bool:
    """Does a cell claim to be an answer, and hold something?"""
    source = _text(cell.get("source"))
    if not source.strip() or ("NotImplementedError" in source and "return" not in source):
        return False
    return _grade_id(cell) == name or cell.get("id") == name or f"def {name}(" in source


def _grade_id(cell: dict[str, Any]) -> object:
    metadata = cell.get("metadata")
    info = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return info.get("grade_id") if isinstance(info, dict) else None
