"""One call of a student's function: what went in, what came out, what it did to its inputs."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs_utils.checks import views
from cs_utils.checks.compare import TOLERANCE, Difference, compare
from cs_utils.checks.values import fresh


@dataclass(frozen=True)
class Case:
    """Arguments by name (handed over in this order, by position), and how the result is judged.

    `view` names a function of `cs_utils.checks.views`, `tolerance` replaces the usual one (see `compare`).
    """

    arguments: dict[str, Any]
    view: str = ""
    tolerance: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value, or the error that it raised; and the names of the inputs that it changed."""

    value: Any = None
    error: BaseException | None = None
    changed: tuple[str, ...] = ()


def call(function: Callable, case: Case) -> Outcome:
    """Call `function` on fresh copies of the case's arguments; return what happened, an error included."""
    arguments = {name: fresh(value) for name, value in case.arguments.items()}
    before = {name: fresh(value) for name, value in arguments.items()}
    try:
        value = function(*arguments.values())
        if case.view:
            value = getattr(views, case.view)(value, before)
    except (Exception, SystemExit) as error:
        return Outcome(error=error)
    changed = tuple(name for name in arguments if not _unchanged(arguments[name], before[name]))
    return Outcome(value, None, changed)


def difference(got: Outcome, expected: Outcome, case: Case, returns: tuple[str, ...]) -> Difference | None:
    """Return what is wrong with an outcome of `case`, or None. An expected ValueError is met by any ValueError."""
    if expected.error is not None:
        if isinstance(got.error, type(expected.error)):
            return None
        wanted = type(expected.error).__name__
        found = f"{type(got.error).__name__}" if got.error else "a result"
        return Difference([f"expected a {wanted}, for {expected.error}; got {found}"])
    if got.error is not None:
        return Difference([tell_error(got.error)])
    name = returns[0] if len(returns) == 1 else "the result"
    return compare(got.value, expected.value, tolerance(case), name, returns if len(returns) > 1 else ())


def tell_error(error: BaseException) -> str:
    """Return an error in one or two lines: its message, and the line of the student's code that it came from."""
    if isinstance(error, NotImplementedError):
        return "it isn't written yet: it raises NotImplementedError"
    text = f"it stopped with {type(error).__name__}: {error}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    line = frames[0].line if frames else None
    return f"{text}\n    in the line: {line}" if line else text


def tolerance(case: Case) -> float:
    """Return the tolerance of a case: its own, or that of the narrowest float that goes in."""
    if case.tolerance is not None:
        return case.tolerance
    return TOLERANCE["float32" if has_dtype(case.arguments, np.float32) else "float64"]


def has_dtype(value: Any, dtype: type) -> bool:
    """Is there an array of this dtype in a value, or in what a dict, list or tuple holds?"""
    if isinstance(value, dict):
        return has_dtype(list(value.values()), dtype)
    if isinstance(value, list | tuple):
        return any(has_dtype(item, dtype) for item in value)
    return isinstance(value, np.ndarray) and value.dtype == dtype


def _unchanged(after: Any, before: Any) -> bool:
    """Same values, shape and dtype; for a dict or a list the same entries."""
    if isinstance(before, np.ndarray):
        same = isinstance(after, np.ndarray) and (after.shape, after.dtype) == (before.shape, before.dtype)
        return same and np.array_equal(after, before, equal_nan=before.dtype.kind == "f")
    if isinstance(before, dict):
        return after.keys() == before.keys() and all(_unchanged(after[key], before[key]) for key in before)
    if isinstance(before, list | tuple):
        return len(after) == len(before) and all(map(_unchanged, after, before))
    return after is before or callable(before) or after == before
