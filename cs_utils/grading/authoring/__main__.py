"""``python course.py build``: make solutions/ and notebooks/ from lessons/, or say where they differ."""

import argparse
import sys

from cs_utils.grading.authoring import build, lint
from cs_utils.grading.authoring.paths import Lesson, lessons
from cs_utils.grading.authoring.release import ReleaseError
from cs_utils.grading.authoring.text import LessonError
from cs_utils.system import replace_unprintable


def main(arguments: list[str] | None = None) -> int:
    """Build or check the lessons; return 1 if there is anything to put right, else 0."""
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
        problems = _check(chosen) if options.check else _build(chosen, options.overwrite, options.execute)
    except (LessonError, ReleaseError) as error:
        print(error, file=sys.stderr)
        return 1
    for problem in problems:
        print(f"  - {problem}")
    return 1 if problems else 0


def _build(chosen: list[Lesson], overwrite: bool, execute: bool) -> list[str]:
    build.write_data(chosen)
    build.write_pages()
    for lesson in chosen:
        build.build(lesson, overwrite, execute)
    return [problem for lesson in chosen for problem in lint.problems(lesson)]


def _check(chosen: list[Lesson]) -> list[str]:
    problems = [*build.strays("solutions"), *build.strays("notebooks"), *build.check_data(chosen), *build.check_pages()]
    for lesson in chosen:
        found = build.check(lesson)
        print(f"  {lesson.name}: {'differs' if found else 'ok'}", flush=True)
        problems += found
    return problems


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
