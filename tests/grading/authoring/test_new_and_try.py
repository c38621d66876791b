"""An exercise's scaffold stands where it was asked for, and trying an exercise says what is missing."""

import ast
import shutil

import pytest

from cs_utils.checks.calls import Case
from cs_utils.grading.authoring import new, trial
from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.exercise import Exercise, Part, WrongAnswer

LESSON = "03_stride_padding"


@pytest.fixture
def course(tmp_path):
    """The texts of two lessons, and a folder for exercises."""
    (tmp_path / "lessons").mkdir()
    for name in ("02_convolution", LESSON):
        shutil.copyfile(ROOT / "lessons" / f"{name}.py", tmp_path / "lessons" / f"{name}.py")
    folder = tmp_path / "cs_utils" / "grading" / "exercises" / f"lesson{LESSON}"
    folder.mkdir(parents=True)
    (folder / "same_pad.py").touch()
    return tmp_path


def test_a_scaffold_is_python_and_stands_at_the_end_of_its_section(course):
    wanted = ["exercise", "lost_rows", "--lesson", "03", "--section", "2", "--points", "2", "--arguments", "size, pad"]
    assert new.main(wanted, course) == 0
    text = Lesson(course, LESSON).text.read_text(encoding="utf-8")
    assert (
        text.index("# ## 2.") < text.index("# %% answer lost_rows\ndef lost_rows(size, pad):") < text.index("# ## 3.")
    )
    assert "**Points:** 17." in text
    before = Lesson(ROOT, LESSON).text.read_text(encoding="utf-8")
    assert set(before.replace("**Points:** 15.", "**Points:** 17.").splitlines()) <= set(text.splitlines())
    folder = course / "cs_utils" / "grading" / "exercises" / f"lesson{LESSON}"
    ast.parse((folder / "lost_rows.py").read_text(encoding="utf-8"))
    listed = ast.parse((folder / "lost_rows_answers.py").read_text(encoding="utf-8"))
    assert sum(isinstance(node, ast.FunctionDef) for node in listed.body) == 8 + 3


@pytest.mark.parametrize(
    "wanted",
    [
        ["same_pad", "--lesson", "03"],
        ["lost rows", "--lesson", "03"],
        ["class", "--lesson", "03"],
        ["lost_rows", "--lesson", "30"],
        ["lost_rows", "--lesson", "03", "--section", "99"],
        ["lost_rows", "--lesson", "03", "--arguments", "x,x"],
        ["lost_rows", "--lesson", "03", "--arguments", "x,2"],
        ["lost_rows", "--lesson", "03", "--points", "0"],
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_written(course, wanted, capsys):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    assert new.main(["exercise", *wanted], course) == 1
    assert capsys.readouterr().err
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


# An exercise whose definition is right, and what spoils it.


def _rows(size):
    if size < 1:
        raise ValueError("no filter")
    return size - 1


def _any_size(rng):
    return [Case({"size": int(n)}) for n in (1, *rng.integers(4, 9, 3))]


def _none(rng):
    return [Case({"size": 0}), Case({"size": 5})]


def counts_all(size):
    return _rows(size) + 1


def counts_one_side(size):
    return _rows(size) // 2


def never_refuses(size):
    return size - 1


def knows_three(size):
    return _rows(3) if size == 3 else _rows(size) * 2


def knows_small_sizes(size):
    return _rows(size) if size < 1000 else 0


def _exercise(**changes):
    exercise = Exercise(
        name="lost_rows",
        lesson=LESSON,
        points=1,
        oracle=_rows,
        visible=[Case({"size": 3}), Case({"size": 6}), Case({"size": 0})],
        parts=[Part("any size", 0.5, _any_size), Part("no filter", 0.5, _none)],
        section="2. Shrinking too fast",
        next="a frame",
        wrong_answers=[
            WrongAnswer(counts_all, "the whole filter is counted"),
            WrongAnswer(counts_one_side, "one side is counted"),
            WrongAnswer(never_refuses, "nothing is refused", partial=True),
        ],
        right_answers=[_rows, _rows, _rows],
    )
    for name, value in changes.items():
        setattr(exercise, name, value)
    return exercise


def _missing(monkeypatch, **changes):
    monkeypatch.setattr(trial, "SEEDS", range(3))
    monkeypatch.setattr(trial, "_open_places", lambda item: [])
    monkeypatch.setattr(trial, "_lesson_problems", lambda item: [])
    tried = trial.Trial(_exercise(**changes))
    assert list(tried.lines())
    return tried.missing


def _also(answer, hint="", partial=False):
    return [*_exercise().wrong_answers, WrongAnswer(answer, hint, partial)]


def test_nothing_is_missing_where_all_is_right(monkeypatch):
    assert _missing(monkeypatch) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"wrong_answers": _exercise().wrong_answers[:2]}, "at least 3 wrong answers; there are 2"),
        ({"right_answers": [_rows]}, "at least 3 right answers; there are 1"),
        (
            {"parts": [Part("any size", 0.5, _any_size), Part("none", 0.5, lambda rng: [Case({"size": 0})])]},
            "the part 'none' pays 0.5 to an answer that does nothing",
        ),
        ({"right_answers": [_rows, _rows, counts_all]}, "the right answer counts_all loses"),
        ({"wrong_answers": _also(knows_small_sizes)}, "the exam does not catch knows_small_sizes"),
        ({"wrong_answers": _also(counts_all, "all is counted")}, "cannot be told from counts_all"),
        ({"wrong_answers": _also(knows_three, "three is known")[1:], "visible": [Case({"size": 3})]}, "knows_three"),
        ({"wrong_answers": _also(counts_one_side, partial=True)}, "is to keep some points"),
        ({"visible": [Case({"size": 3}), Case({"size": 6})]}, "no visible case does"),
        (
            {"parts": [Part("any", 0.25, _any_size), Part("no filter", 0.75, _none)]},
            "more than half of the points are for refusing",
        ),
        ({"oracle": lambda size: 1 // 0}, "ZeroDivisionError"),
    ],
)
def test_what_is_missing_is_said(monkeypatch, changes, said):
    found = _missing(monkeypatch, **changes)
    assert any(said in problem for problem in found), found


def test_what_a_student_reads_can_be_shown(capsys):
    assert trial.main(["same_pad", "halves_the_size"]) == 0
    shown = capsys.readouterr().out
    assert "This is what one gets when F is halved instead of F - 1" in shown
    assert "[ ] even sizes refused" in shown
    assert trial.main(["same_pad", "nobody"]) == 1


@pytest.mark.parametrize("name", ["why_share_weights", "trained_net", "no_such_exercise"])
def test_what_has_no_answers_to_try_is_said(name, capsys):
    assert trial.main([name]) == 1
    assert name in capsys.readouterr().out
