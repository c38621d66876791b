"""A lesson that is corrected after it was graded: all are graded again, and marks given by hand stay."""

import csv
import json

import nbformat
import pytest
from course_copy import copy_course, run_in
from handed_in import CONVOLUTION, answered, find, index, released
from nbgrader.api import Gradebook

from cs_utils.grading.authoring.paths import Lesson

pytestmark = pytest.mark.slow
L = CONVOLUTION.name
GIVEN = {"grade": False, "grade_id": "tip", "locked": True, "schema_version": 3, "solution": False, "task": False}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course in which ana handed in right answers and ben none; a written one of hers was marked, too."""
    root = copy_course(tmp_path_factory.mktemp("course"), CONVOLUTION)
    for student, notebook in (("ana", answered()), ("ben", released())):
        hand_in(root, student, notebook)
    done = grade(root)
    assert done.returncode == 0, done.stdout + done.stderr
    with gradebook_of(root) as gradebook:
        mark = gradebook.find_grade("why_share_weights", "convolution", L, "ana")
        mark.manual_score, mark.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    return root


def hand_in(root, student, notebook):
    place = root / "grading" / "submitted" / student / L
    place.mkdir(parents=True)
    (place / CONVOLUTION.notebook).write_text(json.dumps(notebook), encoding="utf-8")


def grade(root):
    return run_in(root, "-m", "cs_utils.grading.classroom", "--assignment", L)


def gradebook_of(root):
    return Gradebook(f"sqlite:///{(root / 'grading' / 'gradebook.db').as_posix()}", "convnets")


def change(root, edit):
    """Edit the lesson's solution and its released notebook alike, as a build would after an edit of its text."""
    lesson = Lesson(root, L)
    for path in (lesson.solution, lesson.release):
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        edit(notebook)
        nbformat.write(notebook, path)


def add_a_cell(notebook):
    cell = nbformat.v4.new_code_cell('print("Tip: draw it on paper first.")', id="tip", metadata={"nbgrader": GIVEN})
    notebook.cells.insert(index(notebook, "window_score"), cell)


def take_the_cell_away(notebook):
    notebook.cells.remove(find(notebook, "tip"))


def harden_a_test(notebook):
    find(notebook, "test_window_score").source = "assert False, 'the instructor was in a bad mood'"


@pytest.mark.parametrize(
    ("edit", "late", "window_score"),
    [(add_a_cell, "cy", 1.0), (harden_a_test, "dee", 0.0), (take_the_cell_away, "eve", 0.0)],
)
def test_a_changed_lesson_is_graded_again_with_marks_by_hand_kept(course, edit, late, window_score):
    """In this order: each change comes on top of the ones before."""
    change(course, edit)
    hand_in(course, late, answered())
    done = grade(course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    with (course / "grading" / "grades.csv").open(encoding="utf-8", newline="") as file:
        points = {(row["student"], row["exercise"]): row["points"] for row in csv.DictReader(file)}
    assert points["ana", "why_share_weights"] == "1.5"
    assert points[late, "why_share_weights"] == ""
    for student in ("ana", late):
        assert float(points[student, "window_score"]) == window_score
        assert points[student, "conv_batch"] == "3"
    assert float(points["ben", "conv_batch"]) == 0
    with gradebook_of(course) as gradebook:
        totals = {s.student.id: s.score for s in gradebook.assignment_submissions(L)}
        assert totals["ana"] == 12 + window_score + 1.5
        assert totals[late] == 12 + window_score
        cells = {cell.name for cell in gradebook.find_notebook("convolution", L).source_cells}
        assert "tip" in cells
