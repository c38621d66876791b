"""``python course.py grade``: grade a class, or the sample class that the course brings along."""

import argparse
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from nbgrader.apps import NbGraderAPI

from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.authoring.release import ReleaseError, generate, nbgrader_config
from cs_utils.grading.authoring.solution import stand_in
from cs_utils.grading.classroom import report, sample, submission
from cs_utils.grading.classroom.records import INFRASTRUCTURE, Record


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    options = _parser().parse_args(arguments)
    # nbgrader's own use of its database is at fault here, and nothing is lost by it.
    warnings.filterwarnings("ignore", "Object of type .* not in session")
    chosen = [lesson for lesson in lessons(root) if options.assignment in (None, lesson.name)]
    if not chosen:
        print(f"There is no assignment {options.assignment!r}; there are {_names(lessons(root))}.", file=sys.stderr)
        return 1
    folder = options.submitted or root / "grading" / "submitted"
    if not folder.is_dir() and options.submitted:
        print(f"There is no folder {folder}; it should hold STUDENT/ASSIGNMENT/NOTEBOOK.ipynb.", file=sys.stderr)
        return 1
    try:
        if options.submitted or has_real_students(folder):
            return _grade(root, chosen, folder)
        if has_real_students(root / "grading" / "intake"):
            print("A class was graded here; the sample class would mix with it in its gradebook and its grades.csv.")
            print("To grade yours: python course.py grade --submitted DIR")
            return 1
        print("No class was given, so this grades the sample class, which is made by code.")
        print("To grade yours: python course.py grade --submitted DIR")
        with stand_in():
            sample.make_class(chosen, folder)
            return _grade(root, chosen, folder)
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was graded is in the gradebook; the same command goes on.")
        return 1


def has_real_students(folder: Path) -> bool:
    """Has anybody but the sample class handed in here?"""
    return any(not path.name.startswith((".", sample.PREFIX)) for path in _folders(folder))


def _grade(root: Path, chosen: list[Lesson], folder: Path) -> int:
    """Grade all that `folder` holds for the chosen lessons; print and write the marks."""
    work = [(lesson, student) for lesson in chosen for student in _folders(folder) if (student / lesson.name).is_dir()]
    if not work:
        print(f"{folder} holds no submission for {_names(chosen)}: it should hold STUDENT/ASSIGNMENT/NOTEBOOK.ipynb.")
        return 1
    api = open_course(root)
    for lesson in chosen:
        generate(lesson, api.config)
    start = time.perf_counter()
    records = list(_graded(api, work, start))
    path = root / "grading" / "grades.csv"
    report.write_csv(records, path)
    print("\n" + report.table(records))
    print(f"\n{len(records)} submissions in {time.perf_counter() - start:.0f} s. Marks: {path.relative_to(root)}")
    print("Feedback: grading/feedback. Answers to grade by hand: python course.py lab, then Nbgrader > Formgrader.")
    return 1 if any(record.status == INFRASTRUCTURE for record in records) else 0


def _graded(api: NbGraderAPI, work: list[tuple[Lesson, Path]], start: float) -> Iterator[Record]:
    for done, (lesson, student) in enumerate(work):
        left = (time.perf_counter() - start) / done * (len(work) - done) if done else 0.0
        about = f", about {left:.0f} s left" if done else ""
        print(f"[{done + 1}/{len(work)}{about}] {lesson.name} {student.name}: ", end="", flush=True)
        record = submission.grade(api, lesson, student.name, student / lesson.name)
        print(f"{record.points:g} points, {record.status}", flush=True)
        yield record


def open_course(root: Path) -> NbGraderAPI:
    """Return nbgrader's API on a course: submissions come from the intake, and nothing is released over notebooks/."""
    (root / "grading").mkdir(exist_ok=True)
    config = nbgrader_config(
        root,
        submitted_directory="grading/intake",
        release_directory="grading/release",
        db_url=f"sqlite:///{(root / 'grading' / 'gradebook.db').as_posix()}",
    )
    return NbGraderAPI(config=config)


def _folders(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*") if p.is_dir() and not p.name.startswith(".")) if folder.is_dir() else []


def _names(some: list[Lesson]) -> str:
    return ", ".join(lesson.name for lesson in some)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course.py grade",
        description="Grade a class through nbgrader. "
        "With no class given, and none in grading/submitted, it grades the sample class.",
    )
    parser.add_argument("--assignment", metavar="A", help="only this one, such as 02_convolution (default: all)")
    parser.add_argument(
        "--submitted",
        type=Path,
        metavar="DIR",
        help="folder with STUDENT/ASSIGNMENT/NOTEBOOK.ipynb (default: grading/submitted)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
