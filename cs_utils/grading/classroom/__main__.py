"""``python course.py grade``: grade a class, or the sample class that the course brings along."""

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.authoring.solution import stand_in
from cs_utils.grading.classroom import report, sample, workers
from cs_utils.grading.classroom.batch import Desk, grade_all
from cs_utils.grading.classroom.explain import explain
from cs_utils.grading.classroom.gradebook import SQLITE, Book, Unavailable
from cs_utils.grading.classroom.intake.collect import Submission, collect, safe_id
from cs_utils.grading.classroom.material import material
from cs_utils.grading.classroom.records import INFRASTRUCTURE, Record
from cs_utils.grading.classroom.sandbox import NoSandbox, try_sandbox
from cs_utils.grading.classroom.unit import Unit
from cs_utils.progress import duration, time_left
from cs_utils.system import replace_unprintable, usable_cores

RISK = "--trust-submissions"


class Trouble(Exception):
    """Something that whoever grades can put right; its text says how."""


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Grade as the command line says, in the folder `root`/grading."""
    options = _parser().parse_args(arguments)
    warnings.filterwarnings("ignore", "Object of type .* not in session")  # nbgrader's; nothing is lost by it
    try:
        if options.submitted is None and not has_real_students(root / "grading" / "submitted"):
            return _grade_sample_class(root, options)
        return _grade(root, options.submitted or root / "grading" / "submitted", options)
    except (Trouble, Unavailable, OSError) as trouble:  # OSError: a full disk, a folder that may not be written to
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was graded is kept; the same command goes on.")
        return 1


def _grade_sample_class(root: Path, options: argparse.Namespace) -> int:
    """Make the sample class and grade it, in a folder of its own: a real class's marks are never mixed with it."""
    print("No class was given, so this grades the sample class, which is made by code.")
    print("To grade yours: python course.py grade --submitted DIR_OR_ZIP")
    folder = root / "grading" / "sample"
    with stand_in():
        sample.make_class(_chosen(options.assignment), folder / "submitted")
        return _grade(root, folder / "submitted", options, folder, ours=True)


def has_real_students(folder: Path) -> bool:
    """Has anybody but a sample class handed in here?"""
    return folder.is_dir() and any(not path.name.startswith((".", sample.PREFIX)) for path in folder.iterdir())


def _chosen(name: str | None) -> list[Lesson]:
    found = [lesson for lesson in lessons() if name in (None, lesson.name)]
    if not found:
        raise Trouble(f"There is no assignment {name!r}; there are {', '.join(x.name for x in lessons())}.")
    return found


def _grade(
    root: Path, source: Path, options: argparse.Namespace, folder: Path | None = None, ours: bool = False
) -> int:
    """Grade what `source` holds; print and write the marks."""
    if not source.exists():
        raise Trouble(f"There is no folder or zip {source}; it should hold STUDENT/ASSIGNMENT/NOTEBOOK.ipynb.")
    chosen = _chosen(options.assignment)
    submissions, passed_over = collect(source, chosen)
    for line in passed_over:
        print(f"passed over: {line}")
    if options.student:
        submissions = [found for found in submissions if found.student == options.student]
    if not submissions:
        raise Trouble(f"{source} holds no submission for this: it should hold STUDENT/ASSIGNMENT/NOTEBOOK.ipynb.")
    folder = folder or root / "grading"
    with open_desk(folder, options.db, chosen) as desk:
        if options.explain:
            return explain(desk, submissions, *options.explain)
        return _grade_at(desk, submissions, options, ours, root)


def _grade_at(desk: Desk, submissions: list[Submission], options: argparse.Namespace, ours: bool, root: Path) -> int:
    units = desk.plan(submissions, options.force)
    sandboxed = bool(units) and _sandboxed(options, ours)
    known = len(submissions) - len(units)
    if known:
        print(f"{known} of {len(submissions)} submissions are graded already (--force grades them again).")
    began = time.perf_counter()
    if units:
        with workers.cluster(min(options.workers or usable_cores(), len(units)), options.scheduler) as client:
            records = workers.graded(units, client, sandboxed, desk.begin)
            grade_all(desk, units, records, _teller(len(units), began, options.force))
    problem = desk.finish()
    _tell(desk, submissions, units, time.perf_counter() - began, root)
    if problem:
        print(f"{problem}\nRun the same command again: what is known is kept, and written then.")
    here = [desk.known[key] for key in {(desk.id(found), found.lesson) for found in submissions} if key in desk.known]
    return int(bool(problem) or any(record.status == INFRASTRUCTURE for record in here))


@contextmanager
def open_desk(folder: Path, url: str | None, chosen: list[Lesson]) -> Iterator[Desk]:
    """Yield the folder in which a class is graded, for this run alone. Without a `url` the gradebook is in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", blocking=False):
            url = url or f"{SQLITE}{(folder / 'gradebook.db').as_posix()}"
            with closing(Book(url, [material(lesson.name) for lesson in chosen], folder / "backups")) as book:
                desk = Desk(folder, book)
                desk.catch_up()
                yield desk
    except Timeout:
        raise Trouble(f"Another command grades in {folder}: wait for its end.") from None


def _sandboxed(options: argparse.Namespace, ours: bool) -> bool:
    try:
        try_sandbox()
        return True
    except NoSandbox as reason:
        if not (ours or options.trust_submissions):
            raise Trouble(
                f"There is no sandbox here: {reason}. Submissions are programs by strangers: without a sandbox they "
                f"can read and change all that you can.\nOn Linux install bubblewrap; elsewhere see docs/grading.md. "
                f"To run them all the same, as your user: {RISK}"
            ) from None
        print(f"Without a sandbox ({reason}): these submissions run as your user.")
        return False


def _teller(total: int, began: float, forced: bool) -> Callable[[int, Record, Record | None], None]:
    def tell(number: int, record: Record, before: Record | None) -> None:
        about = time_left(number, total - number, time.perf_counter() - began) if number < total else ""
        print(f"[{number}/{total}{about}] {record.assignment} {record.student}: {record.points:g} points, "
              f"{record.status}", flush=True)  # fmt: skip
        if forced and before is not None and before.points != record.points:
            print(f"    was {before.points:g} points, {before.status}")

    return tell


def _tell(desk: Desk, submissions: list[Submission], graded: list[Unit], seconds: float, root: Path) -> None:
    records = [desk.known[desk.id(found), found.lesson] for found in submissions]
    print("\n" + report.table(records))
    path = desk.folder.relative_to(root) if desk.folder.is_relative_to(root) else desk.folder
    print(f"\n{report.statuses(records)}. {len(graded)} graded in {duration(seconds)}.")
    if graded:
        now = [desk.known[safe_id(unit.student), unit.lesson] for unit in graded]
        print(f"Where the time of all workers went: {report.times(now, desk.seconds)}.")
    print(f"Marks: {path}/grades.csv. How the class did: {path}/report.html. Pages for students: {path}/feedback.")
    if any(row.by_hand and row.points is None for record in records for row in record.rows):
        print("Written answers are graded by hand: python course.py lab, then Nbgrader > Formgrader.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course.py grade",
        description="Grade a class in a sandbox. With no class given, and none in grading/submitted, it grades the "
        "sample class. What is graded already stays; after an interruption the same command goes on.",
    )
    add = parser.add_argument
    add("--assignment", metavar="A", help="only this one, such as 02_convolution (default: all)")
    add("--student", metavar="S", help="only this student, as the name was handed in")
    add(
        "--submitted",
        type=Path,
        metavar="DIR_OR_ZIP",
        help="a folder per student, nbgrader's submitted/ tree, or a zip from Moodle or Canvas "
        "(default: grading/submitted)",
    )
    add("--workers", type=int, metavar="N", help="submissions graded at once (default: one per core)")
    add("--scheduler", metavar="ADDRESS", help="a dask cluster to grade on, such as tcp://host:8786")
    add("--db", metavar="URL", help="the gradebook's database (default: SQLite in grading/gradebook.db)")
    add("--force", action="store_true", help="grade again what is graded already, and say which marks changed")
    add("--explain", nargs=2, metavar=("STUDENT", "EXERCISE"), help="show each hidden case: input, answer, expectation")
    add(RISK, action="store_true", help="run submissions as your user where there is no sandbox")
    return parser


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
