"""What was published is kept, and work on an older release is graded with its words."""

import shutil

import nbformat
import pytest

from cs_utils import __version__
from cs_utils.grading.authoring import publish, releases
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.classroom import material as material_module
from cs_utils.grading.classroom.intake.rebuild import rebuild


@pytest.fixture
def course(tmp_path):
    """The lessons and their released notebooks, to be changed."""
    for folder in ("lessons", "notebooks", "solutions"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def edit(lesson: Lesson, exercise: str) -> None:
    """Change the stub of an exercise and a free cell, as the next release of a lesson does."""
    notebook = nbformat.read(lesson.release, as_version=4)
    stub = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == exercise)
    stub.source = stub.source.replace("Parameters", "What goes in")
    free = next(c for c in notebook.cells if "nbgrader" not in c.metadata and c.cell_type == "markdown")
    free.source += "\nOne more sentence."
    notebook.metadata["course"]["release"] = "9.9.9"
    nbformat.write(notebook, lesson.release)


def test_every_released_notebook_has_its_number():
    for lesson in lessons():
        assert nbformat.read(lesson.release, as_version=4).metadata["course"]["release"] == __version__


def test_a_published_release_can_be_published_again_and_a_changed_one_needs_a_new_number(course):
    assert releases.changed_since_published(course) == []
    releases.keep(course)
    assert releases.changed_since_published(course) == []
    edit(Lesson(course, "02_convolution"), "conv_layer")
    (problem,) = releases.changed_since_published(course)
    assert "02_convolution" in problem
    assert __version__ in problem
    assert releases.changed_since_published(course, "9.9.9") == []


def test_the_command_keeps_what_it_published_and_refuses_the_same_number_for_other_lessons(
    course, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(publish, "ROOT", course)
    monkeypatch.setattr(publish, "publish", lambda destination: 1)
    assert publish.main([str(tmp_path / "one")]) == 0
    kept = course / "releases" / __version__ / "02_convolution.ipynb"
    assert kept.read_bytes() == Lesson(course, "02_convolution").release.read_bytes()
    edit(Lesson(course, "02_convolution"), "conv_layer")
    assert publish.main([str(tmp_path / "two")]) == 1
    assert "02_convolution" in capsys.readouterr().err


def test_work_on_an_older_release_is_graded_and_told_what_has_changed(course, monkeypatch):
    lesson = Lesson(course, "02_convolution")
    handed_in = lesson.release.read_bytes()
    releases.keep(course)
    edit(lesson, "conv_layer")
    monkeypatch.setattr(material_module, "ROOT", course)
    material_module.material.cache_clear()
    try:
        course_material = material_module.material(lesson.name)
    finally:
        material_module.material.cache_clear()
    rebuilt = rebuild(handed_in, course_material.released, course_material.older)
    *_, note = rebuilt.repairs
    assert __version__ in note
    assert "9.9.9" in note
    assert "changed: conv_layer" in note
    sources = [cell.source for cell in rebuilt.notebook.cells]
    assert len(sources) == len(set(sources)), "nothing comes twice"
    assert len(sources) == len(course_material.released.cells)
