"""Screenshots of all live pictures of the lessons, and of the page that shows a net, to be looked at after a change.

``python -m tests.figures.live.screenshots [--to FOLDER] [NAME ...]`` from the repository's folder. Each picture is
shown as it is in its lesson, with the scripts as they are now: at 400 and 1200 pixels, light and dark; as it opens,
after some work by mouse, and after some work by keys, with the focus on what was worked last.
"""

import argparse
import html
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page

from cs_utils.figures.live.page import FOLDER, page
from cs_utils.figures.net_page.page import page as net_page
from tests.chromium import running
from tests.figures.net_page.nets import dataset, parameters

ROOT = Path(__file__).resolve().parents[3]
WIDTHS, SCHEMES = (400, 1200), ("light", "dark")
# By picture: what the mouse does (drag: a place of an element, as shares of its size, to another; or click a button),
# what the keyboard focuses, and the keys that are then pressed.
WORK = {
    "template": (
        ("drag", "canvas[aria-label^=template]", (0.1, 0.2), (0.9, 0.2)),
        "canvas[aria-label^=template]",
        ["ArrowDown", "Space"],
    ),
    "filter": (("click", "blur"), ".grid.touch .cell", ["ArrowRight", "+", "+"]),
    "windows": (
        ("drag", "[aria-label^=output] .cell >> nth=0", (0.5, 0.5), (0.5, 0.5)),
        "input >> nth=1",
        ["ArrowRight"],
    ),
    "receptive": (("click", "add a layer"), ".drawing", ["ArrowLeft", "ArrowLeft"]),
    "pooling": (
        ("drag", "[aria-label^='x:'] .cell >> nth=4", (0.5, 0.5), (0.5, 0.1)),
        "[aria-label^='dy:'] .cell",
        ["-"],
    ),
    "graph": (("click", "end"), "svg", ["Home", *["ArrowRight"] * 6]),
    "conv_gradient": (("click", "end"), "button >> nth=2", ["Home", *["ArrowRight"] * 4]),
    "pattern": (("click", "as it was"), "input", ["Home", "x"]),
    "depth": (
        ("drag", "[aria-label^=plot]", (0.5, 0.5), (0.8, 0.5)),
        "input[type=range]",
        ["ArrowRight", "ArrowRight"],
    ),
    "net": (("drag", "#image", (0.2, 0.5), (0.8, 0.5)), "#image", ["ArrowDown", "ArrowDown", "Space"]),
}


def pages() -> Iterator[tuple[str, str]]:
    """Name and HTML of each live picture of the lessons, with today's scripts, and of the page that shows a net."""
    scripts = {
        path.read_text(encoding="utf-8").splitlines()[0]: path for path in FOLDER.glob("*.js") if path.stem != "common"
    }
    for notebook in sorted((ROOT / "solutions").glob("*/*.ipynb")):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                shown = "".join(output.get("data", {}).get("text/html", ""))
                if 'class="live-picture"' not in shown:
                    continue
                built = html.unescape(re.search(r'srcdoc="(.*?)"', shown, re.S)[1])
                data = json.loads(re.search(r"<script>const DATA = (.*);$", built, re.M)[1])
                title, alt = (html.unescape(re.search(f"<{tag}>(.*?)</", built)[1]) for tag in ("title", "noscript><p"))
                [script] = [path for line, path in scripts.items() if line in built]
                yield script.stem, page(title, [script.name], data, alt)
    yield "net", net_page(parameters(), dataset())


def by_mouse(tab: Page, work: tuple) -> None:
    """Do with the mouse what the table says."""
    if work[0] == "click":
        tab.get_by_role("button", name=work[1], exact=True).click()
        return
    _, element, start, end = work
    place = tab.locator(element).first
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    (x, y), (to_x, to_y) = ((box["x"] + box["width"] * a, box["y"] + box["height"] * b) for a, b in (start, end))
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(to_x, to_y, steps=8)
    tab.mouse.up()


def by_keys(tab: Page, element: str, keys: list[str]) -> None:
    """Focus an element and press keys."""
    tab.mouse.move(0, 0)
    tab.keyboard.press("Tab")  # from here on the browser shows the focus as it does for the keyboard
    tab.locator(element).first.focus()
    for key in keys:
        tab.keyboard.press(key)


def take(tab: Page, name: str, text: str, folder: Path, tell: Callable[[str], None]) -> None:
    """Write the screenshots of one page."""
    file = folder / f"{name}.html"
    file.write_text(text, encoding="utf-8")
    mouse, element, keys = WORK[name]
    for width in WIDTHS:
        for scheme in SCHEMES:
            tab.set_viewport_size({"width": width, "height": 700})
            tab.emulate_media(color_scheme=scheme)
            tab.goto(file.as_uri())
            for state, work in (
                ("opened", lambda: None),
                ("mouse", lambda: by_mouse(tab, mouse)),
                ("keys", lambda: by_keys(tab, element, keys)),
            ):
                work()
                tab.wait_for_timeout(200)  # what is read aloud comes a moment later
                path = folder / f"{name}_{width}_{scheme}_{state}.png"
                tab.screenshot(path=path, full_page=True)
                tell(str(path))


def main() -> None:
    """Take the screenshots."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(WORK)}; default: all")
    parser.add_argument("--to", type=Path, help="a folder, made if need be; default: a new one for temporary files")
    options = parser.parse_args()
    if unknown := set(options.names) - set(WORK):
        parser.error(f"no such picture: {', '.join(sorted(unknown))}; there are {', '.join(WORK)}")
    folder = options.to or Path(tempfile.mkdtemp(prefix="live_pictures_"))
    folder.mkdir(parents=True, exist_ok=True)
    with running() as browser:
        tab = browser.new_page()
        for name, text in pages():
            if not options.names or name in options.names:
                take(tab, name, text, folder, print)


if __name__ == "__main__":
    main()
