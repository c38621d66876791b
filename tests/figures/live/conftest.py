"""A page that shows live pictures and nothing else, and reports what goes wrong in them."""

from collections.abc import Callable, Iterator

import pytest
from chromium import CHROMIUM, running
from playwright.sync_api import Frame, Page

from cs_utils.figures import LivePicture
from tests.figures.live.showing import empty, shown


@pytest.fixture(scope="package")
def tab() -> Iterator[Page]:
    """One page for all tests of this folder, with a list of what goes wrong on it: a browser takes long to start."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with running() as browser:
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.wrong = wrong = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None)
        page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
        yield page


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """The page: the test fails if a script on it does, or asks for anything outside."""
    tab.wrong.clear()
    yield tab
    assert not tab.wrong


@pytest.fixture
def touch(page: Page) -> Callable[[LivePicture], Frame]:
    """A function that shows a live picture on an empty page; returns the inside of its iframe, once it is drawn."""

    def on_empty_page(picture: LivePicture) -> Frame:
        empty(page)
        return shown(page, picture)

    return on_empty_page
