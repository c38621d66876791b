"""This engine and another checkout's, in one run: `python -m cs_utils.benchmark --against CHECKOUT`.

Figures of two days can't be compared: the machine was another one each day. So each checkout gets a process of its own
that imports `cs_utils` from there, and the two take turns, row by row and round by round.

This file is also the program of those processes. It is started by its path, so that a checkout needs none of its own.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROUNDS = 15
SETTLE = 0.12  # seconds of rest before a turn: until idle threads of OpenBLAS, of either process, have gone to sleep
# Seconds of work before a turn counts. After a rest a helper begins on the core of the thread that calls it, and for
# some 60 ms two threads gain next to nothing, unless it is pinned; in a training there is no such rest.
WARM_UP = 0.1


class Engine:
    """A process that times the rows of the benchmark with the engine of one checkout."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def _ask(self, *words: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\t".join(words) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError("the process of a checkout has ended; its error is above")
        return answer

    def prepare(self, row: str, threads: int) -> bool:
        """Make a row's work; False if that checkout has no such row."""
        return self._ask("prepare", row, str(threads)) == "ready"

    def seconds(self) -> float:
        """The time of one call."""
        return float(self._ask("time"))


@contextmanager
def engine_of(checkout: Path) -> Iterator[Engine]:
    """Start the process, and end it."""
    process = subprocess.Popen(
        [sys.executable, "-P", Path(__file__).resolve()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout)},
    )
    try:
        yield Engine(process)
    finally:
        process.kill()
        process.communicate()


@dataclass(frozen=True)
class Change:
    """Seconds of one row, here and there, one number per round."""

    name: str
    threads: int
    here: list[float]
    there: list[float]


def compare(
    here: Path,
    there: Path,
    rows: Sequence[str],
    threads: Sequence[int],
    keep: Callable[[Change], None],
    show: Callable[[str], None] = lambda text: None,
    rounds: int = ROUNDS,
) -> None:
    """Time the rows that both checkouts have, and hand on each result when it is known."""
    with ExitStack() as stack:
        engines = [stack.enter_context(engine_of(checkout)) for checkout in (here, there)]
        for number in threads:
            for place, row in enumerate(rows, start=1):
                show(f"{number} threads, row {place} of {len(rows)}: {row}")
                if not all(engine.prepare(row, number) for engine in engines):
                    continue
                found: list[list[float]] = [[], []]
                for round_number in range(rounds):
                    for which in (0, 1) if round_number % 2 else (1, 0):
                        found[which].append(engines[which].seconds())
                keep(Change(row, number, *found))


def _serve() -> None:
    """In the process of a checkout: prepare rows and time them, as asked line by line."""
    import time

    from cs_utils.benchmark import measure
    from cs_utils.benchmark.rows import rows

    known = {row.name: row for row in rows()}
    run: Any = None
    calls = warm_up = 1
    with ExitStack() as stack:
        for line in sys.stdin:
            order, *words = line.rstrip("\n").split("\t")
            if order == "time":
                time.sleep(SETTLE)
                measure.duration(run, warm_up)
                print(measure.duration(run, calls), flush=True)
            elif words[0] not in known:
                print("unknown", flush=True)
            else:
                stack.close()
                stack.enter_context(measure.same_threads(int(words[1])))
                run = _ours(known[words[0]].make())
                once = min(measure.duration(run), measure.duration(run))
                calls, warm_up = (max(1, round(seconds / once)) for seconds in (2 * measure.TURN, WARM_UP))
                print("ready", flush=True)


def _ours(work: Any) -> Callable[[], Any]:
    """The engine's way to do a piece of work; until 2026-11 the work itself made the contender."""
    if hasattr(work, "contender"):
        return work.contender("ours").run  # type: ignore[no-any-return]
    from cs_utils.benchmark.peers import contender

    return contender(work, "ours").run


if __name__ == "__main__":
    _serve()
