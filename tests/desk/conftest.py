"""A student's copy, without its environment."""

import shutil

import pytest

from cs_utils.desk import copy as desk_copy
from cs_utils.desk import reset, submit, update
from cs_utils.grading.authoring.publish import publish


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "course"
    publish(folder)
    return folder


@pytest.fixture
def course(published, tmp_path, monkeypatch):
    """A copy of one's own, which the commands work on."""
    folder = tmp_path / "course"
    shutil.copytree(published, folder)
    for module in (desk_copy, reset, submit, update):
        monkeypatch.setattr(module, "ROOT", folder)
    for function in (desk_copy.lessons, desk_copy.find_lesson, reset.reset_exercise, update.update):
        monkeypatch.setattr(function, "__defaults__", (folder,))
    return folder


@pytest.fixture
def lesson02(course):
    return desk_copy.Lesson(course, "02_convolution")
