"""``python course.py build``: lessons -> solutions -> notebooks."""

import argparse
import json
import sys

import nbformat

from cs_utils.files import replace_atomically
from cs_utils.grading import project
from cs_utils.grading.authoring import lint, solution
from cs_utils.grading.authoring.page import exercises_page
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.authoring.release import ReleaseError, released
from cs_utils.grading.authoring.text import LessonError, read_lesson

PAGE = ROOT / "docs" / "exercises.md"


def build(lesson: Lesson, overwrite: bool = False, execute: bool = False) -> None:
    """Make solution and released notebook of a lesson from its text; execute it only if its cells changed.

    Raises LessonError, also where a built notebook was edited by hand, unless `overwrite`.
    """
    fresh = read_lesson(lesson.text.read_text(encoding="utf-8"), lesson.name)
    if not overwrite and (edits := hand_edits(lesson, fresh)):
        raise LessonError("\n".join([*edits, "To throw such edits away: python course.py build --overwrite"]))
    if execute or not lesson.solution.exists() or solution.cells_of(_read(lesson)) != solution.cells_of(fresh):
        solution.write(solution.execute(fresh, lesson), lesson)
    text = released(lesson, _read(lesson))
    if not lesson.release.exists() or lesson.release.read_text(encoding="utf-8") != text:
        lesson.release.parent.mkdir(parents=True, exist_ok=True)
        with replace_atomically(lesson.release) as path:
            path.write_text(text, encoding="utf-8", newline="\n")
    print(f"  {lesson.name}: built")


def hand_edits(lesson: Lesson, fresh: nbformat.NotebookNode) -> list[str]:
    """Return, in words, which built notebooks of a lesson were edited since they were built."""
    if not lesson.solution.exists():
        return []
    built = _read(lesson)
    edits = solution.edited_cells(built, lesson, fresh)
    if not edits and lesson.release.exists() and released(lesson, built) != lesson.release.read_text(encoding="utf-8"):
        name = lesson.release.relative_to(lesson.root)
        edits.append(f"{name} was edited by hand: make the edit in {lesson.text.relative_to(lesson.root)}")
    return edits


def check(lesson: Lesson) -> list[str]:
    """Return, in words, where committed notebooks differ from what a rebuild would give. Executes nothing."""
    fresh = read_lesson(lesson.text.read_text(encoding="utf-8"), lesson.name)
    if not lesson.solution.exists() or not lesson.release.exists():
        return [f"{lesson.name} was never built: python course.py build"]
    built = _read(lesson)
    problems = solution.edited_cells(built, lesson, fresh)
    if not problems and solution.cells_of(built) != solution.cells_of(fresh):
        problems.append(f"solutions/{lesson.name} is older than its text: python course.py build")
    if not problems and released(lesson, built) != lesson.release.read_text(encoding="utf-8"):
        problems.append(
            f"notebooks/{lesson.name} differs from what the solution gives: python course.py build --overwrite"
        )
    return problems + lint.problems(lesson)


def strays(found: list[Lesson]) -> list[str]:
    """Return, in words, files in the built folders that no lesson gives: students would get them."""
    wanted = {path for lesson in found for path in (lesson.solution, lesson.release)}
    there = {path for folder in ("solutions", "notebooks") for path in (ROOT / folder).rglob("*") if path.is_file()}
    there = {path for path in there if not {".ipynb_checkpoints", "__pycache__"} & set(path.parts)}
    return [f"{path.relative_to(ROOT)} belongs to no lesson" for path in sorted(there - wanted)]


def _read(lesson: Lesson) -> nbformat.NotebookNode:
    return nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)


def _check_all(chosen: list[Lesson]) -> int:
    problems = strays(lessons())
    for path, exercises in project.projections(*(lesson.name for lesson in chosen)).items():
        if not path.exists() or not project.agrees(json.loads(path.read_text(encoding="utf-8")), exercises):
            problems.append(f"{path.relative_to(ROOT)} is older than the definitions: python course.py build")
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != exercises_page([lesson.name for lesson in lessons()]):
        problems.append(f"{PAGE.relative_to(ROOT)} is older than the definitions: python course.py build")
    for lesson in chosen:
        found = check(lesson)
        print(f"  {lesson.name}: {'ok' if not found else 'differs'}")
        problems += found
    for problem in problems:
        print(f"  - {problem}")
    return 1 if problems else 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="course.py build",
        description="Build solutions/ and notebooks/ from lessons/. A lesson is executed only if its cells changed.",
    )
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 02_convolution (default: all)")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if a rebuild would, or if a notebook has a flaw"
    )
    parser.add_argument("--execute", action="store_true", help="execute the lessons even if their cells did not change")
    parser.add_argument("--overwrite", action="store_true", help="throw away edits that were made in built notebooks")
    options = parser.parse_args(arguments)
    chosen = [lesson for lesson in lessons() if not options.lessons or lesson.name in options.lessons]
    if unknown := set(options.lessons) - {lesson.name for lesson in chosen}:
        there = ", ".join(lesson.name for lesson in lessons())
        parser.error(f"no such lesson: {', '.join(sorted(unknown))}; there are {there}")
    try:
        if options.check:
            return _check_all(chosen)
        for path, exercises in project.projections(*(lesson.name for lesson in chosen)).items():
            project.write(path, exercises)
        with replace_atomically(PAGE) as path:
            path.write_text(exercises_page([lesson.name for lesson in lessons()]), encoding="utf-8", newline="\n")
        for lesson in chosen:
            build(lesson, options.overwrite, options.execute)
    except (LessonError, ReleaseError) as error:
        print(error, file=sys.stderr)
        return 1
    problems = [problem for lesson in chosen for problem in lint.problems(lesson)]
    for problem in problems:
        print(f"  - {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
