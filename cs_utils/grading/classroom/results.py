"""What is known of a class, on disk: a file per student and lesson, written whole or not at all, and a journal.

A result's file is named after its student and lesson and holds the key of what was graded, so a run that was cut off
goes on where it was, and a submission that has changed since is graded anew. The journal says when each was begun and
ended: it is read by people, and tells how often a submission has been tried.
"""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cs_utils.files import replace_atomically
from cs_utils.grading.classroom.records import INFRASTRUCTURE, Record


class Results:
    """The results in a folder.

    Parameters
    ----------
    folder : path
        It is made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = folder / "journal.jsonl"
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, student: str, lesson: str) -> Path:
        """Where the result of a student (by id) and lesson is kept."""
        return self.folder / lesson / f"{student}.json"

    def load(self, student: str, lesson: str) -> Record | None:
        """Return the record, or None where there is none that can be read."""
        try:
            return Record.from_json(self.path(student, lesson).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def is_done(self, student: str, lesson: str, key: str) -> bool:
        """Is there a result for just this submission, one that is not the machine's fault?"""
        record = self.load(student, lesson)
        return record is not None and record.key == key and record.status != INFRASTRUCTURE

    def save(self, student: str, record: Record) -> None:
        """Keep a record, in place of the student's earlier one for this lesson."""
        path = self.path(student, record.assignment)
        path.parent.mkdir(exist_ok=True)
        with replace_atomically(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(record.to_json())
            file.flush()
            os.fsync(file.fileno())

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        """All results, by lesson and student's id."""
        for path in sorted(self.folder.glob("*/[!.]*.json")):  # a dot: half-written when a run was killed
            if (record := self.load(path.stem, path.parent.name)) is not None:
                yield path.stem, record

    def note(self, event: str, key: str, **more: Any) -> None:
        """Add a line to the journal. Where the disk is full there is none; the results say what is known."""
        with contextlib.suppress(OSError), self.journal.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps({"event": event, "key": key, **more}) + "\n")

    def unfinished(self) -> Counter[str]:
        """How often each submission was begun without an end; a line that was cut off is passed over."""
        begun: Counter[str] = Counter()
        if self.journal.is_file():
            for line in self.journal.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    entry = json.loads(line)
                    begun[entry["key"]] += 1 if entry["event"] == "begun" else -begun[entry["key"]]
                except (ValueError, KeyError, TypeError):
                    continue
        return begun
