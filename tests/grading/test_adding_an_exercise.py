"""An exercise is added by `new`, by filling in its two files and its cells, and by nothing else."""

import csv
import importlib
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from cs_utils.grading import exercises
from cs_utils.grading.authoring.paths import ROOT, Lesson

NAME, LESSON, FOLDER = "lost_rows", "03_stride_padding", "lesson03_stride_padding"
OTHER = "lesson04_pooling"

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
CELLS = '''
# %% [markdown]
# **Exercise `lost_rows`** · 1 point · difficulty 1/5 · about 2 minutes

# %% answer lost_rows
def lost_rows(size):
    """Return by how many rows a map is smaller than its picture."""
    ### BEGIN SOLUTION
    return size - 1
    ### END SOLUTION


'''
NEW = ["exercise", NAME, "--lesson", "03", "--section", "2", "--arguments", "size"]


class Course:
    """A copy of what an exercise goes through, and commands that run in it and import its own `cs_utils`."""

    def __init__(self, root):
        for folder in ("cs_utils", "docs", "lessons"):
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for folder in ("solutions", "notebooks"):
            shutil.copytree(ROOT / folder / LESSON, root / folder / LESSON)
        for file in ("nbgrader_config.py", "pyproject.toml"):
            shutil.copyfile(ROOT / file, root / file)
        self.root, self.lesson = root, Lesson(root, LESSON)

    def fill_in(self):
        """Write what the scaffold leaves open."""
        folder = self.root / "cs_utils" / "grading" / "exercises" / FOLDER
        (folder / f"{NAME}.py").write_text(DEFINITION, encoding="utf-8")
        (folder / f"{NAME}_answers.py").write_text(ANSWERS, encoding="utf-8")
        before, _, rest = self.lesson.text.read_text(encoding="utf-8").partition(
            f"# %% [markdown]\n# **Exercise `{NAME}`**"
        )
        after = rest[rest.index(f"# %% check {NAME}") :]
        self.lesson.text.write_text(before + CELLS.lstrip() + after, encoding="utf-8")

    def run(self, *arguments):
        """Run Python with these arguments, as `course.py` does; return its exit code and what it said."""
        variables = os.environ | {"PYTHONPATH": str(self.root)}  # kernels inherit it
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=variables, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    def hand_in(self, student, answer):
        """Write a student's notebook: the released one with an answer to the new exercise alone."""
        notebook = nbformat.reads(self.lesson.release.read_text(encoding="utf-8"), as_version=4)
        cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == NAME)
        cell.source = f"def {NAME}(size):\n    return {answer}"
        path = self.root / "handed_in" / student / LESSON / self.lesson.notebook
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


@pytest.mark.slow
def test_an_added_exercise_is_built_released_checked_proved_and_graded(tmp_path):
    course = Course(tmp_path)
    code, said = course.run("-m", "cs_utils.grading.authoring.new", *NEW)
    assert code == 0, said
    assert "**Points:** 16." in course.lesson.text.read_text(encoding="utf-8")
    code, said = course.run("-m", "cs_utils.grading.authoring.trial", NAME)
    assert code == 1
    assert "TODO" in said

    course.fill_in()
    code, said = course.run("-m", "cs_utils.grading.authoring.trial", NAME)
    assert code == 0, said
    assert f"counts_the_whole_filter: keeps 0; This is what one gets when {HINT}." in said
    assert "knows_only_filters_of_three: keeps 0; only the exam sees it" not in said  # 6 is a visible case

    code, said = course.run("-m", "cs_utils.grading.authoring", LESSON)
    assert code == 0, said
    page = (tmp_path / "docs" / "exercises.md").read_text(encoding="utf-8")
    assert page.index("### output_size (") > page.index(f"### {NAME} (")
    released = course.lesson.release.read_text(encoding="utf-8")
    assert f"test_{NAME}" in released
    assert "return size - 1" not in released

    checked = f"from cs_utils.checks import check; check('{NAME}', lambda size: {{}})"
    code, said = course.run("-c", checked.format("size - 1"))
    assert code == 0, said
    code, said = course.run("-c", checked.format("size"))
    assert code == 1
    assert f"This is what one gets when {HINT}" in said

    course.hand_in("anna", "size - 1")
    course.hand_in("berta", "size")
    code, said = course.run("-m", "cs_utils.grading.classroom", "--assignment", LESSON, "--submitted", "handed_in")
    assert code == 0, said
    with (tmp_path / "grading" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file) if row["exercise"] == NAME}
    assert {student: (float(row["points"]), float(row["max_points"])) for student, row in rows.items()} == {
        "anna": (1.0, 1.0),
        "berta": (0.0, 1.0),
    }
    assert "filters of any size" in rows["berta"]["message"]


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
