"""From solutions/ to notebooks/: nbgrader's generate_assignment, in this process."""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import SaveCells
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from cs_utils import __version__
from cs_utils.grading.authoring import releases
from cs_utils.grading.authoring.paths import ROOT, Lesson


class ReleaseError(Exception):
    """nbgrader could not make the released notebook; the message holds what it said."""


def nbgrader_config(root: Path, **coursedir: str) -> Config:
    """Return the course's nbgrader configuration for the folder `root`, with settings of CourseDirectory on top."""
    tools = str(Path(sys.executable).parent)  # nbgrader calls alembic by name
    if tools not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = tools + os.pathsep + os.environ["PATH"]
    config = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
    config.CourseDirectory.root = str(root)
    for name, value in coursedir.items():
        config.CourseDirectory[name] = value
    return config


def generate(lesson: Lesson, config: Config) -> None:
    """Write the released notebook of a lesson as `config` says, and note its grade cells in the gradebook."""
    result = NbGraderAPI(config=config).generate_assignment(lesson.name)
    if not result["success"]:
        raise ReleaseError(f"nbgrader could not release {lesson.name}:\n{result.get('log', '')}{result['error']}")


def released(lesson: Lesson, solution: NotebookNode, number: str = __version__) -> str:
    """Return the text of the notebook that a solution gives as this release; nothing is left on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Lesson(Path(folder), lesson.name)
        draft.solution.parent.mkdir(parents=True)
        nbformat.write(solution, draft.solution)
        config = nbgrader_config(draft.root)
        config.GenerateAssignment.no_database = True  # a draft is no assignment, so no gradebook hears of it
        steps = GenerateAssignment.preprocessors.default()
        config.GenerateAssignment.preprocessors = [step for step in steps if step is not SaveCells]
        generate(draft, config)
        notebook = nbformat.read(draft.release, as_version=4)
        releases.stamp(notebook, number)
        return str(nbformat.writes(notebook)) + "\n"
