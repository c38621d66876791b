"""What a long run has found so far: a file of JSON lines, which a run that was cut off goes on with."""

import json
from pathlib import Path
from typing import Any

from cs_utils.progress import Progress

Entry = dict[str, Any]


class Log:
    """The results in a file, in the order in which they came.

    Parameters
    ----------
    path : path
        It is made where it is missing. A last line that was cut off is taken away.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
        if lines and not lines[-1].endswith(b"\n"):
            path.write_bytes(b"".join(lines := lines[:-1]))
        self.entries: list[Entry] = [json.loads(line) for line in lines]

    def add(self, entry: Entry) -> None:
        """Keep a result."""
        self.entries.append(entry)
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(entry) + "\n")

    def missing(self, number: int) -> list[int]:
        """Return which of the numbers below `number` have no result yet; each entry has its "number"."""
        there = {entry["number"] for entry in self.entries}
        return [i for i in range(number) if i not in there]


def tell(progress: Progress, line: str, keep: bool) -> None:
    """Show how far a run is: on a line that changes, and now and then on one that stays, for a file."""
    if keep:
        progress.keep(line)
    else:
        progress.show(lambda: line, every=0.2)
