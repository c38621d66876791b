"""What the tests of authoring share: a built lesson in a folder of its own, which may be changed."""

import shutil
from pathlib import Path

import pytest

from cs_utils.grading.authoring.paths import ROOT, Lesson

NAME = "02_convolution"


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    """A built lesson in a folder of its own."""
    for folder in ("lessons", "solutions", "notebooks"):
        (tmp_path / folder).mkdir()
    shutil.copyfile(ROOT / "lessons" / f"{NAME}.py", tmp_path / "lessons" / f"{NAME}.py")
    for folder in ("solutions", "notebooks"):
        shutil.copytree(ROOT / folder / NAME, tmp_path / folder / NAME)
    return Lesson(tmp_path, NAME)
