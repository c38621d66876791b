"""What must hold for every notebook that goes out: nothing hidden in it, nothing missing, easy to read."""

import json
import re
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator, ValidationError

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.spared_cells import needed_later

LONGEST_CODE, LONGEST_TEXT = 25, 120  # lines of a code cell outside answers; words of a markdown cell
LARGEST_OUTPUT = 200_000  # bytes of one output: an animation on a slow network
SECRETS = ("BEGIN HIDDEN", "END HIDDEN", "BEGIN SOLUTION", "END SOLUTION", "MARK SCHEME", "cs_utils.grading", "exam(")
LIST_ITEM = re.compile(r" {0,3}([-+*]|1[.)])\s+\S")  # those that Markdown lets break into a paragraph
NBGRADER_KEYS = {"schema_version", "grade_id", "grade", "solution", "locked", "task"}


def problems(lesson: Lesson) -> list[str]:
    """Return, in words, what is wrong with a lesson's built notebooks."""
    found = []
    for path, rules in (
        (lesson.solution, (_readable, _metadata, _no_use_of_long_cells)),
        (lesson.release, (_metadata, _nothing_hidden)),
    ):
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        found += [f"{path.relative_to(lesson.root)}: {problem}" for rule in rules for problem in rule(notebook)]
    solution = nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)
    release = nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4)
    return found + [
        f"{lesson.release.relative_to(lesson.root)}: {problem}" for problem in _no_answer(solution, release)
    ]


def _metadata(notebook: NotebookNode) -> Iterator[str]:
    if "jupytext" in notebook.metadata:
        yield "it has jupytext's metadata, which would pair it with the answers"
    try:
        MetadataValidator().validate_nb(notebook)
    except ValidationError as error:
        yield str(error)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata and not set(cell.metadata.nbgrader) >= NBGRADER_KEYS:
            yield f"cell {cell.id}: nbgrader's metadata lacks {NBGRADER_KEYS - set(cell.metadata.nbgrader)}"


def _no_use_of_long_cells(notebook: NotebookNode) -> Iterator[str]:
    return needed_later(notebook.cells)


def _nothing_hidden(notebook: NotebookNode) -> Iterator[str]:
    text = json.dumps(notebook)
    for secret in SECRETS:
        if secret in text:
            yield f"{secret!r} must not be in a student's notebook"
    for cell in notebook.cells:
        if cell.get("outputs") or cell.get("execution_count"):
            yield f"cell {cell.id} still has outputs"
        if not cell.source.strip():
            yield f"cell {cell.id} is empty"


def answers(cell: NotebookNode) -> list[str]:
    """Return the parts of a solution's cell that are cut out of the released one."""
    if not cell.metadata.get("nbgrader", {}).get("solution"):
        return []
    if cell.cell_type == "markdown":
        return [cell.source]
    return re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.S)


def _no_answer(solution: NotebookNode, release: NotebookNode) -> Iterator[str]:
    """No line of an answer, but for short ones, is in the answer cell's released version."""
    given = {cell.id: cell.source.splitlines() for cell in release.cells}
    for cell in solution.cells:
        for line in "\n".join(answers(cell)).splitlines():
            if len(line.strip()) > 12 and line in given.get(cell.id, []):
                yield f"cell {cell.id}: a line of the answer is released: {line.strip()!r}"


def _readable(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        info = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":
            prose = re.sub(r"^\|.*$", "", cell.source, flags=re.M)  # a table is looked up, not read
            words = len(re.sub(r"\$.*?\$|<[^>]+>|[|:-]+", " ", prose, flags=re.S).split())
            if words > LONGEST_TEXT and not info.get("solution"):
                yield f"cell {cell.id} has {words} words, at most {LONGEST_TEXT}: {cell.source[:40]!r}"
            for image in re.findall(r"!\[(.*?)\]\(", cell.source):
                if not image.strip():
                    yield f"cell {cell.id}: a picture has no alt text"
            for header in re.findall(r"^\|(.*)\|\n\|[-:| ]+\|$", cell.source, re.M):
                if not all(title.strip() for title in header.split("|")):
                    yield f"cell {cell.id}: a column of a table has no heading, which a screen reader reads: {header!r}"
            for line in _list_items_by_chance(cell.source):
                yield f"cell {cell.id}: Markdown begins a list here; break the lines elsewhere: {line[:40]!r}"
        elif not info.get("solution") and (lines := len(cell.source.splitlines())) > LONGEST_CODE:
            yield f"cell {cell.id} has {lines} lines, at most {LONGEST_CODE}"
        yield from _outputs(cell)


def _list_items_by_chance(text: str) -> Iterator[str]:
    """Yield lines within a paragraph that Markdown would take for items of a list, as "+ 1" in a sum.

    A list is meant if a paragraph begins with one, if the line before ends in a colon, and after what is not a
    paragraph: a heading, a row of a table, a tag, a quote, the text of an item above.
    """
    prose = re.sub(r"```.*?```|\$\$.*?\$\$", "", text, flags=re.S)
    for paragraph in re.split(r"\n\s*\n", prose.strip("\n")):
        lines = paragraph.split("\n")
        first = next((i for i, line in enumerate(lines) if LIST_ITEM.match(line)), 0)
        if first and not re.match(r"[#|<>\s]", lines[first - 1]) and not re.search(r":[*_]*\s*$", lines[first - 1]):
            yield lines[first]


def _outputs(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data or "image/svg+xml" in data:
            yield f"cell {cell.id}: a bare picture has no alt text; return a cs_utils.figures.Picture"
        page = "".join(data.get("text/html", ""))
        for image in re.findall(r"<img[^>]*>", page):
            if not re.search(r'alt="[^"]{10,}"', image):
                yield f"cell {cell.id}: a picture has no alt text, or one that says nothing"
        if len(page) > LARGEST_OUTPUT:
            yield f"cell {cell.id}: an output of {len(page) // 1000} kB, at most {LARGEST_OUTPUT // 1000}"
