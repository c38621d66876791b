"""The marks of a class: `grading/grades.csv`, and tables on the screen."""

import csv
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from tabulate import tabulate

from cs_utils.files import replace_atomically
from cs_utils.grading.classroom.records import STATUSES, Record
from cs_utils.progress import duration

COLUMNS = ["student", "assignment", "exercise", "points", "max_points", "status", "message", "misconception"]


def write_csv(records: Iterable[Record], path: Path) -> None:
    """Write one row per exercise, whole or not at all; points are empty where there are none (yet)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_atomically(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for record in _ordered(records):
            for row in record.rows:
                texts = (row.message, row.misconception)
                points = "" if row.points is None else f"{row.points:g}"
                numbers = (points, f"{row.max_points:g}")
                writer.writerow(
                    [
                        *(plain(record.student), record.assignment, row.exercise, *numbers, row.status),
                        *map(_one_line, texts),
                    ]
                )


def table(records: Iterable[Record]) -> str:
    """Return the class as text: one assignment after the other, one line per student, one column per exercise."""
    groups = groupby(_ordered(records), key=lambda record: record.assignment)
    return "\n\n".join(_assignment(name, list(group)) for name, group in groups)


def statuses(records: Iterable[Record]) -> str:
    """Return how many submissions have which status."""
    counts = Counter(record.status for record in records)
    return ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])


def times(records: Iterable[Record], writing: float) -> str:
    """Return in which steps how much time went, summed over the workers."""
    total: Counter[str] = Counter()
    for record in records:
        total.update(record.seconds)
    named = {"imports": "imports", "sandbox": "sandbox", "cells": "students' cells", "tests": "test cells"}
    steps = [f"{name} {duration(total[step])}" for step, name in named.items()]
    rest = total["all"] - sum(total[step] for step in named)
    return ", ".join([*steps, f"intake and the rest {duration(rest)}", f"writing {duration(writing)}"])


def _ordered(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.assignment, record.student))


def _assignment(name: str, records: list[Record]) -> str:
    exercises = records[0].rows
    legend = "\n".join(f"  {i} {row.exercise} ({row.max_points:g})" for i, row in enumerate(exercises, 1))
    maximum = sum(row.max_points for row in exercises)
    head = ["student", *range(1, len(exercises) + 1), f"of {maximum:g}", "status", "why"]
    lines = []
    for record in records:
        marks = ["-" if row.points is None else format(row.points, ".3g") for row in record.rows]
        why = record.message or next((row.message for row in record.rows if row.message and row.points is not None), "")
        lines.append([record.student, *marks, f"{record.points:.3g}", record.status, _one_line(why)[:80]])
    right = ["left", *["right"] * (len(exercises) + 1), "left", "left"]
    text = tabulate(lines, head, "plain", disable_numparse=True, colalign=right)
    missing = any(row.points is None for record in records for row in record.rows)
    note = "\n(-: to be graded by hand in formgrader, or not graded)" if missing else ""
    return f"{name}\n{legend}\n\n{text}{note}"


def _one_line(text: str) -> str:
    return plain(" ".join(text.split()))


def plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: it may hold a stranger's words."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t") else text
