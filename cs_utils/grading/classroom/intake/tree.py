"""What a folder holds, all the way down: plain files, and in words what is not one. No link is followed."""

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cs_utils.grading.classroom.intake.names import is_hidden, shown
from cs_utils.grading.limits import FOLDERS_DEEP, MB, MOST_CLASS_ENTRIES, MOST_ENTRIES

Parts = tuple[str, ...]  # of a path within a class's folder or zip


class Refused(Exception):
    """Something that is not read; the message says why, and follows its name."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A file that may be read.

    Attributes
    ----------
    load : callable
        ``load(most) -> bytes``; raises Refused if there are more than `most` bytes, or they can't be read.
    """

    parts: Parts
    time: tuple[int, ...]
    load: Callable[[int], bytes]

    @property
    def name(self) -> str:
        return self.parts[-1]

    @property
    def folder(self) -> Parts:
        return self.parts[:-1]

    @property
    def path(self) -> str:
        return path_of(self.parts)


@dataclass
class Tree:
    """The files of a folder or zip.

    Attributes
    ----------
    folders : set
        All folders, the empty ones too.
    refused : list
        What is not taken: its path, and why.
    hidden : list
        What systems and editors left behind.
    """

    entries: list[Entry] = field(default_factory=list)
    folders: set[Parts] = field(default_factory=set)
    refused: list[tuple[Parts, str]] = field(default_factory=list)
    hidden: list[Parts] = field(default_factory=list)

    def add(self, other: "Tree") -> None:
        self.entries += other.entries
        self.folders |= other.folders
        self.refused += other.refused
        self.hidden += other.hidden


def path_of(parts: Parts) -> str:
    """Return a path fit for a message."""
    return "/".join(map(shown, parts))


def scan(root: Path, only: str = "") -> Tree:
    """Return what a folder holds, or only one file in it.

    What lies near its top comes first: a deep heap of files hides nobody else's.
    """
    tree = Tree()
    if only:
        _add(tree, root / only, (readable(only),), [])
        return tree
    waiting: list[tuple[Path, Parts]] = [(root, ())]
    seen = 0
    for folder, parts in waiting:  # grows meanwhile
        try:
            with os.scandir(folder) as found:
                names = sorted((entry.name for _, entry in zip(range(_most(parts) + 1), found)), key=os.fsencode)
        except OSError as error:
            tree.refused.append((parts, f"can't be opened ({error.strerror})"))
            continue
        if len(names) > _most(parts):
            tree.refused.append(
                (parts, f"holds more than {_most(parts):,} entries, of which the rest is not looked at")
            )
        for name in names[: _most(parts)]:
            seen += 1
            if seen > MOST_CLASS_ENTRIES:
                tree.refused.append((parts, f"is beyond the {MOST_CLASS_ENTRIES:,} entries that are looked at"))
                return tree
            _add(tree, folder / name, (*parts, readable(name)), waiting)
    return tree


def _most(parts: Parts) -> int:
    return MOST_ENTRIES if parts else MOST_CLASS_ENTRIES


def readable(name: str) -> str:
    """Return a file's name as text: bytes that are no UTF-8 become backslash sequences."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _add(tree: Tree, path: Path, parts: Parts, waiting: list[tuple[Path, Parts]]) -> None:
    try:
        status = path.lstat()
    except OSError as error:
        tree.refused.append((parts, f"can't be looked at ({error.strerror})"))
        return
    if is_hidden(parts[-1]):
        tree.hidden.append(parts)
    elif stat.S_ISDIR(status.st_mode):
        if len(parts) > FOLDERS_DEEP:
            tree.refused.append((parts, f"lies deeper than {FOLDERS_DEEP} folders"))
        else:
            tree.folders.add(parts)
            waiting.append((path, parts))
    elif stat.S_ISREG(status.st_mode):
        tree.entries.append(Entry(parts, _moment(status.st_mtime), lambda most: read_file(path, most)))
    elif stat.S_ISLNK(status.st_mode):
        tree.refused.append((parts, "is a link, which is not followed"))
    else:
        tree.refused.append((parts, "is no plain file (a pipe, a socket or a device)"))


def read_file(path: Path, most: int) -> bytes:
    """Return the bytes of a plain file; raise Refused if it is none, has too many, or can't be read."""
    try:
        # Between the look and the opening it may have been exchanged: no link, and no waiting for a pipe.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Refused("is no plain file")
            data = file.read(most + 1)
    except OSError as error:
        raise Refused(f"can't be read ({error.strerror})") from None
    if len(data) > most:
        raise Refused(f"has more than {most / MB:g} MB")
    return data


def _moment(seconds: float) -> tuple[int, ...]:
    try:
        return tuple(time.localtime(seconds)[:6])
    except (OverflowError, ValueError, OSError):
        return (0,)
