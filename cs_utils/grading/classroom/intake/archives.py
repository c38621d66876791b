"""What a zip holds: read in memory, bounded, and never unpacked to a disk."""

import io
import re
import stat
import zipfile
from contextlib import suppress
from functools import partial
from pathlib import Path

from cs_utils.grading.classroom.intake.names import is_hidden, shown
from cs_utils.grading.classroom.intake.tree import Entry, Parts, Refused, Tree
from cs_utils.grading.limits import (
    ARCHIVES_DEEP,
    FOLDERS_DEEP,
    LARGEST_ARCHIVE,
    LONGEST_NAME,
    MB,
    MOST_ARCHIVES,
    MOST_CLASS_ENTRIES,
    MOST_ENTRIES,
)

# Others may unpack any number of bytes at a time.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_archive(name: str) -> bool:
    return name.casefold().endswith(".zip")


def open_archive(source: Path | bytes, parts: Parts = (), most: int = MOST_CLASS_ENTRIES) -> Tree:
    """Return what a zip, a file or its bytes, holds, below `parts`; raise Refused if it is none, or holds too much."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except Exception as error:  # of many kinds, for bytes that somebody calls a zip
        raise Refused(f"is no zip that can be read ({shown(str(error))})") from None
    if len(archive.infolist()) > most:
        raise Refused(f"holds more than {most:,} files and folders")
    tree = Tree()
    for info in archive.infolist():
        name = _name(info)
        try:
            inner = _parts(name)
            if any(map(is_hidden, inner)):
                tree.hidden.append((*parts, *inner))
                continue
            _require_plain(info)
        except Refused as reason:
            tree.refused.append(((*parts, name), str(reason)))
            continue
        folders = inner if info.is_dir() else inner[:-1]
        tree.folders |= {(*parts, *folders[:end]) for end in range(1, len(folders) + 1)}
        if not info.is_dir():
            tree.entries.append(Entry((*parts, *inner), info.date_time, partial(_load, archive, info)))
    return tree


def expand(tree: Tree) -> Tree:
    """Return a student's files with those of the zips among them, and of the zips in those."""
    opened = 0
    whole = Tree(folders=tree.folders, refused=list(tree.refused), hidden=list(tree.hidden))
    waiting = [(entry, 1) for entry in tree.entries]
    for entry, depth in waiting:  # grows meanwhile
        if not is_archive(entry.name):
            whole.entries.append(entry)
            continue
        try:
            opened += 1
            if depth > ARCHIVES_DEEP or opened > MOST_ARCHIVES:
                raise Refused(f"is one zip too many: {MOST_ARCHIVES} are opened, {ARCHIVES_DEEP} within one another")
            found = open_archive(entry.load(LARGEST_ARCHIVE), entry.parts, MOST_ENTRIES)
        except Refused as reason:
            whole.refused.append((entry.parts, str(reason)))
            continue
        waiting += [(inner, depth + 1) for inner in found.entries]
        whole.add(Tree([], found.folders, found.refused, found.hidden))
    return whole


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name: UTF-8 that isn't declared as such (macOS) is read as what it is, and backslashes, too."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _parts(name: str) -> Parts:
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        raise Refused("has an absolute path")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if ".." in parts:
        raise Refused("points out of its folder (..)")
    if not parts or len(parts) > FOLDERS_DEEP:
        raise Refused(f"lies deeper than {FOLDERS_DEEP} folders" if parts else "has no name")
    if any(len(part) > LONGEST_NAME for part in parts):
        raise Refused(f"has a name of more than {LONGEST_NAME} characters")
    return parts


def _require_plain(info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise Refused("is a link, which is not followed")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused("is no plain file (a pipe, a socket or a device)")


def _load(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 1:
        raise Refused("is protected by a password")
    if info.compress_type not in METHODS:
        raise Refused("is compressed in a way that is not supported here; the usual way (deflate) is")
    if info.file_size > most:
        raise Refused(f"has more than {most / MB:g} MB")
    try:
        with archive.open(info) as file:
            data = file.read(most + 1)  # whatever size it claims to have
    except Exception as error:  # of many kinds, for bytes that somebody calls a zip
        raise Refused(f"can't be unpacked ({shown(str(error))})") from None
    if len(data) > most:
        raise Refused(f"has more than {most / MB:g} MB")
    return data
