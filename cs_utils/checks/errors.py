"""Errors of a student's function: was one raised on purpose, in which line did it arise, what were the arrays there?"""

import re
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from cs_utils.checks.limit import TooLong
from cs_utils.checks.text import message, printed

PACKAGE = Path(__file__).parents[1]
LIBRARIES = [Path(sysconfig.get_path(kind)) for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
RAISE = re.compile(r"(^|[:;]\s*)raise\b")
MOST_SAID = 500  # characters of an error's message
UNWRITTEN = "it isn't written yet: it raises NotImplementedError"
NAME = re.compile(r"\b[A-Za-z_]\w*")


def raised_by_the_answer(error: BaseException) -> bool:
    """Did a ``raise`` statement of the answer bring this error about?"""
    if hasattr(error, "refused"):  # by a `Remote`
        return bool(error.refused)
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and bool(RAISE.search(frames[-1].line or "")) and not _is_shipped(Path(frames[-1].filename))


def _is_shipped(path: Path) -> bool:
    """Is this a file of `cs_utils` that students have? The answers in `grading` count as answers."""
    return path.is_relative_to(PACKAGE) and not path.is_relative_to(PACKAGE / "grading")


def tell_error(error: BaseException) -> str:
    """Return an error in one or two lines: its message, and the line of the student's code where it arose."""
    if isinstance(error, NotImplementedError):
        return UNWRITTEN
    too_long = isinstance(error, TooLong)
    says = message(error)
    says = says if len(says) <= MOST_SAID else says[: MOST_SAID - 3] + "..."
    text = says if too_long else f"it stopped with {type(error).__name__}: {says}"
    line = where_it_stopped(error)
    return f"{text}\n    {'it was at' if too_long else 'in'} the line: {line}" if line else text


def where_it_stopped(error: BaseException) -> str | None:
    """Return the line of the student's code that an error came from, the innermost one."""
    if hasattr(error, "line"):  # of a `Remote`
        return str(error.line)
    lines = [frame.line for frame in traceback.extract_tb(error.__traceback__) if _is_students(frame.filename)]
    return lines[-1] if lines else None


def _is_students(filename: str) -> bool:
    path = Path(filename)
    return not _is_shipped(path) and not any(path.is_relative_to(library) for library in LIBRARIES)


def arrays_there(error: BaseException, ranges: bool = False) -> str:
    """Return the shapes of the arrays that are named in the line where an error arose, and the numbers beside them.

    With `ranges`, also the smallest and the largest number of each array. Empty if there is no such line.
    """
    return ", ".join(_told(name, value, ranges) for name, value in variables_there(error).items())


def variables_there(error: BaseException) -> dict[str, Any]:
    """Return the arrays, numbers, slices and short tuples that are named in the student's line where an error arose."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if _is_students(frame.f_code.co_filename)]
    line = where_it_stopped(error)
    if not frames or not line:
        return {}
    return dict(_variables(frames[-1], line))


def _variables(frame: FrameType, line: str) -> Iterator[tuple[str, Any]]:
    for name in dict.fromkeys(NAME.findall(line)):
        value: Any = frame.f_locals.get(name)
        if (
            (isinstance(value, np.ndarray) and value.ndim)
            or isinstance(value, bool | int | float | np.number | slice)
            or (isinstance(value, tuple) and (_is_index(value) or len(printed(value)) < 40))
        ):
            yield name, value


def _is_index(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(item, int | slice) for item in value)


def _told(name: str, value: Any, ranges: bool) -> str:
    if isinstance(value, np.ndarray):
        told = f"{name} has shape {value.shape}"
        if ranges and value.size and value.dtype.kind in "fiu":
            told += f", from {value.min():.4g} to {value.max():.4g}"
        return told
    if isinstance(value, slice):
        return f"{name} is {_as_index(value)}"
    if _is_index(value) and any(isinstance(item, slice) for item in value):
        return f"{name} is [{', '.join(map(_as_index, value))}]"
    return f"{name} is {printed(value)}"


def _as_index(item: int | slice) -> str:
    """Return an index as one writes it between brackets: ``2:4``."""
    if not isinstance(item, slice):
        return str(item)
    first, last, step = ("" if part is None else str(part) for part in (item.start, item.stop, item.step))
    return f"{first}:{last}" + (f":{step}" if step else "")
