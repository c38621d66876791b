"""Damaged notebooks by the thousand: all go through the intake, some are run and judged. None may stop anything."""

import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import nbformat
from tabulate import tabulate

from cs_utils.grading.authoring.paths import Lesson, lessons
from cs_utils.grading.authoring.solution import stand_in
from cs_utils.grading.campaign.log import Entry, Log, tell
from cs_utils.grading.campaign.mutations import damaged
from cs_utils.grading.campaign.oracle import Examined, examine, whole
from cs_utils.grading.classroom import feedback
from cs_utils.grading.classroom.intake.collect import Submission, collect
from cs_utils.grading.classroom.material import material
from cs_utils.grading.classroom.records import GRADED, INFRASTRUCTURE, QUARANTINED, REPAIRED, Record
from cs_utils.grading.classroom.unit import Unit, seed_of
from cs_utils.grading.classroom.workers import work_on
from cs_utils.progress import Progress, duration, time_left

TOGETHER = 20  # notebooks that are handed in as one class


def run(folder: Path, number: int, judged: int, workers: int) -> int:
    """Send so many notebooks through the intake, so many of them on to the judge; return 1 if any has a fault.

    Parameters
    ----------
    folder : path
        Where ``fuzz.jsonl`` is; what is in it already is not done again.
    number, judged : int
        The numbers of the notebooks are their seeds; those that are judged lie evenly between the others.
    workers : int
        Processes at once.
    """
    log, progress = Log(folder / "fuzz.jsonl"), Progress()
    chosen = {i * number // judged for i in range(judged)} if judged else set()
    missing, began, done = log.missing(number), time.perf_counter(), 0
    tasks = [missing[i : i + TOGETHER] for i in range(0, len(missing), TOGETHER)]
    progress.keep(f"{number - len(missing)} of {number} notebooks are done already; results: {log.path}")
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
    with stand_in(), pool:
        waiting = [pool.submit(examine_class, task, chosen.intersection(task)) for task in tasks]
        try:
            for future in as_completed(waiting):
                for entry in future.result():
                    log.add(entry)
                done += TOGETHER
                seconds = time.perf_counter() - began
                left = time_left(done, len(missing) - done, seconds)
                tell(progress, f"{done} of {len(missing)} notebooks{left}", keep=done % 1000 < TOGETHER)
        except BrokenProcessPool:
            progress.keep("A process was ended, by a notebook or by this machine: the same command goes on.")
            return 1
        finally:
            pool.shutdown(cancel_futures=True)
    progress.clear()
    entries = [entry for entry in log.entries if entry["number"] < number]
    print(table(entries))
    return int(any(entry["faults"] for entry in entries))


def examine_class(numbers: list[int], judged: set[int]) -> list[Entry]:
    """Hand in the damaged notebooks of some numbers as one class; return an entry for each. Never raises for them."""
    course = lessons()
    lesson_of = {number: course[number % len(course)] for number in numbers}
    data = {number: damaged(whole(lesson_of[number]), seed=number) for number in numbers}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number in numbers:
            place = Path(folder) / str(number) / lesson_of[number].name
            place.mkdir(parents=True)
            (place / lesson_of[number].notebook).write_bytes(data[number])
        try:
            submissions, problem = {found.student: found for found in collect(Path(folder), course)[0]}, ""
        except Exception as error:
            submissions, problem = {}, f"collect: {type(error).__name__}: {error}"
    entries = []
    for number in numbers:
        found = submissions.get(str(number))
        faults = [problem or "passed over"] if found is None else []
        entries.append(_entry(number, lesson_of[number], data[number], found, number in judged, faults))
    return entries


def _entry(
    number: int, lesson: Lesson, data: bytes, found: Submission | None, judged: bool, faults: list[str]
) -> Entry:
    began = time.perf_counter()
    entry: Entry = {"number": number, "lesson": lesson.name, "faults": faults}
    try:
        examined = examine(data, lesson)
        entry["seconds"] = round(time.perf_counter() - began, 3)
        entry["intake"] = _status(examined)
        entry["survivors"] = len(examined.survivors)
        faults += examined.faults
        if judged and found is not None and found.notebook is not None:
            entry["judged"] = _judge(number, found, examined, faults)
    except Exception as error:
        faults.append(f"raised {type(error).__name__}: {error}")
    return entry


def _status(examined: Examined) -> str:
    if examined.rebuilt is None:
        return QUARANTINED
    return REPAIRED if examined.rebuilt.repairs else GRADED


def _judge(number: int, found: Submission, examined: Examined, faults: list[str]) -> dict[str, Any]:
    course, seed = material(found.lesson), seed_of(b"fuzz", found.student, found.lesson)
    unit = Unit(found.student, found.lesson, found.notebook or b"", found.files, found.notes, seed, course.version)
    record = Record.from_json(work_on(unit, sandboxed=True))
    feedback.page(record, nbformat.reads(record.notebook, as_version=4) if record.notebook else None)
    if record.status == INFRASTRUCTURE:
        faults.append(f"infrastructure: {record.message}")
    faults += [
        f"{row.exercise} has {row.points} of {row.max_points} points"
        for row in record.rows
        if row.points is not None and not 0 <= row.points <= row.max_points
    ]
    full = {row.exercise for row in record.rows if row.points == row.max_points}
    return {
        "status": record.status,
        "points": record.points,
        "most": sum(row.max_points for row in record.rows),
        "not_credited": [name for name in examined.survivors if name not in full],
        "seconds": round(record.seconds.get("all", 0.0), 2),
    }


def table(entries: list[Entry]) -> str:
    """Return the figures of a run as text."""
    names = sorted({entry["lesson"] for entry in entries})
    rows = [_row(name, [entry for entry in entries if entry["lesson"] == name]) for name in names]
    intake = tabulate([*rows, _row("all", entries)], HEAD, "simple", floatfmt=".1f")
    judged = [entry["judged"] for entry in entries if "judged" in entry]
    counts = Counter(found["status"] for found in judged)
    statuses = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    alive = sum(entry["survivors"] for entry in entries if "judged" in entry)
    lost = sum(len(found["not_credited"]) for found in judged)
    slowest = max((found["seconds"] for found in judged), default=0.0)
    text = f"{intake}\n\nRun and judged: {len(judged)} ({statuses}), the slowest in {duration(slowest)}."
    text += f"\nAnswers that the damage left alone in these: {alive}; with full points {alive - lost}."
    return "\n".join([text, *_faults(entries)])


HEAD = ["lesson", "notebooks", "as handed in", "repaired", "quarantined", "answers left alone", "slowest, s", "faults"]


def _row(name: str, entries: list[Entry]) -> list[Any]:
    counts = Counter(entry.get("intake") for entry in entries)
    alive = sum(entry.get("survivors", 0) for entry in entries)
    slowest = max((entry.get("seconds", 0.0) for entry in entries), default=0.0)
    found = sum(bool(entry["faults"]) for entry in entries)
    return [name, len(entries), counts[GRADED], counts[REPAIRED], counts[QUARANTINED], alive, slowest, found]


def _faults(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        for fault in entry["faults"]:
            yield f"number {entry['number']} ({entry['lesson']}): {fault}"
