"""How a network is written down: "(conv32-relu)*2-pool-fc128-relu-fc".

item    layer                                             the letters after it, and what they are without
conv32  32 filters                                        F extent (3), S stride (1), P padding ((F - 1) // 2)
pool    max pooling                                       F extent (2), S stride (2)
avgpool average pooling                                   F extent (2), S stride (2)
fc128   fully connected, 128 neurons; the last one may
        leave the number out: as many as there are classes
res     residual block: relu(conv(relu(conv(x))) + x)     F extent (3)
relu, bn (batch norm), gap (global average pooling)

F, S and P are the lecture's letters: conv32F5S1P2 has 32 filters of 5x5, stride 1, padding 2. P1:2 pads one row and
column before, two behind. Items are joined by -, groups repeated by (...)*n, and may be nested.
"""

import re
from dataclasses import dataclass

_ITEM = re.compile(r"([a-z]+)(\d+)?(?:F(\d+))?(?:S(\d+))?(?:P(\d+)(?::(\d+))?)?")
# Which letters and numbers each kind may have.
_ALLOWED = {
    "conv": "nFSP",
    "pool": "FS",
    "avgpool": "FS",
    "fc": "n",
    "res": "F",
    "relu": "",
    "bn": "",
    "gap": "",
}


@dataclass(frozen=True)
class Item:
    """One layer of a pattern; `size`, `stride` and `pad` are set for the kinds that have them."""

    text: str
    kind: str
    count: int | None = None
    size: int = 0
    stride: int = 1
    pad: tuple[int, int] = (0, 0)


def parse_pattern(text: str) -> list[str]:
    """The items of a pattern in order, its groups written out.

    >>> parse_pattern("(conv12-relu)*2-pool-fc")
    ['conv12', 'relu', 'conv12', 'relu', 'pool', 'fc']

    Raises
    ------
    ValueError
        If the text is malformed: it names the position, counted from 0.
    """
    items, end = _sequence(text, 0)
    if end < len(text):
        raise ValueError(f"position {end} of {text!r}: {text[end]!r} was not expected here")
    return items


def _sequence(text: str, position: int) -> tuple[list[str], int]:
    """Items and groups joined by -, from a position on; and the position behind them."""
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


def read_item(text: str) -> Item:
    """What one item says, with defaults filled in.

    Raises
    ------
    ValueError
        If there is no such layer, or it has no such letter.
    """
    match = _ITEM.fullmatch(text)
    if not match or match[1] not in _ALLOWED:
        raise ValueError(f"{text!r} is no layer; there are {', '.join(_ALLOWED)}, with numbers as in conv32F5S1P2")
    kind, allowed = match[1], _ALLOWED[match[1]]
    for letter, value in zip("nFSP", match.groups()[1:]):
        if value is not None and letter not in allowed:
            meaning = "number" if letter == "n" else letter
            raise ValueError(f"{text!r}: {kind} takes no {meaning}")
        if value is not None and letter != "P" and int(value) == 0:
            raise ValueError(f"{text!r}: its numbers should be at least 1")
    if kind == "conv" and match[2] is None:
        raise ValueError(f"{text!r}: how many filters? 32 of them are conv32")
    pooling = kind in ("pool", "avgpool")
    size = int(match[3] or (2 if pooling else 3))
    before = int(match[5]) if match[5] else 0 if pooling else (size - 1) // 2
    return Item(
        text=text,
        kind=kind,
        count=int(match[2]) if match[2] else None,
        size=size,
        stride=int(match[4] or (2 if pooling else 1)),
        pad=(before, int(match[6]) if match[6] else before),
    )
