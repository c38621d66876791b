"""A small class is graded, a process is killed at a random moment, and the same command is run to its end.

Half of the moments are seconds after the start, the other half results that are known: most of a run is its start, and
kills that only seconds decide would nearly all fall before the first result.
"""

import contextlib
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import nbformat
import psutil
from tabulate import tabulate

from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.campaign.log import Entry, Log, tell
from cs_utils.grading.campaign.oracle import released, whole
from cs_utils.grading.campaign.picture import Picture, differences, picture
from cs_utils.grading.campaign.processes import BELOW, below
from cs_utils.grading.classroom.results import Results
from cs_utils.progress import Progress, time_left

LESSON = Lesson(ROOT, "01_fully_connected")
DRIVER = "driver"
KINDS = (DRIVER, *BELOW)
KILLED = -signal.SIGKILL  # the exit code of a process that was killed
CLASS = 4  # students
TICK = 0.03  # seconds between two looks at what runs
TRIES = 5  # at killing something that may have ended already
LONGEST = 600.0  # seconds, after which a run is taken to hang
LEAVING = 10.0  # seconds that what was started may live on after the driver's end
ENTRY = """
import pathlib, sys
from cs_utils.grading.classroom.__main__ import main
sys.exit(main(sys.argv[2:], pathlib.Path(sys.argv[1])))
"""
Timeline = dict[str, list[float]]  # for each kind the seconds after the start at which there was such a process


def run(folder: Path, number: int) -> int:
    """Make so many kills, and print what came of them; return 1 if any has cost something.

    Parameters
    ----------
    folder : path
        Where ``kills.jsonl`` is; what is in it already is not done again.
    number : int
        The kills' numbers are their seeds; each kind of process has its turn.
    """
    log, progress = Log(folder / "kills.jsonl"), Progress()
    missing, began = log.missing(number), time.perf_counter()
    progress.keep(f"{number - len(missing)} of {number} kills are done already; results: {log.path}")
    if missing:
        with tempfile.TemporaryDirectory(prefix="kills-") as name:
            work = Path(name)
            make_class(work / "in")
            wanted, timeline = undisturbed(work)
            for done, i in enumerate(missing):
                left = time_left(done, len(missing) - done, time.perf_counter() - began)
                tell(progress, f"{done} of {len(missing)} kills{left}", keep=bool(done) and done % 10 == 0)
                log.add(one(work, i, wanted, timeline))
        progress.clear()
    entries = [entry for entry in log.entries if entry["number"] < number]
    print(table(entries))
    return int(any(entry["faults"] for entry in entries))


def make_class(folder: Path) -> None:
    """Write what four students hand in: right answers, no answers, a notebook that ends its process, and none."""
    right, untouched = nbformat.from_dict(whole(LESSON)), released(LESSON)
    ending = released(LESSON)
    ending.cells.insert(3, nbformat.v4.new_code_cell("import os\n\nos._exit(1)"))
    texts = {"anna": right, "berta": untouched, "clara": ending, "dora": None}
    for student, notebook in texts.items():
        place = folder / student / LESSON.name
        place.mkdir(parents=True)
        text = nbformat.writes(notebook) if notebook is not None else "{"
        (place / LESSON.notebook).write_text(text, encoding="utf-8")


def undisturbed(work: Path) -> tuple[Picture, Timeline]:
    """Grade the class; return all that comes of it, and when which processes ran."""
    root = _root(work, "undisturbed")
    timeline: Timeline = {kind: [] for kind in KINDS}
    process, began = _start(work, root), time.perf_counter()
    while process.poll() is None:
        seconds = time.perf_counter() - began
        timeline[DRIVER].append(seconds)
        for kind, found in _below(process).items():
            if found:
                timeline[kind].append(seconds)
        time.sleep(TICK)
    if process.returncode:
        raise RuntimeError(f"the class is not graded even undisturbed:\n{_said(root)}")
    return picture(root / "grading"), timeline


def one(work: Path, number: int, wanted: Picture, timeline: Timeline) -> Entry:
    """Kill once, run the command again, and compare what came of it with an undisturbed run."""
    kind, rng = KINDS[number % len(KINDS)], Random(number)
    entry: Entry = {"number": number, "kind": kind, "killed": False, "faults": []}
    for _ in range(TRIES):
        root = _root(work, "disturbed")
        results = rng.randrange(1, CLASS) * rng.randrange(2)
        moment = rng.uniform(0, TICK) + (0.0 if results else rng.choice(timeline[kind]))
        process = _start(work, root)
        seen: set[psutil.Process] = set()
        try:
            killed_at = _kill(process, kind, moment, results, root, rng, seen)
            entry["known"] = _known(root)
            entry["exit"] = process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            entry["faults"].append("it hangs")
        entry["left"] = _end(process, seen)
        if killed_at is not None:
            break
    else:
        entry["faults"].append(f"no {kind} was found to be killed")
        return entry
    entry |= {"killed": True, "moment": round(killed_at, 2)}
    entry["faults"] += [f"{entry['left']} processes were left"] * bool(entry["left"]) + _check(
        work, root, wanted, entry
    )
    return entry


def _kill(
    process: subprocess.Popen[bytes],
    kind: str,
    moment: float,
    results: int,
    root: Path,
    rng: Random,
    seen: set[psutil.Process],
) -> float | None:
    """Kill a process of a kind after so many seconds, with so many results known, or when there is one again.

    Return after how many seconds, or None if there was none.
    """
    began = time.perf_counter()
    while process.poll() is None:
        seconds = time.perf_counter() - began
        found = _below(process)
        seen.update(*found.values())
        if seconds >= moment and (not results or _known(root) >= results):
            if kind == DRIVER:
                process.kill()
                return seconds
            if found[kind]:
                with contextlib.suppress(psutil.Error):
                    rng.choice(found[kind]).kill()
                    return seconds
        time.sleep(TICK)
    return None


def _known(root: Path) -> int:
    return sum(1 for _ in Results(root / "grading" / "results"))


def _check(work: Path, root: Path, wanted: Picture, entry: Entry) -> list[str]:
    """Run the command again; return what is wrong then."""
    results = Results(root / "grading" / "results")
    known = {(student, record.assignment) for student, record in results if record.status != "infrastructure"}
    lines = len(_journal(results))
    first = _said(root)
    if entry["exit"] not in (0, KILLED):
        entry["said"] = first[-1000:]
    process = _start(work, root)
    try:
        entry["exit_again"] = process.wait(LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        return ["the command hangs when it is run again"]
    faults = [f"exit code {entry['exit_again']}: {_said(root)[-500:]}"] * bool(entry["exit_again"])
    begun = {(e["student"], e["lesson"]) for e in _journal(results)[lines:] if e["event"] == "begun"}
    faults += [f"graded again: {student}" for student, _ in sorted(begun & known)]
    faults += [f"a traceback: {said[-500:]}" for said in (first, _said(root)) if "Traceback" in said]
    for what, names in differences(wanted, picture(root / "grading")).items():
        entry[what] = len(names)
        faults += [f"{what}: {name}" for name in names]
    return faults


def _journal(results: Results) -> list[dict[str, Any]]:
    return [json.loads(line) for line in results.journal.read_text().splitlines()] if results.journal.exists() else []


def _root(work: Path, name: str) -> Path:
    """An empty course with the same secret each time: the hidden cases follow from it."""
    root = work / name
    shutil.rmtree(root, ignore_errors=True)
    (root / "grading").mkdir(parents=True)
    (root / "grading" / "secret").write_bytes(b"the same in every run")
    return root


def _start(work: Path, root: Path) -> subprocess.Popen[bytes]:
    arguments = ["--submitted", str(work / "in"), "--assignment", LESSON.name, "--workers", "2"]
    with (root / "said.txt").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-c", ENTRY, str(root), *arguments], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT
        )


def _said(root: Path) -> str:
    return (root / "said.txt").read_text(encoding="utf-8", errors="replace")


def _below(process: subprocess.Popen[bytes]) -> dict[str, list[psutil.Process]]:
    try:
        return below(psutil.Process(process.pid))
    except psutil.Error:
        return {kind: [] for kind in BELOW}


def _end(process: subprocess.Popen[bytes], seen: set[psutil.Process]) -> int:
    """Wait for the end of all that was started; end the rest, and return how many they were."""
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(list(seen), timeout=LEAVING)
    for left in alive:
        with contextlib.suppress(psutil.Error):
            left.kill()
    return len(alive)


HEAD = ["killed", "kills", "moment, s: first", "median", "last", "results known then", "lost", "doubled", "different"]
HEAD += ["processes left", "faults"]


def table(entries: list[Entry]) -> str:
    """Return the figures of a run as text."""
    rows = [_row(kind, [entry for entry in entries if entry["kind"] == kind]) for kind in KINDS]
    text = tabulate([*rows, _row("all", entries)], HEAD, "simple", floatfmt=".1f")
    faults = [f"number {entry['number']} ({entry['kind']}): {fault}" for entry in entries for fault in entry["faults"]]
    return "\n".join([text, *faults])


def _row(name: str, entries: list[Entry]) -> list[Any]:
    killed = [entry for entry in entries if entry["killed"]]
    moments = [entry["moment"] for entry in killed] or [0.0]
    known = [sum(entry["known"] == number for entry in killed) for number in range(CLASS + 1)]
    sums = [sum(entry.get(what, 0) for entry in entries) for what in ("lost", "doubled", "different", "left")]
    faults = sum(bool(entry["faults"]) for entry in entries)
    when = [min(moments), statistics.median(moments), max(moments)]
    return [name, len(killed), *when, "/".join(map(str, known)), *sums, faults]
