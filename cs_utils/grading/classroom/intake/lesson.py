"""The released notebook of a lesson, as far as the intake asks about it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from cs_utils.grading.classroom.intake.definitions import analyse

SHORT = 40  # characters: a call such as figures.count_guesses(), which ends every lesson, names none of them


def plain(text: str) -> str:
    """Return text without what tools change on their own: line ends, indentation, blank lines, composed letters."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_answer(cell: NotebookNode) -> bool:
    """Is this a cell that students write their answer in?"""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


@dataclass(eq=False)
class Released:
    """A released notebook, and older releases of it.

    Attributes
    ----------
    cells : list of NotebookNode
    index : dict
        Where the cell of each grade id is.
    stubs : dict
        By grade id: the plain texts that an answer's cell had in any release before somebody wrote in it.
    """

    notebook: NotebookNode
    older: list[NotebookNode] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cells: list[NotebookNode] = self.notebook.cells
        self.index = {grade_id(cell): i for i, cell in enumerate(self.cells) if grade_id(cell)}
        self.stubs: dict[str, set[str]] = {}
        for cell in (cell for release in [self.notebook, *self.older] for cell in release.cells):
            if is_answer(cell):
                self.stubs.setdefault(grade_id(cell), set()).add(plain(cell.source))
        now = {(cell.cell_type, plain(cell.source)) for cell in self.cells}
        self._stale = {(cell.cell_type, plain(cell.source)) for release in self.older for cell in release.cells} - now

    def is_stale(self, kind: str, source: str) -> bool:
        """Is this a cell as an older release had it, and this one no more?"""
        return (kind, plain(source)) in self._stale

    @property
    def answers(self) -> list[int]:
        return [i for i, cell in enumerate(self.cells) if is_answer(cell)]

    def is_typical(self, i: int) -> bool:
        """Is this a cell that no other lesson has? They all have a set-up, an empty written answer, one short call."""
        cell = self.cells[i]
        if not grade_id(cell):
            return len(plain(cell.source)) > SHORT
        return self.is_code_answer(i) or bool(cell.metadata.nbgrader["grade"] and self.is_locked(i))

    def is_code_answer(self, i: int) -> bool:
        return is_answer(self.cells[i]) and self.cells[i].cell_type == "code"

    def is_locked(self, i: int) -> bool:
        return bool(grade_id(self.cells[i])) and not is_answer(self.cells[i])

    def is_blank(self, i: int, source: str) -> bool:
        """Is this what an answer's cell holds when nobody has written in it, or just a placeholder?"""
        if not source.strip() or plain(source) in self.stubs[grade_id(self.cells[i])]:
            return True
        return self.is_code_answer(i) and analyse(source).is_placeholder

    def first_test(self, i: int) -> int:
        """Return where the first cell is that tests the answer `i`; the number of cells if there is none."""
        name = grade_id(self.cells[i])
        tests = [self.index.get(f"{kind}_{name}", len(self.cells)) for kind in ("check", "test")]
        return min(test for test in [*tests, len(self.cells)] if test > i)


def changes(old: NotebookNode, new: NotebookNode) -> str:
    """Return in words what a release changed of the one before: the exercises by name, all other cells by number."""
    before, after = _marked(old.cells), _marked(new.cells)
    parts = [
        ("new", [name for name in after if name not in before]),
        ("gone", [name for name in before if name not in after]),
        ("changed", [name for name in after if before.get(name, after[name]) != after[name]]),
    ]
    words = [f"{what}: {', '.join(names)}" for what, names in parts if names]
    unmarked = [{plain(cell.source) for cell in notebook.cells if not grade_id(cell)} for notebook in (old, new)]
    if number := len(unmarked[1] - unmarked[0]):
        words.append(f"{number} other cells new or changed")
    return "; ".join(words) or "nothing that matters here"


def _marked(cells: Iterable[NotebookNode]) -> dict[str, str]:
    return {grade_id(cell): plain(cell.source) for cell in cells if grade_id(cell)}
