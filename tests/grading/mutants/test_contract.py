"""The campaigns stay within what the exercises allow: every right answer agrees on them."""

import math

import numpy as np
import pytest
from verdicts import ALL

from cs_utils.checks.calls import call, difference
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.mutants.contract import DRAWS, campaign

RIGHT = [(exercise, right) for exercise in ALL for right in [exercise.oracle, *exercise.right_answers]]


def _id(value: object) -> str:
    return getattr(value, "name", None) or getattr(value, "__name__", "")


@pytest.mark.parametrize(("exercise", "right"), RIGHT, ids=_id)
@np.errstate(over="ignore")
def test_right_answers_are_right_throughout_the_campaign(exercise: Exercise, right):
    for case, expected in campaign(exercise):
        got = call(right, case, math.inf)
        assert difference(got, expected, case, exercise.returns) is None
        assert not got.changed


def test_every_function_that_draws_cases_is_for_an_exercise():
    assert set(DRAWS) <= {exercise.name for exercise in ALL}


@pytest.mark.parametrize("name", ["output_size", "same_pad", "pool_output_shape", "conv_forward", "max_pool"])
def test_campaigns_of_exercises_that_refuse_sizes_have_such_sizes(name):
    exercise = next(e for e in ALL if e.name == name)
    refused = [expected for _, expected in campaign(exercise) if expected.error is not None]
    assert 5 < len(refused) < len(campaign(exercise)) / 2 + 10
