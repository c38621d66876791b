"""``python course.py export``: marks into the tables of Canvas and Moodle, into a plain one, and pages for Moodle."""

import argparse
import csv
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from cs_utils.files import replace_atomically
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.classroom import people, report
from cs_utils.grading.classroom.export import feedback_zip, sheet
from cs_utils.grading.classroom.export.fill import GRADE, Told, columns_of_lessons, fill, is_worksheet, total
from cs_utils.grading.classroom.export.sheet import Unusable
from cs_utils.grading.classroom.records import Record
from cs_utils.grading.classroom.results import Results
from cs_utils.system import replace_unprintable


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Export what the command line asks for; return 1 if somebody's mark could not be placed, or nothing could."""
    options = _parser().parse_args(arguments)
    # The class that formgrader shows: see nbgrader_config.py.
    folder = next((f for f in (root / "grading", root / "grading" / "sample") if (f / "results").is_dir()), None)
    if folder is None:
        print("No class was graded here yet: python course.py grade --submitted DIR_OR_ZIP", file=sys.stderr)
        return 1
    try:
        chosen = _chosen(options.assignment, root)
        records = [record for _, record in Results(folder / "results") if record.assignment in {c.name for c in chosen}]
        if not records:
            raise Unusable(f"No work for {options.assignment or 'any lesson'} was graded in {folder}.")
        told = _export(options, folder, records, chosen)
    except (Unusable, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    for problem in told.problems:
        print(f"  {problem}")
    return int(bool(told.problems))


def _chosen(name: str | None, root: Path) -> list[Lesson]:
    found = [lesson for lesson in lessons(root) if name in (None, lesson.name, lesson.name.partition("_")[0])]
    if not found:
        raise Unusable(f"There is no assignment {name!r}; there are {', '.join(one.name for one in lessons(root))}.")
    return found


def _export(options: argparse.Namespace, folder: Path, records: list[Record], chosen: list[Lesson]) -> Told:
    if options.csv:
        _refuse_existing(options.csv, options.overwrite)
        _write_plain(records, options.csv)
        print(f"{len({record.student for record in records})} students: {options.csv}")
        return Told()
    if options.feedback:
        _refuse_existing(options.feedback, options.overwrite)
        if len(chosen) != 1:
            raise Unusable("Moodle takes in the pages of one assignment at a time: say which with --assignment.")
        told = feedback_zip.write(options.feedback, folder, records, people.read(folder))
        print(f"{told.filled} pages: {options.feedback}")
        return told
    source = options.canvas or options.moodle
    target = folder / "export" / source.name
    if target.resolve() == source.resolve():
        raise Unusable(f"{source} is what this command wrote: give the file as the platform exported it.")
    table = sheet.read(source)
    columns = _columns(options, table, chosen)
    told = fill(table, records, columns, people.read(folder), options.overwrite, options.scale)
    sheet.write(table, target)
    for lesson, column in columns.items():
        print(f"{lesson}: column {table.header[column]!r}")
    graded = {record.assignment for record in records}
    told.problems += [f"{name}: the table has no column for it" for name in sorted(graded - columns.keys())]
    print(f"{told.filled} marks filled in: {target} ({source} is as it was; who is not named here has no mark to give)")
    return told


def _columns(options: argparse.Namespace, table: sheet.Sheet, chosen: list[Lesson]) -> dict[str, int]:
    """Return the column for each lesson's marks."""
    if options.moodle and is_worksheet(table):
        if len(chosen) != 1:
            raise Unusable("A grading worksheet is of one assignment: say which with --assignment.")
        column = table.column(*(options.column or GRADE))
        if column is None:
            raise Unusable(f"There is no column {options.column}; there are {', '.join(map(repr, table.header))}.")
        return {chosen[0].name: column}
    named = dict(one.split("=", 1) for one in options.column if "=" in one)
    found = columns_of_lessons(table, chosen, named)
    if not found:
        raise Unusable(
            f"No title names a lesson: say which is which with --column {chosen[0].name}=TITLE. "
            f"The titles are {', '.join(map(repr, table.header))}."
        )
    return found


def _refuse_existing(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise Unusable(f"{path} is there already (--overwrite replaces it).")


def _write_plain(records: Iterable[Record], path: Path) -> None:
    """Write one line per student and one column per lesson; blank where nothing was handed in or a mark is missing.

    Where somebody was late in a lesson, a second column says what the penalty has taken off.
    """
    found = {(record.student, record.assignment): record for record in records}
    names = sorted({lesson for _, lesson in found})
    late = {record.assignment for record in found.values() if record.penalty}
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_atomically(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        titles = [[name, f"{name} late penalty"] if name in late else [name] for name in names]
        writer.writerow(["student", *chain.from_iterable(titles)])
        for student in sorted({student for student, _ in found}):
            cells = [report.plain(student)]
            for name in names:
                record = found.get((student, name))
                mark = total(record) if record else None
                cells.append("" if mark is None else f"{mark:g}")
                if name in late:
                    cells.append(f"{record.penalty:g}" if record else "")
            writer.writerow(cells)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course.py export",
        description="Fill the marks of a graded class into a file that Canvas or Moodle exported. The file stays as it "
        "is; the filled one goes to grading/export/. Who never handed in, or has a mark missing, stays blank.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--canvas", type=Path, metavar="FILE", help="Canvas' gradebook (Gradebook > Export)")
    what.add_argument("--moodle", type=Path, metavar="FILE", help="Moodle's grading worksheet, or its grader report")
    what.add_argument("--csv", type=Path, metavar="FILE", help="write a plain table: a line per student")
    what.add_argument("--feedback", type=Path, metavar="ZIP", help="write the students' pages as a zip for Moodle")
    add = parser.add_argument
    add("--assignment", metavar="A", help="only this one, such as 02_convolution or 02 (default: all)")
    add("--column", action="append", default=[], metavar="A=TITLE", help="where the marks of a lesson belong")
    add("--scale", action="store_true", help="convert marks to the points that the table says there are")
    add("--overwrite", action="store_true", help="replace marks in the table that differ, or a file that is there")
    return parser


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
