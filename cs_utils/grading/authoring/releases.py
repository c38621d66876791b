"""What students were given: each published release of the lessons, kept in ``releases/VERSION/`` for the grader.

Work on an older release is graded all the same; with the older text at hand the grader can tell what was the lesson's
then from what the student wrote, and say what has changed since.
"""

from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cs_utils import __version__
from cs_utils.files import replace_atomically
from cs_utils.grading.authoring.paths import Lesson, lessons


def stamp(notebook: NotebookNode, number: str) -> None:
    """Write the release's number into a notebook, none if it is empty."""
    course = notebook.metadata.setdefault("course", nbformat.from_dict({}))
    if number:
        course["release"] = number


def number_of(path: Path) -> str:
    """Return the number that is written in a released notebook; "" if there is none, or the file is damaged."""
    try:
        return str(_read(path).metadata.get("course", {}).get("release", ""))
    except ValueError:
        return ""


def changed_since_published(root: Path, version: str = __version__) -> list[str]:
    """Return, in words, the lessons that differ from what was published under this version."""
    return [
        f"{lesson.name} is not what was published as release {version}: raise __version__ in cs_utils/__init__.py, "
        "tell what changed in CHANGELOG.md, and run python course.py build"
        for lesson in lessons(root)
        if _kept(lesson, version).is_file() and _text(_kept(lesson, version)) != _text(lesson.release)
    ]


def keep(root: Path, version: str = __version__) -> None:
    """Keep the released notebooks as those of this version."""
    for lesson in lessons(root):
        path = _kept(lesson, version)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_atomically(path) as draft:
            draft.write_text(_text(lesson.release), encoding="utf-8", newline="\n")


@lru_cache(maxsize=32)
def older(lesson: Lesson) -> tuple[NotebookNode, ...]:
    """Return the kept releases of a lesson that differ from today's in their cells, by version."""
    today = _cells(_read(lesson.release))
    kept = [_read(path) for path in sorted((lesson.root / "releases").glob(f"*/{lesson.name}.ipynb"))]
    return tuple(notebook for notebook in kept if _cells(notebook) != today)


def _kept(lesson: Lesson, version: str) -> Path:
    return lesson.root / "releases" / version / f"{lesson.name}.ipynb"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _read(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.reads(_text(path), as_version=4)
    return notebook


def _cells(notebook: NotebookNode) -> list[tuple[str, str]]:
    return [(cell.id, cell.source) for cell in notebook.cells]
