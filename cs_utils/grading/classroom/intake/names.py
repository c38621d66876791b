"""What names say: whose a file is, of which lesson; and names made fit to be shown and to be ids.

A name is data: it is compared and shown, and never a pattern, an option or a path.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from cs_utils.grading.authoring.paths import Lesson

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}")
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}  # by Windows
MOODLES, CANVASES = "moodle", "canvas"  # the platform of an `Owner`
HIDDEN = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini"}  # besides all that begin with a dot

# Anna Muster_123_assignsubmission_file_/..., or the same in front of a file's name
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+_?(?P<rest>.*)", re.S)
# musteranna_LATE_123_4567_convolution.ipynb: of the user 123, the upload 4567
CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<upload>\d+)_(?P<rest>.+)", re.S)
COPIES = re.compile(r"(?<![^\W_])(copy of|kopie von|copy|kopie)[ _]?\d*(?![^\W_])|\(\d+\)", re.I)


@dataclass(frozen=True)
class Owner:
    """Whose something is. An export of a learning platform tells people of one name apart by a number.

    `platform` is "moodle" or "canvas" where its mark was found.
    """

    name: str
    number: str = ""
    platform: str = field(default="", compare=False)


@dataclass(frozen=True)
class Upload:
    """A file's own name and what a learning platform wrote in front of it."""

    name: str
    owner: Owner | None = None
    number: int = 0  # grows from upload to upload
    late: bool = False


def safe_id(student: str) -> str:
    """Return an id for a student that nbgrader's patterns and file systems can take.

    Plain names (letters of ASCII, digits, and ``_.-`` within) stay as they are. Of all others what can be read is kept,
    and a hash of the name keeps two of them apart.
    """
    if PLAIN.fullmatch(student) and student[-1] != "." and student.partition(".")[0].casefold() not in RESERVED:
        return student
    letters = unicodedata.normalize("NFC", student)
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in letters)
    readable = "_".join(kept.split())[:40] or "student"
    return f"{readable}~{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def shown(name: str) -> str:
    """Return a name fit for a message: on one line, without what would steer a terminal, and not too long."""
    printable = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in name)
    return printable if len(printable) <= 120 else f"{printable[:80]}...{printable[-30:]}"


def is_hidden(name: str) -> bool:
    """Is this what systems and editors leave behind: ``.ipynb_checkpoints``, ``__MACOSX``, ``~$draft``?"""
    return name.startswith((".", "~$")) or name.casefold() in HIDDEN


def upload(name: str) -> Upload:
    """Take a platform's prefix off a file's name."""
    if found := MOODLE.fullmatch(name):
        return Upload(found["rest"], Owner(found["name"], found["number"], MOODLES))
    if found := CANVAS.fullmatch(name):
        owner = Owner(found["name"], found["number"], CANVASES)
        return Upload(found["rest"], owner, int(found["upload"][-18:]), bool(found["late"]))
    return Upload(name)


def folder_owner(name: str) -> Owner | None:
    """Return whose a folder is by a platform's mark in its name."""
    found = MOODLE.fullmatch(name)
    return Owner(found["name"], found["number"], MOODLES) if found else None


def is_notebook(name: str) -> bool:
    """Is this a notebook's name? Browsers and mail programs add .txt or .json to it."""
    return re.search(r"\.ipynb( ?\(\d+\)|-copy\d*)?(\.txt|\.json)?$", name, re.I) is not None


def names_lesson(name: str, lesson: Lesson) -> bool:
    """Is a file's or folder's name that of a lesson, in any case, or with what a copy adds to it?"""
    letters = _letters(COPIES.sub("", re.sub(r"(\.ipynb|\.txt|\.json|\.zip)+", "", name, flags=re.I)))
    return letters in (_letters(lesson.name), _letters(_stem(lesson)))


def mentions_lesson(name: str, lesson: Lesson) -> bool:
    """Is a lesson's name part of this one?"""
    return _letters(_stem(lesson)) in _letters(name)


def rest_of(name: str, lesson: Lesson) -> str:
    """Return what a file's name says besides the lesson: the student's, often. Empty if nothing is left."""
    name = re.sub(r"(\.ipynb|\.txt|\.json|\.zip)+", "", name, flags=re.I)
    words = r"[\W_]*".join(re.findall("[a-z0-9]+", _stem(lesson)))
    rest = re.sub(rf"(\d\d[\W_]*)?{words}", " ", name, count=1, flags=re.I)
    rest = COPIES.sub(" ", rest).strip(" _-.,()+")
    return rest if re.search(r"[^\W\d_]", rest) else ""


def _stem(lesson: Lesson) -> str:
    return PurePosixPath(lesson.notebook).stem


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()
