"""What the check says of every answer that the exercises' definitions list, right or wrong.

As a script it prints them as JSON, beside the kernels that OpenBLAS took, so that `test_fairness` can compare processes
that compute on different kernels.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import cache

from threadpoolctl import threadpool_info

from cs_utils.checks import CheckFailed, check
from cs_utils.checks.calls import call
from cs_utils.checks.recognise import recognise
from cs_utils.checks.records import find
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import with_answers
from cs_utils.grading.pairs import NotCombinedError, Pair, pairs

RIGHT = "right"
ALL = [item for item in with_answers().values() if isinstance(item, Exercise)]


def verdict(exercise: Exercise, answer: Callable) -> str | list[str]:
    """Return RIGHT if the check passes, else the hints of the misconceptions that it names."""
    try:
        with redirect_stdout(io.StringIO()):
            check(exercise.name, answer)
    except CheckFailed as failure:
        return [wrong.hint for wrong in exercise.wrong_answers if wrong.hint and wrong.hint in str(failure)]
    return RIGHT


def answers(exercise: Exercise) -> Iterator[Callable]:
    """Yield every answer to an exercise, the right ones first."""
    yield from [exercise.oracle, *exercise.right_answers]
    yield from (wrong.answer for wrong in exercise.wrong_answers)


def named(exercise: Exercise, answer: Callable) -> list[str]:
    """Return the hints by which the check names an answer, in the order of the exercise's misconceptions."""
    outcomes = [call(answer, case) for case in exercise.visible]
    return [known.hint for known in recognise(find(exercise.name), outcomes).known]


def answers_of(exercise: Exercise, pair: Pair) -> list[Callable]:
    """Return the answers that make both mistakes of a pair: one per order in which these can be combined."""
    called = {answer: call(answer, exercise.visible[0]) for answer in pair.answers}
    return [answer for answer, outcome in called.items() if not isinstance(outcome.error, NotCombinedError)]


@cache
def names_of_pairs(exercise: Exercise) -> dict[str, list[str]]:
    """Return by what names the check calls the answers that make two mistakes."""
    combined = [answer for pair in pairs(exercise) for answer in answers_of(exercise, pair)]
    return {answer.__name__: named(exercise, answer) for answer in combined}


def kernels() -> list[str]:
    """Return the kernels that the loaded OpenBLAS libraries take, named after a processor; [] for another BLAS."""
    return [pool["architecture"] for pool in threadpool_info() if pool["internal_api"] == "openblas"]


if __name__ == "__main__":
    verdicts = {e.name: {answer.__name__: verdict(e, answer) for answer in answers(e)} for e in ALL}
    of_pairs = {exercise.name: names_of_pairs(exercise) for exercise in ALL}
    print(json.dumps({"kernels": kernels(), "verdicts": verdicts, "pairs": of_pairs}))
