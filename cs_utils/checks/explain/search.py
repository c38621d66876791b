"""How wrong results are related to the expected ones, over all cases that came out wrong.

What holds in all of them is told as such; what holds in the first one alone is told of that case.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, precision
from cs_utils.checks.explain.relations import loose_relations, relations, scalar_relations
from cs_utils.checks.explain.sums import rules
from cs_utils.checks.explain.terms import Terms

MOST = 5000  # entries of a result that is searched: those of the visible cases have less than a tenth
AXES = 5
ENOUGH_IN_ALL, ENOUGH_IN_ONE = 2, 4  # different wrong numbers, from several cases or from one, that a rule must explain
NAMED = re.compile(r"(.* (?:times|divided by|plus|minus)) (.*)")  # a relation, and what a number is called


@dataclass(frozen=True)
class Wrong:
    """A case in which a result is a wrong number or a wrong array of numbers.

    Attributes
    ----------
    number : int
        Of the case, counted from 1.
    case : Case
    name : str
        What messages call the result.
    got, expected : ndarray
        Single numbers have no axes.
    terms : Terms, optional
        What the expected numbers are made of.
    """

    number: int
    case: Case
    name: str
    got: np.ndarray
    expected: np.ndarray
    terms: Terms | None = None

    @property
    def same_shape(self) -> bool:
        return self.got.shape == self.expected.shape

    def far(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return where two arrays of the expected shape differ by more than the tolerance."""
        with np.errstate(invalid="ignore"):  # inf - inf
            error = np.abs(one.astype(np.float64) - other)
        largest = float(np.abs(self.expected).max(initial=0)) or 1.0
        return np.asarray(~(error <= precision(self.case) * largest))

    @cached_property
    def places(self) -> np.ndarray:
        """The indices of the wrong entries, (entries, axes); empty if only shape or dtype is wrong."""
        return np.argwhere(self.far(self.got, self.expected)) if self.same_shape else np.empty((0, 0), int)


@dataclass(frozen=True)
class Relation:
    """How wrong results are related to the expected ones.

    Attributes
    ----------
    subject : str
        What a sentence about it begins with.
    names : list of str
        Words that complete the sentence; of several the cases can't decide between, the likeliest first.
    search : callable
        What finds such words in other cases: search(list of wrong cases) -> for each, or for all, a list of words.
    cases : int
        In how many wrong cases it holds: in all of them, or in 1.
    case : int
        The number of that one.
    """

    subject: str
    names: list[str]
    search: Callable[[list[Wrong]], list[list[str]]]
    cases: int
    case: int

    @property
    def everywhere(self) -> bool:
        """Does it hold in several cases, all wrong ones?"""
        return self.cases > 1

    @property
    def by_terms(self) -> bool:
        """Is it about what the expected numbers are made of?"""
        return self.search is _of_terms

    @property
    def told(self) -> list[str]:
        """The first name; if the same number has other names as well, with these: the cases can't decide."""
        first, *others = self.names
        head = NAMED.match(first)
        matches = [(words, NAMED.match(words)) for words in others]
        same = [words for words, match in matches if match and head and match[1] == head[1]]
        return [first, *[words for words in same if "a constant number" not in words][:2]]

    @property
    def sentence(self) -> str:
        first, *others = self.told
        names = " or ".join(match[2] for match in map(NAMED.match, others) if match)
        words = f"{self.subject} {first}{'; it could also be ' if names else ''}{names}."
        all_cases = "both wrong cases" if self.cases == 2 else f"all {self.cases} wrong cases"
        return f"In {all_cases if self.everywhere else f'case {self.case}'}: {words}"


def related(wrong: list[Wrong]) -> Relation | None:
    """Return how wrong and expected results are related: in all of several wrong cases, or else in the first."""
    if any(each.got.size > MOST or each.got.ndim > AXES for each in wrong):
        return None
    each, whole = _subjects(wrong[0])
    searches = [(whole, _of_entries), (whole, _of_numbers)]
    different = [len({float(one.got[tuple(place)]) for place in one.places}) for one in wrong]
    if len(wrong) > 1:
        first = [(each, _of_terms)] if sum(different) >= ENOUGH_IN_ALL else []
        for subject, search in (*first, *searches):
            if common := _common(search(wrong)):
                return Relation(subject, common, search, len(wrong), wrong[0].number)
    first = [(each, _of_terms)] if different[0] >= ENOUGH_IN_ONE else []
    for subject, search in (*first, *searches, (whole, _of_entries_loosely)):
        if words := _common(search(wrong[:1])):
            return Relation(subject, words, search, 1, wrong[0].number)
    return None


def _subjects(wrong: Wrong) -> tuple[str, str]:
    """Return what a sentence about each number of a result begins with, and one about the result as a whole."""
    if wrong.expected.ndim:
        return f"each number of your {wrong.name} is", f"your {wrong.name} array is"
    alone = f"your {wrong.name} {'are' if wrong.name == 'parameters' else 'is'}"
    return alone, alone


def _common(found: list[list[str]]) -> list[str]:
    """Return what was found in all cases."""
    return [words for words in found[0] if all(words in others for others in found[1:])]


def _of_terms(wrong: list[Wrong]) -> list[list[str]]:
    telling = [each for each in wrong if not _of_single_terms(each)]
    return [_rules(each) for each in telling or wrong]


def _of_single_terms(wrong: Wrong) -> bool:
    """Is each number made of one term, so that sum, mean and maximum are the same?"""
    return wrong.terms is not None and all(len(terms) <= len(wrong.terms.of) for terms in wrong.terms.entries)


def _of_entries(wrong: list[Wrong]) -> list[list[str]]:
    return [relations(*_described(each)) for each in wrong]


def _of_entries_loosely(wrong: list[Wrong]) -> list[list[str]]:
    return [loose_relations(*_described(each)) for each in wrong]


def _described(wrong: Wrong) -> tuple[np.ndarray, np.ndarray, float, str, Mapping[str, Any]]:
    return wrong.got, wrong.expected, precision(wrong.case), wrong.name, wrong.case.arguments


def _of_numbers(wrong: list[Wrong]) -> list[list[str]]:
    """Single numbers are compared over all cases."""
    if any(each.got.ndim or each.expected.ndim for each in wrong):
        return [[]]
    numbers = [float(each.got) for each in wrong], [float(each.expected) for each in wrong]
    given: list[Mapping[str, Any]] = [each.case.arguments for each in wrong]
    return [scalar_relations(*numbers, given, max(precision(each.case) for each in wrong))]


def _rules(wrong: Wrong) -> list[str]:
    if wrong.terms is None or not wrong.same_shape:
        return []
    tried = rules(wrong.terms, wrong.case.arguments)
    return [words for words, numbers in tried if not wrong.far(wrong.got, numbers.reshape(wrong.got.shape)).any()]
