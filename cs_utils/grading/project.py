"""From the definitions to what students may see: `cs_utils/checks/data/NN_name.json`.

Visible inputs, expected results, what each misconception would return, and the hints. No answer, right or wrong,
goes in as code.
"""

import json
import math
from pathlib import Path
from typing import Any

from cs_utils.checks.calls import call
from cs_utils.checks.records import DATA, Misconception, VisibleExercise, to_json
from cs_utils.grading.exercise import Exercise, answer_key
from cs_utils.grading.exercises import with_answers


def visible(exercise: Exercise) -> VisibleExercise:
    """Return what a student may know of an exercise."""
    return VisibleExercise(
        exercise.name,
        exercise.lesson,
        exercise.points,
        exercise.returns,
        exercise.section,
        exercise.next,
        exercise.visible,
        [answer_key(exercise.oracle, case) for case in exercise.visible],
        [
            Misconception(wrong.hint, [call(wrong.answer, case) for case in exercise.visible])
            for wrong in exercise.wrong_answers
            if wrong.hint
        ],
    )


def projections(*lessons: str) -> dict[Path, list[dict[str, Any]]]:
    """Return what each data file of these lessons should hold, by path."""
    files: dict[Path, list[dict[str, Any]]] = {}
    for item in with_answers().values():
        if isinstance(item, Exercise) and item.lesson in lessons:
            files.setdefault(DATA / f"{item.lesson}.json", []).append(to_json(visible(item)))
    return files


def write(path: Path, exercises: list[dict[str, Any]]) -> bool:
    """Write a data file, unless it says the same already up to rounding; return whether it was written."""
    if path.exists() and agrees(json.loads(path.read_text(encoding="utf-8")), exercises):
        return False
    lines = ",\n".join(json.dumps(exercise, ensure_ascii=False) for exercise in exercises)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")
    return True


def agrees(old: Any, new: Any) -> bool:
    """Are two JSON values the same but for the last digits, which differ between machines?"""
    if isinstance(old, dict) and isinstance(new, dict):
        return list(old) == list(new) and all(agrees(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(agrees, old, new))
    if type(old) is float and type(new) is float:
        return math.isclose(old, new, rel_tol=1e-11, abs_tol=1e-11) or (math.isnan(old) and math.isnan(new))
    return type(old) is type(new) and old == new
