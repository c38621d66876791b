"""The table of a run: per exercise what was generated, what is right after all, and what exam and check noticed."""

from collections import Counter
from collections.abc import Sequence

from tabulate import tabulate

from cs_utils.grading.mutants.run import Row

HEAD = ("exercise", "generated", "equivalent", "wrong", "caught", "seen", "named", "not true")


def caught(row: Row) -> bool:
    """Does a mutant lose points whatever the seed?"""
    return bool(row.verdict.caught) and all(row.verdict.caught)


def table(rows: dict[str, Sequence[Row]]) -> str:
    """Return the table, with a line per exercise and one for all."""
    lines = [_line(name, found) for name, found in rows.items()]
    return str(tabulate([*lines, _line("all", [row for found in rows.values() for row in found])], HEAD))


def _line(name: str, rows: Sequence[Row]) -> tuple[object, ...]:
    wrong = [row for row in rows if row.verdict.differs]
    return (
        name,
        len(rows),
        len(rows) - len(wrong),
        len(wrong),
        _share([caught(row) for row in wrong]),
        _share([row.verdict.seen for row in wrong]),
        sum(bool(row.verdict.named) for row in wrong),
        sum(bool(row.verdict.untrue) for row in wrong),
    )


def _share(found: list[bool]) -> str:
    missing = len(found) - sum(found)
    return "all" if not missing else f"all but {missing}"


def kinds(rows: dict[str, Sequence[Row]]) -> str:
    """Return, for each kind of change, how many were wrong and why the others are right."""
    every = [row for found in rows.values() for row in found]
    reasons = sorted({row.verdict.reason for row in every if row.verdict.reason})
    counted = Counter((row.kind, row.verdict.reason) for row in every)
    lines = [[kind, *(counted[kind, reason] for reason in ["", *reasons])] for kind in sorted({r.kind for r in every})]
    return str(tabulate(lines, ["change", "wrong", *reasons]))


def holes(rows: dict[str, Sequence[Row]]) -> list[str]:
    """Return, in words, each mutant that keeps its points, that the check does not see, or that gets a wrong name."""
    found = []
    for row in (row for several in rows.values() for row in several if row.verdict.differs):
        faults = [] if caught(row) else [f"keeps its points on seeds {_kept(row)}"]
        faults += [] if row.verdict.seen else ["the check does not see it"]
        faults += [f"is told: {hint}" for hint in row.verdict.untrue]
        if faults:
            place = f"{row.key} ({row.where}), {row.kind}: {_short(row.before)}  ->  {_short(row.after)}"
            found.append("\n    ".join([place, *faults]))
    return found


def _kept(row: Row) -> str:
    return ", ".join(str(seed) for seed, lost in enumerate(row.verdict.caught) if not lost) or "none"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else line[:87] + "..."
