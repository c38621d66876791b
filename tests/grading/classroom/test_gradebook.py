"""nbgrader's gradebook, on SQLite and on PostgreSQL: what is written once stays, and its own tools can read it."""

import contextlib
import copy
import csv
import json
import sqlite3

import nbformat
import pytest
from handed_in import CONVOLUTION, answered, index
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy import create_engine, text

from cs_utils.grading.campaign.picture import differences, gradebook, picture
from cs_utils.grading.classroom.__main__ import main
from cs_utils.grading.classroom.gradebook import Book, Unavailable, back_up
from cs_utils.grading.classroom.material import material
from cs_utils.grading.classroom.records import GRADED, INFRASTRUCTURE, QUARANTINED
from cs_utils.grading.classroom.unit import Unit, not_graded

L = CONVOLUTION.name
WRITTEN = "why_share_weights"


def record(student="anna", status=GRADED, share=1.0):
    """A record in which every exercise has a share of its points; the written answer waits for a person."""
    made = not_graded(Unit(student, L, b""), status, "")
    for row in made.rows:
        if status == GRADED and not row.by_hand:
            row.auto = share * row.max_points
    return made


@contextlib.contextmanager
def opened(url, *lessons):
    with contextlib.closing(Book(url, lessons or [material(L)])) as book:
        yield book


def write(url, *records):
    with opened(url) as book:
        book.write([(one.student, one) for one in records])


def test_nbgrader_reads_what_was_written(url, tmp_path):
    write(url, record("anna"), record("berta", share=0.5), record("clara", QUARANTINED))
    with Gradebook(url, "convnets") as theirs:
        scores = {s.student.id: (s.score, s.max_score, s.needs_manual_grade) for s in theirs.assignment_submissions(L)}
        plugin = CsvExportPlugin()
        plugin.to = str(tmp_path / "export.csv")
        plugin.export(theirs)
    assert scores == {"anna": (13, 15, True), "berta": (6.5, 15, True), "clara": (0, 15, True)}
    with (tmp_path / "export.csv").open(encoding="utf-8", newline="") as file:
        assert {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)} == {
            student: score for student, (score, _, _) in scores.items()
        }


def test_writing_again_changes_nothing(url):
    write(url, record("anna"), record("berta", QUARANTINED))
    before = gradebook(url)
    write(url, record("anna"))
    with opened(url) as book:
        for _ in range(2):
            book.write([("berta", record("berta", QUARANTINED)), ("anna", record("anna"))])
    assert gradebook(url) == before
    assert any(name.startswith("gradebook: grade ") for name in before)


def test_what_the_machine_could_not_grade_changes_nothing(url):
    write(url, record("anna"))
    before = gradebook(url)
    write(url, record("anna", INFRASTRUCTURE), record("berta", INFRASTRUCTURE))
    assert gradebook(url) == before


def test_marks_by_hand_and_penalties_survive_another_grading(url):
    write(url, record("anna"))
    with Gradebook(url, "convnets") as theirs:
        by_hand = theirs.find_grade(WRITTEN, "convolution", L, "anna")
        by_hand.manual_score, by_hand.extra_credit, by_hand.needs_manual_grade = 1.5, 0.25, False
        corrected = theirs.find_grade("test_conv_layer", "convolution", L, "anna")
        corrected.manual_score = 2.0
        theirs.find_submission_notebook("convolution", L, "anna").late_submission_penalty = 3.0
        theirs.db.commit()
    write(url, record("anna", share=0.5))
    with opened(url) as book:
        assert book.marks_by_hand() == {("anna", L, WRITTEN): 1.5 + 0.25, ("anna", L, "conv_layer"): 2.0}
        assert book.penalties() == {("anna", L): 3.0}
        assert book.automatic_marks()["anna", L, "conv_layer"] == 1.5
    with Gradebook(url, "convnets") as theirs:
        assert theirs.find_submission(L, "anna").score == 13 / 2 + (2.0 - 1.5) + 1.5 + 0.25
        assert theirs.find_submission_notebook("convolution", L, "anna").late_submission_penalty == 3.0


def test_extra_credit_counts_on_top_of_what_an_exam_gave(url):
    write(url, record("anna"))
    with Gradebook(url, "convnets") as theirs:
        theirs.find_grade("test_conv_layer", "convolution", L, "anna").extra_credit = 0.5
        theirs.db.commit()
    with opened(url) as book:
        assert book.marks_by_hand() == {("anna", L, "conv_layer"): 3.5}
        assert book.penalties() == {}


def with_a_new_cell():
    """The lesson after the instructor has added a graded question to it."""
    course = copy.deepcopy(material(L))
    info = {
        "grade": True,
        "grade_id": "why_pad",
        "locked": False,
        "points": 2,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    cell = nbformat.v4.new_markdown_cell("Write your answer here.", id="why_pad", metadata={"nbgrader": info})
    course.released.cells.insert(index(course.released, WRITTEN), cell)
    return course


def test_a_lesson_that_has_changed_is_followed_and_no_grade_is_lost(url):
    write(url, record("anna"))
    before = gradebook(url)
    with opened(url, with_a_new_cell()) as book:
        book.write([("berta", record("berta"))])
    after = gradebook(url)
    assert differences(before, after)["lost"] == []
    with Gradebook(url, "convnets") as theirs:
        for student in ("anna", "berta"):
            names = [grade.name for grade in theirs.find_submission_notebook("convolution", L, student).grades]
            assert names.count("why_pad") == 1
            assert len(names) == len(set(names))


def test_a_database_that_was_left_half_made_is_completed(url):
    """By a run that was killed before nbgrader had noted the version of the tables."""
    write(url, record("anna"))
    before = gradebook(url)
    for statement in ("DELETE FROM alembic_version", "DROP TABLE alembic_version"):
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()
        write(url)
        assert gradebook(url) == before


def test_nothing_of_a_batch_is_written_when_one_of_it_fails(url):
    broken = record("berta")
    broken.assignment = "99_none"
    with opened(url) as book:
        with pytest.raises(Exception, match="No row"):
            book.write([("anna", record("anna")), ("berta", broken)])
        assert book.automatic_marks() == {}
        book.write([("anna", record("anna"))])
        assert {student for student, _, _ in book.automatic_marks()} == {"anna"}


def test_a_locked_file_is_said_and_written_later(tmp_path):
    address = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with opened(address) as book, contextlib.closing(sqlite3.connect(tmp_path / "gradebook.db")) as lock:
        book.write([])
        lock.isolation_level = None
        lock.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable, match="locked"):
            book.write([("anna", record("anna"))])
        lock.execute("ROLLBACK")
        book.write([("anna", record("anna"))])
        assert book.automatic_marks()


def test_a_server_that_is_away_is_said_and_written_later(server):
    with opened(server.new_database()) as book:
        book.write([("anna", record("anna"))])
        server.stop()
        try:
            for _ in range(2):
                with pytest.raises(Unavailable):
                    book.write([("berta", record("berta"))])
        finally:
            server.start()
        book.write([("berta", record("berta"))])
        assert {student for student, _, _ in book.automatic_marks()} == {"anna", "berta"}


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x/y", "sqlite+nosuch:///x"])
def test_an_address_of_no_database_gets_a_sentence(url):
    with pytest.raises(Unavailable):
        Book(url, [])


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "gradebook.db").write_text("no database" * 1000, encoding="utf-8")
    with opened(f"sqlite:///{tmp_path / 'gradebook.db'}") as book, pytest.raises(Unavailable, match="not a database"):
        book.write([])


def test_a_copy_is_made_before_anything_is_changed(tmp_path):
    path = tmp_path / "gradebook.db"
    write(f"sqlite:///{path}", record("anna"))
    with contextlib.closing(Book(f"sqlite:///{path}", [material(L)], tmp_path / "backups")) as book:
        book.write([("berta", record("berta"))])
    (saved,) = (tmp_path / "backups").iterdir()
    found = gradebook(f"sqlite:///{saved}")
    assert "gradebook: student anna" in found
    assert "gradebook: student berta" not in found


def test_what_a_killed_run_has_half_written_is_not_in_the_copy(tmp_path):
    """Beside the database there is then a journal with which SQLite takes it back."""
    path = tmp_path / "gradebook.db"
    write(f"sqlite:///{path}", record("anna"))
    whole = gradebook(f"sqlite:///{path}")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE source_cell SET source = source || hex(randomblob(5000))")
        killed = tmp_path / "killed"
        killed.mkdir()
        for suffix in ("", "-journal"):
            (killed / f"gradebook.db{suffix}").write_bytes((tmp_path / f"gradebook.db{suffix}").read_bytes())
        writer.execute("ROLLBACK")
    saved = back_up(killed / "gradebook.db", tmp_path / "backups")
    assert gradebook(f"sqlite:///{saved}") == whole


@pytest.mark.slow
def test_a_class_has_the_same_gradebook_on_both(server, tmp_path):
    place = tmp_path / "in" / "anna" / L
    place.mkdir(parents=True)
    (place / CONVOLUTION.notebook).write_text(json.dumps(answered()), encoding="utf-8")
    (tmp_path / "in" / "berta" / L).mkdir(parents=True)
    (tmp_path / "in" / "berta" / L / CONVOLUTION.notebook).write_text("{", encoding="utf-8")
    addresses = {"sqlite": f"sqlite:///{tmp_path / 'file.db'}", "postgresql": server.new_database()}
    pictures = {}
    for name, address in addresses.items():
        root = tmp_path / name
        (root / "grading").mkdir(parents=True)
        (root / "grading" / "secret").write_bytes(b"the same")
        for _ in range(2):
            assert (
                main(["--submitted", str(tmp_path / "in"), "--assignment", L, "--workers", "1", "--db", address], root)
                == 0
            )
        pictures[name] = picture(root / "grading", address)
    assert pictures["sqlite"] == pictures["postgresql"]
    assert any(name.startswith("gradebook: grade ") for name in pictures["postgresql"])
