"""No number of the visible cases may be hard-wired, or taken for another one, unseen.

Compared with what the campaigns draw: an axis or an argument that varies there has two values in the check, and two
that differ there differ in the check.
"""

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from verdicts import ALL

from cs_utils.checks.calls import Case, call
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.mutants.contract import DRAWS

Numbers = dict[str, float]


def numbers(value: object, name: str = "") -> Iterator[tuple[str, float]]:
    """The lengths of all axes and the numbers in an argument, with a name each."""
    match value:
        case np.ndarray():
            yield from ((f"{name}.shape[{axis}]", length) for axis, length in enumerate(value.shape))
        case dict():
            for key, item in value.items():
                yield from numbers(item, f"{name}[{key!r}]")
        case tuple() if all(isinstance(item, int) for item in value):
            yield from ((f"{name}[{i}]", item) for i, item in enumerate(value))
        case int() | float():
            yield name, value


def of_case(case: Case) -> Numbers:
    return dict(pair for name, value in case.arguments.items() for pair in numbers(value, name))


def of_all(exercise: Exercise, cases: list[Case]) -> list[Numbers]:
    """Those of the cases that ask for a value."""
    return [of_case(case) for case in cases if call(exercise.oracle, case, math.inf).error is None]


def vary(cases: list[Numbers], name: str) -> bool:
    return len({case[name] for case in cases if name in case}) > 1


def differ(cases: list[Numbers], one: str, other: str) -> bool:
    return any(case[one] != case[other] for case in cases if one in case and other in case)


@pytest.mark.parametrize("exercise", [e for e in ALL if e.name in DRAWS], ids=lambda e: e.name)
def test_numbers_that_vary_do_so_in_the_check(exercise: Exercise):
    rng = np.random.default_rng(0)
    asked = of_all(exercise, [DRAWS[exercise.name](rng) for _ in range(40)])
    shown = of_all(exercise, exercise.visible)
    named = [name for case in shown for name in case]
    often = sorted({name for name in named if named.count(name) > 1})  # what is there once has nothing to compare with
    assert not [name for name in often if vary(asked, name) and not vary(shown, name)]
    assert not [
        pair
        for pair in combinations(often, 2)
        if differ(asked, *pair) and not differ(shown, *pair) and beside(shown, pair)
    ]


def beside(cases: list[Numbers], pair: tuple[str, str]) -> bool:
    """Are both in one case?"""
    return any(set(pair) <= case.keys() for case in cases)
