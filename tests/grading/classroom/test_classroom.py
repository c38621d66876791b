"""The sample class, graded through nbgrader from start to end: who gets what, and what the gradebook is good for."""

import csv
import shutil
from collections import defaultdict

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.classroom.__main__ import has_real_students, main, open_course
from cs_utils.grading.exercises import EXERCISES

# What each member of the sample class loses, by exercise: (least, most). All else is full marks.
LOST = {
    "flipped": {"correlate2d": (1, 3), "init_parameters": (0.5, 1.5), "overfit_small_batch": (0.5, 2)},
    "no_bias": {"conv_layer": (1, 3), "convnet_loss": (0.5, 4)},
    "square_only": {"conv_batch": (0.5, 2)},
    "no_momentum": {"sgd_momentum_step": (1, 2), "overfit_small_batch": (0.5, 2), "trained_net": (3, 3)},
    "perfect": {},
    "warning": {},
    "copied_cell": {},
}
LESSONS = [lesson.name for lesson in lessons()]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of its own in which the sample class has been graded."""
    root = tmp_path_factory.mktemp("course")
    for folder in ("lessons", "solutions", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "*.npz"))
    assert main([], root) == 0
    return root


@pytest.fixture(scope="module")
def grades(course):
    """{(student, exercise): row of grades.csv}"""
    with (course / "grading" / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}


def _auto_graded():
    return [item for item in EXERCISES.values() if item.lesson in LESSONS and hasattr(item, "examine")]


@pytest.mark.parametrize("member", LOST)
def test_everyone_loses_what_the_mistake_costs_and_no_more(grades, member):
    handed_in = [item for item in _auto_graded() if (f"sample_{member}", item.name) in grades]
    assert set(LOST[member]) <= {item.name for item in handed_in}
    for item in handed_in:
        row = grades[f"sample_{member}", item.name]
        least, most = LOST[member].get(item.name, (0, 0))
        lost = item.points - float(row["points"])
        assert least <= lost <= most, (item.name, row["message"])
        assert float(row["max_points"]) == item.points
        if lost:
            assert row["message"]


def test_an_untouched_notebook_earns_nothing(grades):
    assert {float(row["points"]) for (student, _), row in grades.items() if student == "sample_untouched"} == {0.0}


def test_a_crash_is_told_and_stops_nobody(grades):
    rows = [row for (student, _), row in grades.items() if student == "sample_crash"]
    assert {row["status"] for row in rows} == {"crashed"}
    assert len({student for student, _ in grades}) == len(LOST) + 2


def test_repairs_are_told(grades):
    assert {row["status"] for (student, _), row in grades.items() if student == "sample_copied_cell"} == {"repaired"}
    assert {row["status"] for (student, _), row in grades.items() if student == "sample_perfect"} == {"graded"}


def test_written_answers_wait_for_a_person(grades):
    for item in EXERCISES.values():
        if item.lesson in LESSONS and not hasattr(item, "examine"):
            assert grades["sample_perfect", item.name]["points"] == ""
            assert "hand" in grades["sample_perfect", item.name]["message"]


def test_feedback_shows_points_and_no_hidden_test(course, grades):
    pages = sorted((course / "grading" / "feedback").rglob("*.html"))
    graded = {(student, row["assignment"]) for (student, _), row in grades.items() if row["status"] != "crashed"}
    assert len(pages) == len(graded)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "HIDDEN TESTS" not in text
        assert "cs_utils.grading" not in text
    perfect = next(p for p in pages if "sample_perfect" in str(p)).read_text(encoding="utf-8")
    assert "points" in perfect


def test_nbgrader_s_own_tools_read_the_gradebook(course, grades, tmp_path):
    api = open_course(course)
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        plugin = CsvExportPlugin()
        plugin.to = str(tmp_path / "export.csv")
        plugin.export(gradebook)
    totals = defaultdict(float)
    for (student, _), row in grades.items():
        totals[student, row["assignment"]] += float(row["points"] or 0)
    with (tmp_path / "export.csv").open(encoding="utf-8", newline="") as file:
        exported = {(row["student_id"], row["assignment"]): float(row["score"]) for row in csv.DictReader(file)}
    assert {key: exported[key] for key in totals} == pytest.approx(dict(totals))
    assert not any(score for key, score in exported.items() if key not in totals)


def test_manual_points_survive_another_grading(course, grades):
    """Grade one more time after a written answer was graded by hand."""
    written = EXERCISES["why_share_weights"]
    lesson = Lesson(course, written.lesson)
    api = open_course(course)
    notebook = lesson.solution.stem
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        grade = gradebook.find_grade(written.name, notebook, lesson.name, "sample_perfect")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    only = course / "one"
    shutil.copytree(course / "grading" / "submitted" / "sample_perfect", only / "sample_perfect")
    assert main(["--assignment", lesson.name, "--submitted", str(only)], course) == 0
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        grade = gradebook.find_grade(written.name, notebook, lesson.name, "sample_perfect")
        assert grade.manual_score == 1.5


def test_an_unreadable_notebook_is_quarantined_beside_a_graded_one(course, tmp_path):
    lesson = lessons(course)[0]
    for student in ("anna", "berta"):
        (tmp_path / student / lesson.name).mkdir(parents=True)
    (tmp_path / "anna" / lesson.name / lesson.notebook).write_text("{", encoding="utf-8")
    shutil.copyfile(lesson.release, tmp_path / "berta" / lesson.name / lesson.notebook)
    assert main(["--submitted", str(tmp_path)], course) == 0
    with (course / "grading" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["status"] for row in rows if row["student"] == "anna"} == {"quarantined"}
    assert {row["points"] for row in rows if row["student"] == "anna"} == {""}
    assert {row["status"] for row in rows if row["student"] == "berta"} == {"graded"}


@pytest.mark.parametrize("arguments", [["--assignment", "99_none"], ["--submitted", "no/such/folder"]])
def test_wrong_arguments_get_a_sentence(course, capsys, arguments):
    assert main(arguments, course) == 1
    assert capsys.readouterr().err.strip()


def test_an_empty_folder_gets_a_sentence(course, capsys, tmp_path):
    assert main(["--submitted", str(tmp_path)], course) == 1
    assert "STUDENT/ASSIGNMENT" in capsys.readouterr().out


def test_real_students_are_told_from_the_sample_class(tmp_path):
    (tmp_path / "sample_perfect").mkdir()
    assert not has_real_students(tmp_path)
    (tmp_path / "ada").mkdir()
    assert has_real_students(tmp_path)


def test_the_sample_class_never_changes_the_released_notebooks(course):
    for lesson in lessons(course):
        assert lesson.release.read_bytes() == (ROOT / lesson.release.relative_to(course)).read_bytes()
        nbformat.validate(nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4))


def test_the_sample_class_keeps_out_of_the_gradebook_of_a_real_one(tmp_path, capsys):
    shutil.copytree(ROOT / "lessons", tmp_path / "lessons")
    (tmp_path / "grading" / "intake" / "ada").mkdir(parents=True)
    assert main([], tmp_path) == 1
    assert "--submitted" in capsys.readouterr().out
    assert not (tmp_path / "grading" / "submitted").exists()
