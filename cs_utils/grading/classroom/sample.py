"""A class that is made by code, to try out, to show and to test the grader.

Most members take the answers of the course's own solution, differ in one thing, and hand in the lessons in which it
matters. Together they hand in some two dozen submissions, which are graded in a few minutes.
"""

import copy
import inspect
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.classroom import sample_mistakes as wrong
from cs_utils.grading.classroom.sample_net import train_sample_net
from cs_utils.grading.exercises import EXERCISES

PREFIX = "sample_"
Change = Callable[[NotebookNode, Lesson], None]


@dataclass(frozen=True)
class Member:
    """A member of the class: how it changes a notebook that holds every right answer, and in which lessons."""

    name: str
    change: Change
    lessons: tuple[str, ...] = ()  # empty: all
    net: bool = True  # does it hand in a trained net?


def make_class(lessons: list[Lesson], folder: Path) -> None:
    """Write the sample class's submissions, `folder/student/assignment/`; those of an earlier run are replaced."""
    for old in folder.glob(f"{PREFIX}*"):
        shutil.rmtree(old)
    net = folder.parent / "sample_net.npz"
    for lesson in lessons:
        released = nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4)
        solution = nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)
        for member in [m for m in MEMBERS if not m.lessons or lesson.name in m.lessons]:
            notebook = copy.deepcopy(released)
            if member.change is not untouched:
                answer_all(notebook, solution)
            member.change(notebook, lesson)
            place = folder / f"{PREFIX}{member.name}" / lesson.name
            place.mkdir(parents=True)
            nbformat.write(notebook, place / lesson.notebook)
            if member.net and "trained_net" in EXERCISES and EXERCISES["trained_net"].lesson == lesson.name:
                if not net.exists():
                    train_sample_net(net)
                shutil.copyfile(net, place / "convnet.npz")


def answer_all(notebook: NotebookNode, solution: NotebookNode) -> None:
    """Put the solution's answers into a released notebook."""
    answers = {cell.id: cell.source for cell in solution.cells}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", answers[cell.id])


def _cell(notebook: NotebookNode, grade_id: str) -> Any:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def untouched(notebook: NotebookNode, lesson: Lesson) -> None:
    """Hand in what was released."""


def perfect(notebook: NotebookNode, lesson: Lesson) -> None:
    """Leave every answer right."""


def crash(notebook: NotebookNode, lesson: Lesson) -> None:
    """End the Python process in the middle of the notebook."""
    notebook.cells.insert(3, nbformat.v4.new_code_cell("import os\n\nos._exit(1)"))


def warn(notebook: NotebookNode, lesson: Lesson) -> None:
    """Write to standard error in every answer, which is right all the same."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            name = cell.metadata.nbgrader["grade_id"]
            cell.source += (
                f"\n\n\nimport sys\nimport warnings\n\n_quiet_{name} = {name}\n\n\ndef {name}(*arguments, **options):\n"
                f'    warnings.warn("{name}: a warning")\n    print("debugging {name}", file=sys.stderr)\n'
                f"    return _quiet_{name}(*arguments, **options)\n"
            )


def copied_cell(notebook: NotebookNode, lesson: Lesson) -> None:
    """Copy and paste the first answer cell, metadata included: nbgrader's own autograde fails on that."""
    index = next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("solution"))
    twin = copy.deepcopy(notebook.cells[index])
    twin.id = "copied"
    notebook.cells.insert(index + 1, twin)


def mistake(*answers: Callable[..., Any]) -> Change:
    """Return a change that inserts wrong answers of `sample_mistakes`, each in the cell of the exercise it names."""

    def change(notebook: NotebookNode, lesson: Lesson) -> None:
        for answer in answers:
            exercise = next(name for name in EXERCISES if answer.__name__.startswith(name + "_"))
            if EXERCISES[exercise].lesson == lesson.name:
                source = inspect.getsource(answer).replace(f"def {answer.__name__}(", f"def {exercise}(")
                _cell(notebook, exercise).source = source.rstrip()

    return change


CONVOLUTION, CIFAR10 = "02_convolution", "06_cifar10_convnet"
FLIPPED = mistake(wrong.correlate2d_flips_the_filter, wrong.init_parameters_forgets_to_scale)
NO_BIAS = mistake(wrong.conv_layer_forgets_the_bias, wrong.convnet_loss_lets_biases_decay)

MEMBERS = [
    Member("perfect", perfect),
    Member("untouched", untouched, net=False),
    Member("flipped", FLIPPED, (CONVOLUTION, CIFAR10)),
    Member("no_bias", NO_BIAS, (CONVOLUTION, CIFAR10)),
    Member("square_only", mistake(wrong.conv_batch_is_right_for_square_images_only), (CONVOLUTION,)),
    Member("no_momentum", mistake(wrong.sgd_momentum_step_without_momentum), (CIFAR10,), net=False),
    Member("crash", crash, (CONVOLUTION,)),
    Member("warning", warn, (CONVOLUTION, CIFAR10)),
    Member("copied_cell", copied_cell, (CONVOLUTION, CIFAR10)),
]
