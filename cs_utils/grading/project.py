"""From the definitions to what students may see: `cs_utils/checks/data/NN_name.json`.

Visible inputs, expected results, what each misconception would return, and the hints. No answer, right or wrong, is
written there as code.
"""

import json
import math
from pathlib import Path
from typing import Any

from cs_utils.checks.calls import precision
from cs_utils.checks.fingerprints import SINGLE
from cs_utils.checks.records import DATA, Misconception, VisibleExercise, case_from_json, to_json
from cs_utils.grading.exercise import Exercise, answer_key
from cs_utils.grading.exercises import with_answers
from cs_utils.grading.pairs import known_pairs, misconceptions, outcomes_of
from cs_utils.grading.slopes import find_slopes
from cs_utils.grading.terms import find_terms
from cs_utils.system import usable_cores

ROUNDING = 1e-11  # of the largest number: what computing an argument in another order may change


def visible(exercise: Exercise, with_pairs: bool = True) -> VisibleExercise:
    """Return what a student may know of an exercise; to find out about two mistakes at once takes longest by far."""
    expected = [answer_key(exercise.oracle, case) for case in exercise.visible]
    return VisibleExercise(
        exercise.name,
        exercise.lesson,
        exercise.points,
        exercise.returns,
        exercise.section,
        exercise.next,
        exercise.visible,
        expected,
        [
            Misconception(wrong.hint, outcomes_of(wrong.answer, exercise.visible, expected))
            for wrong in misconceptions(exercise)
        ],
        known_pairs(exercise, expected) if with_pairs else [],
        [
            find_terms(exercise.oracle, case, right, exercise.returns)
            for case, right in zip(exercise.visible, expected, strict=True)
        ],
        [find_slopes(exercise, case, right) for case, right in zip(exercise.visible, expected, strict=True)],
        exercise.stubs,
    )


def projections(*lessons: str) -> dict[Path, list[dict[str, Any]]]:
    """Return what each data file of these lessons should hold, by path. All cores work on it."""
    from loky import get_reusable_executor  # here, because it takes a quarter of a second to import

    items = with_answers().values()
    chosen = [item for item in items if isinstance(item, Exercise) and item.lesson in lessons]
    files: dict[Path, list[dict[str, Any]]] = {}
    found = get_reusable_executor(usable_cores()).map(_projection, [exercise.name for exercise in chosen])
    for exercise, projection in zip(chosen, found, strict=True):
        files.setdefault(DATA / f"{exercise.lesson}.json", []).append(projection)
    return files


def _projection(name: str) -> dict[str, Any]:
    exercise = with_answers()[name]
    assert isinstance(exercise, Exercise)
    return to_json(visible(exercise))


def write(path: Path, exercises: list[dict[str, Any]]) -> bool:
    """Write a data file, unless it says the same already up to rounding; return whether it was written."""
    if path.exists() and agrees(json.loads(path.read_text(encoding="utf-8")), exercises):
        return False
    lines = ",\n".join(json.dumps(exercise, ensure_ascii=False, separators=(",", ":")) for exercise in exercises)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")
    return True


def agrees(old: Any, new: list[dict[str, Any]]) -> bool:
    """Do two data files, as JSON, say the same but for rounding, which differs between processors?

    An outcome may differ by the precision of its case; all else, such as an
    argument that was computed, by `ROUNDING`.
    """
    if not (isinstance(old, list) and len(old) == len(new)):
        return False
    return all(_exercises_agree(*pair) for pair in zip(old, new, strict=True))


def _exercises_agree(old: dict[str, Any], new: dict[str, Any]) -> bool:
    if (
        old.keys() != new.keys()
        or not _pairs_agree(old.get("pairs", []), new.get("pairs", []))
        or not _close(_without_outcomes(old), _without_outcomes(new), ROUNDING)
    ):
        return False
    tolerances = [precision(case_from_json(case)) for case in new["cases"]]
    return all(
        len(ours) == len(theirs) == len(tolerances) and all(map(_close, ours, theirs, tolerances))
        for ours, theirs in zip(_outcomes(old), _outcomes(new), strict=True)
    )


def _pairs_agree(old: list[list[Any]], new: list[list[Any]]) -> bool:
    """Are two lists of pairs the same but for what rounding may change in fingerprints?"""
    return [pair[:2] for pair in old] == [pair[:2] for pair in new] and all(
        len(ours) == len(theirs) and all(abs(a - b) <= SINGLE for a, b in zip(ours, theirs, strict=True))
        for ours, theirs in zip(old, new, strict=True)
    )


def _without_outcomes(exercise: dict[str, Any]) -> dict[str, Any]:
    return exercise | {
        "expected": None,
        "pairs": None,
        "misconceptions": [known["hint"] for known in exercise["misconceptions"]],
    }


def _outcomes(exercise: dict[str, Any]) -> list[list[Any]]:
    """Return the expected outcomes, then those of each misconception."""
    return [exercise["expected"], *(known["outcomes"] for known in exercise["misconceptions"])]


def _close(old: Any, new: Any, tolerance: float, scale: float = 0.0) -> bool:
    """Are two JSON values the same but for floats, which may differ by the tolerance as in `checks.compare`?"""
    if isinstance(old, dict) and isinstance(new, dict):
        return list(old) == list(new) and all(_close(old[key], new[key], tolerance) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        scale = max((abs(number) for number in new if type(number) is float and math.isfinite(number)), default=0.0)
        return len(old) == len(new) and all(_close(a, b, tolerance, scale) for a, b in zip(old, new, strict=True))
    if type(old) is float and type(new) is float and math.isfinite(old) and math.isfinite(new):
        return abs(old - new) <= tolerance * (scale or abs(new) or 1.0)
    return type(old) is type(new) and repr(old) == repr(new)  # where NaN is NaN
