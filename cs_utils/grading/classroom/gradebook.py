"""nbgrader's gradebook, written by one writer in batches: formgrader and `nbgrader export` work on what is here.

nbgrader's own functions commit after each cell; here a batch of submissions is one transaction, so a run that is killed
leaves whole submissions behind. Marks given by hand and late penalties are never touched.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Base,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.utils import compute_checksum
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from cs_utils.files import replace_atomically
from cs_utils.grading.authoring.text import exercise_of
from cs_utils.grading.classroom.material import Material
from cs_utils.grading.classroom.records import INFRASTRUCTURE, QUARANTINED, Record

SQLITE = "sqlite:///"
Mark = tuple[str, str, str]  # the student's id, lesson, exercise


class Unavailable(RuntimeError):
    """The gradebook cannot be used: it is locked, its disk is full, its server is away. Nothing is lost."""


class Book:
    """The gradebook of a course. It is opened when it is first needed and, where it was away then, when it is next.

    Parameters
    ----------
    url : str
        Of the database, as SQLAlchemy takes it: ``sqlite:///...`` or ``postgresql://...``.
    lessons : iterable of Material
        What its assignments should be like.
    backups : path, optional
        A folder for a copy of an SQLite database, made before anything in it is changed.

    Raises
    ------
    Unavailable
        If there can be no database at this address.
    """

    def __init__(
        self, url: str, lessons: Iterable[Material], backups: Path | None = None, course: str = "convnets"
    ) -> None:
        self.url, self.lessons, self.backups, self.course = url, list(lessons), backups, course
        self._book: Gradebook | None = None
        try:
            create_engine(url)
        except (ArgumentError, ImportError) as error:
            raise Unavailable(f"the gradebook cannot be used: {error}") from None

    def close(self) -> None:
        if self._book is not None:
            self._book.close()
            self._book = None

    def _open(self) -> Gradebook:
        if self._book is None:
            if self.backups is not None and self.url.startswith(SQLITE):
                back_up(Path(self.url.removeprefix(SQLITE)), self.backups)
            _make_tables(self.url)
            book = Gradebook(self.url, self.course)
            try:
                for lesson in self.lessons:
                    _prepare(book, lesson)
                book.db.commit()
            except BaseException:
                book.close()
                raise
            self._book = book
        return self._book

    def write(self, records: Iterable[tuple[str, Record]]) -> None:
        """Write the automatic marks of records, each with the student's id, in one transaction."""
        with self._transaction() as db:
            for student, record in records:
                if record.status != INFRASTRUCTURE:
                    self._write(db, student, record)

    def _write(self, db: Session, student: str, record: Record) -> None:
        person = _get_or_add(db, Student, id=student)
        if person.first_name is None and person.last_name is None:  # else formgrader lists "None, None"
            person.first_name, _, person.last_name = _printable(record.student).rpartition(" ")
        db.flush()
        assignment = db.scalars(select(Assignment).where(Assignment.name == record.assignment)).one()
        found = select(SubmittedAssignment).where(
            SubmittedAssignment.assignment_id == assignment.id, SubmittedAssignment.student_id == student
        )
        submission = db.scalars(found).one_or_none()
        if submission is None:
            submission = SubmittedAssignment(assignment_id=assignment.id, student_id=student)
            db.add(submission)
            db.flush()
            for notebook in assignment.notebooks:
                submitted = SubmittedNotebook(notebook_id=notebook.id, assignment_id=submission.id)
                db.add(submitted)
                db.flush()
                _complete(submitted, notebook.grade_cells, notebook.solution_cells)
            db.flush()
            db.refresh(submission)
        rows = {row.exercise: row for row in record.rows}
        for submitted in submission.notebooks:
            for grade in submitted.grades:
                item = exercise_of(grade.cell.name, record.assignment)
                if item is None:
                    grade.auto_score, grade.needs_manual_grade = 0.0, False
                    continue
                row = rows[item.name]
                grade.auto_score = row.auto
                grade.needs_manual_grade = row.auto is None or (row.by_hand and row.auto is None)
                if record.status == QUARANTINED:
                    grade.auto_score, grade.needs_manual_grade = None, True

    def marks_by_hand(self) -> dict[Mark, float]:
        """Return all marks that people gave in formgrader, with what they gave beyond the exercise's points."""
        return {mark: manual for mark, (_, manual) in self._marks().items() if manual is not None}

    def penalties(self) -> dict[tuple[str, str], float]:
        """Return what is taken off for being late, by the student's id and lesson, where it is anything."""
        found = select(
            SubmittedAssignment.student_id, Assignment.name, SubmittedAssignment.late_submission_penalty
        ).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        with self._transaction() as db:
            return {(student, lesson): float(penalty) for student, lesson, penalty in db.execute(found) if penalty}

    def automatic_marks(self) -> dict[Mark, float | None]:
        """Return all marks that were written here by code; None where an exam gave none."""
        return {mark: automatic for mark, (automatic, _) in self._marks().items()}

    def _marks(self) -> dict[Mark, tuple[float | None, float | None]]:
        cell = (SubmittedAssignment.student_id, Assignment.name, BaseCell.name)
        columns = (*cell, Grade.auto_score, Grade.manual_score, Grade.extra_credit)
        found = (
            select(*columns)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        )
        with self._transaction() as db:
            rows = db.execute(found).all()
        marks = {}
        for student, lesson, name, automatic, manual, extra in rows:
            item = exercise_of(name, lesson)
            if item is not None:
                given = manual if not extra else extra + ((automatic or 0.0) if manual is None else manual)
                marks[student, lesson, item.name] = (automatic, given)
        return marks

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        try:
            db = self._open().db
            try:
                yield db
                db.commit()
            except BaseException:
                db.rollback()
                raise
        except (DBAPIError, sqlite3.Error, OSError) as error:
            reason = str(getattr(error, "orig", error)).strip()
            raise Unavailable(f"the gradebook cannot be used now: {reason}") from error


def _prepare(book: Gradebook, course: Material) -> None:
    """Make the lesson's assignment, or follow what changed in it: new cells, other points. No grade is lost."""
    db = book.db
    assignment = _get_or_add(db, Assignment, name=course.lesson.name, course_id=book.course_id)
    db.flush()
    name = Path(course.lesson.notebook).stem
    notebook = _get_or_add(db, Notebook, name=name, assignment_id=assignment.id)
    db.flush()
    for cell in course.released.cells:
        if "nbgrader" in cell.metadata:
            _note_cell(db, notebook, cell, course.tests)
    db.flush()
    cells = list(db.scalars(select(GradeCell).where(GradeCell.notebook_id == notebook.id)))
    solutions = list(db.scalars(select(SolutionCell).where(SolutionCell.notebook_id == notebook.id)))
    for submitted in db.scalars(select(SubmittedNotebook).where(SubmittedNotebook.notebook_id == notebook.id)):
        _complete(submitted, cells, solutions)


def _make_tables(url: str) -> None:
    """Make what is missing of nbgrader's tables, and note their version, as its `Gradebook` does for a new database.

    That starts a program of seconds for the version, and never notes it if it is killed before.
    """
    engine = create_engine(url)
    try:
        Base.metadata.create_all(engine)
        with engine.begin() as db:
            db.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
            if db.execute(text("SELECT version_num FROM alembic_version")).first() is None:
                version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
                db.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    finally:
        engine.dispose()


def _get_or_add(db: Session, kind: type, **fields: object) -> Any:
    found = db.scalars(select(kind).filter_by(**fields)).one_or_none()
    if found is None:
        found = kind(**fields)
        db.add(found)
    return found


def _note_cell(db: Session, notebook: Notebook, cell: NotebookNode, tests: dict[str, str]) -> None:
    """Note a released cell as nbgrader's SaveCells does, with the hidden tests in its source."""
    info = cell.metadata.nbgrader
    name, kind = info["grade_id"], cell.cell_type
    if info["grade"]:
        grade = _get_or_add(db, GradeCell, name=name, notebook_id=notebook.id)
        grade.max_score, grade.cell_type = float(info["points"]), kind
    if info["solution"]:
        _get_or_add(db, SolutionCell, name=name, notebook_id=notebook.id)
    source = _get_or_add(db, SourceCell, name=name, notebook_id=notebook.id)
    source.source, source.cell_type, source.locked = tests.get(name, cell.source), kind, bool(info["locked"])
    source.checksum = compute_checksum(cell)


def _complete(submitted: SubmittedNotebook, cells: Iterable[GradeCell], solutions: Iterable[SolutionCell]) -> None:
    """Give a submission a grade and a comment for each cell that has none yet."""
    there = {grade.cell_id for grade in submitted.grades}
    submitted.grades += [Grade(cell_id=cell.id) for cell in cells if cell.id not in there]
    commented = {comment.cell_id for comment in submitted.comments}
    submitted.comments += [Comment(cell_id=cell.id) for cell in solutions if cell.id not in commented]


def back_up(database: Path, folder: Path, keep: int = 10) -> Path | None:
    """Copy the gradebook's file before a run changes it, and return the copy; the oldest copies go."""
    if not database.is_file():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"gradebook-{time.strftime('%Y%m%d-%H%M%S')}.db"
    # Not a copy of the file: what a run that was killed has left half-written is taken back on the way.
    with replace_atomically(copy) as draft, closing(sqlite3.connect(database, isolation_level=None)) as source:
        source.execute("VACUUM INTO ?", (str(draft),))
    for oldest in sorted(folder.glob("gradebook-*.db"))[:-keep]:
        oldest.unlink()
    return copy


def _printable(name: str) -> str:
    """Return a name as it was handed in, on one line, as far as a database takes it."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:120]
