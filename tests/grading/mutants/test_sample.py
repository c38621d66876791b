"""A sample of the machine-made wrong answers of every exercise, always the same one; the command judges all of them."""

import pytest
from threadpoolctl import threadpool_limits
from verdicts import ALL

from cs_utils.grading.exercise import Exercise
from cs_utils.grading.mutants.run import judge_all, mutants
from cs_utils.grading.mutants.table import holes

SAMPLE = 8  # per exercise: a minute in all


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_machine_made_wrong_answers_lose_points_are_seen_and_get_no_wrong_name(exercise: Exercise):
    with threadpool_limits(1):  # processes are forked
        rows = [row for row in judge_all(mutants(exercise, SAMPLE), "", set()) if row is not None]
    assert any(row.verdict.differs for row in rows)
    assert not holes({exercise.name: rows})
