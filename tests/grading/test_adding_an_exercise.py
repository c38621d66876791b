"""An exercise is added as `docs/instructor.md` says, step by step, and by nothing else."""

import csv
import importlib
import os
import runpy
import shutil
import subprocess
import sys

import pytest
from walkthrough import missing, steps

from cs_utils.grading import exercises
from cs_utils.grading.authoring.paths import ROOT, Lesson

NAME, LESSON, FOLDER = "lost_rows", "03_stride_padding", "lesson03_stride_padding"
OTHER = "lesson04_pooling"
COMMANDS = runpy.run_path(str(ROOT / "course.py"), run_name="course")["COMMANDS"]

DEFINITION = f'''"""Lesson 03, lost_rows: how many rows a map has fewer than its picture."""

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.{FOLDER} import LESSON


def lost_rows(size):
    return len(range(1, size))


LOST_ROWS = Exercise(
    name="lost_rows",
    lesson=LESSON,
    points=1,
    oracle=lost_rows,
    visible=[Case({{"size": 3}}), Case({{"size": 6}})],
    parts=[Part("filters of any size", 1, lambda rng: [Case({{"size": int(n)}}) for n in (1, *rng.integers(2, 9, 4))])],
    section="2. Shrinking too fast",
    next="a frame against it",
    returns=("rows",),
)
'''
HINT = "the whole filter is counted: its first row is no loss"
ANSWERS = f'''"""Lesson 03, lost_rows: wrong and right answers."""

from cs_utils.grading.exercises.{FOLDER}.lost_rows import LOST_ROWS


@LOST_ROWS.wrong("{HINT}")
def counts_the_whole_filter(size):
    return size


@LOST_ROWS.wrong("one side is counted: rows are lost on both")
def counts_one_side(size):
    return size // 2


@LOST_ROWS.wrong()
def knows_only_filters_of_three(size):
    return 2


@LOST_ROWS.right
def subtracts(size):
    return size - 1


@LOST_ROWS.right
def compares_two_sizes(size):
    return 100 - (100 - size + 1)


@LOST_ROWS.right
def counts_up(size):
    return sum(1 for _ in range(size)) - 1
'''


def course_copy(root):
    """Write a copy of what an exercise goes through to `root`."""
    for folder in ("cs_utils", "docs", "lessons"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    for folder in ("solutions", "notebooks"):
        shutil.copytree(ROOT / folder / LESSON, root / folder / LESSON)
    for file in ("course.py", "nbgrader_config.py", "pyproject.toml"):
        shutil.copyfile(ROOT / file, root / file)


def write(root, step):
    """Write a step's text to its file; into a lesson's text, in place of the exercise's cells."""
    path = root / step.path
    if step.path.startswith("lessons/"):
        before, found, rest = path.read_text(encoding="utf-8").partition(f"# %% [markdown]\n# **Exercise `{NAME}`**")
        assert found
        path.write_text(before + step.text + rest[rest.index(f"# %% check {NAME}") :], encoding="utf-8")
    else:
        path.write_text(step.text, encoding="utf-8")


def run(root, command):
    """Run a command as `course.py` does, with the copy's own `cs_utils`; return its exit code and what it said."""
    module = COMMANDS[command[0]][1]
    variables = os.environ | {"PYTHONPATH": str(root)}  # kernels inherit it
    done = subprocess.run(
        [sys.executable, "-m", module, *command[1:]], cwd=root, env=variables, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_the_guide_leads_from_nothing_to_a_graded_exercise(tmp_path):
    """Its commands say what it shows of them; its first try fails, and nothing else does."""
    course_copy(tmp_path)
    guide = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
    codes = []
    for step in steps(guide, "A new exercise, step by step"):
        if step.path:
            write(tmp_path, step)
            continue
        code, said = run(tmp_path, step.command)
        assert missing(step.shown, said) == [], said
        codes.append((step.command[0], code))
    tries = [code for command, code in codes if command == "try"]
    assert tries[0] == 1
    assert not any(tries[2:])
    assert not any(code for command, code in codes if command != "try")
    assert {command for command, _ in codes} >= {"new", "try", "build", "grade", "export"}

    page = (tmp_path / "docs" / "exercises.md").read_text(encoding="utf-8")
    assert page.index(f"### {NAME} (") < page.index("### output_size (")
    released = Lesson(tmp_path, LESSON).release.read_text(encoding="utf-8")
    assert f"test_{NAME}" in released
    assert "return size - 1" not in released
    with (tmp_path / "grading" / "sample" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row["points"] for row in csv.DictReader(file) if row["exercise"] == NAME}
    assert rows == {"sample_perfect": "1", "sample_untouched": "0"}


# Faulty files: the package `exercises` is imported under another name, from a folder that holds them.


@pytest.fixture
def write_files(tmp_path, monkeypatch):
    """Return a function that writes {path: text} beside the files of `lost_rows`; a text of None leaves a file out.

    It returns what imports the package.
    """
    package = f"exercises_{tmp_path.name}"
    right = {
        f"{FOLDER}/__init__.py": f'LESSON = "{LESSON}"\n',
        f"{FOLDER}/{NAME}.py": DEFINITION,
        f"{FOLDER}/{NAME}_answers.py": ANSWERS,
    }
    monkeypatch.syspath_prepend(tmp_path)

    def write(files):
        for path, text in (right | files).items():
            if text is not None:
                (tmp_path / package / path).parent.mkdir(parents=True, exist_ok=True)
                text = text.replace("cs_utils.grading.exercises", package)
                (tmp_path / package / path).write_text(text, encoding="utf-8")
        shutil.copyfile(exercises.__file__, tmp_path / package / "__init__.py")
        return lambda: importlib.import_module(package)

    yield write
    for module in [module for module in sys.modules if module.partition(".")[0] == package]:
        del sys.modules[module]


def test_exercises_are_found_without_their_answers_until_these_are_asked_for(write_files):
    found = write_files({f"{FOLDER}/shared.py": "", f"{FOLDER}/shared_answers.py": ""})()
    assert list(found.EXERCISES) == [NAME]
    assert found.find(NAME).wrong_answers == []
    item = found.with_answers()[NAME]
    assert (len(item.wrong_answers), len(item.right_answers)) == (3, 3)


def test_a_written_answer_needs_no_file_of_answers(write_files):
    text = f'from cs_utils.grading.exercise import Written\n\nWHY = Written("why", "{LESSON}", 2, "10. Why?")\n'
    found = write_files({f"{FOLDER}/why.py": text})()
    assert list(found.with_answers()) == [NAME, "why"]


@pytest.mark.parametrize(
    ("files", "culprit"),
    [
        ({f"{FOLDER}/many_rows.py": DEFINITION}, "many_rows.py"),
        ({f"{FOLDER}/helpers.py": "def helper(): ...\n"}, "helpers.py"),
        ({f"{FOLDER}/{NAME}.py": DEFINITION.replace("lesson=LESSON", 'lesson="02_convolution"')}, f"{NAME}.py"),
        ({f"{FOLDER}/{NAME}.py": DEFINITION.replace('"2. Shrinking', '"Shrinking')}, NAME),
        ({f"{OTHER}/{NAME}.py": DEFINITION.replace(FOLDER, OTHER)}, f"{OTHER}/{NAME}.py"),
    ],
    ids=["another name", "no exercise", "another lesson", "no section number", "a name that is taken"],
)
def test_a_file_with_a_wrong_exercise_is_named(write_files, files, culprit):
    load = write_files(files | {f"{OTHER}/__init__.py": 'LESSON = "04_pooling"\n'})
    with pytest.raises(ValueError, match=culprit):
        load()


@pytest.mark.parametrize(
    ("files", "culprit"),
    [
        ({f"{NAME}_answers.py": None}, f"{NAME}_answers.py"),
        ({f"{NAME}_answers.py": ""}, f"{NAME}_answers.py"),
        ({f"{NAME}_answers.py": ANSWERS.replace("@LOST_ROWS.right", "")}, f"{NAME}_answers.py"),
        ({"lost_columns_answers.py": ANSWERS}, "lost_columns_answers.py"),
    ],
    ids=["no file", "no answers", "no right answers", "no exercise"],
)
def test_answers_that_are_missing_are_named(write_files, files, culprit):
    found = write_files({f"{FOLDER}/{path}": text for path, text in files.items()})()
    with pytest.raises(ValueError, match=culprit):
        found.with_answers()
