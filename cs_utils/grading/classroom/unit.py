"""One submission, from bytes to a record: what a worker does. It needs no disk of the driver's and keeps nothing."""

import hashlib
import hmac
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cs_utils.grading.classroom.feedback import HANDED_IN, markdown
from cs_utils.grading.classroom.intake.reading import Quarantined
from cs_utils.grading.classroom.intake.rebuild import rebuild
from cs_utils.grading.classroom.judge import Verdict, judge
from cs_utils.grading.classroom.material import Material, material
from cs_utils.grading.classroom.records import GRADED, INFRASTRUCTURE, QUARANTINED, REPAIRED, Record, Row
from cs_utils.grading.classroom.sandbox import Hull
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.spared_cells import spared

SCHEME = "mark-scheme"
MARKS = re.compile(r"^=== (BEGIN|END) MARK SCHEME ===$", re.M)


@dataclass(frozen=True)
class Unit:
    """One student's work for one lesson, and the seed of its hidden cases."""

    student: str
    lesson: str
    notebook: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seed: int = 0
    version: str = ""  # of the lesson's material, as the driver has it

    @property
    def key(self) -> str:
        """A hash of what was handed in, and of the lesson.

        The seed is left out: where the course's secret was lost, what is graded already stays.
        """
        digest = hashlib.sha256()
        parts = [self.student.encode("utf-8", "surrogatepass"), self.lesson.encode(), self.version.encode()]
        parts.append(self.notebook)
        for name, content in sorted(self.files.items()):
            parts += [name.encode("utf-8", "surrogatepass"), content]
        for part in parts:
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()[:32]


def seed_of(secret: bytes, student: str, lesson: str) -> int:
    """Return a seed that nobody can guess without the secret, and that is the same each time."""
    text = f"{student}\0{lesson}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hmac.digest(secret, text, "sha256")[:4], "big")


def grade(unit: Unit, hull: Hull) -> Record:
    """Grade a submission. Never raises for what a student handed in."""
    began = time.perf_counter()
    course = material(unit.lesson)
    if unit.version and course.version != unit.version:
        return _not_graded(unit, course, INFRASTRUCTURE, "this worker has another version of the lesson")
    try:
        intake = rebuild(unit.notebook, course.released, course.older)
    except Quarantined as reason:
        return _not_graded(unit, course, QUARANTINED, str(reason))
    notes = [*unit.notes, *intake.repairs]
    with tempfile.TemporaryDirectory(prefix="judge-") as folder:
        for name, content in unit.files.items():
            (Path(folder) / name).write_bytes(content)
        spare = spared(intake.notebook, course.released)
        verdict = judge(hull, intake.notebook, course.tests, Path(folder), unit.files, unit.seed, spare)
    for item in course.items:
        if isinstance(item, Exercise):
            item.forget_keys()
    if verdict.status == GRADED and notes:
        verdict.status, verdict.message = REPAIRED, "; ".join(notes)
    return Record(
        unit.student,
        unit.lesson,
        unit.key,
        verdict.status,
        verdict.message,
        _rows(course, intake.notebook, verdict),
        notes,
        nbformat.writes(_executed(course, intake.notebook, verdict)),
        {**verdict.seconds, "all": time.perf_counter() - began},
    )


def not_graded(unit: Unit, status: str, message: str) -> Record:
    """Return the record of a submission that nothing could be done with: no points, rather than 0."""
    return _not_graded(unit, material(unit.lesson), status, message)


def _not_graded(unit: Unit, course: Material, status: str, message: str) -> Record:
    rows = [Row(i.name, i.points, None, status, message, by_hand=course.is_by_hand(i)) for i in course.items]
    return Record(unit.student, unit.lesson, unit.key, status, message, rows, list(unit.notes))


def _rows(course: Material, notebook: NotebookNode, verdict: Verdict) -> list[Row]:
    answered = {c.metadata.nbgrader["grade_id"]: c.source for c in notebook.cells if "nbgrader" in c.metadata}
    released = {c.metadata.nbgrader["grade_id"]: c.source for c in course.released.cells if "nbgrader" in c.metadata}
    rows = []
    for item in course.items:
        if course.is_by_hand(item):
            empty = answered.get(item.name, "").strip() in ("", released.get(item.name, "").strip())
            said = "left empty" if empty else "to be graded by hand"
            rows.append(Row(item.name, item.points, 0.0 if empty else None, verdict.status, said, by_hand=True))
            continue
        grade_id = f"test_{item.name}" if isinstance(item, Exercise) else item.name
        rows.append(
            Row(
                item.name,
                item.points,
                verdict.scores.get(grade_id, 0.0),
                verdict.status,
                verdict.problems.get(grade_id, ""),
                verdict.misconceptions.get(f"check_{item.name}", ""),
                unnamed=verdict.unnamed.get(f"check_{item.name}"),
            )
        )
    return rows


def _executed(course: Material, notebook: NotebookNode, verdict: Verdict) -> NotebookNode:
    """The notebook with what its cells showed, for formgrader.

    There a tag in Markdown would act in the browser, and a formula needs a script from the network: both are replaced.
    """
    number = 0
    released = {cell.source for cell in course.released.cells}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            ours = cell.source in released
            if not ours:
                cell.metadata[HANDED_IN] = cell.source
            cell.source = _for_formgrader(cell.source) if ours else _in_one_block(markdown(cell.source))
        if cell.cell_type == "code":
            number += 1
            cell.outputs = [nbformat.from_dict(output) for output in verdict.outputs.get(cell.id, [])]
            cell.execution_count = number if cell.id in verdict.outputs else None
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = number
    notebook.cells = list(_with_schemes(notebook.cells, course.schemes))
    return notebook


@lru_cache(maxsize=2048)
def _for_formgrader(source: str) -> str:
    """Return a text of the lesson's own; its formulas would need a script from the network."""
    return _in_one_block(markdown(source, trusted=True)) if "$" in source else source


def _in_one_block(page: str) -> str:
    """Return HTML without a blank line, at which Markdown would begin to read it again."""
    return re.sub(r"\n(?=\n)", "\n&#10;", page).replace("&#10;\n", "&#10;")


def _with_schemes(cells: list[NotebookNode], schemes: dict[str, str]) -> Iterator[NotebookNode]:
    """After each written answer the model answer, for whoever grades it; students' pages have no such cells."""
    for cell in cells:
        yield cell
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in schemes:
            text = MARKS.sub(lambda found: "**Marks**" if found[1] == "BEGIN" else "", schemes[name]).strip()
            told = f"*The course's own answer, for whoever grades:*\n\n{text}"
            scheme = nbformat.v4.new_markdown_cell(_for_formgrader(told))
            scheme.id, scheme.metadata = f"scheme_{name}"[:64], nbformat.from_dict({"tags": [SCHEME]})
            yield scheme
