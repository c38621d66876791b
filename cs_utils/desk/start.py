"""The page that ``python course.py lab`` opens: the lessons, what each builds, and how far one has come."""

import base64
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from cs_utils.checks import passed
from cs_utils.checks.notebook import Cell, UnreadableNotebook, read_cells
from cs_utils.desk.copy import ROOT, Lesson, lessons
from cs_utils.figures import growing_net
from cs_utils.files import replace_atomically
from cs_utils.system import replace_unprintable

PAGE = "START.md"
TEXT = """# ConvNets from scratch

{greeting}

| lesson | what it is about | you write | time | your checks |
|:--|:--|:--|:--|:--|
{rows}

![{alt}]({net})

Run the cells of a lesson from top to bottom with **Shift+Enter**. Where it says `raise NotImplementedError`, write your
answer in its place; the **check** cell below says whether it is right, and if not, what is wrong. This page shows what
had passed when JupyterLab was started.

In a terminal, in the folder of the course:

| command | what it does |
|:--|:--|
| `python course.py check` | all checks at once, and what is still open |
| `python course.py submit 2` | packs lesson 02 into one file to hand in |
| `python course.py reset conv_layer` | begins one exercise anew; what was there is kept |
| `python course.py update COPY` | takes in a corrected release; what you have written stays |
| `python course.py data` | fetches CIFAR-10; the lessons run without it, too |
| `python course.py doctor` | says what does not work here, and what to do about it |
"""


@dataclass(frozen=True)
class Card:
    """What the page says of a lesson."""

    lesson: Lesson
    title: str
    subtitle: str
    minutes: str
    checks: tuple[str, ...]

    def row(self, done: Collection[str]) -> str:
        """The lesson's line in the table."""
        count = sum(name in done for name in self.checks)
        here = self.lesson.notebook.relative_to(self.lesson.root).as_posix()
        names = ", ".join(f"`{name}`" for name in self.checks)
        progress = f"{count} of {len(self.checks)}" + " \N{CHECK MARK}" * (count == len(self.checks) > 0)
        return f"| [{self.title}]({here}) | {self.subtitle} | {names} | {self.minutes} | {progress} |"


def card(lesson: Lesson) -> Card:
    """Return what a lesson's first cell and its checks say; of a notebook that can't be read, its name alone."""
    try:
        cells = read_cells(lesson.original if lesson.original.is_file() else lesson.notebook)
    except UnreadableNotebook:
        return Card(lesson, lesson.name, "this notebook cannot be read; `reset` brings it back", "", ())
    first = cells[0].source if cells else ""
    found = {
        "title": re.search(r"^# (.+)$", first, re.M),
        "subtitle": re.search(r"^\*(.+)\*$", first, re.M),
        "minutes": re.search(r"^\*\*Time:\*\* (.*?(?:minutes|hours))", first, re.M),
    }
    said = {name: match[1].replace("|", "\\|") if match else "" for name, match in found.items()}
    return Card(lesson, said["title"] or lesson.name, said["subtitle"], said["minutes"], _checks(cells))


def _checks(cells: list[Cell]) -> tuple[str, ...]:
    return tuple(cell.checks for cell in cells if cell.checks)


def page(root: Path = ROOT) -> str:
    """Return the start page of a copy of the course, as Markdown."""
    done, cards = set(passed()), [card(lesson) for lesson in lessons(root)]
    net = growing_net(done)
    return TEXT.format(
        greeting=_greeting(done, cards),
        rows="\n".join(card.row(done) for card in cards),
        alt=net.alt.replace("[", "(").replace("]", ")"),
        net="data:image/png;base64," + base64.b64encode(net.png).decode("ascii"),
    )


def _greeting(done: Collection[str], cards: list[Card]) -> str:
    every = [name for card in cards for name in card.checks]
    count = sum(name in done for name in every)
    for card in cards:
        left = [name for name in card.checks if name not in done]
        if left:
            where = card.lesson.notebook.relative_to(card.lesson.root).as_posix()
            if count == 0:
                return f"You will write a ConvNet yourself, in NumPy. Begin with **[{card.title}]({where})**."
            return (
                f"{count} of {len(every)} checks have passed. Go on with **[{card.title}]({where})**; "
                f"`{left[0]}` is the next one."
            )
    return f"All {count} checks have passed. The net below is yours, every part of it."


def main() -> int:
    """Write the page; where that can't be done, return 1, and JupyterLab opens without it."""
    try:
        with replace_atomically(ROOT / PAGE) as draft:
            draft.write_text(page(), encoding="utf-8", newline="\n")
    except OSError as error:
        print(f"No start page: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
