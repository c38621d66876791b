"""``python course.py marks``: take marks given in formgrader, and late penalties, into tables and students' pages."""

import argparse
import sys
from pathlib import Path

from cs_utils.grading.authoring.paths import ROOT, lessons
from cs_utils.grading.classroom import report
from cs_utils.grading.classroom.__main__ import Trouble, open_desk
from cs_utils.grading.classroom.gradebook import Unavailable


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Read the gradebook, and write anew what its marks by hand change. Nothing is graded again."""
    parser = argparse.ArgumentParser(
        prog="course.py marks",
        description="Take marks given by hand in formgrader, and late penalties, into grades.csv and the pages.",
    )
    parser.add_argument("--db", metavar="URL", help="the gradebook's database (default: SQLite in grading/)")
    options = parser.parse_args(arguments)
    # The class that formgrader shows: see nbgrader_config.py.
    folder = next((f for f in (root / "grading", root / "grading" / "sample") if (f / "results").is_dir()), None)
    if folder is None:
        print("No class was graded here yet: python course.py grade --submitted DIR_OR_ZIP", file=sys.stderr)
        return 1
    try:
        with open_desk(folder, options.db, lessons()) as desk:
            changed = desk.take_marks_by_hand()
            problem = "\n".join(filter(None, [desk.write(), desk.write_overview()]))
    except (Trouble, Unavailable) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    for _, record in changed:
        late = f", {record.penalty:g} taken off for being late" if record.penalty else ""
        print(f"{record.assignment} {record.student}: {record.after_penalty(record.points):g} points{late}")
    waiting = sum(row.by_hand and row.points is None for record in desk.known.values() for row in record.rows)
    print(f"{len(changed)} submissions changed; {waiting} answers still to be graded by hand.")
    print(f"Marks: {folder / 'grades.csv'} ({report.statuses(desk.known.values())})")
    if problem:
        print(problem)
    return int(bool(problem))


if __name__ == "__main__":
    sys.exit(main())
