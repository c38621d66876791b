"""From the bytes of a submission to a notebook that is safe to run and show: the released one, with what was written.

The submitted notebook is never passed on. Sources go into a copy of the released one, so that deleted, edited, copied
or unlocked test cells don't matter; all of the student's own cells stay, in order, so that what is graded is what ran.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from cs_utils.grading.classroom.intake.answers import settle
from cs_utils.grading.classroom.intake.definitions import analyse
from cs_utils.grading.classroom.intake.layout import Item, Layout
from cs_utils.grading.classroom.intake.lesson import Released, changes
from cs_utils.grading.classroom.intake.matching import match
from cs_utils.grading.classroom.intake.reading import Handed, Quarantined, read, release_of

MOST_NOTES = 50  # that anybody reads
NEW: dict[str, Callable[..., NotebookNode]] = {
    "code": nbformat.v4.new_code_cell,
    "markdown": nbformat.v4.new_markdown_cell,
    "raw": nbformat.v4.new_raw_cell,
}


@dataclass
class Rebuilt:
    """A notebook ready to be run, and in words what had to be repaired, dropped or chosen to get it."""

    notebook: NotebookNode
    repairs: list[str]


def rebuild(data: bytes, released: NotebookNode, older: Sequence[NotebookNode] = ()) -> Rebuilt:
    """Return the notebook to grade for the bytes of one that was handed in.

    Parameters
    ----------
    data : bytes
        The file as it was handed in.
    released : NotebookNode
        The lesson's released notebook. It is not changed.
    older : sequence of NotebookNode
        Earlier releases of it; cells of theirs are the lesson's and not the student's.

    Raises
    ------
    Quarantined
        If there is no notebook to be had; the message says why. Nothing else is raised, whatever the bytes.
    """
    try:
        handed = read(data)
        return _rebuild(handed, released, list(older))
    except Quarantined:
        raise
    except (Exception, RecursionError, MemoryError) as error:  # one surprise must not end the class
        raise Quarantined(f"it could not be read ({type(error).__name__}): please look at it") from error
    finally:
        analyse.cache_clear()  # of this notebook's code nothing is needed any more


def _rebuild(handed: Handed, notebook: NotebookNode, older: list[NotebookNode]) -> Rebuilt:
    released, repairs = Released(notebook, older), list(handed.repairs)
    targets = match(handed.cells, released)
    items = settle(Layout(handed.cells, targets, released, repairs).items(), released, repairs)
    _tell_release(handed.release, notebook, older, repairs)
    if len(repairs) > MOST_NOTES:
        repairs[MOST_NOTES:] = [f"and {len(repairs) - MOST_NOTES} more repairs"]
    return Rebuilt(_notebook(items, notebook), repairs)


def _notebook(items: list[Item], released: NotebookNode) -> NotebookNode:
    notebook = copy.deepcopy(released)
    taken = {cell.id for cell in notebook.cells}
    cells, number = [], 0
    for item in items:
        if item.released is not None:
            cell = notebook.cells[item.released]
            cell.source = item.source
        else:
            number += 1
            while f"own-{number}" in taken:
                number += 1
            cell = NEW[item.kind](item.source, id=f"own-{number}")
        if item.attachments:
            cell.attachments = item.attachments
        cells.append(cell)
    notebook.cells = cells
    return notebook


def _tell_release(release: str, notebook: NotebookNode, older: list[NotebookNode], repairs: list[str]) -> None:
    current = release_of(notebook.metadata)
    if not release or not current or release == current:
        return
    old = next((candidate for candidate in older if release_of(candidate.metadata) == release), None)
    since = f"; since then: {changes(old, notebook)}" if old is not None else ""
    repairs.append(f"it was made from release {release} of the lesson, graded is release {current}{since}")
