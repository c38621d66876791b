"""`check`: run the visible cases of an exercise and say what the student got wrong."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference, without_words
from cs_utils.checks.compare import Difference
from cs_utils.checks.limit import TooLong
from cs_utils.checks.records import VisibleExercise, find
from cs_utils.checks.values import describe
from cs_utils.system import in_notebook


class CheckFailed(AssertionError):
    """A check found something wrong; its text says what. Notebooks show the text without the checker's own lines."""

    def _render_traceback_(self) -> list[str]:  # IPython's hook for how an exception looks
        return [f"CheckFailed: {self}"]


def check(name: str, function: Callable[..., Any]) -> None:
    """Check a function on the visible cases of exercise `name`.

    Prints how many cases are right and what comes next. Raises CheckFailed if one is wrong; its text says what was
    called, what came back, what was expected, and which misconception is known to give these results.
    """
    exercise = find(name)
    if not callable(function):
        raise CheckFailed(f"{name} is {describe(function)}, expected a function")
    outcomes = _call_all(function, exercise.cases)
    for case, got, expected in zip(exercise.cases, outcomes, exercise.expected, strict=False):
        wrong = difference(got, expected, case, exercise.returns)
        if wrong is None and got.changed:
            wrong = Difference(
                [f"the values are right, but it changed its input {', '.join(got.changed)}: work on a copy"]
            )
        if wrong is not None:
            _show(wrong)
            raise CheckFailed(_message(exercise, case, wrong, _recognise(exercise, outcomes)))
    number = len(exercise.cases)
    print(f"{name}: {number} case{'s' * (number > 1)} right. Next: {exercise.next}")


def _call_all(function: Callable[..., Any], cases: list[Case]) -> list[Outcome]:
    """Return the outcome of each case, up to one that had to be stopped: the next ones would take as long."""
    outcomes = []
    for case in cases:
        outcomes.append(call(function, case))
        if isinstance(outcomes[-1].error, TooLong):
            break
    return outcomes


def _message(exercise: VisibleExercise, case: Case, wrong: Difference, hints: list[str]) -> str:
    called = ", ".join(
        argument if isinstance(value, np.ndarray) else f"{argument}={describe(value)}"
        for argument, value in case.arguments.items()
    )
    shapes = "   ".join(f"{k}: {describe(v)}" for k, v in case.arguments.items() if isinstance(v, np.ndarray))
    more = [", ".join(f"{k}={describe(v)}" for k, v in others.items()) for others in case.then]
    lines = [f"{exercise.name}({called})   {shapes}".rstrip() + "".join(f", then with {others}" for others in more)]
    lines += [f"  {line}" for line in wrong.lines]
    if len(hints) == 1:
        lines.append(f"This is what one gets when {hints[0]}.")
    elif hints:
        lines += ["This is what one gets in one of these ways:"] + [f"  - when {hint}" for hint in hints]
    lines.append(f'Look at "{exercise.section}".')
    return "\n".join(lines)


def _recognise(exercise: VisibleExercise, outcomes: list[Outcome]) -> list[str]:
    """Return the hints of all misconceptions that lead to exactly these outcomes.

    While a value is wrong, only the cases that expect a value are compared: a student who forgets the bias *and* the
    refusal of bad sizes should still be told about the bias. While a bad input is not refused, positions are not
    compared either.
    """
    cases, everywhere = exercise.cases, range(len(exercise.cases))
    if len(outcomes) < len(cases):  # a call had to be stopped
        return []
    valued = [i for i in everywhere if exercise.expected[i].error is None]
    without_position = [i for i in everywhere if not cases[i].position]

    def same(known: list[Outcome], asked: Iterable[int]) -> bool:
        return all(_same(outcomes[i], known[i], exercise.expected[i], cases[i], exercise.returns) for i in asked)

    levels = [asked for asked in (valued, without_position) if not same(exercise.expected, asked)]
    asked = levels[0] if levels else everywhere
    return [known.hint for known in exercise.misconceptions if same(known.outcomes, asked)]


def _same(got: Outcome, known: Outcome, expected: Outcome, case: Case, returns: tuple[str, ...]) -> bool:
    if got.error is None or known.error is None:
        same = got.error is known.error and got.changed == known.changed
        return same and difference(got, known, case, returns) is None
    one, other = (without_words(outcome, expected, case) for outcome in (got, known))
    return one.refused == other.refused and repr(one.error) == repr(other.error)  # type and arguments


def _show(wrong: Difference) -> None:
    """In a notebook, draw got, expected and difference side by side where the result is a map."""
    if wrong.got is None or wrong.expected is None or not in_notebook():
        return
    from IPython.display import display

    from cs_utils.figures import comparison

    if (picture := comparison(wrong.got, wrong.expected)) is not None:
        display(picture)
