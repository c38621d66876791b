"""The judge: runs a rebuilt notebook in the sandbox, and its test cells here, where no student's code runs.

A test cell is trusted text: the released notebook's, with the hidden tests of the instructor's. It is executed with
`check` and `exam` of this process, and what else it names is looked up in the sandbox: the student's functions are
there called one argument list at a time (`session.StudentFunction`), everything else is plain data.
"""

import ast
import contextlib
import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
from nbformat import NotebookNode

from cs_utils import checks
from cs_utils.checks import CheckFailed
from cs_utils.grading import exams
from cs_utils.grading.classroom.records import GRADED, INFRASTRUCTURE, MEMORY_LIMIT, TIME_LIMIT, Unnamed
from cs_utils.grading.classroom.sandbox import Hull
from cs_utils.grading.classroom.session import Gone, Session
from cs_utils.grading.spared_cells import Spared, undrawn
from cs_utils.grading.trained_net import Infrastructure

STEPS = ("imports", "sandbox", "cells", "tests")  # in which the time of a submission goes


@dataclass
class Verdict:
    """What came of a notebook's execution.

    Attributes
    ----------
    status, message : str
        One of `records`, and why in words, for the student.
    scores : dict
        Points by grade id, of every grade cell that is scored by code; None where this machine could not judge it.
    problems, misconceptions : dict
        Of each grade cell that lost points the first thing that was wrong, in words; of each check that recognised
        misconceptions their sentences. By grade id.
    unnamed : dict
        Of each check that failed and recognised no misconception what came back there. By grade id.
    outputs : dict
        What each code cell showed, by its id: the student's own outputs and what the test cells printed.
    seconds : dict
        Where the time went: until a sandbox had imported all that notebooks use (once per worker), until the submission
        had its own part of it, in the student's cells, and in the test cells here.
    """

    status: str = GRADED
    message: str = ""
    scores: dict[str, float | None] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    misconceptions: dict[str, str] = field(default_factory=dict)
    unnamed: dict[str, Unnamed] = field(default_factory=dict)
    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STEPS, 0.0))

    @contextlib.contextmanager
    def timing(self, what: str) -> Iterator[None]:
        """Add the time that passes within this context."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[what] += time.perf_counter() - began


def judge(
    hull: Hull,
    notebook: NotebookNode,
    tests: dict[str, str],
    folder: Path,
    files: dict[str, bytes],
    seed: int = 0,
    spare: Spared = Spared(),  # noqa: B008  (it is frozen)
) -> Verdict:
    """Run a rebuilt notebook and return what came of it. Never raises for what a student's code does.

    Parameters
    ----------
    notebook
        Rebuilt by the intake: the released cells, with the student's answers and free cells.
    tests
        The full source of each test cell, hidden part included, by grade id.
    folder
        Where test cells run, with the files that were handed in; they are trusted to read them safely.
    files
        The same files, for the sandbox.
    seed
        Decides the hidden cases of the exams.
    spare
        What need not be run or drawn.
    """
    verdict = Verdict()
    with verdict.timing("imports"):
        hull.ready()
    with verdict.timing("sandbox"):
        session = hull.open(files)
    try:
        for cell in notebook.cells:
            if cell.cell_type != "code" or cell.id in spare.run:
                continue
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if grade_id in tests:
                with verdict.timing("tests"), exams.seeded(seed):
                    _run_test(session, cell, tests[grade_id], folder, verdict)
            else:
                with verdict.timing("cells"):
                    _run_cell(session, cell, cell.id not in spare.drawing, verdict)
    finally:
        with verdict.timing("sandbox"):
            session.close()
    if session.gone is not None:
        verdict.status, verdict.message = session.gone.status, str(session.gone)
        if verdict.status == INFRASTRUCTURE:
            verdict.scores = dict.fromkeys(verdict.scores)  # what the machine has cut off is worth nothing yet, not 0
    return verdict


def _run_cell(session: Session, cell: NotebookNode, draw: bool, verdict: Verdict) -> None:
    with contextlib.suppress(Gone):  # the cells that are left are not run; its tests say so
        result = session.run_cell(cell.source if draw else undrawn(cell.source), draw)
        verdict.outputs[cell.id] = result["outputs"]
        errors = [output["ename"] for output in result["outputs"] if output["output_type"] == "error"]
        if result["too_long"]:
            verdict.status, verdict.message = TIME_LIMIT, "a cell took too long and was stopped"
        elif "MemoryError" in errors:
            verdict.status, verdict.message = MEMORY_LIMIT, "a cell needed more memory than there is for it"


def _run_test(session: Session, cell: NotebookNode, source: str, folder: Path, verdict: Verdict) -> None:
    """Execute a test cell; its points are the value of its last line, as nbgrader reads it."""
    points = float(cell.metadata.nbgrader.get("points", 0))
    grade_id = cell.metadata.nbgrader["grade_id"]
    printed, score = io.StringIO(), 0.0
    outputs: list[dict[str, Any]] = []
    try:
        with contextlib.redirect_stdout(printed), _working_in(folder):
            value = _evaluate(source, _names(session, source))
        score = _score(value, points)
    except Infrastructure as error:
        verdict.scores[grade_id] = None
        verdict.status, verdict.message = INFRASTRUCTURE, str(error)
        outputs.append(_error("Infrastructure", str(error)))
    except Gone as gone:
        outputs.append(_error("NotGraded", str(gone)))
        verdict.problems[grade_id] = str(gone)
    except CheckFailed as error:
        outputs.append(_error("CheckFailed", str(error)))
        verdict.misconceptions[grade_id] = "; ".join(error.hints)
        if not error.hints and error.returned is not None:
            verdict.unnamed[grade_id] = Unnamed(list(error.returned), " ".join(error.wrong), " ".join(error.found))
    except NameError as error:
        outputs.append(_error("NameError", str(error)))
        verdict.problems[grade_id] = f"{error}: nothing of this name was in the notebook when it was graded"
    except Exception as error:  # an assert of the instructor's own test, or its helper stumbling over the answer
        outputs.append(_error(type(error).__name__, str(error)))
        verdict.problems[grade_id] = f"{type(error).__name__}: {error}".rstrip(": ")
    if text := printed.getvalue():
        if problem := exams.first_problem(text):
            verdict.problems[grade_id] = problem
        outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": text})
    verdict.scores.setdefault(grade_id, score)
    verdict.outputs[cell.id] = outputs


def _evaluate(source: str, names: dict[str, Any]) -> Any:
    """Execute a trusted cell, and return the value of its last line if that is an expression."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "<test cell>", "exec"), names)
        return None
    exec(compile(ast.Module(tree.body[:-1], tree.type_ignores), "<test cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<test cell>", "eval"), names)


def _names(session: Session, source: str) -> dict[str, Any]:
    """What a test cell may use: `check` and `exam` of this process, NumPy, and what it names of the student's."""
    trusted = {"check": checks.check, "CheckFailed": CheckFailed, "exam": exams.exam, "np": np}
    names: dict[str, Any] = dict(trusted)
    for name in _free_names(compile(source, "<test cell>", "exec")):
        if name not in names:
            with contextlib.suppress(KeyError):
                names[name] = session.look_up(name)
    return names


def _free_names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _free_names(constant)


def _score(value: Any, points: float) -> float:
    """nbgrader's rule, without its traps: a number up to `points` is partial credit, no value at all full credit."""
    if value is None:
        return points
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= points:
        raise ValueError(f"the test cell's value is {value!r}, not a number from 0 to {points:g}")
    return float(value)


def _error(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}


@contextlib.contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
