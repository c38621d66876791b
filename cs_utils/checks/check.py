"""`check`: run the visible cases of an exercise and say what the student got wrong."""

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference, refusing, without_words
from cs_utils.checks.compare import Difference
from cs_utils.checks.explain.explanation import Explanation, explain
from cs_utils.checks.fingerprints import Fingerprint, fingerprint
from cs_utils.checks.limit import TooLong
from cs_utils.checks.passed import remember
from cs_utils.checks.recognise import recognise
from cs_utils.checks.records import Misconception, VisibleExercise, find
from cs_utils.checks.stubs import ALWAYS, loaded, where_refused
from cs_utils.checks.success import Success
from cs_utils.checks.values import describe
from cs_utils.system import in_notebook

# Of one call, half of what an exam allows: somebody waits, and right answers in plain loops take less than 0.2 s.
SECONDS = 5.0
PRINTED = 2000  # characters of what an answer prints that are shown; a loop that never ends may print millions


class CheckFailed(AssertionError):
    """A check found something wrong; its text says what. Notebooks show the text without the checker's own lines.

    `hints` are the sentences of the misconceptions that it recognised, `found` what it found out about a mistake that
    is not among them, `wrong` what came back in the first case that is wrong. `returned` is the fingerprint of all that
    came back, None where a call had to be stopped: answers that return the same have the same one.
    """

    def __init__(
        self,
        text: str,
        hints: Sequence[str] = (),
        found: Sequence[str] = (),
        wrong: Sequence[str] = (),
        returned: Fingerprint | None = None,
    ) -> None:
        super().__init__(text)
        self.hints, self.found, self.wrong, self.returned = tuple(hints), tuple(found), tuple(wrong), returned

    def _render_traceback_(self) -> list[str]:  # IPython's hook for how an exception looks
        return [f"CheckFailed: {self}"]


def check(name: str, function: Callable[..., Any]) -> None:
    """Check a function on the visible cases of exercise `name`.

    Shows how many cases are right, what they are worth and what comes next. Raises CheckFailed if one is wrong; its
    text says what was called, what came back, what was expected, and which misconception is known to give these
    results. Of a mistake that is not known it says what the cases show: see `explain`. What the function prints is
    shown for one case alone: the one that the message is about, or the first.
    """
    check_visible(find(name), function)
    remember(name)


def check_visible(exercise: VisibleExercise, function: Callable[..., Any]) -> None:
    """Do what `check` does, for an exercise that need not be among the released ones; nothing is remembered."""
    name = exercise.name
    if not callable(function):
        raise CheckFailed(f"{name} is {describe(function)}, expected a function")
    outcomes, printed = _call_all(function, exercise.cases)
    compared = zip(exercise.cases, outcomes, exercise.expected, strict=False)
    differences = [difference(got, expected, case, exercise.returns) for case, got, expected in compared]
    suspects = [i for i, wrong in enumerate(differences) if wrong]
    suspects = suspects or [i for i, got in enumerate(outcomes) if got.changed]
    if not suspects:
        _refuse_short_cuts(exercise, function)
        Success(exercise).show()
        return
    at = suspects[0]
    wrong, recognised = differences[at], recognise(exercise, outcomes)
    known = recognised.known
    with contextlib.redirect_stdout(io.StringIO()):  # it may call the function once more
        told = explain(exercise, function, outcomes, at, wrong) if wrong and not known else Explanation()
    _repeat(printed[at])
    if wrong is not None:
        _show(wrong, told)
    lines = [_called(exercise, exercise.cases[at]), *_indented(wrong.lines if wrong else [])]
    lines += [
        *_in_place(outcomes, wrong, known),
        *_named([item.hint for item in known], recognised.together),
        *told.found,
        *told.shows,
    ]
    lines.append(f'Look at "{exercise.section}".')
    hints, first = [item.hint for item in known], wrong.lines if wrong else []
    raise CheckFailed("\n".join(lines), hints, told.found, first, _fingerprint(exercise, outcomes))


def _refuse_short_cuts(exercise: VisibleExercise, function: Callable[..., Any]) -> None:
    """Raise CheckFailed if a right answer calls functions of `cs_utils` that no exam lets it call."""
    names = loaded((*ALWAYS, *exercise.refused))
    for case, expected in zip(exercise.cases, exercise.expected, strict=True):
        if expected.error is None:
            with contextlib.redirect_stdout(io.StringIO()), refusing(names, function):
                error = call(function, case, SECONDS).error
            if error is not None and not isinstance(error, TooLong):
                called = where_refused(error.__traceback__) or "a function of cs_utils"
                raise CheckFailed(
                    f"{exercise.name}: the values are right, but it calls {called}, which no exam lets it call.\n"
                    f'Write the formula yourself. Look at "{exercise.section}".'
                )


def _fingerprint(exercise: VisibleExercise, outcomes: list[Outcome]) -> Fingerprint | None:
    """Return the fingerprint of what came back, of errors only what the check compares."""
    if len(outcomes) < len(exercise.cases):
        return None
    return fingerprint(map(without_words, outcomes, exercise.expected, exercise.cases))


def _call_all(function: Callable[..., Any], cases: list[Case]) -> tuple[list[Outcome], list[str]]:
    """Return the outcome of each case, and what was printed, up to one that had to be stopped: the next ones would take
    as long.
    """
    outcomes, printed = [], []
    for case in cases:
        with contextlib.redirect_stdout(io.StringIO()) as screen:
            outcomes.append(call(function, case, SECONDS))
        printed.append(screen.getvalue())
        if isinstance(outcomes[-1].error, TooLong):
            break
    return outcomes, printed


def _repeat(printed: str) -> None:
    """Print what an answer has printed, or how it begins."""
    if len(printed) > PRINTED:
        printed = printed[:PRINTED] + f"... ({len(printed) - PRINTED:,} more characters)\n"
    print(printed, end="")


def _called(exercise: VisibleExercise, case: Case) -> str:
    """Return the call of a case, the shapes of its arrays, and further calls."""
    called = ", ".join(
        argument if isinstance(value, np.ndarray) else f"{argument}={describe(value)}"
        for argument, value in case.arguments.items()
    )
    shapes = "   ".join(f"{k}: {describe(v)}" for k, v in case.arguments.items() if isinstance(v, np.ndarray))
    more = [", ".join(f"{k}={describe(v)}" for k, v in others.items()) for others in case.then]
    return f"{exercise.name}({called})   {shapes}".rstrip() + "".join(f", then with {others}" for others in more)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _in_place(outcomes: list[Outcome], wrong: Difference | None, known: list[Misconception]) -> Iterator[str]:
    """Say which inputs were changed, unless a misconception that is named does so itself."""
    changed = list(dict.fromkeys(name for outcome in outcomes for name in outcome.changed))
    if changed and not any(outcome.changed for item in known for outcome in item.outcomes):
        which = f"its input{'s' * (len(changed) > 1)} {', '.join(changed)}: work on a copy"
        yield f"  It also changes {which}" if wrong else f"  the values are right, but it changed {which}"


def _named(hints: list[str], together: bool) -> Iterator[str]:
    if together:
        yield "These are two mistakes at once. It is what one gets when"
        yield from (f"  - {hint}{';' * (hint is not hints[-1])}" for hint in hints)
    elif len(hints) == 1:
        yield f"This is what one gets when {hints[0]}."
    elif hints:
        yield "This is what one gets in one of these ways:"
        yield from (f"  - when {hint}" for hint in hints)


def _show(wrong: Difference, told: Explanation) -> None:
    """In a notebook, draw got, expected and difference where the result is a map, and the terms of an entry."""
    if not in_notebook():
        return
    from IPython.display import display

    from cs_utils.figures import comparison, number_grids

    got, expected = wrong.got, wrong.expected
    if got is not None and expected is not None and (picture := comparison(got, expected, wrong.name)) is not None:
        display(picture)
    if told.panels:
        display(number_grids(told.panels, fontsize=7, per_row=told.per_row, heading=told.heading))
