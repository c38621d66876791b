"""One submission, from the file that was handed in to its record. Never raises for a student's error.

This is the seam: whoever runs submissions elsewhere (a sandbox, another machine) replaces `run`.
"""

import shutil
import stat
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.authoring.text import exercise_of
from cs_utils.grading.classroom.intake.reading import Quarantined
from cs_utils.grading.classroom.intake.rebuild import Rebuilt, rebuild
from cs_utils.grading.classroom.records import (
    CRASHED,
    GRADED,
    INFRASTRUCTURE,
    QUARANTINED,
    REPAIRED,
    TIME_LIMIT,
    Record,
    Row,
)
from cs_utils.grading.exams import first_problem
from cs_utils.grading.exercises import EXERCISES
from cs_utils.grading.limits import LARGEST_FILE, LARGEST_NOTEBOOK, MB


def grade(api: NbGraderAPI, lesson: Lesson, student: str, folder: Path) -> Record:
    """Grade what `folder` holds for one student and lesson, into nbgrader's gradebook and a page of feedback."""
    try:
        released = nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4)
        intake = _take_in(folder / lesson.notebook, released)
    except Quarantined as reason:
        return Record(
            student, lesson.name, QUARANTINED, str(reason), _empty_rows(lesson, None, QUARANTINED, str(reason))
        )
    intake.repairs += _hand_on(api, lesson, student, folder, intake.notebook)
    if (failure := run(api, lesson, student)) is not None:
        _zero(api, lesson, student)
        return Record(student, lesson.name, CRASHED, failure, _empty_rows(lesson, 0.0, CRASHED, failure))
    executed = nbformat.read(
        _path(api.coursedir.autograded_directory, api, lesson, student) / lesson.notebook, as_version=4
    )
    status, message = (REPAIRED, "; ".join(intake.repairs)) if intake.repairs else (GRADED, "")
    record = Record(student, lesson.name, status, message, _rows(api, lesson, student, executed, status))
    for row in record.rows:
        if row.status not in (GRADED, REPAIRED):
            record.status, record.message = row.status, row.message
    feedback = api.generate_feedback(lesson.name, student, force=True)
    if not feedback["success"]:
        record.message += " no feedback page: " + feedback["error"].strip().splitlines()[-1]
    return record


def _take_in(path: Path, released: NotebookNode) -> Rebuilt:
    if not is_plain_file(path):
        raise Quarantined(f"{path.name} is missing, or is no plain file")
    if path.stat().st_size > LARGEST_NOTEBOOK:
        raise Quarantined(f"{path.name} has {path.stat().st_size / MB:.0f} MB, at most {LARGEST_NOTEBOOK / MB:.0f}")
    return rebuild(path.read_bytes(), released)


def copy_handed_in(source: Path, destination: Path, names: list[str]) -> list[str]:
    """Copy the files that an assignment allows beside its notebook, and return, in words, which were left out and why.

    Plain files of bounded size are copied, nothing else.
    """
    left_out = []
    for name in [*names, "timestamp.txt"]:
        path = source / name
        if not is_plain_file(path):
            if path.is_symlink() or path.exists():
                left_out.append(f"{name} is no plain file and was left out")
        elif path.stat().st_size > LARGEST_FILE:
            left_out.append(f"{name} is larger than {LARGEST_FILE:,} bytes and was left out")
        else:
            shutil.copyfile(path, destination / name)
    return left_out


def is_plain_file(path: Path) -> bool:
    """Is there a regular file here, and no link, pipe or folder?"""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def run(api: NbGraderAPI, lesson: Lesson, student: str) -> str | None:
    """Run one submission and score it into the gradebook; return why it could not be, or None."""
    result = api.autograde(lesson.name, student, force=True, create=True)
    error = result.get("error", "")
    if "KeyboardInterrupt" in error:
        raise KeyboardInterrupt
    if result["success"]:
        return None
    if "DeadKernelError" in error or "DeadKernelError" in result.get("log", ""):
        return "its Python process ended while the notebook ran (exit(), or a crash in compiled code)"
    return (error.strip().splitlines() or ["it could not be run"])[-1]


def _hand_on(api: NbGraderAPI, lesson: Lesson, student: str, folder: Path, notebook: NotebookNode) -> list[str]:
    """Put the rebuilt notebook, and the files that may come with it, where nbgrader looks; say what was left out."""
    place = _path(api.coursedir.submitted_directory, api, lesson, student)
    place.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place)  # with what an editor may have left there, such as .ipynb_checkpoints
    place.mkdir()
    nbformat.write(notebook, place / lesson.notebook)
    return copy_handed_in(folder, place, api.config.Autograde.exclude_overwriting.get(lesson.name, []))


def _path(directory: str, api: NbGraderAPI, lesson: Lesson, student: str) -> Path:
    return Path(api.coursedir.format_path(directory, student, lesson.name))


def _rows(api: NbGraderAPI, lesson: Lesson, student: str, executed: NotebookNode, status: str) -> list[Row]:
    """Return a row an exercise, from the gradebook and from what the exams printed."""
    cells = {c.metadata.nbgrader["grade_id"]: c for c in executed.cells if c.metadata.get("nbgrader", {}).get("grade")}
    rows = []
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        submission = gradebook.find_submission_notebook(Path(lesson.notebook).stem, lesson.name, student)
        for grade in submission.grades:
            item = exercise_of(grade.name, lesson.name)
            if item is None:
                continue
            problem, found = _problem(cells.get(grade.name), status)
            if found == INFRASTRUCTURE:
                grade.auto_score, grade.needs_manual_grade = None, True
            by_hand = grade.needs_manual_grade and grade.manual_score is None
            points = None if by_hand else grade.score
            message = problem or ("to be graded by hand" if by_hand else "")
            rows.append(Row(item.name, grade.max_score, points, found, message))
        gradebook.db.commit()
    order = list(EXERCISES)
    return sorted(rows, key=lambda row: order.index(row.exercise))


def _problem(cell: NotebookNode | None, status: str) -> tuple[str, str]:
    """Return what a grade cell says went wrong, and the status that follows."""
    for output in cell.get("outputs", []) if cell is not None else []:
        if output.output_type == "stream" and output.name == "stdout" and (problem := first_problem(output.text)):
            return problem, status
        if output.output_type == "error":
            found = {"CellTimeoutError": TIME_LIMIT, "Infrastructure": INFRASTRUCTURE}.get(output.ename, status)
            return f"{output.ename}: {output.evalue}".rstrip(": "), found
    return "", status


def _empty_rows(lesson: Lesson, points: float | None, status: str, message: str) -> list[Row]:
    items = [item for item in EXERCISES.values() if item.lesson == lesson.name]
    return [Row(item.name, item.points, points, status, message) for item in items]


def _zero(api: NbGraderAPI, lesson: Lesson, student: str) -> None:
    """Write 0 points for a submission that could not be run, and ask for a look by hand."""
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        for notebook in gradebook.update_or_create_submission(lesson.name, student).notebooks:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = 0.0, True
        gradebook.db.commit()
