"""How a network is written down: "(conv32-relu)*2-pool-fc128-relu-fc".

Items are joined by -, groups repeated by (...)*n; groups may be nested. An item is the kind of a layer, a number if it
has one, and the lecture's letters F (extent), S (stride) and P (padding): conv32F5S1P2 has 32 filters of 5x5, stride 1
and padding 2. P1:2 pads one row and column before the image and two after it. Which numbers a kind of layer takes, and
what they are when they are left out, is said by its class in `cs_utils.model.modules`.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One layer of a pattern; 0 where its kind takes no such number, or a count was left out."""

    text: str
    kind: str
    count: int = 0
    size: int = 0
    stride: int = 0
    pad: tuple[int, int] = (0, 0)


def parse_pattern(text: str) -> list[str]:
    """The items of a pattern in order, its groups written out.

    >>> parse_pattern("(conv12-relu)*2-pool-fc")
    ['conv12', 'relu', 'conv12', 'relu', 'pool', 'fc']

    Raises
    ------
    ValueError
        If the text is malformed; the message names the position, counted from 0.
    """
    items, end = _sequence(text, 0)
    if end < len(text):
        raise ValueError(f"position {end} of {text!r}: {text[end]!r} was not expected here")
    return items


def _sequence(text: str, position: int) -> tuple[list[str], int]:
    """Items and groups joined by -, from a position on, and the position after them."""
    items: list[str] = []
    while True:
        more, position = _group(text, position) if text[position : position + 1] == "(" else _name(text, position)
        items += more
        if text[position : position + 1] != "-":
            return items, position
        position += 1


def _name(text: str, position: int) -> tuple[list[str], int]:
    match = re.compile(r"[A-Za-z0-9:]+").match(text, position)
    if not match:
        found = repr(text[position]) if position < len(text) else "the end"
        raise ValueError(f"position {position} of {text!r}: a layer or ( was expected, not {found}")
    return [match[0]], match.end()


def _group(text: str, start: int) -> tuple[list[str], int]:
    items, position = _sequence(text, start + 1)
    if text[position : position + 1] != ")":
        raise ValueError(f"position {position} of {text!r}: the ( at {start} is not closed here")
    match = re.compile(r"\*([1-9]\d*)").match(text, position + 1)
    if match:
        return items * int(match[1]), match.end()
    if text[position + 1 : position + 2] == "*":
        raise ValueError(f"position {position + 2} of {text!r}: a number of repetitions, 1 or more, was expected")
    return items, position + 1
