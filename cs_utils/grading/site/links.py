"""Whether every link of a website leads somewhere, and no page asks another host for anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself when it shows a page.
LOADED = {
    *(("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"), ("audio", "src")),
    *(("video", "poster"), ("embed", "src"), ("object", "data"), ("input", "src"), ("link", "href")),
}
IN_CSS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


@dataclass
class Page(HTMLParser):
    """What a page loads, where its links lead, and which places in it can be linked to."""

    loads: list[str] = field(default_factory=list)
    leads_to: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, given in attrs:
            value = given or ""
            if (tag, name) in LOADED:
                self.loads.append(value)
            elif (tag, name) == ("a", "href"):
                self.leads_to.append(value)
            elif (tag, name) == ("iframe", "srcdoc"):
                inner = read(value)
                self.loads += inner.loads
                self.leads_to += inner.leads_to
            elif name == "srcset":
                self.loads += [part.split()[0] for part in value.split(",") if part.strip()]
            elif name == "style":
                self.loads += in_css(value)
            elif name == "id" or (tag, name) == ("a", "name"):
                self.places.add(value)

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.loads += in_css(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False


def read(text: str) -> Page:
    """Return what there is to know of a page of HTML."""
    page = Page()
    page.feed(text)
    page.close()
    return page


def in_css(text: str) -> list[str]:
    """Return the addresses that a style sheet loads."""
    return [first or second for first, second in IN_CSS.findall(text)]


def problems(site: Path, foreign: Path) -> list[str]:
    """Return, in words, which links lead nowhere and what would be asked of another host.

    Parameters
    ----------
    site : Path
        The website's folder.
    foreign : Path
        A folder in it whose pages are made by another program; links into it are looked at, pages in it are not.
    """
    files = [path for path in site.rglob("*") if path.is_file() and not path.is_relative_to(foreign)]
    pages = {path: read(path.read_text(encoding="utf-8")) for path in files if path.suffix == ".html"}
    found: dict[str, None] = {}  # in their order, each once
    for path, page in pages.items():
        for problem in (*_loads(site, path, page.loads), *_links(site, path, page, pages)):
            found[problem] = None
    for path in files:
        if path.suffix == ".css":
            for problem in _loads(site, path, in_css(path.read_text(encoding="utf-8"))):
                found[problem] = None
    return list(found)


def _loads(site: Path, path: Path, addresses: list[str]) -> Iterator[str]:
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme == "data" or address.startswith(("#", "%23")):
            continue
        if parts.scheme or parts.netloc:
            yield f"{path.relative_to(site)} asks another host for {address}"
        elif not (path.parent / unquote(parts.path)).exists():
            yield f"{path.relative_to(site)} loads {address}, which is not there"


def _links(site: Path, path: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    for address in page.leads_to:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file() or not target.is_relative_to(site.resolve()):
            yield f"{path.relative_to(site)} links to {address}, which is not there"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
            yield f"{path.relative_to(site)} links to {address}: there is no such place in that page"
