"""Wrong answers that no exercise lists, of the kinds that students write; as a script, what the check says of each.

`python tests/unlisted_mistakes` prints a line or two for each, and with names of exercises the whole messages. With
`--table` it writes docs/explanations.md: beside what the check says now, what it said before it could explain anything.
"""

import io
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout

from cs_utils.checks import CheckFailed, check
from unlisted_mistakes import (  # noqa: F401  they list their answers
    lesson01,
    lesson02_03,
    lesson04,
    lesson04_backward,
    lesson05,
    lesson05_conv,
    lesson06_07,
)
from unlisted_mistakes.listing import MISTAKES, Mistake

__all__ = ["MISTAKES", "Mistake", "said"]


def said(exercise: str, answer: Callable) -> CheckFailed | None:
    """Return what the check says of an answer, or None if it passes."""
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            check(exercise, answer)
        except CheckFailed as failure:
            return failure
    return None
