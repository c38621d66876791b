"""The pages that Sphinx reads: laid in a folder as in the repository, so that links between them hold as they are."""

import os
import re
import shutil
from pathlib import Path

from cs_utils.grading.authoring.paths import Lesson, lessons
from cs_utils.grading.site import landing, lesson_pages
from cs_utils.grading.site.addresses import button, live_address, notebook_address

# Besides all of docs/*.md; a link to another file of the repository becomes its name, for the site has no such page.
GUIDES = ("CONTRIBUTING.md", "CHANGELOG.md")
PICTURES = {".png", ".gif", ".svg"}
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def write(folder: Path, root: Path, live_course: bool) -> None:
    """Write all pages into `folder`, and what they show.

    Parameters
    ----------
    folder : Path
        A new folder.
    root : Path
        The repository.
    live_course : bool
        Whether there will be a course that runs in the browser, to be linked to.
    """
    (folder / "docs").mkdir(parents=True)
    (folder / "lessons").mkdir()
    shutil.copytree(root / "docs" / "site" / "static", folder / "_static")
    names = [*GUIDES, *(f"docs/{path.name}" for path in sorted((root / "docs").glob("*.md")))]
    for name in names:
        text = (root / name).read_text(encoding="utf-8")
        (folder / name).write_text(with_links_within(text, Path(name), {*names}), encoding="utf-8")
    (folder / "_static" / "pictures").mkdir()
    for path in (root / "docs").iterdir():
        if path.suffix in PICTURES:
            shutil.copyfile(path, folder / "docs" / path.name)
            shutil.copyfile(path, folder / "_static" / "pictures" / path.name)  # for HTML, which Sphinx does not read
    for lesson in lessons(root):
        page = lesson_pages.page(lesson, _lesson_links(lesson, live_course))
        (folder / "lessons" / f"{lesson.name}.ipynb").write_text(page, encoding="utf-8")
        target = folder / "_static" / notebook_address(lesson)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(lesson.release, target)
    landing.write(folder, root, names, live_course)


def with_links_within(text: str, page: Path, pages: set[str]) -> str:
    """Return a page whose links to files that are no pages have become names of files; the README's is the first page.

    Parameters
    ----------
    text : str
        Markdown.
    page : Path
        Where it stands in the repository.
    pages : set of str
        All pages, by where they stand in the repository.
    """

    def changed(match: re.Match[str]) -> str:
        words, address, place = match[1], match[2], match[3] or ""
        if re.match(r"[a-z]+:", address):
            return match[0]
        target = Path(os.path.normpath(page.parent / address)).as_posix()
        if target == "README.md":
            return f"[{words}]({'../' * (len(page.parts) - 1)}index.md)"
        if target in pages:
            return match[0]
        return words if words.strip("`") == target else f"{words} (`{target}{place}`)"

    return LINK.sub(changed, text)


def _lesson_links(lesson: Lesson, live_course: bool) -> str:
    links = [button(f"../_static/{notebook_address(lesson)}", "Download the notebook", "download")]
    if live_course:
        links.insert(0, button(f"../{live_address(lesson)}", "Start this lesson in your browser", first=True))
    return f'<p class="course-buttons">{" ".join(links)}</p>'
