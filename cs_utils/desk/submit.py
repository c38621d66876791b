"""``python course.py submit LESSON``: say what is still open, then pack what is to be handed in into one zip."""

import argparse
import contextlib
import sys
import zipfile
from pathlib import Path

from cs_utils.checks.__main__ import FILES, check_notebook
from cs_utils.checks.notebook import UnreadableNotebook, read_cells
from cs_utils.desk.copy import ROOT, Lesson, Trouble, find_lesson
from cs_utils.files import replace_atomically
from cs_utils.system import replace_unprintable


def submit(lesson: Lesson, folder: Path) -> tuple[Path, list[str]]:
    """Pack a lesson's notebook, and what belongs beside it, into a zip in that folder.

    Returns the zip's path, and the names of what belongs beside the notebook and is not there.

    Raises
    ------
    Trouble
        If there is no notebook, or one that nobody could read.
    """
    if not lesson.notebook.is_file():
        found = ", ".join(path.name for path in sorted(lesson.notebook.parent.glob("*.ipynb"))) or "no notebook"
        raise Trouble(
            f"There is no {lesson.notebook.name} in {lesson.notebook.parent}, but {found}. "
            "Give your notebook its own name again."
        )
    try:
        cells = read_cells(lesson.notebook)
    except UnreadableNotebook as reason:
        raise Trouble(f"{lesson.notebook}: {reason} Nothing was packed.") from None
    beside = [lesson.notebook.with_name(FILES[cell.earns]) for cell in cells if cell.earns in FILES]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{lesson.name}.zip"
    with replace_atomically(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [lesson.notebook, *(path for path in beside if path.is_file())]:
            archive.write(path, f"{lesson.name}/{path.name}")
    return target, [path.name for path in beside if not path.is_file()]


def main(arguments: list[str] | None = None) -> int:
    """Pack a lesson; return 1, with the reason on standard error, if that can't be done."""
    parser = argparse.ArgumentParser(
        prog="course.py submit",
        description="Run a lesson's checks, say what is still open, and pack what is to be handed in into one zip. "
        "You may hand in a lesson that is not complete, and hand it in again later.",
    )
    parser.add_argument("lesson", metavar="LESSON", help='its number or name, such as 2 or "02_convolution"')
    parser.add_argument("--to", type=Path, default=ROOT / "handed_in", metavar="FOLDER", help="(default: handed_in)")
    parser.add_argument("--no-check", action="store_true", help="pack at once, without running the checks")
    options = parser.parse_args(arguments)
    try:
        lesson = find_lesson(options.lesson)
        if not options.no_check and lesson.notebook.is_file():
            print(f"Checking {lesson.notebook} as it was saved (what is not saved in JupyterLab is not in it):")
            with contextlib.suppress(UnreadableNotebook):  # submit says so, and packs nothing
                check_notebook(lesson.notebook)
        target, missing = submit(lesson, options.to)
    except (Trouble, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    with zipfile.ZipFile(target) as archive:
        names = ", ".join(Path(name).name for name in archive.namelist())
    print(f"Packed: {names}, {target.stat().st_size / 1000:.0f} kB.")
    for name in missing:
        print(f"Without {name}, which belongs to it and is not beside the notebook.")
    print(f"Hand in this one file: {target}")
    return 0


if __name__ == "__main__":
    replace_unprintable()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing was packed.")
