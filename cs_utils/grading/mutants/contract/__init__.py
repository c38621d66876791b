"""What an exercise allows: cases far beyond those of its check and exam, by which a mutant is wrong or is not.

Each lesson has a file with functions that draw one case of an exercise: any sizes that fit, special values, ties,
extreme scales, float32 now and then, and sizes that don't fit where refusing them is asked for. All right answers agree
on them; a test holds that.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from cs_utils.checks.calls import Case, Outcome
from cs_utils.grading.exercise import Exercise, answer_key
from cs_utils.grading.mutants.contract import (
    lesson01,
    lesson02,
    lesson03,
    lesson04,
    lesson05,
    lesson06,
    lesson07,
)

Key = list[tuple[Case, Outcome]]

LESSONS = (lesson01, lesson02, lesson03, lesson04, lesson05, lesson06, lesson07)
DRAWS: dict[str, Callable[[np.random.Generator], Case]] = {k: v for lesson in LESSONS for k, v in lesson.DRAWS.items()}
NUMBER = 150  # cases of a campaign
# Without a function of its own (some are judged by statistics) an exercise is asked what its exam asks, with other
# numbers.
OTHER_SEEDS = (1001, 1002, 1003)


@cache
def campaign(exercise: Exercise) -> Key:
    """Return the cases of an exercise's campaign, each with what a right answer comes to."""
    if exercise.name not in DRAWS:
        return [pair for seed in OTHER_SEEDS for key in exercise.keys(seed) for pair in key]
    rng = np.random.default_rng(7)
    cases = [DRAWS[exercise.name](rng) for _ in range(NUMBER)]
    return [(case, answer_key(exercise.oracle, case)) for case in cases]
