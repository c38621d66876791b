"""JupyterLab as a student meets it: a notebook runs, Validate answers, nothing else asks for attention."""

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
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-for-this-test"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


def lesson(answer: str) -> nbformat.NotebookNode:
    """Return a notebook like the course's: one exercise whose solution is `answer`, and its locked check cell."""
    common = {"schema_version": 3, "task": False}
    solution = new_code_cell(f"def double(x):\n    return {answer}")
    solution.metadata.nbgrader = {**common, "grade_id": "double", "grade": False, "solution": True, "locked": False}
    check = new_code_cell('assert double(21) == 42, "double(21) should be 42"\nprint("checked: 42")')
    check.metadata.nbgrader = {
        **common,
        **{"grade_id": "check_double", "grade": True, "solution": False, "locked": True, "points": 0},
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=[solution, check], metadata=kernel)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for name, answer in {"right": "2 * x", "wrong": "x"}.items():
        (folder / "notebooks" / name).mkdir(parents=True)
        nbformat.write(lesson(answer), folder / "notebooks" / name / f"{name}.ipynb")
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
def page(server: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        yield page
        browser.close()


def run_and_validate(page: Page, server: str, course: Path, name: str) -> str:
    """Open a notebook, run all its cells, press Validate; return what its dialog says."""
    page.goto(f"{server}/lab/tree/notebooks/{name}/{name}.ipynb?token={TOKEN}&reset")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()  # before that, Run does nothing
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    expect(page.locator(".jp-OutputArea-output")).to_contain_text("42")
    page.locator("jp-button").filter(has_text="Validate").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog.locator(".jp-Dialog-header")).to_contain_text("Validation Results")
    page.screenshot(path=course / f"{name}.png")
    text = dialog.inner_text()
    dialog.get_by_role("button").first.click()
    return text


def test_validate_tells_right_from_wrong_and_nothing_else_asks_for_attention(
    page: Page, server: str, course: Path
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    assert "Success" in run_and_validate(page, server, course, "right")
    assert "double(21) should be 42" in run_and_validate(page, server, course, "wrong")

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
