"""The notebook while it is rebuilt: the released cells in their order, and the student's own where they stood."""

from collections import defaultdict
from dataclasses import dataclass, field

from cs_utils.grading.classroom.intake.definitions import NOTHING, analyse
from cs_utils.grading.classroom.intake.lesson import Released, grade_id, plain
from cs_utils.grading.classroom.intake.matching import STALE, Targets, in_order
from cs_utils.grading.classroom.intake.reading import Attachments, Cell


@dataclass(eq=False)
class Item:
    """A cell of the notebook that is being rebuilt.

    Attributes
    ----------
    released : int or None
        Which released cell it is; None for one of the student's own.
    place : int or None
        Where it stood in what was handed in; None if it was not there.
    blank : bool
        Is it an answer's cell in which nothing was written?
    """

    kind: str
    source: str
    released: int | None = None
    place: int | None = None
    attachments: Attachments = field(default_factory=dict)
    blank: bool = False

    @property
    def defines(self) -> frozenset[str]:
        return analyse(self.source).defines if self.kind == "code" and not self.blank else NOTHING


class Layout:
    """Lays a submission's cells out: nothing is left out but what is the lesson's own or there twice, with a note."""

    def __init__(self, cells: list[Cell], targets: Targets, released: Released, repairs: list[str]) -> None:
        self.cells, self.released, self.repairs = cells, released, repairs
        self.places: dict[int, list[int]] = defaultdict(list)  # of each released cell, where it was found
        for place, target in enumerate(targets):
            if target is not None and target != STALE:
                self.places[target].append(place)
        self.own = {place for place, target in enumerate(targets) if target is None and cells[place].source.strip()}
        self.ahead: dict[int, list[int]] = {}  # own cells that belong right before a released one
        self.targets = targets

    def items(self) -> list[Item]:
        """Return all cells in order."""
        chosen = [self._released_cell(i) for i in range(len(self.released.cells))]
        anchors, position = in_order(self.targets), -1
        behind: dict[int, list[int]] = defaultdict(list)
        moved = {place for places in self.ahead.values() for place in places}
        for place, target in enumerate(self.targets):
            if place in self.own and place not in moved:
                behind[position].append(place)
            elif place in anchors and target is not None:
                position = target
        items = self._own_cells(behind[-1])
        for i, item in enumerate(chosen):
            items += [*self._own_cells(self.ahead.get(i, [])), item, *self._own_cells(behind[i])]
        self._tell_what_else_was_done(anchors)
        return items

    def _own_cells(self, places: list[int]) -> list[Item]:
        cells = [(place, self.cells[place]) for place in places]
        return [Item(cell.kind, cell.source, None, place, cell.attachments) for place, cell in cells]

    def _released_cell(self, i: int) -> Item:
        original = self.released.cells[i]
        item = Item(original.cell_type, original.source, i)
        if self.released.is_locked(i):
            self._lock(i, item)
        elif not grade_id(original):
            self._take_over(i, item)
        elif self.released.is_code_answer(i):
            self._answer(i, item)
        else:
            self._written_answer(i, item)
        return item

    def _take_over(self, i: int, item: Item) -> None:
        """A cell that students may edit: their version."""
        for place in self.places.get(i, []):
            cell = self.cells[place]
            item.source, item.place, item.attachments = cell.source, place, cell.attachments

    def _lock(self, i: int, item: Item) -> None:
        """A cell that students can't edit: the original. What an edited one defines on top runs before it."""
        name = grade_id(self.released.cells[i])
        if not self.places.get(i):
            self.repairs.append(f"the cell {name} was missing and was put back")
        for place in self.places.get(i, []):
            cell, item.place = self.cells[place], place
            if cell.kind != item.kind:
                self.repairs.append(f"the cell {name} was turned to {cell.kind}, the original counts")
            elif plain(cell.source) != plain(item.source) and not self.released.is_stale(cell.kind, cell.source):
                more = analyse(cell.source).defines - item.defines
                if more:
                    self.own.add(place)
                    self.ahead[i] = [place]
                added = f"; what it defines on top ({', '.join(sorted(more))[:100]}) was kept" if more else ""
                self.repairs.append(f"the cell {name} was edited, the original counts{added}")

    def _written_answer(self, i: int, item: Item) -> None:
        """All that was written, for the person who reads it."""
        places = self.places.get(i, [])
        item.place = places[0] if places else None
        written = [self.cells[place] for place in places if not self.released.is_blank(i, self.cells[place].source)]
        item.blank = not written
        if written:
            texts = dict.fromkeys(cell.source for cell in written)  # a copy says nothing new
            item.source = "\n\n".join(texts)
            for cell in written:
                item.attachments.update(cell.attachments)
            if len(texts) > 1:
                self._say(i, f"what stood in {len(texts)} cells was put together")

    def _answer(self, i: int, item: Item) -> None:
        """The last version of a function, with the parts that the cell was split into."""
        name = grade_id(self.released.cells[i])
        places = self.places.get(i, [])
        written = [place for place in places if not self.released.is_blank(i, self.cells[place].source)]
        item.blank = not written
        if not written:
            item.place = places[-1] if places else None
            last = self.cells[places[-1]].source if places else ""
            if last.strip() and plain(last) not in self.released.stubs[name]:  # a comment, or a stub of their own
                item.source = last
            return
        versions = self._versions(places, written)
        complete = [version for version in versions if any(name in self._defines(place) for place in version)]
        parts = (complete or versions)[-1]
        item.place, item.source = self._join(i, name, parts)
        for version in versions:
            if version is not parts and not self._is_superseded(version, parts):
                self.own.update(version)
        if len(places) > len(parts):
            self._say(i, f"its cell was there {len(places)} times, the last version that says anything counts")
        if any(self.cells[place].kind != "code" for place in parts):
            self._say(i, "its cell had been turned to text and counts as code")

    def _versions(self, places: list[int], written: list[int]) -> list[list[int]]:
        """Return runs of cells that stand together: the parts of one answer. Copies of a cell are no parts."""
        runs: list[list[int]] = []
        for place in written:
            between = range(runs[-1][-1] + 1, place) if runs else range(0)
            texts = {plain(self.cells[other].source) for other in runs[-1]} if runs else set()
            if runs and plain(self.cells[place].source) in texts:
                continue
            again = {name for other in runs[-1] for name in self._defines(other)} & self._defines(place) if runs else {}
            if runs and not again and all(other in places for other in between):
                runs[-1].append(place)
            else:
                runs.append([place])
        return runs

    def _join(self, i: int, name: str, parts: list[int]) -> tuple[int, str]:
        """Return the place and the source of an answer: its parts as one, if that can't change what they do.

        A line that fails would take the function below it along; then each part stays a cell of its own.
        """
        if len(parts) == 1:
            return parts[0], self.cells[parts[0]].source
        sources = [self.cells[place].source.strip("\n") for place in parts]
        codes = [analyse(source) for source in sources]
        plain_python = not any("__future__" in source or source.lstrip().startswith("%%") for source in sources[1:])
        defining = [place for place in parts if name in self._defines(place)]
        if plain_python and all(code.only_defines for code in codes[:-1]) and codes[-1].parses:
            self._say(i, f"the {len(parts)} parts of its cell were put together")
            return (defining or parts)[-1], "\n\n\n".join(sources)
        main = (defining or parts)[-1]
        self.own.update(place for place in parts if place != main)
        self.ahead[i] = [place for place in parts if place < main]
        self._say(i, f"its cell had been split: the {len(parts)} parts run in their order")
        return main, self.cells[main].source

    def _is_superseded(self, version: list[int], by: list[int]) -> bool:
        """Does a later version define all that an earlier one does?"""
        later = {name for place in by for name in self._defines(place)}
        return all(
            analyse(self.cells[place].source).only_defines and self._defines(place) <= later for place in version
        )

    def _defines(self, place: int) -> frozenset[str]:
        return analyse(self.cells[place].source).defines

    def _say(self, i: int, what: str) -> None:
        self.repairs.append(f"{grade_id(self.released.cells[i])}: {what}")

    def _tell_what_else_was_done(self, anchors: set[int]) -> None:
        lost = [
            i
            for i, places in sorted(self.places.items())
            if grade_id(self.released.cells[i]) and not any(self.cells[place].grade_id for place in places)
        ]
        if lost:
            answers = ", ".join(grade_id(self.released.cells[i]) for i in lost if not self.released.is_locked(i))
            self.repairs.append(
                f"cells that had lost nbgrader's metadata, and were known by what they hold: {len(lost)}"
                + (f"; answers among them: {answers}" if answers else "")
            )
        missing = [i for i, cell in enumerate(self.released.cells) if i not in self.places and not grade_id(cell)]
        if missing:
            self.repairs.append(
                f"cells of the lesson's text and examples that were missing, and are back: {len(missing)}"
            )
        stale = sum(target == STALE and bool(cell.source.strip()) for target, cell in zip(self.targets, self.cells))
        if stale:
            self.repairs.append(f"copies or older versions of the lesson's own cells, left out: {stale}")
        moved = [
            target
            for place, target in enumerate(self.targets)
            if target is not None and place not in anchors and len(self.places.get(target, [])) == 1
        ]
        if moved:
            self.repairs.append(f"cells of the lesson that stood out of its order, which counts: {len(moved)}")
