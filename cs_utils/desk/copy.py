"""The copy of the course that a student works in: its lessons, and the notebooks as they were released."""

from dataclasses import dataclass
from pathlib import Path

from cs_utils.checks.notebook import is_called
from cs_utils.system import course_folder

ROOT = course_folder()
PACKAGE = Path(__file__).resolve().parents[1]


class Trouble(Exception):
    """Something that the person at the keyboard can put right; its text says how."""


@dataclass(frozen=True)
class Lesson:
    """A lesson of the copy in the folder `root`: `name` is its folder's, such as ``02_convolution``."""

    root: Path
    name: str

    @property
    def notebook(self) -> Path:
        """The notebook that the student works in."""
        return self.root / "notebooks" / self.name / f"{self.name.partition('_')[2]}.ipynb"

    @property
    def original(self) -> Path:
        """The same notebook as it was released."""
        return _originals(self.root) / f"{self.name}.ipynb"


def _originals(root: Path) -> Path:
    """Return where the released notebooks are: in the copy or, where it has no package of its own, in the wheel."""
    package = root / "cs_utils"
    return (package if package.is_dir() else PACKAGE) / "desk" / "originals"


def lessons(root: Path = ROOT) -> list[Lesson]:
    """Return the lessons of a copy, in their order; in a folder without a package, all that the wheel brings."""
    names = {folder.name for folder in (root / "notebooks").glob("[0-9]*_*") if folder.is_dir()}
    if not (root / "cs_utils").is_dir():
        names |= {path.stem for path in _originals(root).glob("*.ipynb")}
    return [Lesson(root, name) for name in sorted(names)]


def find_lesson(wanted: str, root: Path = ROOT) -> Lesson:
    """Return the lesson that somebody calls by its number, its name, or both: 2, 02, convolution, 02_convolution.

    Raises Trouble with the names there are.
    """
    known = lessons(root)
    for lesson in known:
        if is_called(lesson.name, wanted):
            return lesson
    raise Trouble(f"There is no lesson {wanted!r} here; there are: {', '.join(lesson.name for lesson in known)}.")


def read_original(lesson: Lesson) -> str:
    """Return the text of a notebook as it was released.

    Raises Trouble where the folder is no student's copy.
    """
    try:
        return lesson.original.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Trouble(
            f"{lesson.name} as it was released is not here: this is no copy that course.py publish has written. In the "
            f"course's repository, git restore {lesson.notebook.relative_to(lesson.root).as_posix()} brings it back."
        ) from None
