"""Damage of all kinds to a notebook, by people, tools and chance. Each takes JSON data, or bytes, and a Random."""

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

Cells = list[Any]
OfCells = Callable[[Cells, Random], None]
OfBytes = Callable[[bytes, Random], bytes]
JUNK: list[Any] = [
    None,
    True,
    0,
    -7,
    1.5,
    "",
    "x",
    "\ud83d",
    [],
    ["a", 1, None],
    {},
    {"a": []},
    10**25,
    "\0",
    "a" * 2000,
]


def _cell(cells: Cells, rng: Random) -> Any:
    return cells[rng.randrange(len(cells))]


def _text(cell: Any) -> str:
    source = cell.get("source", "") if isinstance(cell, dict) else ""
    return source if isinstance(source, str) else ""


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def delete(cells: Cells, rng: Random) -> None:
    del cells[rng.randrange(len(cells))]


def delete_many(cells: Cells, rng: Random) -> None:
    start = rng.randrange(len(cells))
    del cells[start : start + rng.randint(1, 20)]


def copy_cell(cells: Cells, rng: Random) -> None:
    cells.insert(rng.randint(0, len(cells)), copy.deepcopy(_cell(cells, rng)))


def move(cells: Cells, rng: Random) -> None:
    cells.insert(rng.randrange(len(cells)), cells.pop(rng.randrange(len(cells))))


def shuffle(cells: Cells, rng: Random) -> None:
    rng.shuffle(cells)


def split(cells: Cells, rng: Random) -> None:
    at = rng.randrange(len(cells))
    if isinstance(cells[at], dict):
        lines = _text(cells[at]).split("\n")
        where = rng.randint(0, len(lines))
        parts = [copy.deepcopy(cells[at]) for _ in range(2)]
        parts[0]["source"], parts[1]["source"] = "\n".join(lines[:where]), "\n".join(lines[where:])
        cells[at : at + 1] = parts


def join(cells: Cells, rng: Random) -> None:
    at = rng.randrange(len(cells))
    if at + 1 < len(cells) and isinstance(cells[at], dict):
        cells[at]["source"] = _text(cells[at]) + "\n\n\n" + _text(cells.pop(at + 1))


def _answers(cells: Cells) -> list[dict[str, Any]]:
    """The cells that hold a function and are marked as an answer."""
    found = []
    for cell in cells:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        info = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(info, dict) and info.get("solution") is True and "def " in _text(cell):
            found.append(cell)
    return found


def into_new_cell(cells: Cells, rng: Random) -> None:
    """Write an answer into a cell of its own, and leave what was released, or nothing, in the one for it."""
    if found := _answers(cells):
        cell = rng.choice(found)
        new: dict[str, Any] = {
            "cell_type": "code",
            "metadata": {},
            "source": _text(cell),
            "outputs": [],
            "execution_count": None,
        }
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["source"] = rng.choice(["", f"def {name}(*arguments):\n    raise NotImplementedError('not written yet')"])
        cells.insert(rng.choice([cells.index(cell), cells.index(cell) + 1, rng.randint(0, len(cells))]), new)


def join_answers(cells: Cells, rng: Random) -> None:
    """Put two answers into one cell; the other is gone."""
    found = _answers(cells)
    if len(found) > 1:
        one, other = rng.sample(found, 2)
        one["source"] = _text(one) + "\n\n\n" + _text(other)
        cells.remove(other)
        if rng.random() < 0.5:
            one["metadata"] = {}
            one.pop("id", None)


def add_code(cells: Cells, rng: Random) -> None:
    sources = [
        "mine = 1",
        "import math",
        "def helper(x):\n    return x",
        "1 / 0",
        "this is no Python",
        "%matplotlib inline",
        "",
    ]
    cell = _code(rng.choice(sources))
    cells.insert(rng.randint(0, len(cells)), cell)


def add_text(cells: Cells, rng: Random) -> None:
    cells.insert(rng.randint(0, len(cells)), {"cell_type": "markdown", "metadata": {}, "source": "*My* notes"})


def edit(cells: Cells, rng: Random) -> None:
    if isinstance(cell := _cell(cells, rng), dict):
        text = _text(cell)
        at = rng.randint(0, len(text))
        cell["source"] = (
            text[:at] + rng.choice(["x", "\n", "(", "'", '"""', "é", "\ud83d", "#"]) + text[at + rng.randint(0, 3) :]
        )


def empty(cells: Cells, rng: Random) -> None:
    if isinstance(cell := _cell(cells, rng), dict):
        cell["source"] = ""


def change_kind(cells: Cells, rng: Random) -> None:
    if isinstance(cell := _cell(cells, rng), dict):
        cell["cell_type"] = rng.choice(["code", "markdown", "raw", "heading", "x", None, 7])


def strip(cells: Cells, rng: Random) -> None:
    if isinstance(cell := _cell(cells, rng), dict):
        cell["metadata"] = {}
        cell.pop("id", None)


def strip_all(cells: Cells, rng: Random) -> None:
    for cell in cells:
        if isinstance(cell, dict):
            cell["metadata"] = {}
            if rng.random() < 0.9:
                cell.pop("id", None)


def drop_ids(cells: Cells, rng: Random) -> None:
    for cell in cells:
        if isinstance(cell, dict):
            cell.pop("id", None)


def same_ids(cells: Cells, rng: Random) -> None:
    for cell in cells:
        if isinstance(cell, dict):
            cell["id"] = "same"


def exchange_metadata(cells: Cells, rng: Random) -> None:
    one, other = _cell(cells, rng), _cell(cells, rng)
    if isinstance(one, dict) and isinstance(other, dict):
        one["metadata"], other["metadata"] = other.get("metadata", {}), one.get("metadata", {})


def spoil(cells: Cells, rng: Random) -> None:
    """Put junk into a place of a cell."""
    if isinstance(cell := _cell(cells, rng), dict):
        where = rng.choice(["source", "metadata", "id", "cell_type", "outputs", "attachments", "nbgrader", "grade_id"])
        if where == "nbgrader":
            cell["metadata"] = {"nbgrader": rng.choice(JUNK)}
        elif where == "grade_id":
            cell["metadata"] = {"nbgrader": {"grade_id": rng.choice(JUNK)}}
        else:
            cell[where] = rng.choice(JUNK)


def add_junk(cells: Cells, rng: Random) -> None:
    cells.insert(rng.randint(0, len(cells)), rng.choice(JUNK))


def as_lines(cells: Cells, rng: Random) -> None:
    keep = rng.random() < 0.5
    for cell in cells:
        if isinstance(cell, dict) and isinstance(cell.get("source"), str):
            cell["source"] = cell["source"].splitlines(keepends=keep)


def crlf(cells: Cells, rng: Random) -> None:
    for cell in cells:
        if isinstance(cell, dict) and isinstance(cell.get("source"), str):
            cell["source"] = cell["source"].replace("\n", "\r\n")


OF_CELLS: list[OfCells] = [
    *(delete, delete_many, copy_cell, move, shuffle, split, join, add_code, add_text, edit, empty, change_kind, strip),
    *(
        into_new_cell,
        into_new_cell,
        join_answers,
        strip_all,
        drop_ids,
        same_ids,
        exchange_metadata,
        spoil,
        add_junk,
        as_lines,
        crlf,
    ),
]


def flip(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) or 1)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def cut(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) or 1)
    return data[:at] + data[at + rng.randint(1, 100) :]


def truncate(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) or 1)]


def insert(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) or 1)
    some = [
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"<<<<<<< HEAD\n",
        b"{",
        b"]",
        b'"',
        b"\\ud83d",
        b"9" * 5000,
        b"[" * 5000,
        b",,",
    ]
    return data[:at] + rng.choice(some) + data[at:]


def repeat(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) or 1)
    return data[:at] + data[at : at + 500] + data[at:]


def encode(data: bytes, rng: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]), "replace")


OF_BYTES: list[OfBytes] = [flip, cut, truncate, insert, repeat, encode]


def damage(notebook: dict[str, Any], of_cells: list[OfCells], of_bytes: list[OfBytes], rng: Random) -> bytes:
    """Return the bytes of a notebook after some damage to its cells and then to its bytes."""
    notebook = copy.deepcopy(notebook)
    for change in of_cells:
        if notebook["cells"]:
            change(notebook["cells"], rng)
    data = json.dumps(notebook, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1])).encode(
        "utf-8", "replace"
    )
    for change_bytes in of_bytes:
        data = change_bytes(data, rng)
    return data


def damaged(notebook: dict[str, Any], seed: int) -> bytes:
    """Return the bytes of a notebook with the damage of a number: the same each time."""
    rng = Random(seed)
    of_cells = rng.choices(OF_CELLS, k=rng.choice([0, 1, 1, 2, 3, 5, 10]))
    of_bytes = rng.choices(OF_BYTES, k=rng.choice([0, 0, 0, 1, 1, 2])) if of_cells else rng.choices(OF_BYTES, k=2)
    return damage(notebook, of_cells, of_bytes, rng)
