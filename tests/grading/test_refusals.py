"""Refusing sizes that don't fit earns points only where it is the subject, and there in a part of its own."""

from collections.abc import Callable

import numpy as np
import pytest
from verdicts import ALL, RIGHT, verdict

from cs_utils.grading.exercise import Exercise, answer_key

# The exercises whose subject it is, with the points for it.
SUBJECT = {
    "output_size": 1,
    "same_pad": 0.5,
    "pool_output_shape": 0.5,
    "conv_forward": 0.5,
    "max_pool": 0.5,
    "correlate2d": 0.5,
    "parse_pattern": 0.5,  # malformed texts, and where
}


def never_refuses(answer: Callable) -> Callable:
    """The same answer, but where it would raise it returns something."""

    def lenient(*arguments):
        try:
            return answer(*arguments)
        except ValueError:
            return np.zeros(1)

    return lenient


def _refused(part_cases) -> bool:
    return any(expected.error is not None for _, expected in part_cases)


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_a_right_answer_that_never_refuses_loses_those_points_alone(exercise: Exercise):
    for answer in (exercise.oracle, *exercise.right_answers):
        for seed in range(3):
            results = exercise.examine(never_refuses(answer), seed)
            assert sum(r.points - r.earned for r in results) == SUBJECT.get(exercise.name, 0), answer.__name__
        if exercise.name not in SUBJECT:
            assert verdict(exercise, never_refuses(answer)) == RIGHT, answer.__name__


@pytest.mark.parametrize("exercise", [e for e in ALL if e.name in SUBJECT], ids=lambda exercise: exercise.name)
def test_a_part_about_refusing_is_about_nothing_else(exercise: Exercise):
    refusing = [part for part, key in zip(exercise.parts, exercise.keys(0), strict=True) if _refused(key)]
    assert sum(part.points for part in refusing) == SUBJECT[exercise.name]
    assert not any(part.unchanged for part in refusing)
    visible = [answer_key(exercise.oracle, case) for case in exercise.visible]
    assert any(expected.error is not None for expected in visible), "the check asks it, too"


def test_all_points_together_are_as_before():
    assert sum(exercise.points for exercise in ALL) == 101
