"""JupyterLab as a student meets it: a notebook runs, Validate answers, nothing else asks for attention.

And as whoever grades by hand does: the answer is text, the course's own beside it, and the mark counts.
"""

import copy
import csv
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe import violations
from chromium import CHROMIUM
from playwright.sync_api import Browser, Page, expect

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.classroom import sample
from cs_utils.grading.classroom.__main__ import main as grade
from cs_utils.grading.classroom.marks import main as marks
from cs_utils.grading.classroom.sample_mistakes import correlate2d_flips_the_filter

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-for-this-test"
# What the lesson says and shows; the rest of the page is JupyterLab's.
OURS = [".jp-Notebook .jp-RenderedMarkdown", ".jp-Notebook .jp-OutputArea-output"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder in which lesson 02 was answered, once right and once with a flipped filter."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("nbgrader_config.py", "cs_utils/checks/limit.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    lesson = Lesson(ROOT, "02_convolution")
    released = nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4)
    solution = nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)
    for name, change in {"right": sample.perfect, "wrong": sample.mistake(correlate2d_flips_the_filter)}.items():
        notebook = copy.deepcopy(released)
        sample.answer_all(notebook, solution)
        change(notebook, lesson)
        (folder / "notebooks" / name).mkdir(parents=True)
        nbformat.write(notebook, folder / "notebooks" / name / f"{name}.ipynb")
    written = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "why_share_weights")
    written.source = (
        "A filter has $3 \\cdot 3 \\cdot 3$ weights. <script>document.title = 'taken'</script>\n\n"
        "- one\n- two\n\n```\ncode\n\n<b>more</b> *code*\n```\n"
    )
    (folder / "in" / "Anna Lena Muster" / lesson.name).mkdir(parents=True)
    (folder / "solutions" / lesson.name).mkdir(parents=True)  # formgrader lists the assignments that are here
    nbformat.write(notebook, folder / "in" / "Anna Lena Muster" / lesson.name / lesson.notebook)
    assert grade(["--submitted", str(folder / "in"), "--workers", "1"], folder) == 0
    return folder


@pytest.fixture(scope="module")
def server(course: Path) -> Iterator[str]:
    """Start JupyterLab as course.py does, with a home of its own; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = course.parent / f"{course.name}-home"
    home.mkdir()
    variables = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    variables |= {"HOME": str(home), "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    folders = [f"--ServerApp.root_dir={course}", f"--FileContentsManager.preferred_dir={course / 'notebooks'}"]
    with (course / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options, *folders],
            cwd=course,
            env=variables,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/api", process, course / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def page(server: str, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    yield page
    page.close()


def run(page: Page, server: str, name: str) -> None:
    """Open a notebook and run all its cells."""
    page.goto(f"{server}/lab/tree/notebooks/{name}/{name}.ipynb?token={TOKEN}&reset")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()  # before that, Run does nothing
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()


def validate(page: Page, course: Path, name: str) -> str:
    """Press Validate; return what its dialog says."""
    page.locator("jp-button").filter(has_text="Validate").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog.locator(".jp-Dialog-header")).to_contain_text("Validation Results", timeout=180_000)
    page.screenshot(path=course / f"{name}.png")
    text = dialog.inner_text()
    dialog.get_by_role("button").first.click()
    return text


def test_a_lesson_runs_shows_its_pictures_and_validates(page: Page, server: str, course: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    run(page, server, "right")
    animation = page.locator("[id^=animation_]").first
    animation.scroll_into_view_if_needed()
    first = animation.locator("img").get_attribute("src")
    animation.get_by_role("button", name="one step on").click()
    expect(animation.locator("input")).to_have_value("1")
    assert animation.locator("img").get_attribute("src") != first
    works_by_mouse_and_keyboard(page, course)
    expect(page.get_by_text("cases right. Next: see what it finds")).to_be_visible()
    assert all(len(alt) > 10 for alt in page.locator(".jp-OutputArea img").evaluate_all("all => all.map(i => i.alt)"))
    assert "Success" in validate(page, course, "right")
    assert violations(page, include=OURS) == []
    in_notebook_7_and_in_the_dark(page, server, course)

    run(page, server, "wrong")
    message = page.get_by_text("CheckFailed: correlate2d", exact=False).first
    expect(message).to_contain_text("the filter is flipped")
    message.scroll_into_view_if_needed()
    page.screenshot(path=course / "message.png")
    assert "the filter is flipped" in validate(page, course, "wrong")

    expect(page.locator(".Toastify__toast, .jp-Dialog")).to_have_count(0)
    outside = [url for url in asked if not url.startswith((server, "data:", "blob:"))]
    assert not outside, "a student's JupyterLab asks the course's own server alone"
    assert not [url for url in asked if "/lab/api/news" in url or "/lab/api/update" in url]

    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    expect(page.get_by_role("menuitem", name="Formgrader")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Assignment List")).to_have_count(0)
    expect(page.get_by_role("menuitem", name="Course List")).to_have_count(0)
    page.screenshot(path=course / "menu.png")

    log = (course / "server.log").read_text(encoding="utf-8")
    assert "jupytext" not in log
    assert not [line for line in log.splitlines() if line.startswith("[E ")]


def works_by_mouse_and_keyboard(page: Page, course: Path) -> None:
    """Paint a cell of the live filter; the keys that do so must not reach the notebook, where they are commands."""
    frame = page.locator("iframe.live-picture").first
    frame.scroll_into_view_if_needed()
    expect(page.locator("iframe.live-picture + img").first).to_be_hidden()
    inside = frame.content_frame
    before = inside.locator("#said").inner_text()
    page.evaluate("window.keys = []; document.addEventListener('keydown', event => keys.push(event.key), true)")
    first = inside.locator("[role=grid][aria-label^=filter] [role=gridcell]").first
    first.click()
    for key in ("ArrowDown", "ArrowRight", "+", "+", "d", "d", "a"):
        page.keyboard.press(key)
    middle = inside.locator("[role=grid][aria-label^=filter] [role=gridcell]").nth(4)
    expect(middle).to_be_focused()
    expect(middle).to_have_text("2")
    expect(inside.locator("#said")).not_to_have_text(before)
    assert page.evaluate("window.keys") == []
    assert inside.locator("body").evaluate("body => body.scrollHeight") <= frame.bounding_box()["height"]
    page.screenshot(path=course / "live.png")


def in_notebook_7_and_in_the_dark(page: Page, server: str, course: Path) -> None:
    """Open what JupyterLab has saved, and so trusts: the live picture is there at once, dark as the page around it."""
    settings = course.parent / f"{course.name}-home" / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    for theme, told in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}), encoding="utf-8")
        page.goto(f"{server}/notebooks/notebooks/right/right.ipynb?token={TOKEN}")
        frame = page.locator("iframe.live-picture").first
        frame.scroll_into_view_if_needed()
        expect(frame.content_frame.locator("html")).to_have_attribute("data-theme", told)
        first = frame.content_frame.locator(".cell").first
        first.focus()
        page.keyboard.press("+")
        expect(first).to_have_text("2")
        page.screenshot(path=course / f"notebook7-{told}.png")


def test_the_still_stands_for_a_live_picture_in_a_notebook_that_is_not_trusted(
    page: Page, server: str, course: Path
) -> None:
    (course / "notebooks" / "sent").mkdir()
    shutil.copy(Lesson(ROOT, "02_convolution").solution, course / "notebooks" / "sent" / "sent.ipynb")
    page.goto(f"{server}/lab/tree/notebooks/sent/sent.ipynb?token={TOKEN}&reset")
    still = page.locator("img[alt*='Where this is live']").first
    still.scroll_into_view_if_needed()
    expect(still).to_be_visible()
    expect(page.locator("iframe.live-picture")).to_have_count(0)
    page.screenshot(path=course / "still.png")


def test_a_written_answer_is_graded_in_formgrader_and_the_mark_counts(page: Page, server: str, course: Path) -> None:
    page.goto(f"{server}/lab?token={TOKEN}")  # formgrader asks for the cookie that this sets
    page.goto(f"{server}/formgrader/manage_assignments")
    expect(page.locator("tr", has_text="02_convolution").locator(".num-submissions")).to_have_text("1", timeout=60_000)
    page.goto(f"{server}/formgrader/manage_students")
    expect(page.get_by_role("link", name="Muster, Anna Lena")).to_be_visible(timeout=60_000)
    page.goto(f"{server}/formgrader/gradebook/02_convolution/convolution")
    page.locator("a[href*='/submissions/']").first.click()
    answer = page.get_by_text("A filter has", exact=False).first
    answer.scroll_into_view_if_needed()
    expect(page.get_by_text("The course's own answer, for whoever grades", exact=False)).to_be_visible()
    expect(page.locator("math").first).to_be_visible()  # a formula, though there is no network
    assert "taken" not in page.title()
    page.screenshot(path=course / "formgrader.png")
    score = page.locator("input.score").last  # the one of the written answer
    with page.expect_response(lambda response: "/api/grade/" in response.url and response.request.method == "PUT"):
        score.fill("1.5")
        score.press("Tab")
    assert marks([], course) == 0
    with (course / "grading" / "grades.csv").open(encoding="utf-8", newline="") as file:
        points = {row["exercise"]: row["points"] for row in csv.DictReader(file)}
    assert points["why_share_weights"] == "1.5"
