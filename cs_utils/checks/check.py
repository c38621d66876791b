"""`check`: run the visible cases of an exercise and say what the student got wrong."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference, without_words
from cs_utils.checks.compare import Difference
from cs_utils.checks.explain.explanation import Explanation, explain
from cs_utils.checks.limit import TooLong
from cs_utils.checks.passed import remember
from cs_utils.checks.records import Misconception, VisibleExercise, find
from cs_utils.checks.values import describe
from cs_utils.system import in_notebook


class CheckFailed(AssertionError):
    """A check found something wrong; its text says what. Notebooks show the text without the checker's own lines.

    `hints` are the sentences of the misconceptions that it recognised, `found` what it found out about a mistake that
    is not among them.
    """

    def __init__(self, text: str, hints: Sequence[str] = (), found: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.hints, self.found = tuple(hints), tuple(found)

    def _render_traceback_(self) -> list[str]:  # IPython's hook for how an exception looks
        return [f"CheckFailed: {self}"]


def check(name: str, function: Callable[..., Any]) -> None:
    """Check a function on the visible cases of exercise `name`.

    Prints how many cases are right and what comes next. Raises CheckFailed if one is wrong; its text says what was
    called, what came back, what was expected, and which misconception is known to give these results. Of a mistake
    that is not known it says what the cases show: see `explain`.
    """
    exercise = find(name)
    if not callable(function):
        raise CheckFailed(f"{name} is {describe(function)}, expected a function")
    outcomes = _call_all(function, exercise.cases)
    compared = zip(exercise.cases, outcomes, exercise.expected, strict=False)
    differences = [difference(got, expected, case, exercise.returns) for case, got, expected in compared]
    suspects = [i for i, wrong in enumerate(differences) if wrong]
    suspects = suspects or [i for i, got in enumerate(outcomes) if got.changed]
    if not suspects:
        remember(name)
        number = len(exercise.cases)
        print(f"{name}: {number} case{'s' * (number > 1)} right. Next: {exercise.next}")
        return
    at = suspects[0]
    wrong, known = differences[at], _recognise(exercise, outcomes)
    told = explain(exercise, function, outcomes, at, wrong) if wrong and not known else Explanation()
    if wrong is not None:
        _show(wrong, told)
    lines = [_called(exercise, exercise.cases[at]), *_indented(wrong.lines if wrong else [])]
    lines += [*_in_place(outcomes, wrong, known), *_named([item.hint for item in known]), *told.found, *told.shows]
    lines.append(f'Look at "{exercise.section}".')
    raise CheckFailed("\n".join(lines), [item.hint for item in known], told.found)


def _call_all(function: Callable[..., Any], cases: list[Case]) -> list[Outcome]:
    """Return the outcome of each case, up to one that had to be stopped: the next ones would take as long."""
    outcomes = []
    for case in cases:
        outcomes.append(call(function, case))
        if isinstance(outcomes[-1].error, TooLong):
            break
    return outcomes


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


def _named(hints: list[str]) -> Iterator[str]:
    if len(hints) == 1:
        yield f"This is what one gets when {hints[0]}."
    elif hints:
        yield "This is what one gets in one of these ways:"
        yield from (f"  - when {hint}" for hint in hints)


def _recognise(exercise: VisibleExercise, outcomes: list[Outcome]) -> list[Misconception]:
    """Return all misconceptions that lead to exactly these outcomes.

    While a value is wrong, only the cases that expect a value are compared: a student who forgets the bias *and* the
    refusal of bad sizes should still be told about the bias. While a bad input is not refused, positions are not
    compared either. If there is none, those count whose wrong values these are, though inputs were changed besides.
    """
    cases, everywhere = exercise.cases, range(len(exercise.cases))
    if len(outcomes) < len(cases):  # a call had to be stopped
        return []
    valued = [i for i in everywhere if exercise.expected[i].error is None]
    without_position = [i for i in everywhere if not cases[i].position]

    def same(known: list[Outcome], asked: Iterable[int], besides: bool = False) -> bool:
        return all(
            _same(outcomes[i], known[i], exercise.expected[i], cases[i], exercise.returns, besides) for i in asked
        )

    levels = [asked for asked in (valued, without_position) if not same(exercise.expected, asked)]
    asked = levels[0] if levels else everywhere
    exactly = [known for known in exercise.misconceptions if same(known.outcomes, asked)]
    if exactly or same(exercise.expected, valued, besides=True):
        return exactly
    return [known for known in exercise.misconceptions if same(known.outcomes, asked, besides=True)]


def _same(got: Outcome, known: Outcome, expected: Outcome, case: Case, returns: tuple[str, ...], besides: bool) -> bool:
    """Are two outcomes the same? With `besides`, the first may have changed more inputs than the other."""
    if got.error is None or known.error is None:
        changed = set(got.changed) >= set(known.changed) if besides else got.changed == known.changed
        return got.error is known.error and changed and difference(got, known, case, returns) is None
    one, other = (without_words(outcome, expected, case) for outcome in (got, known))
    return one.refused == other.refused and repr(one.error) == repr(other.error)  # type and arguments


def _show(wrong: Difference, told: Explanation) -> None:
    """In a notebook, draw got, expected and difference where the result is a map, and the terms of an entry."""
    if not in_notebook():
        return
    from IPython.display import display

    from cs_utils.figures import comparison, number_grids

    got, expected = wrong.got, wrong.expected
    if got is not None and expected is not None and (picture := comparison(got, expected)) is not None:
        display(picture)
    if told.panels:
        display(number_grids(told.panels, fontsize=7))
