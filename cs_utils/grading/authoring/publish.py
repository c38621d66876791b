"""``python course.py publish DEST``: the student's copy of the course, with no answer, hidden test or grader in it.

Only what the build has made goes out, and of the package only what belongs to it: anything else is refused by name.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from cs_utils import __version__
from cs_utils.grading.authoring import build, lint, releases
from cs_utils.grading.authoring.colab import add_colab_cell
from cs_utils.grading.authoring.conda import environment
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.system import replace_unprintable

FILES = ("course.py", "pyproject.toml", "hatch_build.py", "requirements.txt", "nbgrader_config.py", "LICENSE")
# In cs_utils, for instructors only: a loop of the benchmark or an operation of the reference would be an answer.
KEPT_BACK = ("grading", "benchmark", "reference.py")
PACKAGE = {".py", ".json", ".md", ".html", ".css", ".js"}  # what cs_utils is made of
README = Path(__file__).with_name("student_readme.md")
GUIDE = ROOT / "docs" / "student.md"
LONG_ANSWER = 3  # lines: with fewer, the course's own layers may say the same


class Refused(Exception):
    """Something would go out that must not; the message names it."""


def publish(destination: Path, root: Path = ROOT) -> int:
    """Write the student's copy to `destination`, a folder that is new or empty; return the number of its files.

    Raises FileExistsError if the folder holds something, Refused if something would go out that is not for students.
    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise FileExistsError(f"{destination} is not empty; publish into a new folder")
    built = lessons(root)
    problems = [*build.strays("notebooks", root), *(problem for lesson in built for problem in build.check(lesson))]
    files = [*FILES]
    for path in _package(root):
        files.append(str(path.relative_to(root)))
        if path.suffix not in PACKAGE:
            problems.append(f"{path.relative_to(root).as_posix()} is no part of the package")
    _refuse(problems)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent) as folder:
        draft = Path(folder) / "copy"
        for name in files:
            _copy(root / name, draft / name)
        for config in (root / "jupyter_config").glob("*.json"):
            students = config.parent / "students" / config.name  # JupyterLab without formgrader
            _copy(students if students.exists() else config, draft / "jupyter_config" / config.name)
        for lesson in built:
            notebook = nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4)
            add_colab_cell(notebook)
            original = draft / "cs_utils" / "desk" / "originals" / f"{lesson.name}.ipynb"  # what `reset` brings back
            for path in (draft / lesson.release.relative_to(root), original):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
        _copy(README, draft / "README.md")
        _copy(GUIDE, draft / "GUIDE.md")
        (draft / "environment.yml").write_text(environment(for_instructor=False), encoding="utf-8", newline="\n")
        _refuse([*secrets(draft), *answers_in(draft, built)])
        if destination.exists():
            destination.rmdir()
        draft.replace(destination)
    return sum(path.is_file() for path in destination.rglob("*"))


def _package(root: Path) -> Iterator[Path]:
    """Yield the files of cs_utils that are for students."""
    package = root / "cs_utils"
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        if path.is_file() and parts[0] not in KEPT_BACK and not build.CACHES & set(parts):
            yield path


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise Refused("\n".join(["Not published:", *(f"  - {problem}" for problem in problems)]))


def secrets(folder: Path) -> Iterator[str]:
    """Yield, in words, what must not be in a student's copy."""
    yield from (f"cs_utils/{name} is there" for name in KEPT_BACK if (folder / "cs_utils" / name).exists())
    for path in folder.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        yield from (f"{path.relative_to(folder)}: {secret!r}" for secret in lint.SECRETS if secret in text)
    for path in (folder / "cs_utils").rglob("*.py"):
        if "cs_utils.grading" in path.read_text(encoding="utf-8"):
            yield f"{path.relative_to(folder)} names cs_utils.grading"


def answers_in(folder: Path, built: list[Lesson]) -> Iterator[str]:
    """Yield, in words, where a whole answer of a lesson is in the package of a student's copy."""
    answers = {name: answer for lesson in built for name, answer in _answers(lesson)}
    for path in sorted((folder / "cs_utils").rglob("*.py")):
        text = _told(path.read_text(encoding="utf-8"))
        yield from (
            f"{path.relative_to(folder)} holds the answer to {n}" for n, answer in answers.items() if answer in text
        )


def _answers(lesson: Lesson) -> Iterator[tuple[str, str]]:
    for cell in nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4).cells:
        for answer in lint.answers(cell):
            if answer.count("\n") >= LONG_ANSWER:
                yield cell.id, _told(answer)


def _told(code: str) -> str:
    """Code without what makes no difference: indentation, empty lines and comments."""
    lines = (re.sub(r"\s*#.*", "", line).strip() for line in code.splitlines())
    return "\n" + "\n".join(line for line in lines if line) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Publish; return 1, with the reason on standard error, if that is refused or fails."""
    parser = argparse.ArgumentParser(
        prog="course.py publish",
        description="Write the student's copy: notebooks, cs_utils without the grader, and how to start.",
    )
    parser.add_argument("destination", type=Path, metavar="DEST", help="a new or empty folder")
    destination = parser.parse_args(arguments).destination
    try:
        _refuse(releases.changed_since_published(ROOT))
        number = publish(destination)
        releases.keep(ROOT)
    except (OSError, Refused) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{destination}: {len(lessons())} lessons, {number} files. Give students this folder, never this repository.")
    print(f"This is release {__version__}; a copy of its notebooks is in releases/{__version__} (commit it).")
    return 0


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
