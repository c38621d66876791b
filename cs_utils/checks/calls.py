"""One call of a student's function: what went in, what came out, what it did to its inputs."""

import contextlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cs_utils.checks import views
from cs_utils.checks.compare import TOLERANCE, Difference, compare, follow, kind
from cs_utils.checks.errors import raised_by_the_answer, tell_error
from cs_utils.checks.limit import LIMIT, TooLong, call_within
from cs_utils.checks.stubs import standing_in
from cs_utils.checks.text import key_text, message, printed
from cs_utils.checks.values import Made, fresh

DEEPEST = 20  # lists within lists that are looked at: results have two or three
MOST_DIGITS = 18  # of a number in an error's message that can be a size or a position
ROUNDING = 1e-9  # of the largest magnitude: what the order of sums may change in float64


@dataclass(frozen=True)
class Case:
    """Arguments by name (they are passed in this order, by position), and how the result is judged.

    Attributes
    ----------
    view : str
        A function of `cs_utils.checks.views`.
    tolerance : float, optional
        Replaces the usual one: see `compare`.
    then : tuple of dict
        Further calls, each given by the arguments that differ from the first; the view gets a list of all results.
    judged : tuple of str
        Of several results, those that count; without it all of them.
    position : tuple of int
        For a text that must be refused: the message has to name one of these positions, preferably the first.
    """

    arguments: dict[str, Any]
    view: str = ""
    tolerance: float | None = None
    then: tuple[dict[str, Any], ...] = ()
    judged: tuple[str, ...] = ()
    position: tuple[int, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of a call: a value, or the error that it raised; and the names of the inputs that it changed.

    `refused` is True for an error that comes from a ``raise`` statement of the answer itself, not from NumPy, Python or
    `cs_utils`.
    """

    value: Any = None
    error: BaseException | None = None
    changed: tuple[str, ...] = ()
    refused: bool = False


def call(function: Callable[..., Any], case: Case, seconds: float = LIMIT) -> Outcome:
    """Call `function` on fresh copies of the case's arguments; return what happened, an error included.

    A call that takes longer than `seconds` is stopped, and its error is TooLong: see `limit` for what can't be stopped.
    """
    outcomes: list[Outcome] = []
    for others in ({}, *case.then):
        outcomes.append(_call_once(function, case.arguments | others, seconds))
        if outcomes[-1].error is not None:
            return outcomes[-1]
    values = [outcome.value for outcome in outcomes]
    value = values if case.then else values[0]
    if case.view:
        try:
            value = getattr(views, case.view)(value, {name: fresh(given) for name, given in case.arguments.items()})
        except Exception as error:  # what came back is of a kind that the view can't handle
            return Outcome(error=error)
    changed = {name: None for outcome in outcomes for name in outcome.changed}
    return Outcome(value, None, tuple(changed))


class Remote(ABC):
    """An answer that runs in another process, which is not trusted: the grader asks those of strangers so."""

    @abstractmethod
    def call(self, given: list[Any], seconds: float) -> tuple[Any, list[Any]]:
        """Return the value, and what the arguments look like after the call; raise what the answer raised.

        Of an error, `refused` says whether the answer raised it itself, and `line` the line that it came from.
        """

    @abstractmethod
    def refusing(self, names: tuple[str, ...]) -> AbstractContextManager[None]:
        """Return a context within which these functions of `cs_utils` refuse to work over there: see `stubs`."""


def refusing(names: tuple[str, ...], answer: Any) -> AbstractContextManager[None]:
    """Return a context within which these functions of `cs_utils` refuse to work where the answer runs."""
    return answer.refusing(names) if isinstance(answer, Remote) else standing_in(names)


def _call_once(function: Callable[..., Any] | Remote, given: dict[str, Any], seconds: float) -> Outcome:
    arguments = [fresh(value) for value in given.values()]
    before = [fresh(value) for value in arguments]
    entries = [dict(value) if isinstance(value, dict) else {} for value in arguments]
    try:
        if isinstance(function, Remote):
            value, arguments = function.call(list(given.values()), seconds)
        else:
            value = call_within(seconds, function, *arguments)
    except (Exception, SystemExit, TooLong) as error:
        return Outcome(error=error, refused=raised_by_the_answer(error))
    compared = zip(given, arguments, before, entries, strict=True)
    return Outcome(value, None, tuple(name for each in compared for name in _changed(*each)))


def difference(got: Outcome, expected: Outcome, case: Case, returns: tuple[str, ...]) -> Difference | None:
    """Return what is wrong with an outcome of `case`, or None.

    Any ValueError will do where one is expected, unless the case asks for a position in its message.
    """
    if isinstance(got.error, TooLong):
        return Difference([tell_error(got.error)])
    if expected.error is not None:
        if isinstance(got.error, type(expected.error)):
            return _position_difference(got.error, case)
        wanted = type(expected.error).__name__
        found = type(got.error).__name__ if got.error else _instead_of_an_error(got.value)
        return Difference([f"expected a {wanted} ({expected.error}); got {found}"])
    if got.error is not None:
        told = tell_error(got.error)
        unwritten = isinstance(got.error, NotImplementedError)
        wanted = views.wanted(expected.value, returns) if case.view else _wanted(expected.value, returns)
        return Difference([told if unwritten else f"expected {wanted}; {told}"])
    if case.view and isinstance(got.value, str) and isinstance(expected.value, str):
        return None if got.value == expected.value else Difference([f"{got.value}; expected {expected.value}"])
    name = returns[0] if len(returns) == 1 else views.NAMES.get(case.view, "the result")
    parts = returns if len(returns) > 1 else ()
    wrong = compare(got.value, expected.value, tolerance(case), name, parts, case.judged)
    return _as_fact(wrong, got.value, expected.value) if wrong and case.view else wrong


def _wanted(value: Any, returns: tuple[str, ...]) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, tuple) and len(returns) > 1:
        return ", ".join(returns)
    return kind(value) if isinstance(value, dict | list | tuple) else printed(value)


def _as_fact(wrong: Difference, got: Any, expected: Any) -> Difference:
    """Return what is wrong with what a view found out: its texts and yes or no are facts with a name each."""
    found, wanted = follow(got, wrong.path), follow(expected, wrong.path)
    if not wrong.path or isinstance(wanted, np.ndarray | dict):
        return wrong
    told = [{True: "yes", False: "no"}.get(v, f"{v:.6g}" if isinstance(v, float) else str(v)) for v in (found, wanted)]
    name = ": ".join(map(str, wrong.path))
    return replace(wrong, name=name, lines=[f"{name}: {told[0]}, expected: {told[1]}"])


def _instead_of_an_error(value: Any) -> str:
    if isinstance(value, BaseException):
        return f"a {type(value).__name__} that was returned: it should have been raised"
    return "None" if value is None else "a result"


def _position_difference(error: BaseException, case: Case) -> Difference | None:
    if not case.position or set(case.position).intersection(_numbers_named(error, case)):
        return None
    given = ", ".join(repr(value) for value in case.arguments.values())
    wanted = f"for {given} the message should name the position, counted from 0: {case.position[0]}"
    return Difference([f"its {type(error).__name__} says {message(error)!r}", wanted])


def _numbers_named(error: BaseException, case: Case) -> list[int]:
    """Return the whole numbers in an error's message, but not those of a text that it repeats from the arguments."""
    says = message(error)
    for text in case.arguments.values():
        if isinstance(text, str) and text:
            says = says.replace(text, " ")
    return [int(number) for number in re.findall(r"[0-9]+", says) if len(number) <= MOST_DIGITS]


def without_words(outcome: Outcome, expected: Outcome, case: Case) -> Outcome:
    """Return an outcome whose error, if it has one, keeps only what tells it from other errors of `case`.

    The words of an error change with the versions of Python, NumPy and the operating system; what they speak of does
    not. What stays is the built-in type, and as its arguments the numbers in the message (the shapes, sizes and
    indices that did not fit) or, of a KeyError, the key. An answer's own ``raise`` may have any message: in place of a
    value it counts as `refused` and nothing else. Neither matters where a bad input is to be refused, except the
    numbers where the message has to name a position.
    """
    error = outcome.error
    if error is None:
        return outcome
    facts: Iterable[int | str] = ()
    if case.position:
        facts = sorted(set(_numbers_named(error, case)))
    elif expected.error is None and not outcome.refused:
        facts = map(key_text, error.args) if isinstance(error, KeyError) else _numbers_named(error, case)
    return Outcome(error=_built_in(error, facts), refused=outcome.refused and expected.error is None)


def _built_in(error: BaseException, facts: Iterable[int | str]) -> BaseException:
    """Return an error of the built-in type of `error`, or of its base where that wants more than `facts`."""
    given = tuple(facts)
    for each in type(error).__mro__:
        if each.__module__ == "builtins":
            with contextlib.suppress(TypeError):  # UnicodeDecodeError, ExceptionGroup
                return each(*given)  # type: ignore[no-any-return]
    raise AssertionError("BaseException takes any arguments")


def tolerance(case: Case) -> float:
    """Return how far from the right result an answer to a case may be: by the case's own tolerance or the usual one."""
    return TOLERANCE if case.tolerance is None else case.tolerance


def precision(case: Case) -> float:
    """Return how far apart two numbers may be that were computed alike: the case's tolerance or that of its floats."""
    if case.tolerance is not None:
        return case.tolerance
    return TOLERANCE if has_dtype(case.arguments, np.float32) else ROUNDING


def has_dtype(value: Any, dtype: type, depth: int = DEEPEST) -> bool:
    """Is there an array of this dtype in a value, in what a dict, list or tuple holds, or in what a `Made` makes?

    What is nested deeper than `depth` is not looked at.
    """
    if isinstance(value, Made):
        return has_dtype(value.make(), dtype, depth)
    if isinstance(value, dict):
        return has_dtype(list(value.values()), dtype, depth)
    if isinstance(value, list | tuple):
        return depth > 0 and any(has_dtype(item, dtype, depth - 1) for item in value)
    return isinstance(value, np.ndarray) and value.dtype == dtype


def _changed(name: str, after: Any, before: Any, entries: dict[Any, Any]) -> Iterator[str]:
    """Yield what was changed of an argument: its own name, or those of its entries that were written into.

    `entries` are those that the argument was called with: one of them that is still there, but holds other numbers, was
    changed in place, which is another mistake than to put a new array into the caller's dict.
    """
    if _unchanged(after, before):
        return
    kept = [key for key in entries if isinstance(after, dict) and after.get(key) is entries[key]]
    yield from (f"{name}[{key!r}]" for key in kept if not _unchanged(after[key], before[key]))
    if not isinstance(before, dict) or list(after) != list(before) or len(kept) < len(entries):
        yield name


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
