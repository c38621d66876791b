"""A sample of the machine-made wrong answers of every exercise, always the same one; the command judges all of them."""

from dataclasses import replace

import pytest
from threadpoolctl import threadpool_limits
from verdicts import ALL

from cs_utils.grading.exercise import Exercise
from cs_utils.grading.mutants.run import Row, judge_all, mutants
from cs_utils.grading.mutants.table import caught, holes

SAMPLE = 8  # per exercise, each of another kind: half a minute in all


def judged(exercise: Exercise, most: int = SAMPLE) -> list[Row]:
    with threadpool_limits(1):  # processes are forked
        return [row for row in judge_all(mutants(exercise, most), "", set()) if row is not None]


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_machine_made_wrong_answers_lose_points_are_seen_and_get_no_wrong_name(exercise: Exercise):
    rows = judged(exercise)
    wrong = [row for row in rows if row.verdict.differs]
    assert wrong
    assert all(map(caught, wrong))
    assert not holes({exercise.name: rows})


FLATTEN = next(exercise for exercise in ALL if exercise.name == "flatten")


def test_a_check_with_a_single_case_has_holes():
    rows = judged(replace(FLATTEN, visible=FLATTEN.visible[:1], _keys={}), 30)
    assert any("the check does not see it" in hole for hole in holes({"flatten": rows}))


def test_a_name_that_belongs_to_another_mistake_is_a_hole():
    """The check still names by its data what the definitions now call by the next hint."""
    wrong = [each for each in FLATTEN.wrong_answers if each.hint]
    hints = [each.hint for each in wrong]
    exchanged = [replace(each, hint=hint) for each, hint in zip(wrong, hints[1:] + hints[:1], strict=True)]
    rows = judged(replace(FLATTEN, wrong_answers=exchanged, _keys={}), 30)
    told = [row for row in rows if row.verdict.named]
    assert told
    assert all(row.verdict.untrue for row in told)
    assert sum("is told: " in hole for hole in holes({"flatten": rows})) == len(told)


def test_an_exam_without_its_cases_has_holes():
    part = replace(FLATTEN.parts[0], cases=lambda rng: [])
    rows = judged(replace(FLATTEN, parts=[part], _keys={}), 8)
    assert any("keeps its points" in hole for hole in holes({"flatten": rows}))
