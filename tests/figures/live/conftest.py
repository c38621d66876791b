"""A page that shows live pictures and nothing else, and reports what goes wrong in them."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page

from cs_utils.figures import LivePicture


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test if a script of it fails, or asks for anything outside."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(20_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
    yield page
    page.close()
    assert not wrong


@pytest.fixture
def touch(page: Page) -> Callable[[LivePicture], Frame]:
    """Show a live picture as a notebook does; return the inside of its iframe, and wait until it is drawn."""

    def show(picture: LivePicture) -> Frame:
        page.set_content(f"<!doctype html><html><body>{picture._repr_html_()}</body></html>")
        frame = page.frames[1]
        frame.wait_for_function("document.getElementById('said').textContent !== ''")
        return frame

    return show
