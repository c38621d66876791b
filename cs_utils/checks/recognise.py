"""Which known mistakes lead to these outcomes: one misconception, or two at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from cs_utils.checks.calls import Case, Outcome, difference, without_words
from cs_utils.checks.fingerprints import alike, fingerprint, tolerance
from cs_utils.checks.records import KnownPair, Misconception, VisibleExercise


@dataclass(frozen=True)
class Recognised:
    """The misconceptions that explain some outcomes: each of them alone or, if `together` is set, only all at once."""

    known: list[Misconception]
    together: bool = False


def recognise(exercise: VisibleExercise, outcomes: list[Outcome]) -> Recognised:
    """Return the misconceptions that lead to exactly the outcomes of the visible cases."""
    if len(outcomes) < len(exercise.cases):  # a call had to be stopped
        return Recognised([])
    pair = _pair(exercise, outcomes)
    if pair is not None:
        return Recognised([exercise.misconceptions[pair.first], exercise.misconceptions[pair.second]], together=True)
    return Recognised(_single(exercise, outcomes))


def _single(exercise: VisibleExercise, outcomes: list[Outcome]) -> list[Misconception]:
    """Return all misconceptions that lead to exactly these outcomes.

    While a value is wrong, only the cases that expect a value are compared: a student who forgets the bias *and* the
    refusal of bad sizes should still be told about the bias. While a bad input is not refused, positions are not
    compared either. If there is none, those count whose wrong values these are, though inputs were changed besides.
    """
    cases, everywhere = exercise.cases, range(len(exercise.cases))
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


def _pair(exercise: VisibleExercise, outcomes: list[Outcome]) -> KnownPair | None:
    """Return the pair of misconceptions that has these values where values are expected and, if one of the two shows
    only where bad inputs are to be refused, comes to this there. Which inputs were changed does not matter.
    """
    if not exercise.pairs:
        return None
    compared = zip(outcomes, exercise.expected, exercise.cases, strict=True)
    told = [without_words(outcome, right, case) for outcome, right, case in compared]
    values, refusals = split(told, exercise.expected)
    found, refused = fingerprint(values), fingerprint(refusals)
    near = tolerance(outcomes, [case.arguments for case in exercise.cases])
    for pair in exercise.pairs:
        if alike(found, pair.values, near) and (pair.refusals is None or alike(refused, pair.refusals, near)):
            return pair
    return None


def split(outcomes: list[Outcome], expected: list[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """Return the outcomes where a value is expected, and those where a bad input is to be refused."""
    refused = [right.error is not None for right in expected]
    both = list(zip(outcomes, refused, strict=True))
    return [outcome for outcome, bad in both if not bad], [outcome for outcome, bad in both if bad]
