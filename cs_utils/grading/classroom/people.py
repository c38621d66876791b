"""Who the students are for the learning platform that their work came from: `grading/people.json`.

A submission from an export of Moodle or Canvas has a number in its name by which the platform knows its owner: Moodle
another one for each assignment. It is what marks and feedback find their way back by.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from cs_utils.files import replace_atomically
from cs_utils.grading.classroom.intake.collect import Submission, safe_id
from cs_utils.grading.classroom.intake.names import Owner

FILE = "people.json"
People = dict[tuple[str, str], Owner]  # by the student's id and lesson


def read(folder: Path) -> People:
    """Return what is known; nothing where there is no such file, or none that can be read."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {(student, lesson): Owner(*owner) for lesson, of in kept.items() for student, owner in of.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def remember(folder: Path, submissions: Iterable[Submission]) -> None:
    """Add the owners of some submissions to what is known."""
    known = read(folder)
    found = {(safe_id(one.student), one.lesson): one.owner for one in submissions if one.owner is not None}
    if not found or {**known, **found} == known:
        return
    kept: dict[str, dict[str, list[str]]] = {}
    for (student, lesson), owner in sorted({**known, **found}.items()):
        kept.setdefault(lesson, {})[student] = [owner.name, owner.number, owner.platform]
    with replace_atomically(folder / FILE) as draft:
        draft.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
