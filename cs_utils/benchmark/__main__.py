"""python -m cs_utils.benchmark: the engine beside textbook versions in NumPy, and PyTorch where it is installed."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cs_utils.benchmark import against, busy, picture, report
from cs_utils.benchmark.machine import Limits, count, description, limits, reference_work
from cs_utils.benchmark.measure import ROUNDS, same_threads
from cs_utils.benchmark.rows import BATCH, Row, chosen
from cs_utils.benchmark.run import Result, measure
from cs_utils.files import replace_atomically
from cs_utils.progress import Progress
from cs_utils.system import usable_cores


def benchmark(rows: Sequence[Row], threads: Sequence[int], rounds: int) -> tuple[list[Result], dict[int, Limits]]:
    """Measure the rows with each number of threads, and the machine's limits; print the table line by line."""
    results: list[Result] = []
    found: dict[int, Limits] = {}
    progress = Progress()
    for number in threads:
        with same_threads(number):
            found[number], reference, times = limits(number), reference_work(), []
            progress.keep(f"\n{found[number]}\n{report.header()}")
            for place, row in enumerate(rows, start=1):
                start = f"{count(number, 'thread')}, row {place} of {len(rows)}: {row.name}, round "

                def tell(round_number: int, start: str = start) -> None:
                    progress.show(lambda: f"{start}{round_number + 1} of {rounds}", every=0.2)

                result, noise = measure(row, number, reference, rounds, tell)
                progress.keep(report.line(result, found[number]))
                results.append(result)
                times += noise
            progress.keep(report.noise(times))
    return results, found


def benchmark_busy(rows: Sequence[Row], threads: int, rounds: int) -> list[busy.Comparison]:
    """Time the rows on one thread and on several beside a busy process, printing the table line by line."""
    found: list[busy.Comparison] = []
    progress = Progress()
    progress.keep(f"\n{busy.header(threads)}")
    with busy.busy_process():
        for row in rows:
            found.append(busy.compare(row, threads, rounds))
            progress.keep(busy.line(found[-1]))
    progress.keep(f"\n{busy.verdict(found)}")
    return found


def benchmark_against(checkout: Path, rows: Sequence[Row], threads: Sequence[int]) -> None:
    """Print, row by row, the times of this engine and of another checkout's, which take turns."""
    progress = Progress()
    progress.keep(f"\n{report.against_header()}")
    here = Path(__file__).resolve().parents[2]
    against.compare(
        here,
        checkout,
        [row.name for row in rows],
        threads,
        lambda change: progress.keep(report.against_line(change)),
        lambda text: progress.show(lambda: text, every=0),
    )


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        rows = chosen(options.only)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.against and not (options.against / "cs_utils" / "benchmark").is_dir():
        parser.error(f"{options.against.resolve()} is no checkout of this course: it has no cs_utils/benchmark")
    for path in filter(None, (options.json, options.picture)):
        if not path.resolve().parent.is_dir():
            parser.error(f"there is no folder {path.resolve().parent} to write {path.name} to")
    machine = description()
    if options.busy:
        if max(options.threads) == 1:
            parser.error("--busy compares several threads with one: it needs --threads 2 or more")
        print(machine)
        compared = benchmark_busy(rows, max(options.threads), busy.ROUNDS)
        if options.json:
            _write_json(options.json, busy.json_rows(compared, machine))
        return 0
    if options.against:
        print(machine)
        benchmark_against(options.against.resolve(), rows, sorted(set(options.threads)))
        return 0
    print("\n".join(text for text in (machine, report.without_torch(), "", report.HOW) if text))
    results, found = benchmark(rows, sorted(set(options.threads)), ROUNDS)
    for title, lines in [
        ("the most memory that a step holds, besides batch and parameters (tracemalloc)", report.memory(results)),
        ("asked / reached", report.asked_and_reached(results)),
    ]:
        if text := "\n".join(lines):
            print(f"\n{title}\n{text}")
    if options.json:
        _write_json(options.json, report.json_rows(results, found, machine))
    if options.picture:
        main_rows = [result for result in results if result.images == BATCH]
        picture.save(picture.ratios(main_rows or results), options.picture)
    return 0


def _write_json(path: Path, rows: list[dict[str, Any]]) -> None:
    with replace_atomically(path) as temporary:
        temporary.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    cores = usable_cores()
    parser = argparse.ArgumentParser(
        prog="python -m cs_utils.benchmark",
        description="Times the layers and whole training steps of this course's engine, beside other ways to compute "
        "the same: textbook versions in NumPy, and PyTorch where it is installed. Takes some minutes; close what "
        "else computes.",
        epilog="Example: python -m cs_utils.benchmark --only step --threads 1",
    )
    parser.add_argument(
        "--only", metavar="NAME", default="", help='rows whose name contains this: "step", "pool", "5x5"'
    )
    parser.add_argument(
        "--threads", metavar="N", type=_threads, nargs="+", default=sorted({1, cores}),
        help=f"numbers of threads to measure with, 1 to {cores} here (default: 1 and {cores})",
    )  # fmt: skip
    parser.add_argument(
        "--busy",
        action="store_true",
        help="compare several threads with one instead, beside a process that keeps a core busy",
    )
    parser.add_argument(
        "--against",
        metavar="CHECKOUT",
        type=Path,
        help="compare with the engine of another checkout of this course (see git worktree) instead, in turns",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write one row per measurement to this file")
    parser.add_argument(
        "--picture", metavar="FILE.png", type=_png, help=f"draw the ratios of all rows with batch {BATCH} as bars"
    )
    return parser


def _threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= usable_cores():
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {usable_cores()}, the cores of this process")
    return int(text)


def _png(text: str) -> Path:
    if Path(text).suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"{text!r} does not end with .png")
    return Path(text)


if __name__ == "__main__":
    sys.exit(main())
