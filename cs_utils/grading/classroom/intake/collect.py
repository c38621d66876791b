"""Which files of a class are whose work for which lesson."""

import re
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path

from cs_utils.grading import limits
from cs_utils.grading.authoring.paths import Lesson

BESIDE = {"06_cifar10_convnet": ("convnet.npz",)}  # what may come with a notebook


@dataclass(frozen=True)
class Submission:
    """One student's work for one lesson, as found: nothing of it has been trusted yet.

    `notebook` is None where there is nothing that could be graded, and `problem` says why.
    """

    student: str
    lesson: str
    notebook: bytes | None
    files: dict[str, bytes]
    notes: tuple[str, ...] = ()
    problem: str = ""


def safe_id(student: str) -> str:
    """Return an id that nbgrader's patterns and all file systems take; no two names share one."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", student).strip(".-") or "student"
    if plain == student and len(plain) < 100:
        return plain
    return f"{plain[:80]}-{zlib.crc32(student.encode('utf-8', 'surrogatepass')):08x}"


def collect(source: Path, lessons: list[Lesson]) -> tuple[list[Submission], list[str]]:
    """Return all submissions in a folder, sorted; and, in words, what was not taken and why."""
    found, passed_over = [], []
    for student in sorted(source.iterdir()):
        if student.name.startswith(".") or not stat.S_ISDIR(student.lstat().st_mode):
            passed_over.append(f"{student.name}: not a student's folder")
            continue
        for lesson in lessons:
            folder = student / lesson.name
            if folder.is_dir() and not folder.is_symlink():
                found.append(_submission(student.name, lesson, folder))
    return found, passed_over


def _submission(student: str, lesson: Lesson, folder: Path) -> Submission:
    files, notes = {}, []
    for name in BESIDE.get(lesson.name, ()):
        try:
            files[name] = _read(folder / name, limits.LARGEST_FILE)
        except FileNotFoundError:
            notes.append(f"{name} was not handed in")
        except ValueError as error:
            notes.append(f"{name} was left out: {error}")
    try:
        return Submission(
            student, lesson.name, _read(folder / lesson.notebook, limits.LARGEST_NOTEBOOK), files, tuple(notes)
        )
    except FileNotFoundError:
        problem = f"{lesson.notebook} is missing"
    except ValueError as error:
        problem = f"{lesson.notebook}: {error}"
    return Submission(student, lesson.name, None, files, tuple(notes), problem)


def _read(path: Path, largest: int) -> bytes:
    information = path.lstat()
    if not stat.S_ISREG(information.st_mode):
        raise ValueError("it is no plain file")
    if information.st_size > largest:
        raise ValueError(f"it has {information.st_size / 1e6:.1f} MB, at most {largest / 1e6:g} are taken")
    return path.read_bytes()
