"""``python course.py reset EXERCISE``: begin an exercise, or a whole lesson, anew; what was there is kept."""

import argparse
import difflib
import json
import sys
from pathlib import Path
from typing import Any

from cs_utils.desk.copy import ROOT, Lesson, Trouble, find_lesson, lessons, read_original
from cs_utils.desk.keeping import KEPT, keep, write
from cs_utils.system import replace_unprintable


def reset_exercise(name: str, root: Path = ROOT) -> Path:
    """Give an exercise's cell the text that it was released with; return the file that holds the text before.

    All other cells stay as they are.

    Raises
    ------
    Trouble
        If there is no such exercise, or its cell is not in the student's notebook any more.
    """
    for lesson in lessons(root):
        released = _cell(json.loads(read_original(lesson)), name)
        if released is not None:
            break
    else:
        names = [exercise for lesson in lessons(root) for exercise in _exercises(json.loads(read_original(lesson)))]
        close = difflib.get_close_matches(name, names, n=1)
        meant = f"Do you mean {close[0]}?" if close else "Its name is that of the function that you write, as softmax."
        raise Trouble(f"There is no exercise {name!r}. {meant}")
    try:
        notebook = json.loads(lesson.notebook.read_text(encoding="utf-8-sig"))
        cell = _cell(notebook, name)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise Trouble(f"{lesson.notebook} cannot be read: {error}. {_whole(lesson)}") from None
    if cell is None:
        raise Trouble(f"The cell of {name} is not in {lesson.notebook} any more. {_whole(lesson)}")
    source = cell.get("source", "")
    before = source if isinstance(source, str) else "".join(map(str, source))
    kept = keep(root, f"{name}{'.py' if cell.get('cell_type') == 'code' else '.md'}", before)
    cell["source"] = released["source"]
    if cell.get("cell_type") == "code":
        cell.update(outputs=[], execution_count=None)
    write(lesson.notebook, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    return kept


def reset_lesson(lesson: Lesson) -> Path | None:
    """Put a lesson's notebook back as it was released; return where the one before is kept, None if there was none."""
    text = read_original(lesson)
    kept = None
    if lesson.notebook.is_file():
        kept = keep(lesson.root, lesson.notebook.name, lesson.notebook.read_bytes())
    lesson.notebook.parent.mkdir(parents=True, exist_ok=True)
    write(lesson.notebook, text)
    return kept


def _cell(notebook: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return the cell of an answer, by its name in nbgrader's metadata."""
    for cell in notebook["cells"]:
        info = cell.get("metadata", {}).get("nbgrader", {})
        if info.get("grade_id") == name and info.get("solution"):
            found: dict[str, Any] = cell
            return found
    return None


def _exercises(notebook: dict[str, Any]) -> list[str]:
    """Return the names of a notebook's exercises: those that `_cell` finds."""
    infos = (cell.get("metadata", {}).get("nbgrader", {}) for cell in notebook["cells"])
    return [str(info["grade_id"]) for info in infos if info.get("solution")]


def _whole(lesson: Lesson) -> str:
    return f"python course.py reset {lesson.name} brings the whole notebook back, and keeps yours."


def main(arguments: list[str] | None = None) -> int:
    """Reset what was asked for; return 1, with the reason on standard error, if that can't be done."""
    parser = argparse.ArgumentParser(
        prog="course.py reset",
        description="Begin an exercise anew: its cell gets the text that it was released with, and everything else "
        f"stays. What was there is kept in the folder {KEPT}. Save the notebook in JupyterLab first.",
    )
    parser.add_argument("name", metavar="EXERCISE", help="such as conv_layer; or a lesson, such as 02_convolution")
    name = parser.parse_args(arguments).name
    try:
        try:
            lesson = find_lesson(name)
        except Trouble:
            kept: Path | None = reset_exercise(name)
        else:
            kept = reset_lesson(lesson)
    except (Trouble, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{name} is as it was released." + f" What was there is in {kept}." * (kept is not None))
    print('If the notebook is open in JupyterLab, choose "Reload Notebook from Disk" in the menu File.')
    return 0


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
