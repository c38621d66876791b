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
from playwright.sync_api import Browser, Locator, Page, Route, expect

from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.classroom import sample
from cs_utils.grading.classroom.__main__ import main as grade
from cs_utils.grading.classroom.marks import main as marks
from cs_utils.grading.classroom.sample_mistakes import correlate2d_flips_the_filter

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-for-this-test"
SETTINGS = {
    "server_extensions.json": ".jupyter/jupyter_server_config.d/course.json",
    "ipython_kernel_config.json": ".ipython/profile_default/ipython_kernel_config.json",
}
# What the lesson says and shows; the rest of the page is JupyterLab's.
OURS = [".jp-Notebook .jp-RenderedMarkdown", ".jp-Notebook .jp-OutputArea-output"]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder in which all of lesson 02 is answered but `correlate2d`, and a graded class of one."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("nbgrader_config.py", "cs_utils/checks/limit.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    templates = "cs_utils/grading/classroom/templates"
    shutil.copytree(ROOT / templates, folder / templates)
    lesson = Lesson(ROOT, "02_convolution")
    released = nbformat.reads(lesson.release.read_text(encoding="utf-8"), as_version=4)
    solution = nbformat.reads(lesson.solution.read_text(encoding="utf-8"), as_version=4)
    begun, handed_in = copy.deepcopy(released), copy.deepcopy(released)
    for notebook, change in ((begun, sample.perfect), (handed_in, sample.mistake(correlate2d_flips_the_filter))):
        sample.answer_all(notebook, solution)
        change(notebook, lesson)
    cell_of(begun, "correlate2d").source = cell_of(released, "correlate2d").source
    (folder / "notebooks" / "begun").mkdir(parents=True)
    nbformat.write(begun, folder / "notebooks" / "begun" / "begun.ipynb")
    cell_of(handed_in, "why_share_weights").source = (
        "A filter has $3 \\cdot 3 \\cdot 3$ weights. <script>document.title = 'taken'</script>\n\n"
        "- one\n- two\n\n```\ncode\n\n<b>more</b> *code*\n```\n"
    )
    (folder / "in" / "Anna Lena Muster" / lesson.name).mkdir(parents=True)
    nbformat.write(handed_in, folder / "in" / "Anna Lena Muster" / lesson.name / lesson.notebook)
    assert grade(["--submitted", str(folder / "in"), "--workers", "1"], folder) == 0
    shutil.copytree(lesson.solution.parent, folder / "solutions" / lesson.name)  # formgrader lists what is there
    return folder


def cell_of(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def source_of(path: Path, grade_id: str) -> str:
    """A cell of a built notebook, without nbgrader's marks."""
    source = cell_of(nbformat.reads(path.read_text(encoding="utf-8"), as_version=4), grade_id).source
    return "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("###"))


@pytest.fixture(scope="module")
def server(course: Path) -> Iterator[str]:
    """Start JupyterLab as course.py does, with a home of its own; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = course.parent / f"{course.name}-home"
    for name, place in SETTINGS.items():  # as they are in the folder now, not when the environment was made
        (home / place).parent.mkdir(parents=True)
        shutil.copy(ROOT / "jupyter_config" / name, home / place)
    others = ("JUPYTER", "IPYTHON", "PYTEST")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    variables["PYTHONPATH"] = str(ROOT)
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
    page.set_default_timeout(120_000)
    expect.set_options(timeout=120_000)
    outside: list[str] = []

    def refuse(route: Route) -> None:
        outside.append(f"{route.request.url} for {route.request.frame.url}")
        route.abort()

    page.route(lambda url: not url.startswith((f"{server}/", "data:", "blob:", "file:")), refuse)
    yield page
    page.close()
    assert outside == [], "everything comes from the course's own server"


def open_in_lab(page: Page, server: str, name: str) -> None:
    page.goto(f"{server}/lab/tree/notebooks/{name}/{name}.ipynb?token={TOKEN}&reset")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()  # before that, Run does nothing


def choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_text(item, exact=True).click()


def cell(page: Page, text: str) -> Locator:
    """The first code cell with this text."""
    return page.locator(".jp-CodeCell").filter(has=page.locator(".cm-content", has_text=text)).first


def type_and_run(page: Page, where: Locator, code: str) -> None:
    where.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")


def run_cell(page: Page, where: Locator) -> None:
    where.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def validate(page: Page, course: Path, name: str) -> str:
    """Press Validate; return what its dialog says."""
    page.locator("jp-button").filter(has_text="Validate").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog.locator(".jp-Dialog-header")).to_contain_text("Validation Results", timeout=180_000)
    page.screenshot(path=course / f"{name}.png")
    text = dialog.inner_text()
    dialog.get_by_role("button").first.click()
    return text


def test_a_lesson_from_the_first_run_to_validate(page: Page, server: str, course: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_in_lab(page, server, "begun")

    choose(page, "Run", "Run All Cells")  # it stops at what is not written yet, says so, and shows it
    stopped = page.get_by_text("correlate2d is not written yet", exact=False)
    expect(stopped).to_be_in_viewport()
    page.screenshot(path=course / "stopped.png")

    answer, check = cell(page, "def correlate2d("), cell(page, 'check("correlate2d"')
    right = source_of(Lesson(ROOT, "02_convolution").solution, "correlate2d")
    type_and_run(page, answer, right.replace("def correlate2d(x, w):", "def correlate2d(x, w):\n    w = w[::-1, ::-1]"))
    run_cell(page, check)
    expect(check.get_by_text("CheckFailed: correlate2d", exact=False)).to_contain_text("the filter is flipped")
    expect(check.locator("img")).to_be_visible()
    page.screenshot(path=course / "message.png")

    type_and_run(page, answer, right)
    run_cell(page, check)
    expect(check.get_by_text("cases right", exact=False)).to_be_visible()
    expect(check).to_contain_text("see what it finds")  # what comes next
    page.screenshot(path=course / "passed.png")

    choose(page, "Run", "Run All Cells")
    expect(stopped).to_have_count(0)
    expect(page.locator(".jp-InputPrompt", has_text="*")).to_have_count(0)  # all have run
    plays_by_mouse_and_keyboard(page, course)
    works_by_mouse_and_keyboard(page, course)
    assert all(len(alt) > 10 for alt in page.locator(".jp-OutputArea img").evaluate_all("all => all.map(i => i.alt)"))
    scrolls_in_a_narrow_window(page, course)
    assert "Success" in validate(page, course, "validated")
    assert violations(page, include=OURS) == []
    in_notebook_7_and_in_the_dark(page, server, course)

    after_a_restart_it_says_which_cell_to_run(page, server, course)
    expect(page.locator(".Toastify__toast, .jp-Dialog")).to_have_count(0)
    assert not [url for url in asked if "/lab/api/news" in url or "/lab/api/update" in url]

    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    expect(page.get_by_role("menuitem", name="Formgrader")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Assignment List")).to_have_count(0)
    expect(page.get_by_role("menuitem", name="Course List")).to_have_count(0)
    page.screenshot(path=course / "menu.png")

    log = (course / "server.log").read_text(encoding="utf-8")
    assert "jupytext" not in log
    assert not [line for line in log.splitlines() if line.startswith("[E ") or " 403 " in line]


def plays_by_mouse_and_keyboard(page: Page, course: Path) -> None:
    """Move an animation; the arrow keys move its slider, and not the notebook's cell."""
    animation = page.locator("[id^=animation_]").first
    animation.scroll_into_view_if_needed()
    picture, slider = animation.locator("img"), animation.get_by_role("slider")
    first = picture.get_attribute("src")
    animation.get_by_role("button", name="one step on").click()
    expect(slider).to_have_value("1")
    second = picture.get_attribute("src")
    assert second != first
    active = page.locator(".jp-Cell.jp-mod-active").first.locator(".cm-content").inner_text()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(slider).to_have_value("3")
    assert page.locator(".jp-Cell.jp-mod-active").first.locator(".cm-content").inner_text() == active
    animation.get_by_role("button", name="play or pause").press("Enter")
    expect(slider).not_to_have_value("3")
    page.screenshot(path=course / "animation.png")
    animation.get_by_role("button", name="play or pause").press("Enter")


def scrolls_in_a_narrow_window(page: Page, course: Path) -> None:
    """In half a screen the numbers of a wide picture can still be read: it is scrolled rather than shrunk."""
    page.set_viewport_size({"width": 800, "height": 900})
    picture = page.locator(".jp-OutputArea-output > img").first
    shown, whole = picture.evaluate("i => [i.getBoundingClientRect().width, i.naturalWidth]")
    assert 0.75 * whole <= shown <= whole
    around = picture.evaluate("i => [i.parentElement.scrollWidth, i.parentElement.clientWidth]")
    assert around[0] > around[1], "it can be scrolled"
    page.screenshot(path=course / "narrow.png")
    page.set_viewport_size({"width": 1400, "height": 900})


def after_a_restart_it_says_which_cell_to_run(page: Page, server: str, course: Path) -> None:
    open_in_lab(page, server, "begun")
    choose(page, "Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    check = cell(page, 'check("correlate2d"')
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    run_cell(page, check)
    expect(check.get_by_text("check comes from the cell", exact=False)).to_contain_text("Run All Above")
    page.screenshot(path=course / "restarted.png")


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
        page.goto(f"{server}/notebooks/notebooks/begun/begun.ipynb?token={TOKEN}")
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


def test_a_written_answer_is_graded_in_formgrader_and_the_report_shows_it(
    page: Page, server: str, course: Path
) -> None:
    page.goto(f"{server}/lab?token={TOKEN}")  # formgrader asks for the cookie that this sets
    page.goto(f"{server}/formgrader/manage_assignments")
    expect(page.locator("tr", has_text="02_convolution").locator(".num-submissions")).to_have_text("1", timeout=60_000)
    page.goto(f"{server}/formgrader/manage_students")
    expect(page.get_by_role("link", name="Muster, Anna Lena")).to_be_visible(timeout=60_000)
    page.goto(f"{server}/formgrader/gradebook")
    for name in ("02_convolution", "convolution"):
        page.get_by_role("link", name=name, exact=True).click()
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
    page.goto((course / "grading" / "report.html").as_uri())
    expect(page.get_by_role("row", name="Muster")).to_be_visible()
    page.screenshot(path=course / "report.png")
