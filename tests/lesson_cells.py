"""What tests of the lessons' text share: a function as a lesson has it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext

LESSONS = Path(__file__).resolve().parent.parent / "lessons"


def function_of(lesson: str, name: str, **names: Any) -> Callable[..., Any]:
    """Return the function that a cell of a lesson defines, in a namespace with these names."""
    cells = jupytext.read(LESSONS / f"{lesson}.py", fmt="py:percent").cells
    (source,) = (cell.source for cell in cells if f"def {name}(" in cell.source)
    exec(source, names)
    found: Callable[..., Any] = names[name]
    return found
