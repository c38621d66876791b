"""``python course.py publish DEST``: the student's copy of the course, with no answer, hidden test or grader in it."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cs_utils.grading.authoring import lint
from cs_utils.grading.authoring.paths import ROOT, lessons

FILES = (
    "course.py",
    "pyproject.toml",
    "requirements.txt",
    "environment.yml",
    "nbgrader_config.py",
    "LICENSE",
)
FOLDERS = ("notebooks", "cs_utils", "jupyter_config")
LEFT_OUT = shutil.ignore_patterns("grading", "__pycache__", ".ipynb_checkpoints", "*.pyc", "convnet.npz")
README = Path(__file__).with_name("student_readme.md")


def publish(destination: Path, root: Path = ROOT) -> int:
    """Write the student's copy to `destination`, a folder that is new or empty; return the number of its files.

    Raises FileExistsError where the folder holds something, ValueError where something secret would go out.
    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise FileExistsError(f"{destination} is not empty; publish into a new folder")
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent) as folder:
        draft = Path(folder) / "copy"
        draft.mkdir()
        for name in FILES:
            shutil.copyfile(root / name, draft / name)
        for name in FOLDERS:
            shutil.copytree(root / name, draft / name, ignore=LEFT_OUT)
        shutil.copyfile(README, draft / "README.md")
        for config in list((draft / "jupyter_config" / "students").iterdir()):  # JupyterLab without formgrader
            config.replace(draft / "jupyter_config" / config.name)
        (draft / "jupyter_config" / "students").rmdir()
        _keep_what_students_need(draft / "environment.yml")
        if found := list(secrets(draft)):
            raise ValueError("not published, for something in it is not for students:\n" + "\n".join(found))
        if destination.exists():
            destination.rmdir()
        draft.replace(destination)
    return sum(path.is_file() for path in destination.rglob("*"))


def _keep_what_students_need(environment: Path) -> None:
    """Take the instructor's packages out: jupytext, above all, would replace a student's contents manager."""
    text = environment.read_text(encoding="utf-8")
    before, _, rest = text.partition("  # what an instructor and CI need on top\n")
    _, marker, after = rest.partition("  # the course itself")
    environment.write_text(before + marker + after, encoding="utf-8", newline="\n")


def secrets(folder: Path) -> Iterator[str]:
    """Yield, in words, what must not be in a student's copy."""
    if (folder / "cs_utils" / "grading").exists():
        yield "cs_utils/grading is there"
    for path in folder.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        yield from (f"{path.relative_to(folder)}: {secret!r}" for secret in lint.SECRETS if secret in text)
    for path in (folder / "cs_utils").rglob("*.py"):
        if "cs_utils.grading" in path.read_text(encoding="utf-8"):
            yield f"{path.relative_to(folder)} names cs_utils.grading"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="course.py publish",
        description="Write the student's copy: notebooks, cs_utils without the grader, and how to start.",
    )
    parser.add_argument("destination", type=Path, metavar="DEST", help="a new or empty folder")
    destination = parser.parse_args(arguments).destination
    try:
        number = publish(destination)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{destination}: {len(lessons())} lessons, {number} files. Give students this folder, never this repository.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
