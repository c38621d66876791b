"""Marks find their lines in tables of the documented formats, and nothing else in these tables changes."""

import csv
import io
import json
import zipfile

import pytest

from cs_utils.grading.authoring.paths import ROOT, lessons
from cs_utils.grading.classroom import people
from cs_utils.grading.classroom.export.__main__ import main
from cs_utils.grading.classroom.export.sheet import Unusable, read
from cs_utils.grading.classroom.intake.collect import collect, safe_id
from cs_utils.grading.classroom.records import GRADED, QUARANTINED, Record, Row
from cs_utils.grading.classroom.results import Results

LESSON, OTHER = "03_stride_padding", "04_pooling"

# As `lib/gradebook_exporter.rb` of canvas-lms writes it: a line of hidden assignments, points with four spaces before,
# read-only sums, a test student.
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Stride and padding (9001),Pooling (9002),"
    "Assignments Current Score,Current Score,Final Grade\r\n"
    ",,,,,,Manual Posting,,,,\r\n"
    "    Points Possible,,,,,,15.00,12.00,(read only),(read only),(read only)\r\n"
    '"Muster, Anna",101,S1,anna@uni.example,"A, morning",,,,,,\r\n'
    '"Öztürk, Bora",102,S2,bora,A,"a ""note""",7.00,EX,,,\r\n'
    '"Weiß, Zoë",103,S3,zoe,B,,,N/A,,,\r\n'
    '"Student, Test",999,,a1b2c3,A,,,,,,\r\n'
)
# As the offline grading worksheet of mod/assign is written, in English and in German with a decimal comma.
WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 501","Anna Muster",anna@uni.example,"Submitted for grading - ",,15.00,Yes,'
    '"Monday, 2 November 2026, 10:00 AM",-,\n'
    '"Participant 502","Bora Öztürk",bora@uni.example,"No submission - ",,15.00,Yes,-,-,\n'
)
BLATT = (
    "ID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung\r\n"
    "Teilnehmer/in501;Anna Muster;anna@uni.example;Abgegeben;;30,00\r\n"
    "Teilnehmer/in502;Bora Öztürk;bora@uni.example;Nicht abgegeben;;30,00\r\n"
)
GRADER_REPORT = (
    '"First name",Surname,"ID number","Email address","Assignment: Stride and padding (Real)",'
    '"Assignment: Stride and padding (Percentage)","Course total (Real)"\n'
    "Anna,Muster,S1,anna@uni.example,-,-,-\n"
    "Bora,Öztürk,S2,bora@uni.example,-,-,-\n"
)


def record(student, points, lesson=LESSON, status=GRADED, most=15.0):
    return Record(student, lesson, "key", status, rows=[Row("a", most - 2, points, status), Row("b", 2.0, 0.0, status)])


@pytest.fixture
def course(tmp_path):
    """A course with a graded class of three, of whom two came through a platform."""
    (tmp_path / "lessons").mkdir()
    for lesson in lessons(ROOT):
        (tmp_path / "lessons" / f"{lesson.name}.py").touch()
    results = Results(tmp_path / "grading" / "results")
    for one in (record("Anna Muster", 12.5), record("Bora Öztürk", 9.0), record("nobody", 1.0)):
        results.save(safe_id(one.student), one)
    return tmp_path


def export(course, option, text, *more, encoding="utf-8"):
    """Export into a file with this text; return the code and the rows of the filled one."""
    source = course / "from_platform.csv"
    source.write_bytes(text.encode(encoding))
    code = main([option, str(source), *more], course)
    assert source.read_bytes() == text.encode(encoding), "the platform's own file stays"
    filled = course / "grading" / "export" / source.name
    return code, filled.read_bytes().decode(encoding) if filled.exists() else ""


def cells(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_canvas_gets_marks_in_its_own_file_and_nothing_else_changes(course, capsys):
    code, text = export(course, "--canvas", CANVAS)
    said = capsys.readouterr().out
    before, after = cells(CANVAS), cells(text)
    assert after[3][6] == "12.5"
    assert after[4][6] == "7.00", "a mark that is there already stays"
    assert "Bora Öztürk: stays 7.00, is now 9" in said
    assert after[5][6] == after[6][6] == "", "who never handed in has no mark, and not 0"
    assert f"{LESSON} nobody: nobody in the table fits" in said
    assert code == 1, "somebody's mark has no place"
    after[3][6] = ""
    assert after == before
    assert text.count("\r\n") == CANVAS.count("\r\n")


def test_marks_are_replaced_if_asked_but_never_those_of_the_excused(course, capsys):
    results = Results(course / "grading" / "results")
    for student in ("Bora Öztürk", "Zoë Weiß"):
        results.save(safe_id(student), record(student, 5.0, OTHER, most=12.0))
    _, text = export(course, "--canvas", CANVAS, "--overwrite")
    assert cells(text)[4][6:8] == ["9", "EX"]
    assert cells(text)[5][7] == "N/A"
    assert f"{OTHER} Zoë Weiß: stays N/A" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_stay(course, encoding, delimiter):
    rows = cells(CANVAS)
    rows[2][6] = "15,00"
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    _, filled = export(course, "--canvas", text.getvalue(), encoding=encoding)
    rows[3][6] = "12,5"
    assert cells(filled, delimiter) == rows, "with a decimal comma, as the table has it"


def test_a_number_of_the_platform_counts_for_more_than_a_name(course):
    (course / "grading" / people.FILE).write_text(
        json.dumps({LESSON: {"nobody": ["weisszoe", "103", "canvas"]}}), encoding="utf-8"
    )
    _, text = export(course, "--canvas", CANVAS)
    assert cells(text)[5][6] == "1"


def test_two_people_of_one_name_are_named_and_get_no_mark(course, capsys):
    _, text = export(course, "--canvas", CANVAS.replace('"Weiß, Zoë"', '"Muster, Anna"'))
    assert [row[6] for row in cells(text)[3:6]] == ["", "7.00", ""]
    assert "2 people in the table fit" in capsys.readouterr().out


def test_a_sum_that_lacks_a_mark_is_blank_and_not_less(course, capsys):
    waiting = record("Anna Muster", None)
    waiting.rows[0].by_hand = True
    quarantined = record("Zoë Weiß", None, status=QUARANTINED)
    for one in (waiting, quarantined):
        Results(course / "grading" / "results").save(safe_id(one.student), one)
    _, text = export(course, "--canvas", CANVAS)
    assert cells(text)[3][6] == cells(text)[5][6] == ""
    said = capsys.readouterr().out
    assert "Anna Muster: left blank, an answer waits for a mark by hand" in said
    assert "Zoë Weiß: left blank, quarantined" in said


def test_other_points_in_the_table_are_refused_or_converted(course, capsys):
    other = CANVAS.replace("15.00,12.00", "100.00,12.00")
    code, text = export(course, "--canvas", other)
    assert (code, text) == (1, "")
    assert "--scale" in capsys.readouterr().err
    assert cells(export(course, "--canvas", other, "--scale")[1])[3][6] == "83.33"


def test_moodles_worksheet_is_filled_by_the_participants_number(course):
    (course / "grading" / people.FILE).write_text(
        json.dumps({LESSON: {"nobody": ["Bora Öztürk", "502", "moodle"]}}), encoding="utf-8"
    )
    (course / "grading" / "results" / LESSON / f"{safe_id('Bora Öztürk')}.json").unlink()
    code, text = export(course, "--moodle", WORKSHEET, "--assignment", LESSON)
    assert code == 0
    assert [row[4] for row in cells(text)[1:]] == ["12.5", "1"]
    assert cells(text)[0] == cells(WORKSHEET)[0]


def test_moodles_worksheet_in_german_and_its_grader_report(course):
    _, text = export(course, "--moodle", BLATT, "--assignment", "03", "--scale")
    assert [row[4] for row in cells(text, ";")[1:]] == ["25", "18"]
    _, text = export(course, "--moodle", GRADER_REPORT)
    assert [row[4:] for row in cells(text)[1:]] == [["12.5", "-", "-"], ["9", "-", "-"]]


@pytest.mark.parametrize(
    ("option", "text", "more", "said"),
    [
        ("--moodle", WORKSHEET, [], "--assignment"),
        ("--canvas", CANVAS.replace("Stride and padding", "HW 3").replace("Pooling", "HW 4"), [], "HW 3 (9001)"),
        ("--canvas", CANVAS, ["--column", f"{LESSON}=HW 3"], "no column 'HW 3'"),
        ("--canvas", CANVAS.replace("Notes", "Stride padding again (7)"), [], "say which"),
        ("--canvas", "", [], "a line of titles"),
        ("--canvas", "PK\x03\x04", [], "spreadsheet"),
    ],
)
def test_what_cannot_be_filled_in_is_said_and_nothing_is_written(course, capsys, option, text, more, said):
    code, filled = export(course, option, text, *more)
    assert (code, filled) == (1, "")
    assert said in capsys.readouterr().err


def test_a_column_can_be_named(course):
    renamed = CANVAS.replace("Stride and padding", "HW 3")
    _, text = export(course, "--canvas", renamed, "--column", f"{LESSON}=HW 3 (9001)", "--assignment", LESSON)
    assert cells(text)[3][6] == "12.5"


def test_a_plain_table_has_blanks_and_replaces_no_file(course):
    Results(course / "grading" / "results").save("anna", record("=cmd()", 4.0, OTHER, most=12.0))
    path = course / "marks.csv"
    assert main(["--csv", str(path)], course) == 0
    rows = cells(path.read_text(encoding="utf-8"))
    assert rows[0] == ["student", LESSON, OTHER]
    assert ["Anna Muster", "12.5", ""] in rows
    assert ["'=cmd()", "", "4"] in rows
    assert main(["--csv", str(path)], course) == 1
    assert main(["--csv", str(path), "--overwrite"], course) == 0


def test_a_late_penalty_is_taken_off_the_mark_and_has_its_own_column(course):
    late, later = record("Anna Muster", 12.5), record("nobody", 1.0)
    late.penalty, later.penalty = 2.0, 5.0
    results = Results(course / "grading" / "results")
    for one in (late, later, record("Anna Muster", 4.0, OTHER, most=12.0)):
        results.save(safe_id(one.student), one)
    path = course / "marks.csv"
    assert main(["--csv", str(path)], course) == 0
    rows = cells(path.read_text(encoding="utf-8"))
    assert rows[0] == ["student", LESSON, f"{LESSON} late penalty", OTHER]
    assert ["Anna Muster", "10.5", "2", "4"] in rows
    assert ["Bora Öztürk", "9", "0", ""] in rows
    assert ["nobody", "0", "5", ""] in rows, "nobody owes points"
    _, text = export(course, "--canvas", CANVAS)
    assert cells(text)[3][6] == "10.5"
    _, text = export(course, "--canvas", CANVAS.replace("15.00,12.00", "30.00,12.00"), "--scale")
    assert cells(text)[3][6] == "21"


def test_moodles_numbers_come_from_its_zip_and_go_back_with_the_pages(course):
    """From the names in the zip of submissions to those that Moodle's importer reads."""
    source = course / "submissions.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for owner in ("Anna Muster_501", "Bora Öztürk_502"):
            archive.writestr(f"{owner}_assignsubmission_file_/stride_padding.ipynb", "{}")
    found, _ = collect(source, [one for one in lessons(ROOT) if one.name == LESSON])
    people.remember(course / "grading", found)
    for student in ("Anna Muster", "Bora Öztürk"):
        page = course / "grading" / "feedback" / safe_id(student) / LESSON / "stride_padding.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<p>{student}</p>", encoding="utf-8")
    path = course / "feedback.zip"
    assert main(["--feedback", str(path), "--assignment", LESSON], course) == 1, "nobody came without a number"
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            # As Moodle's importer takes the path apart.
            student, number, *plugin = name.split("/")[0].split("_", 4)
            assert plugin == ["assignsubmission", "file", ""]
            assert archive.read(name).decode() == f"<p>{student}</p>"
            assert number == {"Anna Muster": "501", "Bora Öztürk": "502"}[student]
        assert len(archive.namelist()) == 2


def test_a_file_that_is_no_table_is_refused(tmp_path):
    for content in (b"", b"one\ntwo\n", b'a,b\n"open,\n'):
        (tmp_path / "x.csv").write_bytes(content)
        with pytest.raises(Unusable):
            read(tmp_path / "x.csv")
