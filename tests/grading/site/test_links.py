"""The website's own check finds links that lead nowhere and pages that ask another host."""

from pathlib import Path

import pytest

from cs_utils.grading.site.links import problems

HEAD = '<!doctype html><html lang="en"><head><title>A page</title></head><body>'


@pytest.mark.parametrize(
    ("body", "file"),
    [
        ('<a href="missing.html">x</a>', ""),
        ('<a href="other.html#nowhere">x</a>', ""),
        ('<a href="../outside.html">x</a>', ""),
        ('<img src="https://example.org/x.png" alt="x">', ""),
        ('<script src="//example.org/x.js"></script>', ""),
        ('<link rel="stylesheet" href="https://example.org/x.css">', ""),
        ('<p style="background: url(https://example.org/x.png)">x</p>', ""),
        ('<style>@import "https://example.org/x.css";</style>', ""),
        ("<iframe srcdoc=\"<img src='https://example.org/x.png'>\"></iframe>", ""),
        ('<link rel="stylesheet" href="x.css">', "@font-face { src: url(https://example.org/x.woff2) }"),
        ('<link rel="stylesheet" href="x.css">', "@font-face { src: url(missing.woff2) }"),
    ],
)
def test_a_flaw_is_found(tmp_path: Path, body: str, file: str) -> None:
    write(tmp_path, body, file)
    assert len(problems(tmp_path, tmp_path / "live")) == 1


def test_what_leads_somewhere_is_no_flaw(tmp_path: Path) -> None:
    live = '<a href="live/lab/index.html?path=02_convolution/convolution.ipynb">start</a>'
    body = f'<a href="other.html#there">x</a> <a href="https://example.org">x</a> <img src="data:," alt="x">{live}'
    write(tmp_path, body, "")
    page = tmp_path / "live" / "lab" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text('<script src="https://example.org/"></script>', encoding="utf-8")
    assert problems(tmp_path, tmp_path / "live") == []


def write(folder: Path, body: str, css: str) -> None:
    site = folder
    (site / "index.html").write_text(HEAD + body, encoding="utf-8")
    (site / "other.html").write_text(HEAD + '<h1 id="there">x</h1>', encoding="utf-8")
    (site / "x.css").write_text(css, encoding="utf-8")
    (folder.parent / "outside.html").write_text("", encoding="utf-8")
