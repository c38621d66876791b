"""Which checks have passed in a student's copy, kept from one day to the next."""

import json
import os
from functools import cache
from pathlib import Path

from cs_utils.files import replace_atomically
from cs_utils.system import course_folder

COPY = course_folder()
FILE = "progress.json"


def passed() -> list[str]:
    """Return the names of the exercises whose checks have passed in this copy of the course, in any notebook.

    A check that fails later takes nothing away. In the instructor's repository, and wherever notebooks are executed to
    be graded or compared, nothing is kept and the list is empty.
    """
    return sorted(_kept(COPY / FILE)) if _keeps() else []


def remember(name: str) -> None:
    """Keep that the check of an exercise has passed; without a word where that is not possible."""
    if not _keeps():
        return
    _here().add(name)
    path = COPY / FILE
    before = _kept(path)
    now = before | _here()  # another notebook that wrote at the same moment cannot make this one's passes vanish
    if now == before:
        return
    try:
        with replace_atomically(path) as draft:
            draft.write_text(json.dumps({"passed": sorted(now)}, indent=1) + "\n", encoding="utf-8")
    except OSError:  # a full disk or a folder that may not be written to is no reason for a check to fail
        return


def _keeps() -> bool:
    """A student's copy has no grader. While notebooks are graded, or compared by pytest --nbval, nothing is kept."""
    graded = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    return not ((COPY / "cs_utils" / "grading").exists() or graded or "PYTEST_VERSION" in os.environ)


@cache
def _here() -> set[str]:
    """What has passed in this process."""
    return set()


def _kept(path: Path) -> set[str]:
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["passed"]
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or not a file that `remember` wrote
        return set()
    return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
