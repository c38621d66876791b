"""Which cell of a submission is which cell of the released notebook.

By nbgrader's grade id; where tools took that away, by the text, by the cell's id, by what the code defines, and by the
place between cells that are known. A cell that is none of the lesson's is the student's own.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from cs_utils.grading.classroom.intake.definitions import analyse
from cs_utils.grading.classroom.intake.lesson import Released, grade_id, plain
from cs_utils.grading.classroom.intake.reading import Cell, Quarantined

STALE = -1  # a cell of the lesson's that is not needed: of an older release, or one more copy
ALIKE = 0.5  # share of words from which on a cell counts as an edited one of the lesson's
WORDS = 300  # of a cell that are compared
MOST_PAIRS = 2_000  # that are compared between two known cells

Targets = list[int | None]  # for each submitted cell: the released cell that it is, STALE, or None if it is none


def match(cells: list[Cell], released: Released) -> Targets:
    """Return for each submitted cell which released cell it is; raise Quarantined if none is of this lesson.

    Several cells can be the same answer: copies of it, or its parts.
    """
    targets: Targets = [None] * len(cells)
    _by_mark(cells, released, targets)
    _by_text(cells, released, targets)
    _by_id(cells, released, targets)
    _by_definition(cells, released, targets)
    if not any(target not in (None, STALE) and released.is_typical(target) for target in targets):
        raise Quarantined("no cell of it is of this lesson, and it defines none of the lesson's functions")
    _by_place(cells, released, targets)
    return targets


def in_order(targets: Targets) -> set[int]:
    """Return the places of the most cells that stand in the lesson's order: what the others are placed by."""
    ends: list[int] = []  # the smallest end of an ordered run of each length
    places: list[int] = []
    before: dict[int, int | None] = {}
    for place, target in enumerate(targets):
        if target is None or target == STALE:
            continue
        length = bisect_right(ends, target)
        before[place] = places[length - 1] if length else None
        ends[length:], places[length:] = [target, *ends[length + 1 :]], [place, *places[length + 1 :]]
    run = set()
    last: int | None = places[-1] if places else None
    while last is not None:
        run.add(last)
        last = before[last]
    return run


def _missing(released: Released, targets: Targets) -> list[int]:
    found = set(targets)
    return [i for i in range(len(released.cells)) if i not in found]


def _by_mark(cells: list[Cell], released: Released, targets: Targets) -> None:
    """By grade id; the cell of a grade id that nobody has, by its id, which is the same in a released notebook."""
    marked: dict[int, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if cell.grade_id in released.index:
            marked[released.index[cell.grade_id]].append(place)
    for place, cell in enumerate(cells):
        target = released.index.get(cell.id)
        if target is not None and target not in marked and cell.grade_id not in released.index:
            marked[target] = [place]
    for target, places in marked.items():
        if released.is_locked(target):  # of copies the most alike is the one; the others may have been written over
            original = released.cells[target].source
            best = max(places, key=lambda place: _likeness(cells[place].source, original))
            for place in places:
                same = plain(cells[place].source) == plain(original)
                targets[place] = target if place == best else STALE if same else None
        else:
            for place in places:
                targets[place] = target


def _by_text(cells: list[Cell], released: Released, targets: Targets) -> None:
    known: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i in _missing(released, targets):
        known[released.cells[i].cell_type, plain(released.cells[i].source)].append(i)
    all_texts = {plain(cell.source) for cell in released.cells if cell.cell_type == "markdown"}
    for place, cell in _unknown(cells, targets):
        text = plain(cell.source)
        if candidates := known.get((cell.kind, text)):
            by_id = [i for i in candidates if released.cells[i].id == cell.id]
            targets[place] = (by_id or candidates)[0]
            candidates.remove((by_id or candidates)[0])
        elif released.is_stale(cell.kind, cell.source) or (cell.kind == "markdown" and text in all_texts):
            targets[place] = STALE


def _by_id(cells: list[Cell], released: Released, targets: Targets) -> None:
    ids = {released.cells[i].id: i for i in _missing(released, targets) if not released.is_locked(i)}
    for place, cell in _unknown(cells, targets):
        target = ids.get(cell.id)
        if target is not None and released.cells[target].cell_type == cell.kind:
            targets[place] = ids.pop(cell.id)


def _by_definition(cells: list[Cell], released: Released, targets: Targets) -> None:
    """An answer that lost its marks is the last cell before its tests that defines it, else the last one at all."""
    for target in _missing(released, targets):
        if not released.is_code_answer(target):
            continue
        name, test = grade_id(released.cells[target]), released.first_test(target)
        found = [
            place
            for place, cell in _unknown(cells, targets)
            if cell.kind == "code" and name in analyse(cell.source).defines
        ]
        tests = [place for place, known in enumerate(targets) if known is not None and known >= test]
        early = [place for place in found if not tests or place < tests[0]]
        if found:
            targets[(early or found)[-1]] = target


def _by_place(cells: list[Cell], released: Released, targets: Targets) -> None:
    """What is not known yet between two known cells: as many on both sides are the same, else those that are alike."""
    anchors = sorted(in_order(targets))
    known = [(place, target) for place in anchors if (target := targets[place]) is not None]
    ends = [(-1, -1), *known, (len(cells), len(released.cells))]
    missing = set(_missing(released, targets))
    for (place, target), (next_place, next_target) in pairwise(ends):
        for kind in ("code", "markdown"):
            here = [p for p in range(place + 1, next_place) if targets[p] is None and cells[p].kind == kind]
            there = [
                t
                for t in range(target + 1, next_target)
                if t in missing and released.cells[t].cell_type == kind and not released.is_locked(t)
            ]
            pairs = zip(here, there) if len(here) == len(there) else _alike(cells, released, here, there)
            for p, t in pairs:
                source = cells[p].source
                if (
                    not released.is_code_answer(t)
                    or not analyse(source).parses
                    or _likeness(source, released.cells[t].source) >= ALIKE
                ):
                    targets[p] = t


def _alike(cells: list[Cell], released: Released, here: list[int], there: list[int]) -> Iterator[tuple[int, int]]:
    if len(here) * len(there) > MOST_PAIRS:
        return
    for t in there:
        scored = [(_likeness(cells[p].source, released.cells[t].source), -p) for p in here]
        likeness, place = max(scored, default=(0.0, 0))
        if likeness >= ALIKE:
            yield -place, t
            here = [p for p in here if p > -place]


def _likeness(one: str, other: str) -> float:
    """Return the share of words that two texts have in common, in order: 1 for the same text."""
    if plain(one) == plain(other):
        return 1.0
    matcher = SequenceMatcher(None, one.split()[:WORDS], other.split()[:WORDS], autojunk=False)
    return min(0.99, matcher.ratio()) if matcher.quick_ratio() >= ALIKE else 0.0


def _unknown(cells: Iterable[Cell], targets: Targets) -> list[tuple[int, Cell]]:
    return [(place, cell) for place, cell in enumerate(cells) if targets[place] is None]
