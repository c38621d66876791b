"""``python course.py update COPY``: take in a corrected release without losing what was written."""

import argparse
import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from cs_utils.desk.copy import ROOT, Lesson, Trouble, lessons, read_original
from cs_utils.desk.keeping import KEPT, keep, write
from cs_utils.desk.merging import Merged, merge
from cs_utils.files import replace_atomically
from cs_utils.system import replace_unprintable

STAYS = {"notebooks", "progress.json", "handed_in", KEPT, "START.md", ".venv"}  # the student's, and what setup makes


def update(source: Path, root: Path = ROOT) -> dict[str, list[str]]:
    """Bring a student's copy up to the newer one in the folder `source`; return by lesson what was in conflict.

    Notebooks come first, each written whole; a run that was cut off is repeated by the same command. A notebook that
    changes is kept as it was in the folder ``kept``.

    Raises
    ------
    Trouble
        If `source` is no copy of the course, or a notebook here can't be read: then nothing has changed.
    """
    newer = {lesson.name: lesson for lesson in lessons(source) if lesson.original.is_file()}
    if not newer or not (source / "course.py").is_file():
        raise Trouble(f"{source} is no copy of the course that course.py publish has written.")
    mine = {lesson.name: lesson for lesson in lessons(root)}
    merged = {name: _merge(mine[name], lesson) for name, lesson in newer.items() if _is_here(mine.get(name))}
    for name, lesson in newer.items():
        target = Lesson(root, name).notebook
        if name not in merged:
            target.parent.mkdir(parents=True, exist_ok=True)
            write(target, lesson.original.read_bytes())
            continue
        text = json.dumps(merged[name].notebook, indent=1, ensure_ascii=False) + "\n"
        if text != target.read_text(encoding="utf-8-sig"):
            keep(root, target.name, target.read_bytes())
            write(target, text)
    _replace_the_rest(source, root)
    return {name: result.conflicts for name, result in merged.items()}


def _is_here(lesson: Lesson | None) -> bool:
    return lesson is not None and lesson.notebook.is_file()


def _merge(mine: Lesson, theirs: Lesson) -> Merged:
    base = json.loads(read_original(mine))
    try:
        here = json.loads(mine.notebook.read_text(encoding="utf-8-sig"))
        return merge(base, here, json.loads(read_original(theirs)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Trouble(
            f"{mine.notebook} cannot be read ({error}). python course.py reset {mine.name} brings it back and keeps "
            "yours. Nothing was changed."
        ) from None


def _replace_the_rest(source: Path, root: Path) -> None:
    """Copy all files but the student's own, and take away those of the package that the newer copy does not have."""
    new = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    new = {path for path in new if path.parts[0] not in STAYS and "__pycache__" not in path.parts}
    for path in sorted(new):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with replace_atomically(root / path) as draft:
            shutil.copyfile(source / path, draft)
    for old in (root / "cs_utils").rglob("*"):
        if old.is_file() and old.relative_to(root) not in new:
            old.unlink()


def main(arguments: list[str] | None = None) -> int:
    """Update; return 1, with the reason on standard error, if that can't be done."""
    parser = argparse.ArgumentParser(
        prog="course.py update",
        description="Take in a newer copy of the course: its texts, checks and corrections. What you have written "
        f"stays; each notebook that changes is kept as it was in the folder {KEPT}. Close JupyterLab first.",
    )
    parser.add_argument("copy", type=Path, metavar="COPY", help="the newer copy: its folder, or the zip that it is in")
    source = parser.parse_args(arguments).copy.expanduser()
    try:
        with tempfile.TemporaryDirectory() as place:
            conflicts = update(_opened(source, Path(place)))
    except (Trouble, OSError, zipfile.BadZipFile) as error:
        print(error, file=sys.stderr)
        return 1
    for name, sentences in conflicts.items():
        print(f"  {name}: " + ("nothing was in conflict" if not sentences else f"{len(sentences)} to look at"))
        for sentence in sentences:
            print(f"    - {sentence}")
    print(f"The course is up to date. Notebooks as they were are in {ROOT / KEPT}, where they have changed.")
    return 0


def _opened(source: Path, place: Path) -> Path:
    """Return the folder of the copy; a zip is unpacked to `place` first, and the copy may be a folder in it."""
    if not source.exists():
        raise Trouble(f"There is no {source}.")
    if source.is_file():
        with zipfile.ZipFile(source) as archive:
            archive.extractall(place)  # Python leaves out what would lead out of the folder
        source = place
    within = [path.parent for path in source.glob("*/course.py")]
    return within[0] if not (source / "course.py").is_file() and len(within) == 1 else source


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
