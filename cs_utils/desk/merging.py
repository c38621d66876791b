"""Three versions of a notebook made into one: as it was released, as the student has it, as it is released now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Cell = dict[str, Any]
Notebook = dict[str, Any]


@dataclass
class Merged:
    """A notebook in which both have their changes, and in words where both had changed the same cell."""

    notebook: Notebook
    conflicts: list[str] = field(default_factory=list)


def merge(base: Notebook, mine: Notebook, theirs: Notebook) -> Merged:
    """Merge a student's notebook with a new release of it, cell by cell.

    A cell that only one of the two has changed is taken from that one. Where both have, an answer stays the student's
    and any other cell becomes the release's; both are named. Cells that the student has added stay where they were:
    after the cell before them.

    Parameters
    ----------
    base, mine, theirs : dict
        A notebook (nbformat 4) as it was released, as the student has it now, and as it is released now.
    """
    old, new = _by_name(base), _by_name(theirs)
    here = _by_name(mine)
    merged = Merged({**mine, "metadata": {**mine.get("metadata", {}), **theirs.get("metadata", {})}})
    kept: dict[str, Cell] = {}
    for name, cell in new.items():
        chosen = _choose(name, old.get(name), here.get(name), cell, merged.conflicts)
        if chosen is not None:
            kept[name] = chosen
    for name in old.keys() - new.keys():  # taken out of the lesson
        if name in here and _text(here[name]) != _text(old[name]):
            merged.conflicts.append(
                f"{name} is no longer in the lesson; what you wrote there stays, as a cell of yours"
            )
    own = [name for name in here if name not in new and (name not in old or _text(here[name]) != _text(old[name]))]
    merged.notebook["cells"] = list(_in_order(kept, here, own))
    return merged


def _choose(name: str, base: Cell | None, mine: Cell | None, theirs: Cell, conflicts: list[str]) -> Cell | None:
    """Return the cell that the merged notebook gets, None if the student has deleted it and nobody needs it."""
    if mine is None:
        deleted = base is not None and not _info(base) and _text(base) == _text(theirs)
        return None if deleted else theirs
    changed_here = base is None or _text(mine) != _text(base)
    changed_there = base is None or _text(theirs) != _text(base)
    if not changed_there or _text(mine) == _text(theirs):
        return {**mine, "metadata": {**mine.get("metadata", {}), **theirs.get("metadata", {})}}
    if not changed_here:
        return theirs
    if _info(theirs).get("solution"):
        conflicts.append(f"{name}: the lesson's own text of this cell has changed; your answer stays")
        return {**mine, "metadata": theirs.get("metadata", {})}
    conflicts.append(f"{name}: you and the lesson have both changed this cell; it is the lesson's now")
    return theirs


def _in_order(kept: dict[str, Cell], here: dict[str, Cell], own: list[str]) -> Iterator[Cell]:
    """Yield the release's cells in its order, and the student's own after the cell that they stood after."""
    after: dict[str, list[Cell]] = {}
    before, mine = "", set(own)
    for name, cell in here.items():
        if name in mine:
            after.setdefault(before, []).append(cell)
        elif name in kept:
            before = name
    yield from after.get("", [])
    for name, cell in kept.items():
        yield cell
        yield from after.get(name, [])


def _by_name(notebook: Notebook) -> dict[str, Cell]:
    """Return the cells by nbgrader's name, else by their id; a name that comes twice gets a number."""
    cells: dict[str, Cell] = {}
    for number, cell in enumerate(notebook["cells"]):
        name = str(_info(cell).get("grade_id") or cell.get("id") or f"cell {number}")
        cells[name if name not in cells else f"{name} ({number})"] = cell
    return cells


def _info(cell: Cell) -> dict[str, Any]:
    info = cell.get("metadata", {}).get("nbgrader", {})
    return info if isinstance(info, dict) else {}


def _text(cell: Cell) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))
