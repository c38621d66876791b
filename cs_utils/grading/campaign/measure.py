"""How fast the grader is, how many workers help, what it holds in memory, and what the other campaigns have found.

A class is made of copies of a small submission, all right answers to lesson 03; each copy has hidden cases of its own.
"""

import gc
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import psutil
from tabulate import tabulate

from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.authoring.solution import stand_in
from cs_utils.grading.campaign.kills import ENTRY
from cs_utils.grading.campaign.log import Log, tell
from cs_utils.grading.campaign.processes import HULL, SESSION, WORKER, below
from cs_utils.grading.classroom import workers
from cs_utils.grading.classroom.batch import Desk
from cs_utils.grading.classroom.gradebook import Book
from cs_utils.grading.classroom.intake.collect import Submission
from cs_utils.grading.classroom.material import material
from cs_utils.grading.classroom.records import Record
from cs_utils.grading.classroom.sample import answer_all
from cs_utils.progress import Progress, time_left

LESSON = Lesson(ROOT, "03_stride_padding")
FOR_SPEED = 60  # submissions with one worker, and as many with two, in turns
TURNS = (1, 2, 2, 1)
MANY = 32  # workers at once, on however few cores
Memory = dict[str, float]  # megabytes of each kind of process


def run(folder: Path, number: int) -> int:
    """Grade small classes with one, two and many workers, then one of `number`; print the table of all figures."""
    log = Log(folder / "measure.jsonl")
    if not any("sample" in entry for entry in log.entries):
        log.add({"number": -1, "sample": grade_sample_class()})
    with stand_in():
        for turn, count in enumerate((*TURNS, MANY), start=1):
            if not any(entry["number"] == turn for entry in log.entries):
                log.add({"number": turn, "workers": count, **grade_class(FOR_SPEED, count)})
        if not any(entry.get("class") == number for entry in log.entries):
            log.add({"number": 0, "class": number, **grade_class(number, 2)})
    print(table(log.entries, folder, number))
    return 0


def grade_sample_class() -> float:
    """Run the README's first command once, which makes the class and trains its net; return what it takes then."""
    with tempfile.TemporaryDirectory(prefix="measure-") as name:
        command = [sys.executable, "-c", ENTRY, name]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        began = time.perf_counter()
        subprocess.run([*command, "--force"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


def grade_class(number: int, count: int) -> dict[str, Any]:
    """Grade so many copies with so many workers; return what it took."""
    solution = nbformat.read(LESSON.solution, as_version=4)
    notebook = nbformat.read(LESSON.release, as_version=4)
    answer_all(notebook, solution)
    data = nbformat.writes(notebook).encode()
    progress, me = Progress(), psutil.Process()
    with tempfile.TemporaryDirectory(prefix="measure-") as name:
        Path(name, "secret").write_bytes(bytes(32))  # so that a student has the same hidden cases in each class
        book = Book(f"sqlite:///{name}/gradebook.db", [material(LESSON.name)])
        desk = Desk(Path(name), book)
        units = desk.plan(Submission(f"student {i:05}", LESSON.name, data) for i in range(number + 2 * count))
        seconds, memory, sizes, results = [], [], [0], {}
        began = time.perf_counter()
        with workers.cluster(count, None) as client:
            for done, record in enumerate(workers.graded(units, client, True, desk.begin), start=1):
                if done == 2 * count:  # by now every worker has imported what it needs
                    began = time.perf_counter()
                sizes.append(_size(record))
                results[record.student] = _digest(record)
                desk.take(record)
                if done > 2 * count:
                    seconds.append(record.seconds["all"])
                if number > FOR_SPEED and (done == 2 * count or (done - 2 * count) % (number // 4) == 0):
                    memory.append(_memory(me))
                left = time_left(done, len(units) - done, time.perf_counter() - began)
                tell(progress, f"{done} of {len(units)} submissions{left}", keep=done % 100 == 0)
            whole = time.perf_counter() - began
        desk.write()
        book.close()
        progress.clear()
        time.sleep(1)
        orphans = sum(map(len, below(me).values()))
        full = sum(record.points == 15 for record in desk.known.values())
    return {
        "seconds": whole,
        "graded": number,
        "median": statistics.median(seconds),
        "writing": desk.seconds,
        "memory": memory,
        "largest": max(sizes),
        "orphans": orphans,
        "full_marks": full - 2 * count,
        "results": results if number == FOR_SPEED else {},
    }


def _size(record: Record) -> int:
    return len(record.to_json().encode())


def _digest(record: Record) -> str:
    """What must be the same however many workers there are: all but the times."""
    return hashlib.sha256(replace(record, seconds={}).to_json().encode()).hexdigest()


def _memory(driver: psutil.Process) -> Memory:
    """Megabytes of the driver, of all workers and of all sandboxes; what several share is counted in parts."""
    gc.collect()
    processes = below(driver)
    kinds = {"driver": [driver], "workers": processes[WORKER], "sandboxes": [*processes[HULL], *processes[SESSION]]}
    return {kind: sum(map(_megabytes, members)) for kind, members in kinds.items()}


def _megabytes(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss / 1e6)
    except psutil.Error:  # it has ended
        return 0.0


def table(entries: list[dict[str, Any]], folder: Path, number: int) -> str:
    """Return all figures as text: what was asked for, and what was found."""
    ones, twos, (many,) = ([e for e in entries if e.get("workers") == count] for count in (1, 2, MANY))
    [sample] = [e["sample"] for e in entries if "sample" in e]
    large = next(e for e in entries if e.get("class") == number)
    speed_up = sum(e["seconds"] for e in ones) / sum(e["seconds"] for e in twos)
    median = statistics.mean(e["median"] for e in ones)
    rows = [
        ["the sample class of 25, the whole command, after set-up", "at most 40 s", f"{sample:.0f} s"],
        ["a small submission, one worker (median)", "at most 1 s", f"{median:.2f} s"],
        [f"{FOR_SPEED} of them, two workers against one, in turns", "at least 1.8 times", f"{speed_up:.2f} times"],
        [f"{FOR_SPEED}, {MANY} workers at once: other results than one worker's", "0", str(_unequal(ones[0], many))],
        [f"{number} of them, two workers", "", f"{large['seconds']:.0f} s, {large['seconds'] / number:.2f} s each"],
        ["  of that the driver wrote for", "", f"{large['writing']:.0f} s"],
        ["  with full marks, as all deserve", "all", f"{large['full_marks']} of {number}"],
        ["largest result (the executed notebook)", "at most 2 MB", f"{large['largest'] / 1e6:.2f} MB"],
        ["processes left behind", "0", str(large["orphans"])],
        *_growth(large["memory"], number),
        *_campaigns(folder),
    ]
    return str(tabulate(rows, ["figure", "asked", "found"], "simple", disable_numparse=True))


def _unequal(one: dict[str, Any], many: dict[str, Any]) -> int:
    """How many submissions that both classes have came to another result."""
    return sum(many["results"].get(student) != digest for student, digest in one["results"].items())


def _growth(memory: list[Memory], number: int) -> Iterator[list[str]]:
    for kind in memory[0]:
        found = " ".join(f"{sample[kind]:.0f}" for sample in memory)
        yield [f"memory of {kind}, MB, while {number} are graded", "bounded", found]


def _campaigns(folder: Path) -> Iterator[list[str]]:
    """What the logs of the other campaigns say, as far as they were run."""
    fuzz, kills, compared = (_entries(folder / f"{name}.jsonl") for name in ("fuzz", "kills", "compare"))
    judged = sum("judged" in entry for entry in fuzz)
    yield ["damaged notebooks (judged): faults", "20000 (2000): 0", f"{len(fuzz)} ({judged}): {_faults(fuzz)}"]
    yield ["kills: results lost or doubled", "200: 0", f"{len(kills)}: {_faults(kills)}"]
    for what in ("stopped", "undeserved", "leaked", "harmed", "too few"):
        ours = sum(bool(entry["ours"][what]) for entry in compared)
        plain = [entry["plain"] for entry in compared if entry["plain"] is not None]
        theirs = sum(bool(entry[what]) for entry in plain)
        found = f"{len(compared)}: {ours} (plain nbgrader: {theirs} of {len(plain)})"
        yield [f"hostile submissions: {what}", "200: 0", found]


def _entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def _faults(entries: list[dict[str, Any]]) -> int:
    return sum(bool(entry["faults"]) for entry in entries)
