"""Two mistakes at once: both are named wherever the visible cases tell them, no name is wrong, and points are lost."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from verdicts import ALL, answers, answers_of, named

from cs_utils.checks import CheckFailed, check
from cs_utils.checks.calls import Case, Outcome, call, difference
from cs_utils.checks.records import DATA
from cs_utils.checks.records import find as find_visible
from cs_utils.grading.exercise import Exercise, WrongAnswer, answer_key
from cs_utils.grading.pairs import NotCombinedError, answers_named, both, misconceptions, pairs

COMMON = 6  # the most common misconceptions of an exercise are listed first
SHARE = 0.8  # of their pairs that are named, at least
LARGEST = 1_000_000  # bytes of all data of the checks
WITH_PAIRS = [exercise for exercise in ALL if find_visible(exercise.name).pairs]


def _id(exercise: Exercise) -> str:
    return exercise.name


@cache
def _cases_with_values(exercise: Exercise) -> list[Case]:
    """Visible and hidden cases in which a value is expected."""
    cases = exercise.visible + [case for key in exercise.keys(seed=0) for case, _ in key]
    return [case for case in cases if answer_key(exercise.oracle, case).error is None]


def _outcomes(exercise: Exercise, answer: Callable) -> list[Outcome]:
    called = [call(answer, case) for case in _cases_with_values(exercise)]
    return [replace(outcome, value=_of_python(outcome.value)) for outcome in called]


def _of_python(value: object) -> object:
    """The same value as it can be compared with: no scalar of NumPy's."""
    if isinstance(value, tuple | list):
        return tuple(map(_of_python, value))
    return value.item() if isinstance(value, np.generic) else value


def _alike(exercise: Exercise, one: list[Outcome], other: list[Outcome]) -> bool:
    """Do two answers come to the same wherever a value is expected, in the exam as well?"""
    return all(
        type(a.error) is type(b.error) and (a.error or difference(a, b, case, exercise.returns) is None)
        for a, b, case in zip(one, other, _cases_with_values(exercise), strict=True)
    )


def belongs(exercise: Exercise, answer: Callable, hints: list[str]) -> bool:
    """Is what an answer is named by true of it in the exam's cases, too?

    One name: it does what that mistake does. Two: it does what they do together.
    """
    known = answers_named(exercise, hints, together=len(hints) > 1)
    done = _outcomes(exercise, answer)
    return any(_alike(exercise, done, _outcomes(exercise, other)) for other in known)


@pytest.mark.parametrize("exercise", WITH_PAIRS, ids=_id)
def test_known_pairs_are_named_by_both_and_lose_points(exercise: Exercise):
    known = {(pair.first, pair.second) for pair in find_visible(exercise.name).pairs}
    for pair in pairs(exercise):
        if pair.places in known:
            hints = [pair.first.hint, pair.second.hint]
            told = [answer for answer in answers_of(exercise, pair) if named(exercise, answer) == hints]
            assert told, hints
            seeds = range(20) if max(pair.places) < 3 else [0]
            for answer, seed in [(answer, seed) for answer in told for seed in seeds]:
                assert exercise.costs_points(answer, seed), hints


@pytest.mark.parametrize("exercise", WITH_PAIRS, ids=_id)
def test_no_pair_gets_a_name_that_does_not_belong(exercise: Exercise):
    """Those that can't be told are named by one of their two mistakes, by what they amount to, or not at all."""
    for pair in pairs(exercise):
        for answer in answers_of(exercise, pair):
            hints = named(exercise, answer)
            theirs = set(hints) <= {pair.first.hint, pair.second.hint}
            assert theirs or belongs(exercise, answer, hints), (answer.__name__, hints)


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_no_answer_to_any_exercise_gets_a_name_that_does_not_belong(exercise: Exercise):
    takes = list(inspect.signature(exercise.oracle).parameters)
    others = [other for other in ALL if list(inspect.signature(other.oracle).parameters) == takes]
    for answer in [answer for other in others for answer in answers(other)]:
        hints = named(exercise, answer)
        assert not hints or belongs(exercise, answer, hints), (answer.__name__, hints)


def _says_both(exercise: Exercise, answer: Callable, hints: set[str]) -> bool:
    """Does the check name both mistakes of an answer, or the one that they amount to?

    Of a mistake that changes an input, but no result, it says that the input is changed.
    """
    said = named(exercise, answer)
    if not set(said) <= hints:
        return belongs(exercise, answer, said)
    changed = {name for case in exercise.visible for name in call(answer, case).changed}
    in_place = [w.hint for w in misconceptions(exercise) if _only_changes(exercise, w, frozenset(changed))]
    return hints <= {*said, *in_place}


@cache
def _only_changes(exercise: Exercise, wrong: WrongAnswer, inputs: frozenset[str]) -> bool:
    done = _outcomes(exercise, wrong.answer)
    changes = {name for outcome in done for name in outcome.changed}
    return bool(changes & inputs) and _alike(exercise, done, _outcomes(exercise, exercise.oracle))


@pytest.mark.parametrize("exercise", WITH_PAIRS, ids=_id)
def test_most_pairs_of_common_mistakes_are_named(exercise: Exercise, record_property):
    """Of those that are more than one of the two alone: where no bias is added, it can't be that of another filter.

    Two that set the same switch exclude each other. Two of which none can spoil the other count as not named.
    """
    spoiled = {pair.places: pair for pair in pairs(exercise)}
    counted, those_named = 0, 0
    for (i, one), (j, other) in combinations(enumerate(misconceptions(exercise)[:COMMON]), 2):
        alone = [_outcomes(exercise, wrong.answer) for wrong in (one, other)]
        orders = answers_of(exercise, spoiled[i, j]) if (i, j) in spoiled else []
        more = [a for a in orders if not any(_alike(exercise, _outcomes(exercise, a), single) for single in alone)]
        counted += bool(more) or (i, j) not in spoiled
        those_named += any(_says_both(exercise, answer, {one.hint, other.hint}) for answer in more)
    all_known = len({(pair.first, pair.second) for pair in find_visible(exercise.name).pairs})
    record_property("pairs", f"{those_named} of {counted}, {all_known}")
    assert those_named >= SHARE * counted


def test_all_data_of_the_checks_are_small():
    assert sum(path.stat().st_size for path in DATA.glob("*.json")) < LARGEST


def layer(x, b, times=1, axis=1):
    return times * x.sum(axis=axis) + b


def forgets_the_bias(x, b, answer=layer):
    return answer(x, 0 * b)


def doubles(x, b, answer=layer):
    return answer(x, b, times=2)


def triples(x, b, answer=layer):
    return answer(x, b, times=3)


def sums_down(x, b, answer=layer):
    return answer(x, b, axis=0)


def turns_the_sign(x, b, answer=layer):
    return -answer(x, b)


def takes_the_first_column(x, b):
    return x[:, 0] + b


X, B = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([10.0, 20.0])


@pytest.mark.parametrize(
    ("outer", "inner", "y"),
    [
        (forgets_the_bias, doubles, [6, 16]),
        (doubles, forgets_the_bias, [6, 16]),
        (doubles, sums_down, [18, 34]),
        (turns_the_sign, doubles, [-16, -36]),
        (doubles, turns_the_sign, [-16, -36]),
        (turns_the_sign, takes_the_first_column, [-11, -23]),
        (forgets_the_bias, takes_the_first_column, [1, 3]),
    ],
)
def test_one_mistake_spoils_an_answer_with_another(outer, inner, y):
    np.testing.assert_array_equal(both(outer, inner)(X, B), y)


@pytest.mark.parametrize(("outer", "inner"), [(doubles, triples), (doubles, takes_the_first_column)])
def test_two_that_set_one_switch_or_have_none_are_not_combined(outer, inner):
    with pytest.raises(NotCombinedError):
        both(outer, inner)(X, B)


def test_the_message_names_both():
    def no_stride_no_bias(x, w, b, stride=1, pad=0):
        rows, columns = ((n - len(w) + 2 * pad) // 1 + 1 for n in x.shape[1:3])
        y, padded = np.zeros((len(x), rows, columns, len(b))), np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        for i, j in np.ndindex(rows, columns):
            y[:, i, j] = np.tensordot(padded[:, i : i + len(w), j : j + len(w)], w, axes=3)
        return y

    with pytest.raises(CheckFailed) as failure:
        check("conv_forward", no_stride_no_bias)
    assert [hint.partition(":")[0] for hint in failure.value.hints] == [
        "the stride is forgotten",
        "the bias is forgotten",
    ]
    assert all(hint in str(failure.value) for hint in failure.value.hints)
