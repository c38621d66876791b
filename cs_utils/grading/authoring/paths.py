"""Where a lesson is at each stage: its text, its solution, its released notebook."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Lesson:
    """A lesson of the course in the folder `root`; `name` is that of its assignment, such as ``02_convolution``."""

    root: Path
    name: str

    @property
    def notebook(self) -> str:
        """The notebook's file name: the lesson's without its number."""
        return self.name.partition("_")[2] + ".ipynb"

    @property
    def text(self) -> Path:
        return self.root / "lessons" / f"{self.name}.py"

    @property
    def solution(self) -> Path:
        return self.root / "solutions" / self.name / self.notebook

    @property
    def release(self) -> Path:
        return self.root / "notebooks" / self.name / self.notebook


def lessons(root: Path = ROOT) -> list[Lesson]:
    """Return the course's lessons in order."""
    return [Lesson(root, path.stem) for path in sorted((root / "lessons").glob("[0-9][0-9]_*.py"))]
