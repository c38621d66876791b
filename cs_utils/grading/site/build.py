"""The steps from the sources to a website in a folder, which appears there whole or not at all."""

import io
import re
import shutil
import tempfile
import time
from pathlib import Path

from sphinx.application import Sphinx

from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.site import links, live, mathjax, sources
from cs_utils.grading.site.settings import settings

MARK = ".buildinfo"  # Sphinx writes it: a folder that has it may be replaced
LIVE = "live"  # the folder of the course that runs in the browser
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class SiteError(Exception):
    """The site cannot be built; the message says what is in the way."""


def build(destination: Path, live_course: bool = True, root: Path = ROOT) -> None:
    """Write the website to `destination`.

    Parameters
    ----------
    destination : Path
        A folder that is new or empty, or that holds a site made before, which is replaced.
    live_course : bool
        Whether the course that runs in the browser is built, too.
    root : Path
        The repository.

    Raises
    ------
    FileExistsError
        If `destination` holds something else.
    SiteError
        If Sphinx warns of something, a link leads nowhere, or something is asked of another host.
    """
    if destination.exists() and not (destination / MARK).is_file() and any(destination.iterdir()):
        raise FileExistsError(f"{destination} holds something that is no website of this course; take another folder")
    began = time.monotonic()
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent) as folder:
        pages, draft = Path(folder) / "pages", Path(folder) / "site"
        sources.write(pages, root, live_course)
        mathjax.put_into(pages / "_static")
        _run_sphinx(pages, draft, Path(folder) / "doctrees")
        for template in (draft / "_static").glob("*-macros.html"):  # the theme's own, copied along
            template.unlink()
        (draft / ".nojekyll").touch()  # GitHub Pages would leave out folders that begin with "_"
        if live_course:
            live.build(draft / LIVE, root)
        if problems := links.problems(draft, foreign=draft / LIVE):
            raise SiteError("\n".join(["The site has flaws:", *(f"  - {problem}" for problem in problems)]))
        if destination.exists():
            shutil.rmtree(destination)
        draft.replace(destination)
    files = [path for path in destination.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{destination}: {len(files)} files, {size:.1f} MB, built in {time.monotonic() - began:.0f} s.")


def _run_sphinx(pages: Path, draft: Path, doctrees: Path) -> None:
    """Make HTML of the pages; what Sphinx warns of is an error."""
    said = io.StringIO()
    sphinx = Sphinx(pages, None, draft, doctrees, "html", settings(), status=None, warning=said, warningiserror=True)
    sphinx.build()
    if warnings := ANSI.sub("", said.getvalue()).strip():
        raise SiteError("Sphinx warns:\n" + warnings.replace(f"{pages}/", ""))
