"""Values and errors as text, whatever they are: those of a student's own class may raise anything when printed.

Python itself refuses to write a whole number of more than 4,300 digits, and to descend into lists without end.
"""

from decimal import Decimal
from typing import Any

import numpy as np

DEEPEST = 4  # lists within lists of which something can't be printed
LOG10_OF_2 = Decimal("0.30102999566398119521")


def printed(value: Any) -> str:
    """Return ``repr(value)``; where that fails, the same with words in place of what can't be printed.

    A NumPy scalar is printed as the number that it holds.
    """
    return _printed(value.item() if isinstance(value, np.generic) else value, DEEPEST)


def message(error: BaseException) -> str:
    """Return ``str(error)``; where that fails, what it was made from."""
    try:
        return str(error)
    except (Exception, SystemExit):
        return ", ".join(map(printed, error.args))


def key_text(key: Any) -> str:
    """Return what a list of keys says of one: a text as it is, of anything else what is `printed`."""
    return key if type(key) is str else printed(key)


def _printed(value: Any, depth: int) -> str:
    try:
        return repr(value)
    except (Exception, SystemExit):
        pass
    kind = type(value)
    if depth and kind in (tuple, list):
        items = ", ".join(_printed(item, depth - 1) for item in value)
        return f"[{items}]" if kind is list else f"({items}{',' * (len(value) == 1)})"
    if depth and kind is dict:
        return "{" + ", ".join(f"{_printed(k, depth - 1)}: {_printed(v, depth - 1)}" for k, v in value.items()) + "}"
    if kind is int:
        return f"a whole number of {_digits(value)} digits"
    return f"a {kind.__name__} that can't be printed"


def _digits(number: int) -> int:
    """Return how many digits a whole number has, without writing them."""
    size = abs(number)
    digits = int((size.bit_length() - 1) * LOG10_OF_2) + 1
    return digits + 1 if size >= 10**digits else digits
