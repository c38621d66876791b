"""Marks put into a platform's table: who is who, which column is which lesson, and what is left alone.

The formats are those that the platforms write themselves: Canvas' gradebook (`lib/gradebook_exporter.rb` of canvas-lms:
titles end in the assignment's number, a line "Points Possible" below them, EX for excused, N/A for not assigned), and
Moodle's grading worksheet (`mod/assign/feedback/offline`: an identifier that ends in the participant's number) and
gradebook ("Assignment: TITLE (Real)").
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.classroom.export.sheet import Sheet, Unusable
from cs_utils.grading.classroom.intake.collect import safe_id
from cs_utils.grading.classroom.intake.names import CANVASES, MOODLES, mentions_lesson
from cs_utils.grading.classroom.people import People
from cs_utils.grading.classroom.records import Record

# Titles of columns in English and German; of other languages' files the columns of marks are named with --column.
NUMBERS = ("ID",)  # Canvas' number of a user
IDS = ("SIS Login ID", "SIS User ID", "Integration ID", "ID number", "Username", "Anmeldename", "ID-Nummer")
MAILS = ("Email address", "E-Mail-Adresse", "Email")
NAMES = ("Student", "Full name", "Vollständiger Name")
FIRST, LAST = ("First name", "FirstName", "Vorname"), ("Surname", "Last name", "LastName", "Nachname")
GRADE, MAXIMUM = ("Grade", "Bewertung"), ("Maximum Grade", "Bestwertung")
KEPT = ("EX", "N/A")  # excused, not assigned: a mark in their place would undo that
POSSIBLE = "points possible"
LINKING = re.compile(r"\b(and|und)\b|&", re.I)  # "Stride and padding" is lesson 03_stride_padding


Keys = dict[str, dict[str, list[int]]]  # rows by the kind of a name and its letters


@dataclass
class Told:
    """What was done: how many cells were filled, and, in words, what was left alone."""

    filled: int = 0
    problems: list[str] = field(default_factory=list)


def total(record: Record) -> float | None:
    """Return a student's mark in a lesson, after what is taken off for being late; None while a point is missing."""
    points = [row.points for row in record.rows]
    if not points or any(one is None for one in points):
        return None
    return record.after_penalty(math.fsum(one for one in points if one is not None))


def fill(
    sheet: Sheet,
    records: Iterable[Record],
    columns: dict[str, int],
    people: People,
    overwrite: bool = False,
    scale: bool = False,
) -> Told:
    """Put the sums of some records into a table, in the columns of their lessons. What was there stays.

    Parameters
    ----------
    columns
        Where the marks of each lesson belong, by its name.
    people
        The platform's own numbers of the students.
    overwrite
        Replace marks that are in the table already and are others.
    scale
        Convert marks to what the table says can be had; else a table that says another number is refused.
    """
    told, rows, there = Told(), _rows(sheet), _possible(sheet)
    keys = _keys(sheet, rows)
    taken: dict[tuple[int, str], str] = {}
    for record in sorted(records, key=lambda one: (one.assignment, one.student)):
        if (column := columns.get(record.assignment)) is None:
            continue
        who = f"{record.assignment} {record.student}"
        found = _find(sheet, keys, record, people)
        if len(found) != 1:
            fit = f"{len(found)} people in the table fit" if found else "nobody in the table fits"
            told.problems.append(f"{who}: {fit} this name")
            continue
        (row,) = found
        if (row, record.assignment) in taken:
            told.problems.append(f"{who}: the same line as {taken[row, record.assignment]}, whose mark it has")
            continue
        taken[row, record.assignment] = record.student
        if (points := total(record)) is None:
            waits = any(one.by_hand and one.points is None for one in record.rows)
            why = "an answer waits for a mark by hand" if waits else record.status
            told.problems.append(f"{who}: left blank, {why}")
            continue
        maximum = sum(one.max_points for one in record.rows)
        possible = there(row, column)
        if possible is not None and possible != maximum and not scale:
            raise Unusable(
                f"{sheet.header[column]!r} has {possible:g} points, {record.assignment} has {maximum:g}: change "
                "that in the platform, or convert the marks with --scale"
            )
        mark = points * (possible / maximum) if possible is not None and scale else points
        _put(sheet, row, column, mark, overwrite, who, told)
    return told


def _put(sheet: Sheet, row: int, column: int, mark: float, overwrite: bool, who: str, told: Told) -> None:
    before = sheet.cell(row, column)
    if before.upper() in KEPT:
        told.problems.append(f"{who}: stays {before}")
    elif before and before != "-" and (_number(before) is None or abs((_number(before) or 0) - mark) > 0.005):
        if not overwrite:
            told.problems.append(f"{who}: stays {before}, is now {mark:g} (--overwrite replaces it)")
            return
        told.problems.append(f"{who}: was {before}")
        _write(sheet, row, column, mark, told)
    else:
        _write(sheet, row, column, mark, told)


def _write(sheet: Sheet, row: int, column: int, mark: float, told: Told) -> None:
    sheet.put(row, column, sheet.number(mark))
    told.filled += 1


def columns_of_lessons(sheet: Sheet, lessons: list[Lesson], named: dict[str, str]) -> dict[str, int]:
    """Return the column of each lesson that has one: the one that is `named`, else the one whose title names it."""
    found: dict[str, int] = {}
    for lesson in lessons:
        if title := named.get(lesson.name):
            column = sheet.column(title)
            if column is None:
                raise Unusable(f"There is no column {title!r}; there are {', '.join(map(repr, sheet.header))}.")
            found[lesson.name] = column
            continue
        titles = [LINKING.sub(" ", title) for title in sheet.header]
        fits = [i for i, title in enumerate(titles) if mentions_lesson(title, lesson) and _is_mark(title)]
        if len(fits) > 1:
            listed = ", ".join(repr(sheet.header[i]) for i in fits)
            raise Unusable(f"{lesson.name} fits {listed}: say which with --column {lesson.name}=TITLE")
        if fits:
            found[lesson.name] = fits[0]
    return found


def _is_mark(title: str) -> bool:
    """Is this the column of an assignment's marks? Platforms add columns of sums, percentages, letters and feedback."""
    return not re.search(r"(score|points|grade)\b(?! *\()|\((percentage|letter|feedback)\)|feedback", title, re.I)


def is_worksheet(sheet: Sheet) -> bool:
    """Is this Moodle's grading worksheet, with an identifier that ends in a number and a column for the mark?"""
    ids = [row[0] for row in sheet.rows[1:] if row and row[0].strip()]
    return sheet.column(*GRADE) is not None and bool(ids) and all(re.fullmatch(r"\D+\d+", one.strip()) for one in ids)


def _rows(sheet: Sheet) -> list[int]:
    """Return the students' rows: not the header, nor what Canvas writes below it."""
    where = sheet.column("ID", *IDS)
    kept = [i for i in range(1, len(sheet.rows)) if any(cell.strip() for cell in sheet.rows[i])]
    kept = [i for i in kept if sheet.cell(i, 0).casefold() != POSSIBLE]
    return [i for i in kept if sheet.cell(i, 0) or sheet.cell(i, where)]


def _possible(sheet: Sheet) -> Callable[[int, int], float | None]:
    """Return a function that says how many points a row's cell can have, None where the table does not say it."""
    line = next((i for i in range(1, len(sheet.rows)) if sheet.cell(i, 0).casefold() == POSSIBLE), None)
    maximum = sheet.column(*MAXIMUM)

    def possible(row: int, column: int) -> float | None:
        text = sheet.cell(line, column) if line is not None else sheet.cell(row, maximum)
        return _number(text)

    return possible


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _find(sheet: Sheet, keys: Keys, record: Record, people: People) -> list[int]:
    """Return the rows of a student: by the platform's number, else by an id, an address or the name."""
    owner = people.get((safe_id(record.student), record.assignment))
    names = {record.student} | ({owner.name} if owner else set())
    platform = MOODLES if is_worksheet(sheet) else CANVASES
    if owner and owner.platform == platform and (found := keys["number"].get(owner.number)):
        return found
    for kind in ("id", "name"):
        found = sorted({row for name in names for row in keys[kind].get(_letters(name), [])})
        if found:
            return found
    return []


def _keys(sheet: Sheet, rows: list[int]) -> Keys:
    keys: Keys = {kind: defaultdict(list) for kind in ("number", "id", "name")}
    for row in rows:
        for kind, key in set(_keys_of(sheet, row)):
            if key:
                keys[kind][key].append(row)
    return keys


def _keys_of(sheet: Sheet, row: int) -> Iterator[tuple[str, str]]:
    if is_worksheet(sheet):
        yield "number", re.sub(r"\D+", "", sheet.cell(row, 0))
    else:
        yield "number", sheet.cell(row, sheet.column(*NUMBERS))
    for title in IDS:
        yield "id", _letters(sheet.cell(row, sheet.column(title)))
    mail = sheet.cell(row, sheet.column(*MAILS))
    yield "id", _letters(mail)
    yield "id", _letters(mail.partition("@")[0])
    login = sheet.cell(row, sheet.column("SIS Login ID"))
    yield "id", _letters(login.partition("@")[0])
    first, last = sheet.cell(row, sheet.column(*FIRST)), sheet.cell(row, sheet.column(*LAST))
    full = sheet.cell(row, sheet.column(*NAMES))
    for name in (full, " ".join(reversed(full.split(",", 1))), f"{first} {last}", f"{last} {first}"):
        yield "name", _letters(name)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
