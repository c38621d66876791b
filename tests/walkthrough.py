"""A guide's steps, as it is written: commands with what they print, files with what is in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

BLOCK = re.compile(r"^(?P<before>[^\n]*)\n\n```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
LEFT_OUT = "..."


@dataclass
class Step:
    """A command of `course.py` with the lines that the guide shows of its output, or a text for a file."""

    command: list[str]
    shown: list[str]
    path: str = ""
    text: str = ""


def steps(guide: str, heading: str) -> Iterator[Step]:
    """Yield the steps of a guide's section. A file is named in the line before its block."""
    section = guide.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    for block in BLOCK.finditer(section):
        if block["kind"] == "console":
            for part in block["text"].split("$ python course.py ")[1:]:
                command, *shown = part.splitlines()
                yield Step(command.partition("  #")[0].split(), [line for line in shown if line.strip()])
        elif block["kind"] == "python" and (path := re.search(r"`([\w/]+\.py)`", block["before"])):
            yield Step([], [], path[1], block["text"])


def missing(shown: list[str], said: str) -> list[str]:
    """Return the lines that a guide shows and a command did not say, in this order; times may differ."""
    real = iter([_timeless(line) for line in said.splitlines()])
    return [line for line in shown if line.strip() != LEFT_OUT and _timeless(line) not in real]


def _timeless(line: str) -> str:
    line = re.sub(r"\b(\d+ min )?\d+(\.\d+)? s\b", "a while", line)
    return re.sub(r"/\S*/(?=grading)", "", " ".join(line.split()))
