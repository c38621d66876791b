"""The live course in a browser, as a student meets it: a wrong answer is named, a right one passes, a lesson packed."""

import functools
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from chromium import CHROMIUM
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pyodide_at_hand import NEEDS_PYODIDE

from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.site import live

LESSON = Lesson(ROOT, "02_convolution")
FLIPPED = """def correlate2d(x, w):
    size = len(w)
    if size > min(x.shape):
        raise ValueError("the filter is larger than the image")
    turned = w[::-1, ::-1]
    height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
    places = [[x[i : i + size, j : j + size] for j in range(width)] for i in range(height)]
    return np.array([[np.sum(window * turned) for window in row] for row in places])"""
ENDLESS = "def correlate2d(x, w):\n    while True:\n        pass"
RIGHT = FLIPPED.replace("w[::-1, ::-1]", "w")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
    NEEDS_PYODIDE,
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the live course and serve it; yield its address."""
    folder = tmp_path_factory.mktemp("site")
    live.build(folder / "live")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def asked(site: str, context: BrowserContext) -> list[str]:
    """What is asked of any other host."""
    found: list[str] = []
    context.on("request", lambda r: None if r.url.startswith((site, "data:", "blob:")) else found.append(r.url))
    return found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1200, "height": 800}, accept_downloads=True)
    context.set_default_timeout(180_000)
    expect.set_options(timeout=180_000)
    yield context
    context.close()


def cell(page: Page, holds: str) -> Locator:
    return page.locator(".jp-CodeCell").filter(has=page.locator(".jp-InputArea").filter(has_text=holds)).first


def run(page: Page, holds: str, text: str | None = None) -> Locator:
    """Put text into the cell that holds some words, if any is given, and run it; return the cell."""
    here = cell(page, holds)
    here.locator(".cm-content").click()
    if text is not None:
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    return here


def test_a_lesson_names_a_mistake_passes_a_right_answer_and_is_packed(
    site: str, context: BrowserContext, asked: list[str], tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(f"{site}/live/lab/index.html?path={LESSON.name}/{LESSON.notebook}")
    expect(cell(page, "from cs_utils.checks import check")).to_be_visible()
    expect(page.get_by_text("Python (Pyodide) | Idle")).to_be_visible()  # before that, a cell that is run is lost
    run(page, "from cs_utils.checks import check")
    run(page, "def correlate2d(", FLIPPED)
    check = run(page, 'check("correlate2d", correlate2d)')
    expect(check).to_contain_text("the filter is flipped")
    alt = check.locator(".jp-OutputArea img").first.get_attribute("alt")
    assert alt is not None
    assert len(alt) > 10

    run(page, "def correlate2d(", ENDLESS)
    run(page, 'check("correlate2d", correlate2d)')
    expect(check).to_contain_text("a loop that never ends")
    page.screenshot(path=tmp_path / "named.png")

    run(page, "def correlate2d(", RIGHT)
    run(page, 'check("correlate2d", correlate2d)')
    expect(check).to_contain_text("cases right")

    with page.expect_download() as coming:
        page.get_by_text("Hand in", exact=True).click()
    expect(page.locator(".jp-Dialog")).to_contain_text("window_score")  # is still open
    page.screenshot(path=tmp_path / "handed_in.png")
    with zipfile.ZipFile(coming.value.path()) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{LESSON.name}/{LESSON.notebook}"]
        handed_in = nbformat.reads(archive.read(archive.namelist()[0]).decode(), as_version=4)
    sources = {c.metadata["nbgrader"]["grade_id"]: c.source for c in handed_in.cells if "nbgrader" in c.metadata}
    assert sources["correlate2d"] == RIGHT
    assert asked == []


def test_on_a_narrow_screen_a_lesson_opens_without_the_list_of_files(site: str, context: BrowserContext) -> None:
    for width in (1200, 400):  # the narrow one last: it has a layout to restore
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{site}/live/lab/index.html?path={LESSON.name}/{LESSON.notebook}")
        expect(page.locator("#jp-main-statusbar").get_by_text("Python (Pyodide)")).to_be_attached()  # all is restored
        expect(page.locator("#jp-left-stack")).to_be_visible(visible=width == 1200)
        page.close()
