"""``python -m cs_utils.grading.mutants``: wrong answers made by machine, and what exam and check make of them."""

import argparse
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from threadpoolctl import threadpool_limits

from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import with_answers
from cs_utils.grading.mutants.run import Results, Row, judge_all, mutants, version
from cs_utils.grading.mutants.table import holes, kinds, table
from cs_utils.progress import Progress, duration, time_left


def main(arguments: list[str] | None = None) -> int:
    """Run as the command line says; return 0 if no mutant is a hole."""
    options = _parser().parse_args(arguments)
    exercises = [item for item in with_answers().values() if isinstance(item, Exercise)]
    names = [exercise.name for exercise in exercises]
    if unknown := [name for name in options.exercise if name not in names]:
        print(f"There is no exercise {unknown[0]!r}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    chosen = [exercise for exercise in exercises if exercise.name in (options.exercise or names)]
    try:
        with threadpool_limits(1):
            rows = run(chosen, options.sample, Results(options.results))
    except KeyboardInterrupt:
        print("\nStopped. What was done is kept; the same command goes on.")
        return 1
    print(table(rows), kinds(rows), *holes(rows), sep="\n\n")
    return 1 if holes(rows) else 0


def run(exercises: Sequence[Exercise], most: int | None, results: Results) -> dict[str, Sequence[Row]]:
    """Return the rows of each exercise, those of earlier runs included; shows its progress."""
    progress = Progress()
    rows: dict[str, Sequence[Row]] = {}
    for exercise in exercises:
        begin, fresh = time.monotonic(), 0
        chosen, now, kept = mutants(exercise, most), version(exercise), results.read(exercise)
        keys = {mutant.key for mutant in chosen}
        kept = [row for row in kept if row.key in keys]
        for i, row in enumerate(judge_all(chosen, now, {row.key for row in kept})):
            if row is not None:
                fresh += 1
                kept.append(row)
                results.add(row)
            left = time_left(i + 1, len(chosen) - i - 1, time.monotonic() - begin)
            line = f"{exercise.name}: {i + 1} of {len(chosen)} mutants{left}"
            progress.show(partial(str, line), 0.5)
        rows[exercise.name] = kept
        progress.keep(f"{exercise.name}: {len(kept)} mutants, {fresh} new ({duration(time.monotonic() - begin)})")
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cs_utils.grading.mutants",
        description="Wrong answers made by machine: all right answers, changed in one place each. Prints, per "
        "exercise, how many were generated, how many of them are right after all, how many lose points in the exam "
        "on each of five seeds, how many the check sees and names, and how many names are not true. Then each "
        "mutant that keeps its points, is not seen or has a wrong name. Exit code 0 if there is none. Results are "
        "kept as they come; the same command goes on where it was cut off, and judges anew what has been redefined.",
    )
    parser.add_argument("exercise", nargs="*", help="only these exercises (default: all)")
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants per exercise, always the same ones")
    parser.add_argument(
        "--results",
        type=Path,
        default=ROOT / "grading" / "mutants.jsonl",
        help="the file that keeps them (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
