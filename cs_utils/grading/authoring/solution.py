"""The instructor's notebook of a lesson: executed on the stand-in, with its outputs kept, and sealed.

The seal is a hash of the cells, kept in the notebook's metadata. A notebook whose cells no longer fit its seal was
edited by hand, and the build must not discard that edit without a word.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from cs_utils import checks
from cs_utils.files import replace_atomically
from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.authoring.text import METADATA, UNKEPT, LessonError
from cs_utils.progress import Progress, duration

# What a cell is, without what its last execution left in it.
Cells = list[tuple[str, str, str, str]]
TIMEOUT = 600  # seconds for one cell, the training included
SHOWN = ("CheckFailed", "case(")  # in the text of lessons that show more of a check than that it passes


def cells_of(notebook: NotebookNode) -> Cells:
    """Return each cell's id, kind, source and the metadata that the build sets, as JSON."""
    return [
        (cell.id, cell.cell_type, cell.source, json.dumps(_built_metadata(cell), sort_keys=True))
        for cell in notebook.cells
    ]


def _built_metadata(cell: NotebookNode) -> dict[str, Any]:
    return {key: cell.metadata[key] for key in ("nbgrader", "tags") if key in cell.metadata}


def seal(notebook: NotebookNode) -> str:
    """Return the hash of a notebook's cells."""
    return hashlib.sha256(json.dumps(cells_of(notebook)).encode()).hexdigest()[:16]


def edited_cells(notebook: NotebookNode, lesson: Lesson, fresh: NotebookNode) -> list[str]:
    """Return where a built notebook was edited by hand, in words; an empty list if its seal fits."""
    if notebook.metadata.get("course", {}).get("seal") == seal(notebook):
        return []
    expected = set(cells_of(fresh))
    changed = [cell[0] for cell in cells_of(notebook) if cell not in expected]
    where = ", ".join(changed[:3]) or "its list of cells"
    built, text = lesson.solution.relative_to(lesson.root), lesson.text.relative_to(lesson.root)
    return [f"{built} was edited by hand ({where}): make the edit in {text}"]


def definitions(lesson: Lesson) -> str:
    """Return a hash of what the lesson's checks print: it follows from their data, not from the cells.

    Of an exercise whose check passes that is a line; a lesson that shows what a check says of a mistake, or one of its
    cases, depends on all of the data.
    """
    path = Path(checks.__file__).parent / "data" / f"{lesson.name}.json"
    if not path.is_file():
        return ""
    text = path.read_text(encoding="utf-8")
    if not any(word in lesson.text.read_text(encoding="utf-8") for word in SHOWN):
        text = json.dumps([(item["name"], len(item["cases"]), item["next"]) for item in json.loads(text)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def take_outputs(built: NotebookNode, fresh: NotebookNode, lesson: Lesson) -> bool:
    """Give a notebook the outputs of one that was executed, and a seal; False if its code or checks have changed."""
    if built.metadata.get("course", {}).get("checks") != definitions(lesson):
        return False
    before, after = ([cell for cell in cells.cells if cell.cell_type == "code"] for cells in (built, fresh))
    if [cell.source for cell in before] != [cell.source for cell in after]:
        return False
    for old, new in zip(before, after, strict=True):
        new.outputs, new.execution_count = old.outputs, old.execution_count
    _finish(fresh, lesson)
    return True


def _finish(notebook: NotebookNode, lesson: Lesson) -> None:
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(_built_metadata(cell))
    notebook.metadata = nbformat.from_dict(
        METADATA | {"course": {"seal": seal(notebook), "checks": definitions(lesson)}}
    )


def execute(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """Return the notebook with its outputs and its seal. Runs in a folder of its own, on the stand-in.

    Raises LessonError, with the cell and what it said, if one fails, takes too long or writes to standard error.
    """
    progress, start = Progress(), time.perf_counter()

    def show(cell: NotebookNode, cell_index: int) -> None:
        progress.show(lambda: f"  {lesson.name}: executing cell {cell_index + 1} of {len(notebook.cells)}", every=0.2)

    with tempfile.TemporaryDirectory() as folder, stand_in():
        client = NotebookClient(
            notebook,
            timeout=TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=ERROR"],  # else "Kernel is running over TCP" goes to standard error
        )
        client.on_cell_execute = show
        try:
            client.execute()
        except CellExecutionError as error:
            raise LessonError(f"{lesson.text.name}: a cell fails:\n{error}") from None
        except CellTimeoutError as error:
            raise LessonError(f"{lesson.text.name}: a cell takes longer than {TIMEOUT} s:\n{error}") from None
        except DeadKernelError:
            raise LessonError(f"{lesson.text.name}: the notebook's Python process ended before its last cell") from None
        finally:
            progress.clear()
    progress.keep(f"  {lesson.name}: executed in {duration(time.perf_counter() - start)}")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise LessonError(
                    f"{lesson.text.name}: the cell {cell.id} writes to standard error: {output.text[:300]}"
                )
        if UNKEPT in cell.metadata.get("tags", []):
            cell.outputs = []
    _finish(notebook, lesson)
    return notebook


@contextmanager
def stand_in() -> Iterator[None]:
    """Within this context notebooks run on the drawn stand-in, because no image of CIFAR-10 may be committed."""
    before = dict(os.environ)
    os.environ.pop("CIFAR10_DIR", None)
    os.environ["COURSE_DATASET"] = "shapes10"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def write(notebook: NotebookNode, lesson: Lesson) -> None:
    """Write a solution notebook, whole or not at all."""
    lesson.solution.parent.mkdir(parents=True, exist_ok=True)
    with replace_atomically(lesson.solution) as path:
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
