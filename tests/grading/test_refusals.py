"""Refusing sizes that don't fit earns points only where it is the subject, and there in a part of its own."""

import pytest
from verdicts import ALL, RIGHT, verdict

from cs_utils.grading.exercise import Exercise, answer_key
from cs_utils.grading.proof import never_refuses, refusing_parts


def points_for_refusing(exercise: Exercise) -> float:
    return sum(part.points for part in refusing_parts(exercise))


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_a_right_answer_that_never_refuses_loses_those_points_alone(exercise: Exercise):
    for answer in (exercise.oracle, *exercise.right_answers):
        for seed in range(3):
            results = exercise.examine(never_refuses(answer), seed)
            assert sum(r.points - r.earned for r in results) == points_for_refusing(exercise), answer.__name__
        if not refusing_parts(exercise):
            assert verdict(exercise, never_refuses(answer)) == RIGHT, answer.__name__


@pytest.mark.parametrize("exercise", [e for e in ALL if refusing_parts(e)], ids=lambda exercise: exercise.name)
def test_a_part_about_refusing_is_about_nothing_else(exercise: Exercise):
    assert points_for_refusing(exercise) <= exercise.points / 2
    assert not any(part.unchanged for part in refusing_parts(exercise))
    visible = [answer_key(exercise.oracle, case) for case in exercise.visible]
    assert any(expected.error is not None for expected in visible), "the check asks it, too"
