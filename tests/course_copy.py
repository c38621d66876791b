"""A copy of the course in a folder of its own, as another machine has it, and commands that run in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cs_utils.grading.authoring.paths import ROOT, Lesson


def copy_course(root: Path, *lessons: Lesson) -> Path:
    """Copy what grading some lessons needs to a folder."""
    for folder in ("cs_utils", "lessons"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for lesson in lessons:
        for folder in ("solutions", "notebooks"):
            shutil.copytree(ROOT / folder / lesson.name, root / folder / lesson.name)
    for file in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copyfile(ROOT / file, root / file)
    return root


def run_in(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy of the course, with the copy's `cs_utils`."""
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run([sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True)
