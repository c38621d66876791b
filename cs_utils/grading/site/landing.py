"""The first page: a picture to touch at once, what one will build, the seven lessons, and the contents of the site."""

import html
from pathlib import Path
from string import Template

import numpy as np

from cs_utils.datasets import load_shapes10
from cs_utils.desk import start
from cs_utils.desk.copy import Lesson as DeskLesson
from cs_utils.figures import live_filter
from cs_utils.grading.authoring.paths import Lesson, lessons
from cs_utils.grading.site.addresses import button, live_address, page_address

VERTICAL_EDGE = np.array([[1.0, 0.0, -1.0]] * 3)
RING = 59  # the image that lesson 02 begins with
# The sections of the contents and their pages, where somebody has thought about the place; others come last.
SECTIONS = {
    "For students": ("docs/student",),
    "For instructors": ("docs/instructor", "docs/grading", "docs/exercises", "docs/explanations", "docs/cluster"),
    "About the course": ("docs/comparison", "docs/architecture", "docs/engine", "CONTRIBUTING", "CHANGELOG"),
}
CONTENTS = "```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{pages}\n```\n"


def write(folder: Path, root: Path, guides: list[str], live_course: bool) -> None:
    """Write the first page, `docs/site/index.md` with its picture, its lessons and the contents, into `folder`.

    Parameters
    ----------
    folder : Path
    root : Path
        The repository.
    guides : list of str
        All pages but the lessons', such as ``docs/student.md``.
    live_course : bool
        Whether there is a course that runs in the browser, to be linked to.
    """
    built = lessons(root)
    template = Template((root / "docs" / "site" / "index.md").read_text(encoding="utf-8"))
    page = template.substitute(
        start=_start(built[0], live_course),
        lessons="\n".join(_card(lesson, live_course) for lesson in built),
        contents=contents(built, guides),
    )
    (folder / "index.md").write_text(page, encoding="utf-8")
    # A file of its own: in Markdown an HTML block would end at the first empty line of a script.
    (folder / "picture.html").write_text(live_filter(_image(), VERTICAL_EDGE)._repr_html_(), encoding="utf-8")


def contents(built: list[Lesson], guides: list[str]) -> str:
    """Return what Sphinx makes the sidebar of: each page once."""
    names = [guide.removesuffix(".md") for guide in guides]
    placed = {page for pages in SECTIONS.values() for page in pages}
    sections = {"Lessons": [f"lessons/{lesson.name}" for lesson in built]}
    sections |= {caption: [page for page in pages if page in names] for caption, pages in SECTIONS.items()}
    sections["About the course"] += [name for name in names if name not in placed]
    return "\n".join(CONTENTS.format(caption=caption, pages="\n".join(pages)) for caption, pages in sections.items())


def _image() -> np.ndarray:
    gray: np.ndarray = load_shapes10(train=RING + 1, test=1).train_images[RING].mean(axis=2) / 255
    return gray


def _start(first: Lesson, live_course: bool) -> str:
    links = [button(page_address(first), "Read lesson 01")]
    if live_course:
        links.insert(0, button(live_address(first), "Start lesson 01 in your browser", first=True))
    return " ".join(links)


def _card(lesson: Lesson, live_course: bool) -> str:
    card = start.card(DeskLesson(lesson.root, lesson.name))
    title = html.escape(card.title)
    live = f' · <a href="{live_address(lesson)}" aria-label="Start {title} in your browser">start it</a>'
    return (
        f'<li><h3><a href="{page_address(lesson)}">{title}</a></h3><p>{html.escape(card.subtitle)}</p>'
        f'<p class="facts">{html.escape(card.minutes)} · {len(card.checks)} checks{live * live_course}</p></li>'
    )
