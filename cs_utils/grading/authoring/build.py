"""lessons -> solutions -> notebooks; and whether what is there is what a build would give."""

import json
from pathlib import Path

import nbformat

from cs_utils.files import replace_atomically
from cs_utils.grading import project
from cs_utils.grading.authoring import lint, solution
from cs_utils.grading.authoring.conda import environment
from cs_utils.grading.authoring.page import exercises_page
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.authoring.release import released
from cs_utils.grading.authoring.releases import number_of
from cs_utils.grading.authoring.text import LessonError, read_lesson

PAGE = ROOT / "docs" / "exercises.md"
CONDA = ROOT / "environment.yml"

CACHES = {".ipynb_checkpoints", "__pycache__"}


def build(lesson: Lesson, overwrite: bool = False, execute: bool = False) -> None:
    """Make solution and released notebook of a lesson from its text; execute it only if its code changed.

    Raises LessonError if the text has a flaw or, unless `overwrite`, a built notebook was edited by hand.
    """
    fresh = read_lesson(lesson.text.read_text(encoding="utf-8"), lesson.name)
    if not overwrite and (edits := hand_edits(lesson, fresh)):
        raise LessonError("\n".join([*edits, "To throw such edits away: python course.py build --overwrite"]))
    built = _read(lesson) if lesson.solution.exists() else None
    if execute or built is None or not solution.take_outputs(built, fresh, lesson):
        solution.write(solution.execute(fresh, lesson), lesson)
    elif solution.cells_of(built) != solution.cells_of(fresh):
        solution.write(fresh, lesson)
    text = released(lesson, _read(lesson))
    if not _is(lesson.release, text):
        lesson.release.parent.mkdir(parents=True, exist_ok=True)
        _write(lesson.release, text)
    print(f"  {lesson.name}: built", flush=True)


def hand_edits(lesson: Lesson, fresh: nbformat.NotebookNode) -> list[str]:
    """Return, in words, which built notebooks of a lesson were edited since they were built."""
    if not lesson.solution.exists():
        return []
    built = _read(lesson)
    edits = solution.edited_cells(built, lesson, fresh)
    if edits or not lesson.release.exists():
        return edits
    if not _is(lesson.release, released(lesson, built, number_of(lesson.release))):  # another number is no edit
        name = lesson.release.relative_to(lesson.root).as_posix()
        edits.append(f"{name} was edited by hand: make the edit in {lesson.text.relative_to(lesson.root)}")
    return edits


def check(lesson: Lesson) -> list[str]:
    """Return, in words, where committed notebooks differ from what a rebuild would give. Executes nothing."""
    fresh = read_lesson(lesson.text.read_text(encoding="utf-8"), lesson.name)
    if not lesson.solution.exists() or not lesson.release.exists():
        return [f"{lesson.name} was never built: python course.py build"]
    try:
        built = _read(lesson)
    except LessonError as error:
        return [str(error)]
    if problems := solution.edited_cells(built, lesson, fresh):
        return problems
    if solution.cells_of(built) != solution.cells_of(fresh):
        return [f"solutions/{lesson.name} is older than its text: python course.py build"]
    if not _is(lesson.release, released(lesson, built)):
        name = lesson.release.relative_to(lesson.root).as_posix()
        return [f"{name} is not what the build made of its solution: python course.py build --overwrite"]
    return lint.problems(lesson)


def strays(folder: str, root: Path = ROOT) -> list[str]:
    """Return, in words, the files in `folder`, "solutions" or "notebooks", that no lesson gives."""
    wanted = {path for lesson in lessons(root) for path in (lesson.solution, lesson.release)}
    if folder == "notebooks":  # a trained net and its page are ignored by git, and `publish` leaves them out
        wanted |= {path.with_name(name) for path in wanted for name in ("convnet.npz", "my_net.html")}
    there = [path for path in (root / folder).rglob("*") if path.is_file() and not CACHES & set(path.parts)]
    return [f"{path.relative_to(root).as_posix()} belongs to no lesson" for path in sorted({*there} - wanted)]


def write_pages() -> None:
    """Write what the build makes of the definitions and of pyproject.toml for all lessons together."""
    for path, text in _pages().items():
        _write(path, text)


def check_pages() -> list[str]:
    """Return, in words, which of these is older than what it is made of."""
    return [_older(path) for path, text in _pages().items() if not _is(path, text)]


def write_data(chosen: list[Lesson]) -> None:
    """Write what students may see of the exercises of these lessons, for their checks."""
    for path, exercises in project.projections(*(lesson.name for lesson in chosen)).items():
        project.write(path, exercises)


def check_data(chosen: list[Lesson]) -> list[str]:
    """Return, in words, which of these files is older than the definitions."""
    return [
        _older(path)
        for path, exercises in project.projections(*(lesson.name for lesson in chosen)).items()
        if not path.exists() or not project.agrees(json.loads(path.read_text(encoding="utf-8")), exercises)
    ]


def _pages() -> dict[Path, str]:
    return {
        PAGE: exercises_page(lessons()),
        CONDA: environment(for_instructor=True),
    }


def _older(path: Path) -> str:
    return f"{path.relative_to(ROOT).as_posix()} is older than what it is made of: python course.py build"


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes().replace(b"\r\n", b"\n") == text.encode()


def _write(path: Path, text: str) -> None:
    with replace_atomically(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _read(lesson: Lesson) -> nbformat.NotebookNode:
    try:
        notebook: nbformat.NotebookNode = nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        name = lesson.solution.relative_to(lesson.root).as_posix()
        raise LessonError(
            f"{name} is not a notebook any more ({str(error)[:80]}): restore it with git, or delete it and build anew"
        ) from None
    return notebook
