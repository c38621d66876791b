"""Where things are on the website, from its first page; and the links that look like buttons."""

from cs_utils.grading.authoring.paths import Lesson


def live_address(lesson: Lesson) -> str:
    """Where a lesson runs in the browser; its notebook lies there as in the folder notebooks/."""
    return f"live/lab/index.html?path={lesson.name}/{lesson.notebook}"


def notebook_address(lesson: Lesson) -> str:
    """Where a released notebook lies to be downloaded, within the folder _static."""
    return f"notebooks/{lesson.name}/{lesson.notebook}"


def page_address(lesson: Lesson) -> str:
    """Where a lesson is read."""
    return f"lessons/{lesson.name}.html"


def button(address: str, words: str, attribute: str = "", first: bool = False) -> str:
    """Return a link that looks like a button; the first of several is filled."""
    kind = "course-button first" if first else "course-button"
    return f'<a class="{kind}" href="{address}" {attribute}>{words}</a>'
