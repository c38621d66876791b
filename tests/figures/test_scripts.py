"""The JavaScript and CSS of the figures keep to a few rules; that they run, the tests of live pictures show."""

import re
from pathlib import Path

import pytest

from cs_utils import figures

FOLDER = Path(figures.__file__).parent
FILES = [*sorted(FOLDER.glob("*/*.js")), *sorted(FOLDER.glob("*/*.css"))]
RULES = {
    "a line over 120 characters": r"^.{121,}$",
    "white space at the end of a line, or a tab": r"[ \t]+$|\t",
    "== or != where === or !== is meant": r"(?<![=!<>])[=!]=(?!=)",
    "var": r"\bvar [a-z]",
    "left over from a search for mistakes": r"\bconsole\.|\bdebugger\b",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_script_or_style_keeps_the_rules(path):
    text = path.read_text(encoding="utf-8")
    broken = [
        f"{path.name}, line {text.count(chr(10), 0, found.start()) + 1}: {rule}"
        for rule, pattern in RULES.items()
        for found in re.finditer(pattern, text, re.M)
        if path.suffix == ".js" or not rule.startswith("==")
    ]
    assert not broken
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
