"""A class from what was handed in to marks: what is known stays, the rest is graded, each result is kept at once."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat

from cs_utils.files import remove_drafts, replace_atomically
from cs_utils.grading.classroom import feedback, overview, people, report
from cs_utils.grading.classroom.gradebook import Book, Unavailable
from cs_utils.grading.classroom.intake.collect import Submission, safe_id
from cs_utils.grading.classroom.material import material
from cs_utils.grading.classroom.records import INFRASTRUCTURE, QUARANTINED, Record
from cs_utils.grading.classroom.results import Results
from cs_utils.grading.classroom.unit import Unit, not_graded, seed_of

EVERY = 5.0  # seconds between two writings of the gradebook and of grades.csv ...
SHARE = 20  # ... and at least so many times as long as one takes: a large class must not be written all the time
PATIENCE = 60.0  # seconds for which a gradebook is waited for in the end, where it is locked or away

Known = dict[tuple[str, str], Record]  # by the student's id and lesson; without notebooks


@dataclass
class Desk:
    """Where a class is graded: the folder ``grading/`` with results, grades.csv, feedback and autograded notebooks.

    Attributes
    ----------
    known : dict
        The latest record of each student and lesson, from this run and all before.
    unwritten : list
        Records that are kept, but not yet in the gradebook.
    seconds : float
        That writing took: results, pages, gradebook, grades.csv.
    """

    folder: Path
    book: Book
    known: Known = field(default_factory=dict)
    unwritten: list[tuple[str, Record]] = field(default_factory=list)
    seconds: float = 0.0
    write_after: float = 0.0

    def __post_init__(self) -> None:
        outputs = [path for name in ("results", "autograded", "feedback") for path in (self.folder / name).rglob(".*")]
        remove_drafts([*self.folder.glob(".*"), *outputs])
        self.results = Results(self.folder / "results")
        self.known = {(student, record.assignment): record for student, record in self.results}

    def secret(self) -> bytes:
        """The course's secret, from which the hidden cases of each student follow. It is made once."""
        path = self.folder / "secret"
        if not path.is_file():
            with replace_atomically(path) as draft:
                draft.touch(mode=0o600)
                draft.write_bytes(secrets.token_bytes(32))
        return path.read_bytes()

    def id(self, found: Submission) -> str:
        """The student's id here and in the gradebook."""
        return str(safe_id(found.student))

    def plan(self, submissions: Iterable[Submission], force: bool = False) -> list[Unit]:
        """Return what is to be graded; what can't be is put down at once, and what is known already is left alone."""
        secret, units = self.secret(), []
        submissions = list(submissions)
        people.remember(self.folder, submissions)
        for found in submissions:
            unit = Unit(
                found.student,
                found.lesson,
                found.notebook or b"",
                found.files,
                found.notes,
                seed_of(secret, found.student, found.lesson),
                material(found.lesson).version,
            )
            if not force and self.results.is_done(safe_id(unit.student), unit.lesson, unit.key):
                continue
            if found.notebook is None:
                self.take(not_graded(unit, QUARANTINED, found.problem))
            else:
                units.append(unit)
        return units

    def begin(self, unit: Unit) -> None:
        """Note in the journal that a worker has a submission."""
        self.results.note("begun", unit.key, student=safe_id(unit.student), lesson=unit.lesson)

    def take(self, record: Record) -> Record | None:
        """Keep a record; return the one that stood before. Where the disk is full, it is to be graded again."""
        began = time.monotonic()
        student, lesson = safe_id(record.student), record.assignment
        before = self.known.get((student, lesson))
        by_hand = {row.exercise: row.manual for row in before.rows} if before is not None else {}
        record.penalty = before.penalty if before is not None else 0.0
        for row in record.rows:
            row.manual = by_hand.get(row.exercise)
        try:
            self._keep(student, record)
        except OSError as error:
            record = _not_kept(record, f"this machine could not keep the result: {error.strerror}")
        record = replace(record, notebook="")
        self.results.note("ended", record.key, status=record.status)
        self.known[student, lesson] = record
        self.unwritten.append((student, record))
        self.seconds += time.monotonic() - began
        if time.monotonic() > self.write_after:
            self.write()
        return before

    def _keep(self, student: str, record: Record) -> None:
        if record.notebook:
            name = material(record.assignment).lesson.notebook
            _write(self.folder / "autograded" / student / record.assignment / name, record.notebook)
        record = replace(record, notebook="")
        self.write_page(student, record)
        self.results.save(student, record)

    def write_page(self, student: str, record: Record) -> None:
        """Write the page that a student gets back."""
        name = material(record.assignment).lesson.notebook
        executed = self.folder / "autograded" / student / record.assignment / name
        # Of a submission that could not be graded, an earlier one's notebook says nothing.
        shown = record.status not in (QUARANTINED, INFRASTRUCTURE) and executed.is_file()
        # Our own notebook: to look for faults in it would take as long as all the rest of the page.
        notebook = nbformat.v4.reads(executed.read_text(encoding="utf-8")) if shown else None
        path = (self.folder / "feedback" / student / record.assignment / name).with_suffix(".html")
        _write(path, feedback.page(record, notebook))

    def write(self) -> str:
        """Write all that is known to the gradebook and to grades.csv; return in words what could not be, or ""."""
        began, problems = time.monotonic(), []
        try:
            self.book.write(self.unwritten)
            self.unwritten = []
            self.take_marks_by_hand()
        except (Unavailable, OSError) as error:
            problems.append(str(error))
        try:
            report.write_csv(self.known.values(), self.folder / "grades.csv")
        except OSError as error:
            problems.append(f"grades.csv cannot be written now: {error.strerror}")
        took = time.monotonic() - began
        self.seconds += took
        self.write_after = began + took + max(EVERY, SHARE * took)
        return "\n".join(problems)

    def finish(self) -> str:
        """Do what `write` does; where that cannot be done, try for some time. Then write the page of the class."""
        began = time.monotonic()
        while (problems := self.write()) and time.monotonic() - began < PATIENCE:
            time.sleep(1)
        return "\n".join(filter(None, [problems, self.write_overview()]))

    def write_overview(self) -> str:
        """Write the page for whoever teaches; return in words why that could not be done, or ""."""
        try:
            _write(self.folder / "report.html", overview.page(self.known.values()))
        except OSError as error:
            return f"report.html cannot be written now: {error.strerror}"
        return ""

    def take_marks_by_hand(self) -> list[tuple[str, Record]]:
        """Take marks by hand and penalties from the gradebook; return the records that change: their pages are new."""
        marks, penalties, changed = self.book.marks_by_hand(), self.book.penalties(), []
        for (student, lesson), record in self.known.items():
            manual = [marks.get((student, lesson, row.exercise)) for row in record.rows]
            penalty = penalties.get((student, lesson), 0.0)
            if manual != [row.manual for row in record.rows] or penalty != record.penalty:
                for row, points in zip(record.rows, manual, strict=True):
                    row.manual = points
                record.penalty = penalty
                self.results.save(student, record)
                self.write_page(student, record)
                changed.append((student, record))
        return changed

    def catch_up(self) -> None:
        """Note for the gradebook what an earlier run could not write there."""
        try:
            there = self.book.automatic_marks()
        except Unavailable:  # then what is in it is not known, and all of it is written when that can be done
            there = {}
        for (student, lesson), record in self.known.items():
            if any(there.get((student, lesson, row.exercise), "none") != row.auto for row in record.rows):
                self.unwritten.append((student, record))


def _not_kept(record: Record, why: str) -> Record:
    rows = [replace(row, auto=None, status=INFRASTRUCTURE, message=why) for row in record.rows]
    return replace(record, status=INFRASTRUCTURE, message=why, rows=rows)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_atomically(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def grade_all(
    desk: Desk, units: list[Unit], records: Iterable[Record], told: Callable[[int, Record, Record | None], None]
) -> None:
    """Keep each record as it comes; `told` is called with its number, it, and the one before it."""
    try:
        for number, record in enumerate(records, 1):
            told(number, record, desk.take(record))
    finally:  # also when somebody presses Ctrl-C: what is known is written
        desk.write()
