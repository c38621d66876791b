"""What can't be printed, or not as usual, is a wrong answer like any other: neither check nor exam stumbles over it."""

import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from verdicts import ALL

from cs_utils.checks import CheckFailed, check
from cs_utils.checks.compare import kind
from cs_utils.grading.exercise import Exercise

HUGE = 10 ** (sys.int_info.default_max_str_digits + 1)  # Python refuses to write it down
DEEP: list[object] = []
for _ in range(10 * sys.getrecursionlimit()):
    DEEP = [DEEP]


class Unprintable:
    def __repr__(self) -> str:
        raise ZeroDivisionError

    __str__ = __repr__


class NoText:
    def __repr__(self) -> str:
        return None


class QuitsWhenPrinted(list):
    def __repr__(self) -> str:
        sys.exit()


class UnprintableError(ValueError):
    def __str__(self) -> str:
        raise ZeroDivisionError

    __repr__ = __str__


STRANGE = {
    "huge": HUGE,
    "minus huge": -HUGE,
    "tuple of huge": (HUGE, (HUGE, 1)),
    "dict of huge": {"loss": {HUGE: HUGE}},
    "list of huge": [[HUGE], HUGE],
    "array of huge": np.array([HUGE, 1], dtype=object),
    "scalar array of huge": np.array(HUGE, dtype=object),
    "huge fraction": Fraction(HUGE, 3),
    "larger than any float": 10**400,
    "signalling": Decimal("sNaN"),
    "unprintable": Unprintable(),
    "no text": NoText(),
    "quits": QuitsWhenPrinted([1, 2]),
    "tuple of unprintable": (Unprintable(), NoText()),
    "dict of unprintable": {"w": Unprintable(), Unprintable(): 1},
    "array of unprintable": np.array([Unprintable()], dtype=object),
    "deep": DEEP,
}


def unicode_error() -> Exception:
    try:
        b"\xff".decode()
    except UnicodeDecodeError as error:
        return error
    return AssertionError()


ERRORS = {
    "huge": lambda: ValueError(HUGE),
    "key": lambda: KeyError(HUGE),
    "digits": lambda: ValueError("9" * 5000),
    "unprintable": lambda: ValueError(Unprintable()),
    "own": UnprintableError,
    "unicode": unicode_error,
    "several": lambda: ExceptionGroup("several", [ValueError(1)]),
}


def judged(exercise: Exercise, answer) -> None:
    """Check and exam of a wrong answer."""
    with pytest.raises(CheckFailed) as failure:
        check(exercise.name, answer)
    assert len(str(failure.value)) < 5000
    results = exercise.examine(answer, seed=0)
    assert sum(result.earned for result in results) < exercise.points
    assert all(len(result.problem) < 1000 for result in results)


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_a_strange_result(exercise: Exercise, name):
    judged(exercise, lambda *arguments, **others: STRANGE[name])


@pytest.mark.parametrize("name", ["huge", "unprintable", "deep"])
@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_a_strange_entry_of_a_right_result(exercise: Exercise, name):
    def spoiled(result):
        match result:
            case tuple() | list() if result:
                return type(result)([spoiled(result[0]), *result[1:]])
            case dict() if result:
                return result | {next(iter(result)): STRANGE[name]}
        return STRANGE[name]

    judged(exercise, lambda *arguments: spoiled(exercise.oracle(*arguments)))


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_a_strange_error(exercise: Exercise, name):
    def answer(*arguments):
        strange, there = HUGE, (HUGE, 1)
        raise (ERRORS[name] if strange and there else ValueError)()

    judged(exercise, answer)


def test_of_a_whole_number_too_long_to_write_its_digits_are_counted():
    assert kind(10**4300).startswith("a whole number of 4301 digits")
    assert kind(-(10**5000) + 1).startswith("a whole number of 5000 digits")
    assert kind((10**6000, 2)) == "(a whole number of 6001 digits, 2)"
