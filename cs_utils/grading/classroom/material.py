"""What grading a lesson needs of the course: its released notebook, the full text of its test cells, its exercises."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import nbformat
from nbformat import NotebookNode

from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.authoring.releases import older
from cs_utils.grading.exercise import Written
from cs_utils.grading.exercises import EXERCISES, Item


@dataclass(frozen=True, eq=False)
class Material:
    """A lesson as the grader sees it. `version` is a hash of the released cells and of the tests.

    `older` are earlier releases with other cells. `schemes` holds the model answer of each question that is graded by
    hand, by its name.
    """

    lesson: Lesson
    released: NotebookNode
    older: tuple[NotebookNode, ...]
    tests: dict[str, str]
    schemes: dict[str, str]
    version: str

    @property
    def items(self) -> list[Item]:
        """The lesson's exercises in order."""
        return [item for item in EXERCISES.values() if item.lesson == self.lesson.name]

    def is_by_hand(self, item: Item) -> bool:
        return isinstance(item, Written)


@lru_cache(maxsize=32)
def material(name: str) -> Material:
    """Return the material of a lesson; KeyError if there is none of that name."""
    found = [lesson for lesson in lessons(ROOT) if lesson.name == name]
    if not found:
        raise KeyError(f"there is no lesson {name!r}")
    (lesson,) = found
    released = nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4)
    solution = nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)
    tests, schemes = {}, {}
    for cell in solution.cells:
        info = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and info.get("grade") and not info.get("solution"):
            tests[info["grade_id"]] = cell.source
        elif cell.cell_type == "markdown" and info.get("grade"):
            schemes[info["grade_id"]] = cell.source
    digest, earlier = hashlib.sha256(), older(lesson)
    for cell in [*released.cells, *(cell for notebook in earlier for cell in notebook.cells)]:
        digest.update(f"{cell.id}\0{cell.source}\0".encode())
    for grade_id, source in sorted(tests.items()):
        digest.update(f"{grade_id}\0{source}\0".encode())
    return Material(lesson, released, earlier, tests, schemes, digest.hexdigest()[:16])
