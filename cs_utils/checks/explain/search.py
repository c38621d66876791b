"""How wrong results are related to the expected ones, over all cases that came out wrong.

What holds in all of them is told as such; what holds in the first one alone is told of that case.
"""

import re
from collections.abc import Callable
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


def related(wrong: list[Wrong]) -> tuple[str, bool]:
    """Return how wrong and expected results are related, in a sentence or "", and whether it holds in all cases."""
    if any(each.got.size > MOST or each.got.ndim > AXES for each in wrong):
        return "", False
    each, whole = _subjects(wrong[0])
    by_terms = [_by_terms(one) for one in wrong]
    by_entries = [_by_entries(one, relations) for one in wrong]
    different = [len({float(one.got[tuple(place)]) for place in one.places}) for one in wrong]
    searches = [(whole, by_entries), (whole, [_by_numbers(wrong)])]
    if sum(different) >= (ENOUGH_IN_ALL if len(wrong) > 1 else ENOUGH_IN_ONE):
        telling = [found for one, found in zip(wrong, by_terms, strict=True) if not _of_single_terms(one)]
        searches.insert(0, (each, telling or by_terms))
    for subject, found in searches:
        if common := _common(found):
            return f"{subject[0].upper()}{subject[1:]} {_with_other_names(common)}.", True
    alone = [(whole, by_entries[0]), (whole, _by_numbers(wrong[:1]))]
    if different[0] >= ENOUGH_IN_ONE:
        alone.insert(0, (each, by_terms[0]))
    alone.append((whole, _by_entries(wrong[0], loose_relations)))
    for subject, words in alone:
        if words:
            return f"In case {wrong[0].number}: {subject} {_with_other_names(words)}.", len(wrong) == 1
    return "", False


def _subjects(wrong: Wrong) -> tuple[str, str]:
    """Return what a sentence about each number of a result begins with, and one about the result as a whole."""
    if wrong.expected.ndim:
        return f"each number of your {wrong.name} is", f"your {wrong.name} array is"
    alone = f"your {wrong.name} {'are' if wrong.name == 'parameters' else 'is'}"
    return alone, alone


def _common(found: list[list[str]]) -> list[str]:
    """Return what was found in all cases."""
    return [words for words in found[0] if all(words in others for others in found[1:])]


def _with_other_names(found: list[str]) -> str:
    """Return the first relation; if the same number has other names as well, with these: the cases can't decide."""
    first, *others = found
    head = NAMED.match(first)
    matches = [match for match in map(NAMED.match, others) if match and head and match[1] == head[1]]
    names = [match[2] for match in matches if not match[2].startswith("a constant number")]
    return f"{first}; it could also be {' or '.join(names[:2])}" if names else first


def _by_entries(wrong: Wrong, search: Callable[..., list[str]]) -> list[str]:
    return search(wrong.got, wrong.expected, precision(wrong.case), wrong.name, wrong.case.arguments)


def _by_numbers(wrong: list[Wrong]) -> list[str]:
    if any(each.got.ndim or each.expected.ndim for each in wrong):
        return []
    numbers = [float(each.got) for each in wrong], [float(each.expected) for each in wrong]
    given: list[Any] = [each.case.arguments for each in wrong]
    return scalar_relations(*numbers, given, max(precision(each.case) for each in wrong))


def _of_single_terms(wrong: Wrong) -> bool:
    """Is each number made of one term, so that sum, mean and maximum are the same?"""
    return wrong.terms is not None and all(len(terms) <= len(wrong.terms.of) for terms in wrong.terms.entries)


def _by_terms(wrong: Wrong) -> list[str]:
    if wrong.terms is None or not wrong.same_shape:
        return []
    tried = rules(wrong.terms, wrong.case.arguments)
    return [words for words, numbers in tried if not wrong.far(wrong.got, numbers.reshape(wrong.got.shape)).any()]
