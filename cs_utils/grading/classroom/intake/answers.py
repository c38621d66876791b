"""Answers that are not in their own cell: looked for, and given their place before the tests."""

from cs_utils.grading.classroom.intake.definitions import analyse
from cs_utils.grading.classroom.intake.layout import Item
from cs_utils.grading.classroom.intake.lesson import Released, grade_id, plain

ELSEWHERE = "# {name} is answered in another cell."
NOT_FOUND = (
    "(The cell of this answer was not in the notebook that was handed in. "
    "An answer in another place is still in this notebook.)"
)
ABOVE = "(The text above was edited; the answer may be there.)"


def settle(items: list[Item], released: Released, repairs: list[str]) -> list[Item]:
    """Return the cells with each answer where its tests find it, and with no stub that would undo it."""
    items = list(items)
    for i in released.answers:
        if released.is_code_answer(i):
            _settle_function(items, i, released, repairs)
        else:
            _settle_text(items, i, released, repairs)
    return items


def _settle_function(items: list[Item], i: int, released: Released, repairs: list[str]) -> None:
    name = grade_id(released.cells[i])
    item = next(item for item in items if item.released == i)
    if any(name in other.defines for other in items):
        _drop_placeholders(items, name, repairs)
    test = next((at for at, other in enumerate(items) if other.released == released.first_test(i)), len(items))
    if any(name in other.defines for other in items[:test]):
        if item.blank:  # a stub below the answer would undo it
            item.source = ELSEWHERE.format(name=name)
            repairs.append(f"{name}: answered in another cell, which counts")
        elif any(name in other.defines and other.released is None for other in items[test:]):
            repairs.append(f"{name}: defined once more after its tests, which judge what was there before them")
        _bring_helpers(items, item, test, item.place, repairs)
        return
    late = [other for other in items[test:] if name in other.defines]
    if late:
        _move(items, item, late[-1], released)
        _bring_helpers(items, item, test, late[-1].place, repairs)
        repairs.append(f"{name}: answered after its tests, now before them")
    elif item.place is None:
        repairs.append(f"{name}: its cell was missing, and no other cell defines it")


def _drop_placeholders(items: list[Item], name: str, repairs: list[str]) -> None:
    """Leave out cells of the student's own that say that an answer is not written yet: it is, and they may undo it."""
    for other in [other for other in items if other.released is None and other.kind == "code"]:
        code = analyse(other.source)
        if code.is_placeholder and name in code.binds:
            items.remove(other)
            repairs.append(f"{name}: a cell in which it is not written yet was left out")


def _move(items: list[Item], item: Item, found: Item, released: Released) -> None:
    """Put the code of a later cell into an answer's cell, or, where something is in that already, below it."""
    if item.blank:
        item.source, item.blank = found.source, False
    else:
        items.insert(items.index(item) + 1, Item("code", found.source, place=found.place))
    if found.released is None:
        items.remove(found)
    elif released.is_code_answer(found.released):
        name = grade_id(released.cells[found.released])
        found.source, found.blank = ELSEWHERE.format(name=name), False
    else:
        found.source = released.cells[found.released].source


def _bring_helpers(items: list[Item], item: Item, test: int, place: int | None, repairs: list[str]) -> None:
    """Move what an answer uses, and what stood above it where it was found, up with it."""
    needed, below = set(analyse(item.source).uses), item
    for other in reversed(items[test:]):
        stood_above = other.place is not None and place is not None and other.place < place
        if other.released is not None or other.kind != "code" or not stood_above:
            continue
        code = analyse(other.source)
        if code.binds & needed:
            items.remove(other)
            items.insert(items.index(below), other)
            needed, below = needed | code.uses, other
            repairs.append(f"the cell that defines {', '.join(sorted(code.binds))[:100]} was moved up with its answer")


def _settle_text(items: list[Item], i: int, released: Released, repairs: list[str]) -> None:
    """Take text that stands beside an empty written answer for the answer: a person will read it."""
    item = next(item for item in items if item.released == i)
    if not item.blank:
        return
    name, at = grade_id(released.cells[i]), items.index(item)
    found = [*_texts_from(items, at, -1)[::-1], *_texts_from(items, at, +1)]
    above = next((other for other in reversed(items[:at]) if other.released is not None), None)
    if found:
        item.source = "\n\n".join(other.source for other in found)
        for other in found:
            item.attachments.update(other.attachments)
            items.remove(other)
        repairs.append(f"{name}: what was written beside its cell was taken for the answer")
    elif above is not None and above.kind == "markdown" and _is_longer(above, released):
        item.source = ABOVE
        repairs.append(f"{name}: its cell is empty, but the text above it was edited; a person will look")
    elif item.place is None:
        item.source = NOT_FOUND
        repairs.append(f"{name}: its cell was missing; a person will look for the answer")
    else:
        return
    item.blank = False


def _texts_from(items: list[Item], at: int, step: int) -> list[Item]:
    """Return the student's own texts next to an item, in one direction."""
    found = []
    at += step
    while 0 <= at < len(items) and items[at].released is None:
        if _is_text(items[at]):
            found.append(items[at])
        at += step
    return found


def _is_text(item: Item) -> bool:
    """Text, or a code cell somebody wrote text into: no Python, or comments alone."""
    if item.kind != "code":
        return True
    code = analyse(item.source)
    return not code.parses or code.is_placeholder


def _is_longer(item: Item, released: Released) -> bool:
    """Was something written into a text of the lesson?"""
    assert item.released is not None
    return len(plain(item.source)) >= len(plain(released.cells[item.released].source)) + 10
