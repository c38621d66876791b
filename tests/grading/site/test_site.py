"""The website: all pages are there, nothing is asked of another host, no answer is shown, formulas and pictures work.

It is built once for the module, without the course that runs in the browser, which has tests of its own.
"""

import functools
import http.server
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe import violations
from playwright.sync_api import Browser, Page, expect

from cs_utils.grading.authoring.lint import answers
from cs_utils.grading.authoring.paths import ROOT, lessons
from cs_utils.grading.site import mathjax
from cs_utils.grading.site.__main__ import main
from cs_utils.grading.site.links import problems

pytestmark = pytest.mark.slow
LESSONS = lessons()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not mathjax.PACKAGE.is_at_hand:
        pytest.skip("no MathJax in the cache and no npm to fetch it")
    folder = tmp_path_factory.mktemp("site") / "out"
    command = [sys.executable, "-m", "cs_utils.grading.site", str(folder), "--pages-only"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that notes what it asks of other hosts, and what goes wrong in it."""
    page = browser.new_page(viewport={"width": 400, "height": 800})
    wrong: list[str] = []
    page.on("request", lambda request: wrong.extend([request.url] * (not request.url.startswith((*OURS, address)))))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda response: wrong.extend([response.url] * (response.status >= 400)))
    yield page
    page.close()
    assert wrong == []


# Sphinx-book-theme's: a button that is called "Search" and shows a shortcut besides, a name outside of any landmark.
THE_THEMES_OWN = [".search-button-field", ".navbar-brand"]
OURS = ("data:", "blob:", "about:")


def test_all_lessons_and_guides_are_there_and_found_by_the_search(site: Path) -> None:
    guides = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert {path.stem for path in (site / "docs").glob("*.html")} == guides
    assert {path.stem for path in (site / "lessons").glob("*.html")} == {lesson.name for lesson in LESSONS}
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)", index, re.S)[1])
    assert {f"lessons/{lesson.name}" for lesson in LESSONS} < set(found["docnames"])
    assert "padding" in str(found["titles"]).lower()


def test_every_link_leads_somewhere_and_no_page_asks_another_host(site: Path) -> None:
    assert problems(site, site / "live") == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_shows_its_pictures_and_no_answer(site: Path, lesson) -> None:
    text = (site / "lessons" / f"{lesson.name}.html").read_text(encoding="utf-8")
    solution = nbformat.read(lesson.solution, as_version=4)
    release = json.dumps(nbformat.read(lesson.release, as_version=4))
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text.replace("&gt;", ">").replace("&lt;", "<")))
    for cell in solution.cells:
        for line in "\n".join(answers(cell)).splitlines():
            line = line.strip()
            if len(line) > 20 and json.dumps(line)[1:-1] not in release:
                assert line not in told
    assert text.count("data:image/png") >= 10
    assert "BEGIN SOLUTION" not in text
    assert "cs_utils.grading" not in text


def test_the_notebooks_to_download_are_the_released_ones(site: Path) -> None:
    for lesson in LESSONS:
        copy = site / "_static" / "notebooks" / lesson.name / lesson.notebook
        assert copy.read_bytes() == lesson.release.read_bytes()


def test_the_picture_on_the_first_page_can_be_touched(page: Page, address: str) -> None:
    page.goto(address)
    picture = page.frame_locator("iframe.live-picture").first
    picture.get_by_role("button", name="horizontal edge").click()
    expect(picture.locator("#said")).to_contain_text("1 1 1 / 0 0 0 /")


def test_a_lesson_draws_its_formulas(page: Page, address: str) -> None:
    page.goto(f"{address}lessons/{LESSONS[1].name}.html")
    page.locator("mjx-container svg").first.wait_for()
    assert page.locator("mjx-merror").count() == 0


@pytest.mark.parametrize("name", ["index", "lessons/02_convolution", "docs/comparison", "docs/student", "docs/engine"])
def test_a_page_fits_on_a_phone(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}{name}.html")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize(
    ("name", "theme"),
    [("index", "light"), ("index", "dark"), ("lessons/02_convolution", "dark"), ("docs/comparison", "light")],
)
def test_a_page_is_accessible(page: Page, address: str, name: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(f"{address}{name}.html")
    page.wait_for_load_state("networkidle")
    assert violations(page, include=["html"], exclude=THE_THEMES_OWN) == []


def test_what_is_not_accessible_is_found_in_a_live_picture_too(browser: Browser) -> None:
    """Else the test above, and the one in JupyterLab, would pass on anything."""
    page = browser.new_page()
    live = "<html lang='en'><title>x</title><body><main><h1>x</h1><button></button></main></body></html>"
    page.set_content(
        f'<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,">'
        f'<iframe title="x" srcdoc="{live}"></iframe></main></html>'
    )
    assert [found.split(":")[0] for found in violations(page, include=["html"])] == ["image-alt", "button-name"]
    page.close()


def test_the_search_finds_a_lesson(page: Page, address: str) -> None:
    page.goto(f"{address}search.html?q=stride")
    page.locator("#search-results a[href*='stride_padding']").first.wait_for()


def test_another_folder_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    assert main([str(tmp_path), "--pages-only"]) == 1
    assert str(tmp_path) in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
