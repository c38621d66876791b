"""What must hold for an exercise to be fair: one definition for the tests of all exercises and for `course.py try`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference
from cs_utils.grading.exercise import Exercise, Part, answer_key

Answer = Callable[..., Any]

SEEDS = range(20)  # on which wrong answers must lose points and right ones keep them
FEWEST_RIGHT = 3


def fewest_wrong(points: float) -> int:
    """Return how many wrong answers an exercise of so many points must list."""
    return 8 if points >= 2 else 3


def earned(exercise: Exercise, answer: Answer, seed: int) -> float:
    """Return the points of an answer."""
    return sum(result.earned for result in exercise.examine(answer, seed))


def idle_answers(exercise: Exercise) -> list[Answer]:
    """Return answers that do nothing, and must earn nothing in any part, not even in those about refused sizes."""

    def not_written(*arguments: Any) -> Any:
        raise NotImplementedError

    def always_raises(*arguments: Any) -> Any:
        raise ValueError("no")

    def nothing(*arguments: Any) -> Any:
        return None

    def zero(*arguments: Any) -> Any:
        return 0.0

    def zeros_like_the_answer(*arguments: Any) -> Any:
        return _zeros(exercise.oracle(*arguments))

    return [not_written, always_raises, nothing, zero, zeros_like_the_answer]


def _zeros(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _zeros(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_zeros(item) for item in value)
    return value * 0


def never_refuses(answer: Answer) -> Answer:
    """Return the same answer, but where it would raise it returns something."""

    def lenient(*arguments: Any) -> Any:
        try:
            return answer(*arguments)
        except ValueError:
            return np.zeros(1)

    return lenient


def refusing_parts(exercise: Exercise) -> list[Part]:
    """Return the parts with cases that a right answer refuses."""
    return [
        part
        for part, key in zip(exercise.parts, exercise.keys(0), strict=True)
        if any(expected.error is not None for _, expected in key)
    ]


def told_apart(exercise: Exercise, one: Answer, other: Answer) -> bool:
    """Do two answers differ in a case that asks for a value or, if the first one has all those right, in any case?"""
    right = {id(case): answer_key(exercise.oracle, case) for case in exercise.visible}
    cases = [case for case in exercise.visible if right[id(case)].error is None]
    if not any(_differ(call(one, case), right[id(case)], case, exercise) for case in cases):
        cases = exercise.visible
    return any(_differ(call(one, case), call(other, case), case, exercise) for case in cases)


def _differ(one: Outcome, other: Outcome, case: Case, exercise: Exercise) -> bool:
    if one.error or other.error:
        return type(one.error) is not type(other.error)
    return difference(one, other, case, exercise.returns) is not None
