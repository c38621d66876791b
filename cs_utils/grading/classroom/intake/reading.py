"""From the bytes of a notebook to its cells, whatever the bytes are.

Taken over are each cell's kind, source, id and grade id, and pictures attached to text. Outputs, metadata and all else
stay behind.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cs_utils.grading.limits import (
    LARGEST_CELL,
    LARGEST_NOTEBOOK,
    LARGEST_PICTURE,
    MB,
    MOST_BRACKETS,
    MOST_CELLS,
    MOST_CODE,
)

Attachments = dict[str, dict[str, str]]  # {name: {MIME type: base64}}, as in a notebook
KINDS = ("code", "markdown", "raw")
PICTURES = ("image/png", "image/jpeg")
# What is often handed in by mistake under a notebook's name, by how it begins.
MISTAKEN = {
    b"PK\x03\x04": "is a zip archive under a notebook's name",
    b"%PDF": "is a PDF under a notebook's name",
    b"<": "is a web page under a notebook's name: save the notebook itself, not the page that shows it",
    b"version https://git-lfs": "is a pointer of Git LFS and not the notebook itself",
}


class Quarantined(Exception):
    """A submission that can't be repaired; the message says why, in words for student and instructor."""


@dataclass(frozen=True, eq=False)
class Cell:
    """What is taken over of a submitted cell."""

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    attachments: Attachments = field(default_factory=dict)


@dataclass(frozen=True)
class Handed:
    """A notebook as it was handed in: its cells, the release that it was made from, and what was mended in reading."""

    cells: list[Cell]
    release: str
    repairs: list[str]


def read(data: bytes) -> Handed:
    """Read a notebook of nbformat 2 to 4 in any encoding of Unicode; raise Quarantined if there is none to be had."""
    repairs: list[str] = []
    notebook = _object(data, repairs)
    cells: list[Cell] = []
    left_out = 0
    for raw in _raw_cells(notebook):
        cell = _cell(raw)
        if cell is None or len(cell.source) > LARGEST_CELL:
            left_out += 1
        else:
            cells.append(cell)
    if left_out:
        repairs.append(f"left out of its list of cells: {left_out} (no cells, or far too large)")
    if sum(len(cell.source) for cell in cells if cell.kind == "code") > MOST_CODE:
        raise Quarantined(f"its code cells hold more than {MOST_CODE:,} characters")
    if any("\ufffd" in cell.source for cell in cells):
        repairs.append("broken characters (half an emoji, or bytes that are no text) are shown as \ufffd")
    return Handed(cells, release_of(notebook.get("metadata")), repairs)


def release_of(metadata: Any) -> str:
    """Return the release that a notebook's metadata name, a number or text; "" if none."""
    release = _get(_get(metadata, "course"), "release")
    return _text(str(release))[:100] if isinstance(release, int | str) else ""


def without_outputs(data: bytes) -> bytes:
    """Return a notebook without its outputs, which are most of its bytes and of no use here; as it is if unreadable."""
    try:
        notebook = _object(data, [])
        for cell in _raw_cells(notebook):
            if isinstance(cell, dict):
                cell.pop("outputs", None)
        return json.dumps(notebook).encode()
    except (Quarantined, RecursionError, MemoryError):
        return data


def _object(data: bytes, repairs: list[str]) -> dict[str, Any]:
    """Return the JSON object that the bytes hold."""
    if len(data) > LARGEST_NOTEBOOK:
        raise Quarantined(f"it has {len(data) / MB:.0f} MB; at most {LARGEST_NOTEBOOK / MB:.0f} are accepted")
    # A cast to text in any of JSON's encodings; bytes that fit none become U+FFFD within a string of a cell.
    text = data.decode(json.detect_encoding(data), errors="replace").lstrip("\ufeff").strip("\0 \t\r\n")
    if not text:
        raise Quarantined("it is empty")
    if text.count("[") + text.count("{") > MOST_BRACKETS:
        raise Quarantined(f"it holds more than {MOST_BRACKETS:,} brackets, far more than a notebook needs")
    try:
        notebook, end = json.JSONDecoder(parse_int=_integer, strict=False).raw_decode(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise Quarantined(_why_no_json(data, text, error)) from None
    if text[end:].strip():
        repairs.append("what follows the notebook's end in the file was left out")
    if not isinstance(notebook, dict):
        raise Quarantined(f"it is no notebook: its JSON is a {type(notebook).__name__}, not an object with cells")
    return notebook


def _integer(digits: str) -> int:
    """Python refuses numbers of more than 4300 digits; no number of a notebook that matters is longer than 18."""
    return int(digits) if len(digits) < 19 else 0


def _why_no_json(data: bytes, text: str, error: Exception) -> str:
    if re.search(r"^(<{7}|>{7}) ", text, re.M):
        return (
            "it holds the marks of a merge conflict (<<<<<<<, >>>>>>>): choose a version, open it, and hand it in again"
        )
    for start, reason in MISTAKEN.items():
        if data.lstrip().startswith(start):
            return f"it {reason}"
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            return "it ends in the middle: the upload was cut short, or the file was damaged"
        return f"it is no notebook, or was damaged: {error.msg} (line {error.lineno})"
    return f"it is no notebook: its JSON is nested too deeply ({type(error).__name__})"


def _raw_cells(notebook: dict[str, Any]) -> list[Any]:
    """Return the list of cells: of `worksheets` in nbformat 2 and 3, of the notebook itself in 4."""
    cells = notebook.get("cells")
    sheets = notebook.get("worksheets")
    if not isinstance(cells, list) and isinstance(sheets, list):
        cells = [cell for sheet in sheets for cell in _get(sheet, "cells", list) or []]
    if not isinstance(cells, list):
        raise Quarantined("it has no list of cells: it is no notebook, or one of a format that is not known here")
    if len(cells) > MOST_CELLS:
        raise Quarantined(f"it has {len(cells):,} cells; at most {MOST_CELLS:,} are accepted")
    return cells


def _cell(raw: Any) -> Cell | None:
    """Take over what has the right type; None if there is no cell in it."""
    if not isinstance(raw, dict):
        return None
    kind = raw.get("cell_type")
    source = _source(raw.get("source", raw.get("input", "")))  # a code cell of nbformat 3 has an input
    if kind == "heading":  # nbformat 3
        level = raw.get("level")
        kind, source = "markdown", "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + f" {source}"
    nbgrader = _get(raw.get("metadata"), "nbgrader")
    return Cell(
        kind if kind in KINDS else "raw",
        source,
        _text(raw.get("id"))[:200],
        _text(_get(nbgrader, "grade_id"))[:200],
        _attachments(raw.get("attachments")) if kind == "markdown" else {},
    )


def _source(value: Any) -> str:
    """Return the text of a source, a string or a list of lines, with the line ends of Unix."""
    if isinstance(value, list):
        lines = [line for line in value if isinstance(line, str)]
        ended = any(line.endswith(("\n", "\r")) for line in lines[:-1])
        value = ("" if ended else "\n").join(lines)  # some tools leave the line ends out
    return _text(value)


def _text(value: Any) -> str:
    """Return text that can be written anywhere: without half characters, NUL, and line ends of other systems."""
    if not isinstance(value, str):
        return ""
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return re.sub("[\ud800-\udfff]", "\ufffd", value)


def _attachments(value: Any) -> Attachments:
    """Return the pictures among a text cell's attachments; the person who grades by hand should see them."""
    found: Attachments = {}
    for name, versions in value.items() if isinstance(value, dict) else ():
        for kind in PICTURES:
            picture = _get(versions, kind, str)
            if picture is not None and len(picture) <= LARGEST_PICTURE and _is_base64(picture):
                found[_text(name)[:200]] = {kind: picture}
    return found


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        return False


def _get(value: Any, key: str, kind: type = object) -> Any:
    """Return an entry of what should be a dictionary, if it is one and the entry is of this type."""
    entry = value.get(key) if isinstance(value, Mapping) else None
    return entry if isinstance(entry, kind) else None
