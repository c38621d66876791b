"""A sample of the machine-made wrong answers of every exercise, always the same one; the command judges all of them."""

import pytest
from threadpoolctl import threadpool_limits
from verdicts import ALL

from cs_utils.grading.exercise import Exercise
from cs_utils.grading.mutants.run import Row, judge_all, mutants
from cs_utils.grading.mutants.table import caught, holes

SAMPLE = 8  # per exercise: a minute in all
# In the samples of these the check does not see one of them, or gives one a name that does not belong.
OPEN = {"im2col", "overfit_small_batch", "global_average_pool", "residual_block_backward"}


def judged(exercise: Exercise) -> list[Row]:
    with threadpool_limits(1):  # processes are forked
        return [row for row in judge_all(mutants(exercise, SAMPLE), "", set()) if row is not None]


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_machine_made_wrong_answers_lose_points_are_seen_and_get_no_wrong_name(exercise: Exercise):
    rows = judged(exercise)
    wrong = [row for row in rows if row.verdict.differs]
    assert wrong
    assert all(map(caught, wrong))
    assert bool(holes({exercise.name: rows})) == (exercise.name in OPEN)
