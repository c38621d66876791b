"""What exam and check make of one mutant, and whether it is wrong at all."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference
from cs_utils.checks.limit import TooLong
from cs_utils.checks.recognise import recognise
from cs_utils.checks.records import find
from cs_utils.grading.exercise import Exercise, in_float64
from cs_utils.grading.mutants.contract import campaign
from cs_utils.grading.pairs import answers_named

SEEDS = range(5)
# Why a mutant that nothing tells from a right answer is right.
SAME, ROUNDED, NOT_ASKED = "the same numbers", "the same up to rounding", "refuses other sizes, which is not asked"


@dataclass(frozen=True)
class Verdict:
    """What came of one mutant.

    Attributes
    ----------
    differs : bool
        Whether it is wrong somewhere within the contract.
    caught : tuple of bool
        For each of `SEEDS`, whether it loses points in the exam.
    seen : bool
        Whether the check finds anything wrong.
    named : tuple of str
        The hints that the check gives.
    untrue : tuple of str
        The same if they don't belong: some case of the campaign tells the listed answers of these names from this one.
    reason : str
        Why it is right, if it is.
    stopped : bool
        Whether a call had to be stopped.
    """

    differs: bool
    caught: tuple[bool, ...] = ()
    seen: bool = False
    named: tuple[str, ...] = ()
    untrue: tuple[str, ...] = ()
    reason: str = ""
    stopped: bool = False


def judge(exercise: Exercise, answer: Callable[..., Any], refusal: bool, seconds: float) -> Verdict:
    """Return what came of a mutant.

    Parameters
    ----------
    exercise : Exercise
    answer : callable
        The mutant.
    refusal : bool
        Whether what was changed only decides about errors to be raised.
    seconds : float
        Of one call; ``math.inf`` where the process is watched instead.
    """
    outcomes = _outcomes(exercise, answer, seconds)
    seen, stopped = _seen(exercise, outcomes), isinstance(outcomes[-1].error, TooLong)
    caught = tuple(exercise.costs_points(answer, seed, seconds) for seed in SEEDS)
    if not (seen or any(caught)):
        exact = True
        for (case, expected), written in zip(campaign(exercise), exactly(exercise), strict=True):
            got = call(answer, case, seconds)
            if difference(got, expected, case, exercise.returns) is not None or got.changed:
                return Verdict(True, caught)
            exact = exact and repr(got.value) == written
        return Verdict(False, caught, reason=NOT_ASKED if refusal else SAME if exact else ROUNDED)
    found = recognise(find(exercise.name), [] if stopped else outcomes)
    named = tuple(known.hint for known in found.known) if seen else ()
    belong = not named or _belong(exercise, answer, answers_named(exercise, named, found.together), seconds)
    return Verdict(True, caught, seen, named, () if belong else named, stopped=stopped)


@cache
def exactly(exercise: Exercise) -> list[str]:
    """Return what the oracle returns in each case of the campaign, to the last digit."""
    return [repr(call(exercise.oracle, case).value) for case, _ in campaign(exercise)]


def _outcomes(exercise: Exercise, answer: Callable[..., Any], seconds: float) -> list[Outcome]:
    """Return what comes of the visible cases, up to one that had to be stopped."""
    outcomes: list[Outcome] = []
    for case in exercise.visible:
        outcomes.append(call(answer, case, seconds))
        if isinstance(outcomes[-1].error, TooLong):
            break
    return outcomes


def _seen(exercise: Exercise, outcomes: list[Outcome]) -> bool:
    """Does the check find anything wrong? Its data are those of the definition; a test holds that."""
    expected = find(exercise.name).expected
    compared = zip(outcomes, expected, exercise.visible, strict=False)
    return any(difference(got, right, case, exercise.returns) or got.changed for got, right, case in compared)


def _belong(exercise: Exercise, answer: Callable[..., Any], listed: list[Callable[..., Any]], seconds: float) -> bool:
    """Does an answer do what one of the listed answers does that have its name?"""
    return not all(_told_apart(exercise, answer, other, seconds) for other in listed)


def _told_apart(exercise: Exercise, one: Callable[..., Any], other: Callable[..., Any], seconds: float) -> bool:
    """Do two answers come to different things in a case of the campaign that asks for a value?

    In float64: what is left of a sum that cancels would be the rounding of float32, and not the same in both.
    """
    asked = [(in_float64(case), expected.value) for case, expected in campaign(exercise) if expected.error is None]
    return any(
        not _alike(call(one, case, seconds), call(other, case, seconds), case, exercise, right) for case, right in asked
    )


def _alike(one: Outcome, other: Outcome, case: Case, exercise: Exercise, right: Any) -> bool:
    """Are two outcomes the same? Any two errors are, whatever they say, and what is 0 but for rounding."""
    if one.error or other.error:
        return bool(one.error) and bool(other.error)
    return difference(one, other, case, exercise.returns) is None or _is_rounding(one.value, other.value, right)


def _is_rounding(one: Any, other: Any, right: Any) -> bool:
    """Do two arrays differ by no more than what is left of sums that cancel, on the scale of the right result?"""
    arrays = [value for value in (one, other, right) if isinstance(value, np.ndarray) and value.dtype.kind == "f"]
    if len(arrays) < 3 or len({array.shape for array in arrays}) > 1 or not np.isfinite(arrays).all():
        return False
    return bool(np.abs(arrays[0] - arrays[1]).max(initial=0) <= 1e-12 * np.abs(arrays[2]).max(initial=0))
