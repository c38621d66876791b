"""The front page and the guides: what they say of the course is so, and their links lead somewhere."""

import re
import runpy
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from grading.classroom.hostile import ATTACKS

from cs_utils.desk.copy import lessons
from cs_utils.desk.start import card

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "cs_utils/engine/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
LINK = re.compile(r"\]\(([^)\s]+)\)")
ADDRESS = re.compile(r"\bhttps?:[^\s\"'`<>|\\]*")
HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
NO_LINKS = ("http://localhost", "http://127.0.0.1", "http://www.w3.org/")  # this machine, names of formats


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the rows of the table whose first column has this heading."""
    _, _, rest = text.partition(f"| {heading} |")
    table = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def anchors(page: Path) -> set[str]:
    """Return the places in a page that a link may name, as GitHub calls them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"https://", target):
            continue
        file, _, place = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        assert not place or place in anchors(there), target


def addresses(text: str) -> list[str]:
    """Return the addresses of other hosts in a text, without the signs that belong to the sentence around them."""
    found = []
    for address in ADDRESS.findall(text):
        address = address.rstrip(".,;:*")
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(".,;:*")
        if not address.startswith(NO_LINKS):
            found.append(address)
    return found


@pytest.mark.parametrize("page", [*PAGES, *sorted((ROOT / "lessons").glob("*.py"))], ids=lambda page: page.name)
def test_addresses_of_other_hosts_are_whole_and_safe(page: Path) -> None:
    """Whether they are still there can't be seen without a network."""
    for address in addresses(page.read_text(encoding="utf-8")):
        parts = urlsplit(address)
        assert parts.scheme == "https", address
        assert HOST.fullmatch(parts.netloc), address
        assert "//" not in parts.path, address


def test_an_address_ends_where_the_sentence_around_it_goes_on() -> None:
    text = "(see https://en.wikipedia.org/wiki/Stride_(layers)). Or [this](https://a.example/b), <http://localhost:1/>."
    assert addresses(text) == ["https://en.wikipedia.org/wiki/Stride_(layers)", "https://a.example/b"]


def test_the_front_page_lists_the_lessons_as_they_say_themselves() -> None:
    listed = rows((ROOT / "README.md").read_text(encoding="utf-8"), "lesson")
    assert len(listed) == len(lessons())
    for lesson, (name, _, time) in zip(lessons(), listed, strict=True):
        there = card(lesson)
        link = lesson.notebook.relative_to(ROOT).as_posix()
        assert name == f"[{there.title}]({link})"
        assert time == there.minutes.removeprefix("about "), lesson.name


def test_the_front_page_is_short_and_moves_near_its_top() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert any(".gif" in line for line in lines[:10])


def test_what_is_said_of_the_hostile_class_is_so() -> None:
    text = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    told = {kind: int(number) for kind, number, _ in rows(text, "what they try")}
    assert told == Counter(attack.kind for attack in ATTACKS)
    assert f"has {len(ATTACKS)} hostile" in text


def test_the_drawing_of_the_architecture_is_drawn_from_the_imports() -> None:
    drawing = runpy.run_path(str(ROOT / "docs" / "draw_architecture.py"))["drawing"]()
    assert (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8") == drawing, (
        "it is out of date: python docs/draw_architecture.py"
    )
    parts = (path for path in (ROOT / "cs_utils").iterdir() if path.is_dir() or path.suffix == ".py")
    for name in {path.stem for path in parts} - {"__init__", "__pycache__"}:
        assert f">{name}</text>" in drawing
