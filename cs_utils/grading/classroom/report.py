"""The marks of a class: `grading/grades.csv`, and a table on the screen."""

import csv
from itertools import groupby
from pathlib import Path

from cs_utils.files import replace_atomically
from cs_utils.grading.classroom.records import GRADED, Record

COLUMNS = ["student", "assignment", "exercise", "points", "max_points", "status", "message"]


def write_csv(records: list[Record], path: Path) -> None:
    """Write a row an exercise, whole or not at all. Points are empty while there are none: by hand, or not graded."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_atomically(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for record in sorted(records, key=lambda record: (record.assignment, record.student)):
            for row in record.rows:
                points = "" if row.points is None else f"{row.points:g}"
                message = _one_line(row.message)
                writer.writerow(
                    [
                        _plain(record.student),
                        record.assignment,
                        row.exercise,
                        points,
                        f"{row.max_points:g}",
                        row.status,
                        message,
                    ]
                )


def table(records: list[Record]) -> str:
    """Return the class as text: an assignment after the other, a line a student, a column an exercise."""
    ordered = sorted(records, key=lambda record: (record.assignment, record.student))
    return "\n\n".join(_assignment(name, list(group)) for name, group in groupby(ordered, key=lambda r: r.assignment))


def _assignment(name: str, records: list[Record]) -> str:
    exercises = records[0].rows
    legend = [f"  {i} {row.exercise} ({row.max_points:g})" for i, row in enumerate(exercises, 1)]
    width = max(len(record.student) for record in records)
    head = f"{'student':{width}} " + "".join(f"{i:>6}" for i in range(1, len(exercises) + 1))
    maximum = sum(row.max_points for row in exercises)
    lines = [name, *legend, "", f"{head}  {'of ' + format(maximum, 'g'):>6}  {'status':14} why"]
    for record in records:
        cells = "".join(f"{'-' if row.points is None else format(row.points, '.3g'):>6}" for row in record.rows)
        why = record.message or next((row.message for row in record.rows if row.message and row.points is not None), "")
        lines.append(
            f"{record.student:{width}} {cells}  {record.points:6.3g}  {record.status:14} {_one_line(why)[:90]}".rstrip()
        )
    by_hand = any(row.points is None and record.status == GRADED for record in records for row in record.rows)
    return "\n".join(lines + (["(-: to be graded by hand in formgrader, or not graded)"] if by_hand else []))


def _one_line(text: str) -> str:
    return _plain(" ".join(text.split()))


def _plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: it may hold a stranger's words."""
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text
