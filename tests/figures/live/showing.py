"""A live picture on a page, as a notebook shows it."""

from playwright.sync_api import Frame, Page

from cs_utils.figures import LivePicture


def empty(page: Page, width: int = 1200, scheme: str = "light") -> None:
    """Make the page as a new one is: nothing on it, no script left, the mouse in the corner."""
    page.goto("about:blank")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="screen", color_scheme=scheme)
    page.mouse.move(0, 0)


def shown(page: Page, picture: LivePicture) -> Frame:
    """Show a live picture as a notebook does; return the inside of its iframe, once it is drawn."""
    page.set_content(f"<!doctype html><html><body>{picture._repr_html_()}</body></html>")
    frame = page.frames[1]
    frame.wait_for_function("document.getElementById('said').textContent !== ''")
    return frame
