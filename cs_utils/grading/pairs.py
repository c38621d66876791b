"""Two mistakes at once: pairs of an exercise's wrong answers, which follow without being written.

Many a wrong answer spoils the right one in a single respect: it changes what goes in, what comes out, or one thing that
happens in between. Such an answer takes what it spoils as its last argument, `answer`, by default a right one::

    def forgets_the_bias(x, w, b, answer=layer):
        return answer(x, w, np.zeros(len(b)))           # what goes in

    def cuts_off_negative_scores(x, w, b, answer=layer):
        return np.maximum(answer(x, w, b), 0)           # what comes out

    def averages_the_products(x, w, b, answer=layer):
        return answer(x, w, b, total=np.mean)           # in between: a switch, a keyword that `layer` takes

Given another wrong answer in place of the right one, it makes both mistakes. The other one need not be of this kind,
unless a switch is to be handed on to what it spoils in its turn. Two that set the same switch can't be combined.
"""

import inspect
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference, without_words
from cs_utils.checks.fingerprints import APART, Fingerprint, alike, fingerprint
from cs_utils.checks.recognise import split
from cs_utils.checks.records import KnownPair
from cs_utils.grading.exercise import Exercise, WrongAnswer

Answer = Callable[..., Any]


class NotCombinedError(Exception):
    """Two wrong answers set the same switch, or one sets a switch that the other does not know."""


@dataclass(frozen=True)
class Pair:
    """Two wrong answers of an exercise, and answers that make both mistakes: one per order, if both orders exist.

    `places` are those of the two among the exercise's misconceptions.
    """

    places: tuple[int, int]
    first: WrongAnswer
    second: WrongAnswer
    answers: list[Answer]


def pairs(exercise: Exercise) -> Iterator[Pair]:
    """Yield the pairs of an exercise's misconceptions in which one can spoil the other."""
    for (i, one), (j, other) in combinations(enumerate(misconceptions(exercise)), 2):
        orders = [(outer, inner) for outer, inner in ((one, other), (other, one)) if _spoiled(outer.answer)]
        if orders:
            yield Pair((i, j), one, other, [both(outer.answer, inner.answer) for outer, inner in orders])


def misconceptions(exercise: Exercise) -> list[WrongAnswer]:
    """Return the wrong answers that the check names."""
    return [wrong for wrong in exercise.wrong_answers if wrong.hint]


def both(outer: Answer, inner: Answer) -> Answer:
    """Return an answer that makes the mistakes of two others, of which the outer one takes what it spoils."""

    def spoiled(*arguments: Any, **switches: Any) -> Any:
        right = _spoiled(inner)
        if not switches:
            return inner(*arguments)
        if right is None or not switches.keys() <= inspect.signature(right).parameters.keys():
            raise NotCombinedError

        def switched(*given: Any, **own: Any) -> Any:
            if own.keys() & switches.keys():
                raise NotCombinedError
            return right(*given, **own, **switches)

        return inner(*arguments, answer=switched)

    def answer(*arguments: Any) -> Any:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # two mistakes make NaN where one alone does not
            return outer(*arguments, answer=spoiled)

    answer.__name__ = f"{outer.__name__}__{inner.__name__}"
    return answer


@cache
def _spoiled(answer: Answer) -> Answer | None:
    """Return what an answer spoils by default, or None if it does not take it as an argument."""
    parameter = inspect.signature(answer).parameters.get("answer")
    return parameter.default if parameter else None


def answers_named(exercise: Exercise, hints: Collection[str], together: bool) -> list[Answer]:
    """Return the listed answers of which these hints are true: all forms of their mistakes or, if they are meant
    `together`, the answers that make both.
    """
    if not together:
        return [a for wrong in misconceptions(exercise) if wrong.hint in hints for a in (wrong.answer, *wrong.forms)]
    both_ways = [pair for pair in pairs(exercise) if {pair.first.hint, pair.second.hint} == set(hints)]
    return [answer for pair in both_ways for answer in pair.answers]


def known_pairs(exercise: Exercise, expected: list[Outcome]) -> list[KnownPair]:
    """Return the pairs that the check can tell from all else by the visible cases.

    Left out are those that look like a single wrong answer there, like a right one, or like another pair: their names
    would not be certain. A pair that looks like one of its own two mistakes is hardly another mistake, anyway, unless
    the other one is about refusing bad sizes alone: then what becomes of these tells the pair.
    """

    def prints(answer: Answer) -> tuple[Fingerprint, Fingerprint] | None:
        outcomes = outcomes_of(answer, exercise.visible, expected)
        return _fingerprints(outcomes, expected) if _tell(outcomes, expected, exercise) else None

    right = _fingerprints(expected, expected)
    lone = {wrong.name: prints(wrong.answer) for wrong in exercise.wrong_answers}
    only_refuse = {
        wrong.name for wrong in exercise.wrong_answers if _has_right_values(wrong.answer, exercise, expected)
    }
    found: list[tuple[KnownPair, bool | None]] = []
    for pair in pairs(exercise):
        both_orders = [each for each in map(prints, pair.answers) if each]
        agree = all(map(_alike, *both_orders)) if len(both_orders) == 2 else None
        for values, refusals in both_orders[: 1 if agree else 2]:
            twins = [known[1] for known in (right, *lone.values()) if known and _alike(values, known[0])]
            if not twins or (
                {pair.first.name, pair.second.name} & only_refuse
                and not any(_alike(refusals, twin) for twin in (right[1], *twins))
            ):
                found.append((KnownPair(*pair.places, values, refusals if twins else None), agree))
    return [pair for pair, agree in found if not any(_excludes(*other, pair, agree) for other in found)]


def _fingerprints(outcomes: list[Outcome], expected: list[Outcome]) -> tuple[Fingerprint, Fingerprint]:
    values, refusals = split(outcomes, expected)
    return fingerprint(values), fingerprint(refusals)


def _excludes(one: KnownPair, one_agrees: bool | None, other: KnownPair, other_agrees: bool | None) -> bool:
    """Is the other pair uncertain beside this one, because both look alike?

    Where the two orders of a pair come to the same, none of its mistakes covers the other up, and its name is better
    than that of a pair whose orders differ: db of the wrong axis and dw / N, rather than db of the wrong axis and both
    of them / N.
    """
    if (one.first, one.second) == (other.first, other.second) or (other_agrees and one_agrees is False):
        return False
    if not _alike(one.values, other.values):
        return False
    return one.refusals is None or other.refusals is None or _alike(one.refusals, other.refusals)


def _alike(one: Fingerprint, other: Fingerprint) -> bool:
    return alike(one, other, APART)


def outcomes_of(answer: Answer, cases: list[Case], expected: list[Outcome]) -> list[Outcome]:
    """Return what a wrong answer comes to, of errors only what the check compares."""
    return [without_words(call(answer, case), right, case) for case, right in zip(cases, expected, strict=True)]


def _has_right_values(answer: Answer, exercise: Exercise, expected: list[Outcome]) -> bool:
    """Is nothing wrong with an answer but what it refuses? An input that it changes is another mistake."""
    called = [(call(answer, case), case, right) for case, right in zip(exercise.visible, expected, strict=True)]
    return not any(
        got.changed or (right.error is None and difference(got, right, case, exercise.returns))
        for got, case, right in called
    )


def _tell(outcomes: list[Outcome], expected: list[Outcome], exercise: Exercise) -> bool:
    """Do outcomes say something about an answer? Where nothing but errors is wrong, they might be anybody's."""
    compared = [each for each in zip(outcomes, expected, exercise.visible, strict=True) if each[1].error is None]
    wrong = [got for got, right, case in compared if difference(got, right, case, exercise.returns)]
    return not wrong or any(got.error is None for got in wrong)
