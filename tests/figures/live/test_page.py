"""What all live pictures share: one piece of HTML, a still where it can't run, the theme and the height."""

import html
import json
import re
from pathlib import Path

import numpy as np
import pytest

from cs_utils import figures
from cs_utils.figures.live.page import FOLDER, LARGEST, LivePicture, rounded
from cs_utils.model import ConvNet
from tests.figures.live.showing import empty, shown

ROOT = Path(__file__).resolve().parents[3]
RNG = np.random.default_rng(1)
EXAMPLES = {
    "conv_gradient": lambda: figures.live_conv_gradient(np.ones((3, 4)), np.eye(2), np.ones((2, 3))),
    "depth": figures.live_depth,
    "graph": lambda: figures.live_graph({"u": "a + b", "v": "a · b", "L": "u · v"}, {"a": 2, "b": 3}),
    "pattern": lambda: figures.live_pattern(ConvNet("(conv12-relu)*2-pool-fc")),
    "filter": lambda: figures.live_filter(RNG.random((32, 32)), np.eye(3)),
    "pooling": lambda: figures.live_pooling(RNG.integers(0, 9, (5, 5)), RNG.integers(0, 9, (2, 2)), 3, 2),
    "receptive": lambda: figures.live_receptive_field([(3, 1), (3, 2), (3, 1)]),
    "template": lambda: figures.live_template({name: RNG.normal(size=(32, 32)) for name in "abcd"}, np.ones((32, 32))),
    "windows": lambda: figures.live_windows(7, 3, 2, 1),
}


@pytest.fixture(scope="module", params=EXAMPLES)
def picture(request):
    return EXAMPLES[request.param]()


@pytest.fixture(scope="module")
def at_width(tab, picture):
    """A function from the page's width to the inside of the picture's iframe; drawn anew only if need be."""
    now = {}

    def frame(width=1200):
        if now.get("width") != width or now["frame"].is_detached():
            empty(tab, width)
            now.update(width=width, frame=shown(tab, picture))
        return now["frame"]

    return frame


def test_every_picture_of_the_folder_is_an_example_here():
    assert {path.stem for path in FOLDER.glob("*.js")} - {"common", "around"} == set(EXAMPLES)


def test_it_is_small_holds_all_it_needs_and_is_the_same_each_time(picture):
    output = picture._repr_html_()
    assert len(picture.page.encode()) <= LARGEST
    assert output == picture._repr_html_()
    assert not re.search(r"""(src|href)=["'](?!data:)""", output)
    assert not re.search(r"\bfetch\(|XMLHttpRequest|import\(|https?://(?!www.w3.org/)", picture.page)


def test_on_paper_the_still_is_shown_and_else_the_live_picture(page, at_width):
    at_width()
    for media in ("print", "screen"):
        page.emulate_media(media=media)
        assert page.locator("img").is_visible() == (media == "print")
        assert page.locator("iframe").is_visible() == (media == "screen")


@pytest.mark.parametrize("width", [1200, 400])
def test_it_has_the_height_it_needs_and_nothing_sticks_out(picture, page, at_width, width):
    frame = at_width(width)
    page.wait_for_function(f"document.querySelector('iframe').style.height !== '{picture.height}px'")
    tall, wide = frame.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    box = page.locator("iframe").bounding_box()
    assert tall <= box["height"] <= tall + 8
    assert wide <= box["width"]


def test_it_follows_the_system_and_jupyterlab_s_theme(page, at_width):
    frame = at_width()
    page.emulate_media(color_scheme="dark")
    theme = "document.documentElement.dataset.theme"
    frame.wait_for_function(f"{theme} === 'dark'")
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    frame.wait_for_function(f"{theme} === 'light'")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    frame.wait_for_function(f"{theme} === 'dark'")


def test_a_still_with_alt_text_shows_where_the_iframe_is_taken_out(picture, page):
    page.goto("about:blank")
    page.set_content(re.sub(r"<iframe.*?</iframe>|<script>.*?</script>", "", picture._repr_html_(), flags=re.S))
    assert page.locator("img").is_visible()
    assert page.locator("img").get_attribute("alt") == picture.alt


def test_it_has_height_and_theme_though_it_was_drawn_before_the_notebook_listened(page):
    """As in a notebook that is opened again, where scripts run last."""
    empty(page)
    output = EXAMPLES["windows"]()._repr_html_()
    before, script = re.fullmatch(r"(.*)<script>(.*)</script>", output, re.S).groups()
    page.set_content(f"<html><body data-jp-theme-light=false>{before}</body></html>")
    frame = page.frames[1]
    frame.wait_for_function("document.getElementById('said').textContent !== ''")
    given = page.locator("iframe").evaluate("frame => frame.style.height")
    page.evaluate(script)
    frame.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.wait_for_function(f"document.querySelector('iframe').style.height !== '{given}'")


def test_all_that_can_be_worked_has_a_name_and_is_reached_by_the_keyboard(page, at_width):
    frame = at_width(400)
    nameless = """() => [...document.querySelectorAll("button, input, select, [tabindex], [role=grid], canvas")].filter(
        e => !(e.getAttribute("aria-label") || e.textContent.trim() || e.closest("label")))"""
    assert frame.evaluate(f"({nameless})().map(e => e.outerHTML)") == []
    unreached = """() => [...document.querySelectorAll("[role=grid].touch")].filter(
        e => e.querySelectorAll('[tabindex="0"]').length !== 1)"""
    assert frame.evaluate(f"({unreached})().map(e => e.outerHTML)") == []


READABLE = """() => {
  const light = ([r, g, b]) => [r, g, b].reduce((sum, part, i) => {
    const share = part / 255;
    return sum + [0.2126, 0.7152, 0.0722][i] * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  }, 0);
  const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (parts(colour)[3] !== 0) return parts(colour);
    }
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), e = walk.currentNode.parentElement, style = getComputedStyle(e);
    if (!text || e.closest("script, style, noscript, [hidden], .crossed") || !e.getClientRects().length) continue;
    const drawn = e instanceof SVGElement, size = parseFloat(style.fontSize) * (drawn ? e.getScreenCTM().a : 1);
    const [a, b] = [light(parts(drawn ? style.fill : style.color)), light(behind(e))].sort((p, q) => q - p);
    if (size < 10.5) found.push(`${text}: ${size} pixels`);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(`${text}: contrast ${(a + 0.05) / (b + 0.05)}`);
  }
  return found;
}"""


@pytest.mark.parametrize("width", [1200, 400])
def test_nothing_is_tiny_or_faint_and_the_focus_is_seen(page, at_width, width):
    frame = at_width(width)
    for scheme in ("light", "dark"):
        page.evaluate("scheme => { document.body.dataset.jpThemeLight = scheme === 'light'; }", scheme)
        frame.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        assert frame.evaluate(f"({READABLE})()") == []
    stops = frame.locator("button:enabled, input, select, [tabindex='0']")
    page.keyboard.press("Tab")  # from here on the focus counts as the keyboard's
    unseen = """all => all.filter(e => {
        e.focus();
        const { outlineStyle, outlineWidth } = getComputedStyle(e);
        return outlineStyle === "none" || parseFloat(outlineWidth) < 3;
    }).map(e => e.outerHTML)"""
    assert stops.evaluate_all(unseen) == []


def test_while_nbgrader_grades_the_alt_text_stands_for_it(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")

    def never():
        raise AssertionError("drawn, though nobody looks")

    assert LivePicture("Nothing", "filter.js", {}, never, "A line.")._repr_html_() == "<p>[A line.]</p>"


def test_numbers_are_rounded_and_what_is_no_number_is_refused():
    assert rounded({"a": np.array([1 / 3, 2.0]), "b": [(True, "x"), None]}) == {
        "a": [0.3333, 2],
        "b": [[True, "x"], None],
    }
    with pytest.raises(ValueError, match="finite"):
        rounded([np.nan])


def test_no_text_of_the_data_ends_the_script(page):
    picture = LivePicture("T", "filter.js", {"text": "</script><b>"}, lambda: None, "A line.")
    assert "</script><b>" not in picture.page


def test_an_alt_text_is_needed():
    with pytest.raises(ValueError, match="alt text"):
        LivePicture("T", "filter.js", {}, lambda: None, " ")


def test_committed_notebooks_show_live_pictures_as_they_are_today():
    """Outputs are kept while a lesson's code stays the same: after an edit here, lessons are to be executed anew."""
    shown = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "solutions").glob("*/*.ipynb")}
    outputs = [
        html.unescape("".join(output["data"]["text/html"]))
        for text in shown.values()
        for cell in json.loads(text)["cells"]
        for output in cell.get("outputs", [])
        if 'class="live-picture"' in "".join(output.get("data", {}).get("text/html", ""))
    ]
    scripts = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.*s*") if path.suffix != ".py"}
    shared = [text for name, text in scripts.items() if name.startswith(("common", "around"))]
    own = [text for name, text in scripts.items() if not name.startswith(("common", "around"))]
    assert outputs
    for output in outputs:
        assert all(text in output for text in shared), "python course.py build --execute"
        assert any(text in output for text in own), "python course.py build --execute"
