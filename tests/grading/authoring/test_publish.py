"""The students' copy: what it has, that it works, and what is never published."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import types

import nbformat
import pytest
import yaml
from notebook_edits import cell_of, edit
from packaging.requirements import Requirement

from cs_utils.grading.authoring import lint, publish
from cs_utils.grading.authoring.conda import environment
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons

NAME = "02_convolution"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A student's copy of the course."""
    folder = tmp_path_factory.mktemp("published") / "course"
    publish.publish(folder)
    return folder


def test_a_students_copy_has_what_a_student_needs_and_nothing_else(copy):
    files = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    outside = {name for name in files if not name.startswith("cs_utils/")}
    assert outside == {
        *("course.py", "README.md", "GUIDE.md", "environment.yml", "pyproject.toml", "requirements.txt"),
        *("hatch_build.py", "nbgrader_config.py", "LICENSE"),
        *(f"jupyter_config/{path.name}" for path in (ROOT / "jupyter_config").glob("*.json")),
        *(lesson.release.relative_to(ROOT).as_posix() for lesson in lessons()),
    }
    assert "formgrader" in (copy / "jupyter_config" / "page_config.json").read_text(encoding="utf-8")
    assert (copy / "cs_utils" / "figures" / "net_page" / "net.js").is_file()
    assert not {"grading", "benchmark", "reference.py"} & {path.name for path in (copy / "cs_utils").iterdir()}


def test_a_students_copy_has_no_answer(copy):
    assert list(publish.secrets(copy)) == []
    for path in copy.rglob("*.ipynb"):
        assert not any(secret in path.read_text(encoding="utf-8") for secret in lint.SECRETS)


@pytest.mark.parametrize("path", [lesson.release.relative_to(ROOT) for lesson in lessons()], ids=lambda path: path.stem)
def test_the_first_code_cell_installs_the_package_in_colab_and_elsewhere_does_nothing(copy, path, monkeypatch):
    notebook = nbformat.reads((copy / path).read_text(encoding="utf-8"), as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    ran: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(command))
    exec(cell.source, {})
    assert ran == []

    colab = types.ModuleType("google.colab")
    colab.files = types.SimpleNamespace(upload=lambda: {"cs_utils-0.1.0-py3-none-any.whl": b"PK"})
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    exec(cell.source, {})
    assert ran == [], "the package is here already"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    exec(cell.source, {})
    assert ran[-1][-1] == "cs_utils-0.1.0-py3-none-any.whl"
    assert all(command[:4] == [sys.executable, "-m", "pip", "install"] for command in ran)
    assert (
        nbformat.reads((copy / "cs_utils/desk/originals" / f"{path.parent.name}.ipynb").read_text(), as_version=4)
        == notebook
    )


def test_a_students_conda_environment_is_what_the_course_depends_on(copy):
    found = yaml.safe_load((copy / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    names = [Requirement(entry.replace(" ", "")).name for entry in found if isinstance(entry, str)]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(names) == len(project["dependencies"]) + len(["python", "pip"])
    assert "jupytext" not in names
    instructors = yaml.safe_load(environment(for_instructor=True))["dependencies"]
    assert [entry for entry in instructors if entry in found] == found


def in_copy(copy, *arguments):
    """Run a command of the students' copy with this Python; its cs_utils is the copy's."""
    line, variables = [sys.executable, *arguments], {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run(line, cwd=copy, env=variables, capture_output=True, text=True, encoding="utf-8")


IMPORT_ALL = """
import importlib, pkgutil, cs_utils
for module in pkgutil.walk_packages(cs_utils.__path__, "cs_utils."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from cs_utils import checks
checks.check("window_score", lambda *arguments: 0)
"""


def test_a_students_cs_utils_works_without_what_is_kept_back(copy):
    result = in_copy(copy, "-c", IMPORT_ALL)
    assert "CheckFailed" in result.stderr
    assert str(copy / "cs_utils") in result.stderr


def test_the_commands_of_a_students_copy_work(copy):
    doctor = in_copy(copy, "-m", "cs_utils.doctor")
    assert doctor.returncode == 0, doctor
    assert "alembic" not in doctor.stdout
    empty = copy.parent / "empty.ipynb"
    empty.write_bytes(b"")
    assert "is empty" in in_copy(copy, "-m", "cs_utils.checks", str(empty)).stdout


@pytest.mark.parametrize("page", ["README.md", "GUIDE.md"])
def test_the_students_pages_name_only_what_is_there(copy, page):
    readme = (copy / page).read_text(encoding="utf-8")
    commands = set(re.findall(r"course\.py (\w+)", readme))
    for target in re.findall(r"\]\(([^)#]+)", readme):
        assert target.startswith("https://") or (copy / target).is_file()
    usage = in_copy(copy, "course.py", "--help").stdout
    assert commands == {line.split()[0] for line in usage.splitlines() if line.startswith("  ")}
    for path in re.findall(r"notebooks/\w*|\w+\.yml", readme):
        assert (copy / path).exists()
    for module in re.findall(r"cs_utils[.\w]*", readme):
        path = copy.joinpath(*module.split("."))
        assert path.is_dir() or path.with_suffix(".py").is_file()


def test_nothing_is_published_over_something(copy, capsys):
    before = sorted(copy.rglob("*"))
    assert publish.main([str(copy)]) == 1
    assert capsys.readouterr().err.strip()
    assert sorted(copy.rglob("*")) == before


# What is never published


@pytest.fixture
def course(tmp_path):
    """An instructor's course with one lesson, which may be changed."""
    root = tmp_path / "instructor [2026] 100%"
    for name in publish.FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    shutil.copytree(ROOT / "jupyter_config", root / "jupyter_config")
    shutil.copytree(ROOT / "cs_utils", root / "cs_utils", ignore=shutil.ignore_patterns("__pycache__", "exercises"))
    lesson = Lesson(ROOT, NAME)
    for path in (lesson.text, lesson.solution, lesson.release):
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True)
        shutil.copyfile(path, target)
    return root


@pytest.fixture
def answer(course):
    solution = nbformat.reads(Lesson(course, NAME).solution.read_text(encoding="utf-8"), as_version=4)
    [code] = lint.answers(cell_of(solution, "conv_batch"))
    return code


def refused(course):
    """Publish a course; return what is said about the refusal."""
    with pytest.raises(publish.Refused) as caught:
        publish.publish(course.parent / "students", course)
    assert not (course.parent / "students").exists()
    return str(caught.value)


def test_what_the_build_made_is_published(course):
    (course / "notebooks" / NAME / ".ipynb_checkpoints").mkdir()
    (course / "notebooks" / NAME / ".ipynb_checkpoints" / "convolution-checkpoint.ipynb").touch()
    (course / "notebooks" / NAME / "convnet.npz").touch()
    publish.publish(course.parent / "students", course)
    released = course.parent / "students" / "notebooks"
    assert [path.name for path in released.rglob("*") if path.is_file()] == ["convolution.ipynb"]


def test_an_answer_that_was_tried_in_the_released_notebook_is_refused(course, answer):
    edit(Lesson(course, NAME).release, lambda notebook: cell_of(notebook, "conv_batch").update(source=answer))
    assert f"notebooks/{NAME}/convolution.ipynb" in refused(course)


def test_a_released_notebook_that_only_ran_is_refused(course):
    edit(Lesson(course, NAME).release, lambda notebook: cell_of(notebook, "conv_batch").update(execution_count=7))
    assert f"notebooks/{NAME}/convolution.ipynb" in refused(course)


@pytest.mark.parametrize("name", ["Untitled.ipynb", "my_answers.py", "notes.txt", "data/solution.zip"])
def test_a_file_beside_a_released_notebook_is_refused(course, answer, name):
    path = course / "notebooks" / NAME / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(answer, encoding="utf-8")
    assert f"notebooks/{NAME}/{name}" in refused(course)


def test_an_edited_solution_or_a_newer_text_is_refused(course):
    lesson = Lesson(course, NAME)
    text = lesson.text.read_text(encoding="utf-8")
    lesson.text.write_text(f"{text}\n# %% [markdown]\n# One more word.\n", encoding="utf-8")
    assert "older" in refused(course)
    lesson.text.write_text(text, encoding="utf-8")
    edit(lesson.solution, lambda notebook: notebook.cells.pop())
    assert f"solutions/{NAME}" in refused(course)


@pytest.mark.parametrize("content", [b"", b"<<<<<<< HEAD\n", b"\xff\xfe", b"[]"])
@pytest.mark.parametrize("stage", ["solution", "release"])
def test_a_damaged_notebook_is_refused_by_name(course, stage, content):
    path = getattr(Lesson(course, NAME), stage)
    path.write_bytes(content)
    assert path.relative_to(course).as_posix() in refused(course)


def test_what_is_no_part_of_the_package_is_refused(course):
    (course / "cs_utils" / "notes.ipynb").write_text("{}", encoding="utf-8")
    assert "cs_utils/notes.ipynb" in refused(course)


def test_an_answer_in_a_module_is_refused(course, answer):
    code = answer.replace("\n", "  # a note\n\n")
    (course / "cs_utils" / "mine.py").write_text(f"def mine(x, w, b):\n{code}\n", encoding="utf-8")
    assert "mine.py holds the answer to conv_batch" in refused(course).replace("\\", "/")


def test_a_module_that_uses_the_grader_is_refused(course):
    (course / "cs_utils" / "mine.py").write_text("from cs_utils.grading import exam\n", encoding="utf-8")
    assert "mine.py" in refused(course)


@pytest.mark.parametrize("name", ["grading", "benchmark"])
def test_what_is_kept_back_is_a_secret(course, name, monkeypatch):
    monkeypatch.setattr(publish, "_package", lambda root: iter([root / "cs_utils" / name / "__init__.py"]))
    assert f"cs_utils/{name}" in refused(course)


def test_checks_hold_no_answer_as_code():
    for path in (ROOT / "cs_utils" / "checks" / "data").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bdef |\blambda\b|\bimport ", text)
        assert {exercise["lesson"] for exercise in json.loads(text)} == {path.stem}
