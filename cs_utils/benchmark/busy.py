"""Our layers on one thread and on several beside a busy process: `python -m cs_utils.benchmark --busy`.

A second thread should help on a quiet machine, and hardly harm on one that has something else to do, as any laptop with
a browser open: threads that wait for each other at each step wait for whichever of them has no core at the time.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cs_utils.benchmark.machine import count
from cs_utils.benchmark.measure import Timing, time_in_turns
from cs_utils.benchmark.peers import contender
from cs_utils.benchmark.report import NAME, TIME, milliseconds
from cs_utils.benchmark.rows import Row
from cs_utils.engine.threads import get_threads, set_threads

ACCEPTED = 1.3  # times as long as on one thread
ROUNDS = 15  # more than where the machine is quiet: the turns of two processes on a core are as long as ours
ENDLESS = "while True: pass"


@dataclass(frozen=True)
class Comparison:
    """A row of the benchmark on one thread and on several, timed in turn."""

    name: str
    threads: int
    one: Timing
    several: Timing

    @property
    def times_as_long(self) -> float:
        return self.several.median / self.one.median


@contextmanager
def busy_process() -> Iterator[None]:
    """A process that computes all the time, on whichever core the system gives it."""
    process = subprocess.Popen([sys.executable, "-c", ENDLESS])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def compare(
    row: Row, threads: int, rounds: int = ROUNDS, tell: Callable[[int], None] = lambda number: None
) -> Comparison:
    """Time the engine's work of that row; `busy_process` is up to the caller."""
    run = contender(row.make(), "ours").run

    def with_threads(number: int) -> Callable[[], Any]:
        def work() -> None:
            set_threads(number)
            run()

        return work

    before = get_threads()
    try:
        contenders = {"one": with_threads(1), "several": with_threads(threads)}
        seconds = time_in_turns(contenders, rounds, tell=tell)
    finally:
        set_threads(before)
    return Comparison(row.name, threads, Timing.of(seconds["one"]), Timing.of(seconds["several"]))


def header(threads: int) -> str:
    columns = [count(1, "thread"), count(threads, "thread"), "times as long"]
    return "beside a busy process".ljust(NAME) + "".join(text.rjust(TIME) for text in columns)


def line(found: Comparison) -> str:
    """A row of the table."""
    times = [milliseconds(timing.median) for timing in (found.one, found.several)]
    return found.name.ljust(NAME) + "".join(text.rjust(TIME) for text in (*times, f"{found.times_as_long:.2f}"))


def verdict(found: Sequence[Comparison]) -> str:
    """Which rows are slower than is accepted."""
    slow = [comparison.name for comparison in found if comparison.times_as_long > ACCEPTED]
    return f"more than {ACCEPTED} times as long: {'; '.join(slow) or 'none'}"


def json_rows(found: Sequence[Comparison], machine: str) -> list[dict[str, Any]]:
    """Rows like those of `report.json_rows`, where the peer is our own single thread."""
    return [
        {
            "name": comparison.name,
            "ours_s": comparison.several.median,
            "peer": "one thread beside a busy process",
            "peer_s": comparison.one.median,
            "ratio": 1 / comparison.times_as_long,
            "threads": comparison.threads,
            "ours_quartiles_s": comparison.several.quartiles,
            "peer_quartiles_s": comparison.one.quartiles,
            "machine": machine,
        }
        for comparison in found
    ]
