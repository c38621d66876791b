"""Of which lesson a notebook is, by what it holds."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property

import nbformat
from nbformat import NotebookNode

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.classroom.intake.definitions import analyse
from cs_utils.grading.classroom.intake.lesson import Released, grade_id, plain
from cs_utils.grading.classroom.intake.reading import Cell, Quarantined
from cs_utils.grading.classroom.intake.rebuild import rebuild
from cs_utils.grading.exercises import EXERCISES
from cs_utils.grading.trained_net import TrainedNet

READ: Callable[..., NotebookNode] = nbformat.reads
ENOUGH = 3  # cells of a lesson by which a notebook is recognised


class Course:
    """The released notebooks of all lessons."""

    def __init__(self, lessons: list[Lesson]) -> None:
        self.lessons = {lesson.name: lesson for lesson in lessons if lesson.release.is_file()}

    @cached_property
    def released(self) -> dict[str, Released]:
        return {name: Released(_read(lesson)) for name, lesson in self.lessons.items()}

    @cached_property
    def _signs(self) -> dict[str, set[str]]:
        """For each lesson the texts of cells, grade ids and functions that no other lesson has."""
        signs = {
            name: {sign for cell in released.cells for sign in (plain(cell.source), grade_id(cell)) if sign}
            for name, released in self.released.items()
        }
        often = Counter(sign for of_lesson in signs.values() for sign in of_lesson)
        return {name: {sign for sign in of_lesson if often[sign] == 1} for name, of_lesson in signs.items()}

    def lesson_of(self, cells: list[Cell]) -> str | None:
        """Return the name of the lesson that a notebook's cells are of; None if of none that can be recognised."""
        found = {sign for cell in cells for sign in (plain(cell.source), cell.grade_id) if sign}
        if name := self._most(found, ENOUGH):
            return name
        return self._most({name for cell in cells if cell.kind == "code" for name in analyse(cell.source).defines}, 1)

    def _most(self, found: set[str], at_least: int) -> str | None:
        counts = {name: len(found & signs) for name, signs in self._signs.items()}
        best = max(counts, key=lambda name: counts[name], default="")
        return best if counts.get(best, 0) >= at_least else None

    def files_of(self, lesson: str) -> tuple[str, ...]:
        """Return the names of the files that may come with a lesson's notebook."""
        is_net = any(isinstance(item, TrainedNet) and item.lesson == lesson for item in EXERCISES.values())
        return ("convnet.npz",) if is_net else ()

    def answers_in(self, data: bytes, lesson: str) -> int:
        """Return how many of a lesson's exercises a notebook answers; -1 if it can't be graded."""
        released = self.released[lesson]
        try:
            cells = rebuild(data, released.notebook).notebook.cells
        except Quarantined:
            return -1
        written = {grade_id(cell): cell.source for cell in cells if grade_id(cell)}
        names = {grade_id(released.cells[i]): i for i in released.answers}
        blank = {name for name, i in names.items() if released.is_blank(i, written[name])}
        defined = {
            name  # a task has code around the lines to fill in, so its blank cell defines a function, too
            for cell in cells
            if cell.cell_type == "code" and grade_id(cell) not in blank
            for name in analyse(cell.source).defines
        }
        return sum(name in defined if released.is_code_answer(i) else name not in blank for name, i in names.items())


def _read(lesson: Lesson) -> NotebookNode:
    return READ(lesson.release.read_text(encoding="utf-8"), as_version=4)
