"""A student's notebook as the command line checks it: read in whatever state it is, run in a process of its own."""

import asyncio
import contextlib
import json
import os
import re
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cs_utils.progress import Progress

LIMIT = 300  # seconds for one cell; then it is interrupted, and the next one runs
GRACE = 10  # seconds until a cell that does not react to the interruption ends the run

BLANK = "Write your answer here."  # what a written answer's cell says in a released notebook
CHECK_CELL = re.compile(r'check\("(\w+)", \1\)')


class UnreadableNotebook(Exception):
    """The file cannot be read as a notebook; the message says why and what to do."""


@dataclass
class Cell:
    """A cell: what it is, and what its run has left.

    `checks` is the name of the exercise whose check cell it is, `earns` of the one that gives `points` here, or empty.
    `ran` says whether it ran to its end.
    """

    kind: str
    source: str
    checks: str = ""
    earns: str = ""
    points: float = 0.0
    ran: bool = False
    outputs: list[Any] = field(default_factory=list)

    @property
    def first_line(self) -> str:
        return next((line for line in self.source.splitlines() if line.strip()), "")[:80]


def read_cells(path: Path) -> list[Cell]:
    """Return a notebook's cells.

    Only what the checks need is asked of the file, so notebooks are read that a strict reader would refuse.

    Raises UnreadableNotebook.
    """
    cells = [_cell(cell) for cell in _raw_cells(path)]
    if not any(cell.checks for cell in cells):  # a tool has removed the names, as Google Colab does
        for cell in cells:
            if found := CHECK_CELL.fullmatch(cell.source.strip()):
                cell.checks = found[1]
    return cells


def _raw_cells(path: Path) -> list[dict[str, Any]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableNotebook(f"It cannot be read: {error.strerror or error}.") from None
    if not data.strip():
        raise UnreadableNotebook("The file is empty: take a fresh copy of the notebook, or an earlier one of yours.")
    if re.search(rb"^<{7} ", data, re.MULTILINE):
        raise UnreadableNotebook(
            "It holds the conflict markers of a merge (<<<<<<<): keep one of the two versions, "
            "for example by git checkout --ours FILE, or --theirs."
        )
    try:
        content = json.loads(data)  # in any encoding of Unicode, with or without a byte order mark
    except (ValueError, RecursionError) as error:
        raise UnreadableNotebook(f"It is no longer a notebook, which is text in JSON: {error}.") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise UnreadableNotebook("It is not a notebook of this course: it has no list of cells.")
    return cells


def _cell(raw: dict[str, Any]) -> Cell:
    source = raw.get("source", "")
    lines = source if isinstance(source, list) else [source]
    text = "".join(str(line) for line in lines)
    text = text.encode("utf-8", "replace").decode()  # half a character, as a cut emoji leaves, cannot be sent
    metadata = raw.get("metadata")
    info = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    info = info if isinstance(info, dict) else {}
    name, points = str(info.get("grade_id", "")), info.get("points")
    checks = name.removeprefix("check_") if name.startswith("check_") else ""
    worth = float(points) if isinstance(points, int | float) and info.get("grade") and not checks else 0.0
    return Cell(str(raw.get("cell_type", "")), text, checks, name.removeprefix("test_") if worth > 0 else "", worth)


def is_called(lesson: str, wanted: str) -> bool:
    """Is the lesson in the folder `lesson` meant: by its number, its name, or both, as 2, 02, convolution?"""
    number, _, title = lesson.partition("_")
    asked = Path(wanted.strip().rstrip("/\\")).name.removesuffix(".ipynb").lower()
    return asked in (lesson, number, number.lstrip("0"), title)


def run(cells: Sequence[Cell]) -> list[str]:
    """Run the code cells in order, in a process of its own and an empty folder; return, in words, what went wrong."""
    import nbformat  # here, so that --help comes at once
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    code = [cell for cell in cells if cell.kind == "code"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell.source) for cell in code])
    problems: list[str] = []
    progress = Progress()
    alarms: list[asyncio.TimerHandle] = []
    interruptions: list[asyncio.Future[None]] = []  # held here, because the loop holds its tasks weakly

    def let_interrupts_through(**_: Any) -> None:
        with contextlib.suppress(NotImplementedError):  # on Windows nbclient does not catch them
            asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)

    def start(cell: Any, cell_index: int) -> None:
        progress.show(lambda: f"  cell {cell_index + 1} of {len(code)}", every=0.2)
        alarms.append(asyncio.get_running_loop().call_later(LIMIT, interrupt, cell_index))

    def interrupt(cell_index: int) -> None:
        problems.append(f"A cell ran for {LIMIT} s and was interrupted: {code[cell_index].first_line}")
        manager: Any = client.km
        interruptions.append(asyncio.ensure_future(manager.interrupt_kernel()))

    def end(cell: Any, cell_index: int, **_: Any) -> None:
        alarms.pop().cancel()
        code[cell_index].ran = True

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # on Windows a kernel may still be in it
        client = NotebookClient(
            notebook,
            timeout=LIMIT + GRACE,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=CRITICAL"],
            on_notebook_start=let_interrupts_through,
            on_cell_execute=start,
            on_cell_executed=end,
        )
        try:
            client.execute(env={**os.environ, "NBGRADER_EXECUTION": "validate"})  # as in Validate: nothing is trained
        except DeadKernelError:
            problems.append("The notebook's Python process ended before its last cell: is there an exit()?")
        except CellTimeoutError:
            problems.append("It did not react to that, so the cells after it did not run.")
        except (NoSuchKernel, RuntimeError) as error:
            problems.append(
                f"Its Python process did not start ({error}): python course.py doctor says what is missing."
            )
        finally:
            progress.clear()
            for alarm in alarms:
                alarm.cancel()
    for cell, after in zip(code, notebook.cells):
        cell.outputs = after.outputs
    return problems
