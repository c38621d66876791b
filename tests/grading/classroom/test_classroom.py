"""The sample class from start to end: who gets what, what is kept, and what the gradebook is good for."""

import csv
import json
import re
import shutil
from collections import defaultdict

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.classroom import batch
from cs_utils.grading.classroom import gradebook as gradebook_module
from cs_utils.grading.classroom.__main__ import has_real_students, main
from cs_utils.grading.classroom.export.__main__ import main as export
from cs_utils.grading.classroom.hide_tests import HideTests
from cs_utils.grading.classroom.marks import main as marks
from cs_utils.grading.classroom.material import material
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
pytestmark = pytest.mark.slow
LESSONS = [lesson.name for lesson in lessons()]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A folder in which the sample class has been graded."""
    root = tmp_path_factory.mktemp("course")
    assert main([], root) == 0
    return root


def read(folder):
    """{(student, exercise): row of grades.csv}"""
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def grades(course):
    return read(course / "grading" / "sample")


def gradebook_of(folder):
    return Gradebook(f"sqlite:///{(folder / 'gradebook.db').as_posix()}", "convnets")


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


def test_a_known_misconception_is_in_the_table_in_words(grades):
    assert "flipped" in grades["sample_flipped", "correlate2d"]["misconception"]
    assert grades["sample_perfect", "correlate2d"]["misconception"] == ""


def test_pages_show_points_and_no_hidden_test(course, grades):
    pages = sorted((course / "grading" / "sample" / "feedback").rglob("*.html"))
    assert len(pages) == len({(student, row["assignment"]) for (student, _), row in grades.items()})
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "HIDDEN TESTS" not in text
        assert "cs_utils.grading" not in text
        assert "default-src 'none'" in text
    for page in pages:
        student, lesson = page.parts[-3:-1]
        rows = [row for (who, _), row in grades.items() if who == student and row["assignment"] == lesson]
        most = sum(float(row["max_points"]) for row in rows)
        assert rows, page
        assert f"of {most:g} points" in page.read_text(encoding="utf-8")


def test_pages_show_the_pictures_that_a_written_answer_is_about(course):
    page = next((course / "grading" / "sample" / "feedback" / "sample_perfect" / "06_cifar10_convnet").glob("*.html"))
    assert "<summary>What it drew in your notebook</summary><img" in page.read_text(encoding="utf-8")


def test_pages_show_what_students_wrote_and_no_exam(course):
    for page in (course / "grading" / "sample" / "feedback" / "sample_perfect").rglob("*.html"):
        assert "exam(" not in page.read_text(encoding="utf-8"), page


def test_marks_by_hand_in_the_sample_class_count_until_there_is_a_real_one(course, capsys):
    assert marks([], course) == 0
    assert str(course / "grading" / "sample" / "grades.csv") in capsys.readouterr().out


def test_nbgrader_s_own_tools_read_the_gradebook(course, grades, tmp_path):
    with gradebook_of(course / "grading" / "sample") as gradebook:
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


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    """A course in which anna's released notebook of lesson 02 was graded, and berta's was no notebook."""
    tmp_path = tmp_path_factory.mktemp("desk")
    lesson = Lesson(ROOT, "02_convolution")
    for student in ("anna", "berta"):
        (tmp_path / "in" / student / lesson.name).mkdir(parents=True)
    notebook = nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4)
    written = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "why_share_weights")
    written.source = "Because $a<b$ <script>alert(1)</script>"
    nbformat.write(notebook, tmp_path / "in" / "anna" / lesson.name / lesson.notebook)
    (tmp_path / "in" / "berta" / lesson.name / lesson.notebook).write_text("{", encoding="utf-8")
    assert main(grade_again(tmp_path), tmp_path) == 0
    return tmp_path


@pytest.fixture
def desk(graded_once, tmp_path):
    """A copy of that course, which a test may change."""
    shutil.copytree(graded_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def grade_again(root, *more):
    return ["--submitted", str(root / "in"), "--assignment", "02_convolution", "--workers", "1", *more]


def test_an_unreadable_notebook_is_quarantined_beside_a_graded_one(desk):
    rows = read(desk / "grading")
    assert {row["status"] for (student, _), row in rows.items() if student == "berta"} == {"quarantined"}
    assert {row["points"] for (student, _), row in rows.items() if student == "berta"} == {""}
    assert {row["status"] for (student, _), row in rows.items() if student == "anna"} == {"graded"}


def test_what_is_graded_stays_and_nothing_is_forgotten(desk, capsys):
    before = (desk / "grading" / "grades.csv").read_bytes()
    assert main(grade_again(desk), desk) == 0
    assert "graded already" in capsys.readouterr().out
    assert (desk / "grading" / "grades.csv").read_bytes() == before
    assert main(grade_again(desk, "--student", "anna", "--force"), desk) == 0
    assert (desk / "grading" / "grades.csv").read_bytes() == before


def test_marks_given_by_hand_reach_table_and_page_and_survive_another_grading(desk):
    with gradebook_of(desk / "grading") as gradebook:
        grade = gradebook.find_grade("why_share_weights", "convolution", "02_convolution", "anna")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    assert marks([], desk) == 0
    page = next((desk / "grading" / "feedback" / "anna").rglob("*.html"))
    for _ in range(2):
        assert read(desk / "grading")["anna", "why_share_weights"]["points"] == "1.5"
        assert "1.5 of 15 points" in page.read_text(encoding="utf-8")
        assert main(grade_again(desk, "--force"), desk) == 0


def test_a_penalty_for_being_late_reaches_page_and_export_and_survives_another_grading(desk):
    """Beside points by hand and extra credit; it is taken off the sum alone."""
    (desk / "lessons").mkdir()
    (desk / "lessons" / "02_convolution.py").touch()
    with gradebook_of(desk / "grading") as gradebook:
        gradebook.find_submission_notebook("convolution", "02_convolution", "anna").late_submission_penalty = 2.0
        written = gradebook.find_grade("why_share_weights", "convolution", "02_convolution", "anna")
        written.manual_score, written.extra_credit, written.needs_manual_grade = 1.5, 1.0, False
        gradebook.db.commit()
    assert marks([], desk) == 0
    page = next((desk / "grading" / "feedback" / "anna").rglob("*.html"))
    for again in range(2):
        assert read(desk / "grading")["anna", "why_share_weights"]["points"] == "2.5"
        assert "0.5 of 15 points" in page.read_text(encoding="utf-8")
        table = desk / f"marks{again}.csv"
        assert export(["--csv", str(table)], desk) == 0
        assert table.read_text(encoding="utf-8").splitlines()[1] == "anna,0.5,2"
        assert main(grade_again(desk, "--force"), desk) == 0
    with gradebook_of(desk / "grading") as gradebook:
        assert gradebook.find_submission("02_convolution", "anna").late_submission_penalty == 2.0
        gradebook.find_submission_notebook("convolution", "02_convolution", "anna").late_submission_penalty = 0.0
        gradebook.db.commit()
    assert marks([], desk) == 0
    assert "2.5 of 15 points" in page.read_text(encoding="utf-8")


def test_a_stranger_s_markdown_is_text_in_the_page_and_formulas_need_no_script(desk):
    text = next((desk / "grading" / "feedback" / "anna").rglob("*.html")).read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "<math" in text


def test_what_formgrader_shows_is_text_too(desk):
    notebook = next((desk / "grading" / "autograded" / "anna").rglob("*.ipynb"))
    cells = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4).cells
    written = next(c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == "why_share_weights")
    assert "<script" not in written.source
    assert "script" in written.source


def test_no_formula_in_formgrader_needs_a_script(desk):
    notebook = next((desk / "grading" / "autograded" / "anna").rglob("*.ipynb"))
    cells = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert sum("<math" in text for text in texts) > 10
    assert not any("$" in re.sub(r"<code>.*?</code>|`.*?`", "", text, flags=re.S) for text in texts)
    assert not any("\n\n" in text for text in texts if "<math" in text), "Markdown would begin to read it again"


def test_the_model_answer_is_beside_a_written_one_in_formgrader_and_not_in_the_student_s_page(desk):
    notebook = next((desk / "grading" / "autograded" / "anna").rglob("*.ipynb"))
    cells = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4).cells
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
    model = material("02_convolution").schemes["why_share_weights"]
    model = model.partition("=== BEGIN")[0].strip()
    told = cells[names.index("why_share_weights") + 1].source
    assert "The course's own answer" in told
    assert "252,000" in told
    page = next((desk / "grading" / "feedback" / "anna").rglob("*.html")).read_text(encoding="utf-8")
    assert "252,000" in model
    assert "252,000" not in page
    own, _ = HideTests().preprocess(nbformat.from_dict({"cells": cells, "metadata": {}}), {})
    assert not any("252,000" in cell.source for cell in own.cells)


def test_a_lost_secret_leaves_what_is_graded_alone(desk, capsys):
    before = (desk / "grading" / "grades.csv").read_bytes()
    (desk / "grading" / "secret").unlink()
    assert main(grade_again(desk), desk) == 0
    assert "2 of 2 submissions are graded already" in capsys.readouterr().out
    assert (desk / "grading" / "grades.csv").read_bytes() == before


def test_a_gradebook_that_is_away_loses_nothing(desk, monkeypatch, capsys):
    """It is written by the next run."""

    def away(self, records):
        raise gradebook_module.Unavailable("it is locked")

    monkeypatch.setattr(gradebook_module.Book, "write", away)
    monkeypatch.setattr(batch, "PATIENCE", 2.0)
    assert main(grade_again(desk, "--force"), desk) == 1
    assert "locked" in capsys.readouterr().out
    assert len(read(desk / "grading")) == 14
    monkeypatch.undo()
    with gradebook_of(desk / "grading") as gradebook:
        gradebook.remove_submission("02_convolution", "anna")
    assert main(grade_again(desk), desk) == 0
    with gradebook_of(desk / "grading") as gradebook:
        assert gradebook.find_submission("02_convolution", "anna").max_score == 15


def test_a_result_that_was_cut_off_is_graded_again(desk, capsys):
    path = desk / "grading" / "results" / "02_convolution" / "anna.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    before = (desk / "grading" / "grades.csv").read_bytes()
    assert main(grade_again(desk), desk) == 0
    assert "1 graded in" in capsys.readouterr().out
    assert (desk / "grading" / "grades.csv").read_bytes() == before
    assert json.loads(path.read_text(encoding="utf-8"))["student"] == "anna"


def test_the_instructor_can_see_every_hidden_case(desk, capsys):
    assert main(grade_again(desk, "--explain", "anna", "window_score"), desk) == 0
    out = capsys.readouterr().out
    assert "WRONG" in out
    assert "expected" in out


@pytest.mark.parametrize("arguments", [["--assignment", "99_none"], ["--submitted", "no/such/folder"]])
def test_wrong_arguments_get_a_sentence(course, capsys, arguments):
    assert main(arguments, course) == 1
    assert capsys.readouterr().err.strip()


def test_an_empty_folder_gets_a_sentence(course, capsys, tmp_path):
    assert main(["--submitted", str(tmp_path)], course) == 1
    assert "STUDENT/ASSIGNMENT" in capsys.readouterr().err


def test_real_students_are_told_from_the_sample_class(tmp_path):
    (tmp_path / "sample_perfect").mkdir()
    assert not has_real_students(tmp_path)
    (tmp_path / "ada").mkdir()
    assert has_real_students(tmp_path)
