"""The first page: a picture to touch at once, what one will build, the seven lessons."""

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


def page(root: Path, live_course: bool) -> str:
    """Return the first page: `docs/site/index.md` with its picture and its lessons."""
    template = Template((root / "docs" / "site" / "index.md").read_text(encoding="utf-8"))
    built = lessons(root)
    return template.substitute(
        picture=live_filter(_image(), VERTICAL_EDGE)._repr_html_(),
        start=_start(built[0], live_course),
        lessons="\n".join(_row(lesson, live_course) for lesson in built),
        pages="\n".join(f"lessons/{lesson.name}" for lesson in built),
    )


def _image() -> np.ndarray:
    """The first drawn image, in gray."""
    gray: np.ndarray = load_shapes10(train=1, test=1).train_images[0].mean(axis=2) / 255
    return gray


def _start(first: Lesson, live_course: bool) -> str:
    links = [button(page_address(first), "Read lesson 01")]
    if live_course:
        links.insert(0, button(live_address(first), "Start lesson 01 in your browser", first=True))
    return " ".join(links)


def _row(lesson: Lesson, live_course: bool) -> str:
    card = start.card(DeskLesson(lesson.root, lesson.name))
    live = f' <a href="{live_address(lesson)}">start</a>' if live_course else ""
    return (
        f'<tr><th scope="row"><a href="{page_address(lesson)}">{html.escape(card.title)}</a></th>'
        f"<td>{html.escape(card.subtitle)}</td><td>{html.escape(card.minutes)}</td>"
        f"<td>{len(card.checks)}</td><td>{live}</td></tr>"
    )
