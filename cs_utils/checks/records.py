"""What a student may see of an exercise, read from `data/*.json`."""

import builtins
import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cs_utils.checks.calls import Case, Outcome, difference
from cs_utils.checks.explain.terms import Terms
from cs_utils.checks.values import decode, encode

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Misconception:
    """A known wrong idea: its sentence, and its outcome for each visible case."""

    hint: str
    outcomes: list[Outcome]


@dataclass(frozen=True)
class KnownPair:
    """Two misconceptions at once, by their places in the list, and fingerprints of what an answer with both returns.

    `values` is that of the cases where a value is expected. `refusals` is that of the others, or None where the values
    are enough to tell the pair from each single mistake.
    """

    first: int
    second: int
    values: tuple[float, float]
    refusals: tuple[float, float] | None = None


@dataclass(frozen=True)
class Slopes:
    """How a gradient can be computed once more: the forward pass, and where its numerical gradient is another number.

    `kinks` holds flat indices by the name of the result. A result that is not there has no numerical gradient.
    """

    forward: str
    kinks: dict[str, list[int]]


@dataclass(frozen=True)
class VisibleExercise:
    """An exercise as a student may know it. `section` is the heading in the lesson that has the formula.

    `terms` says for each case what the numbers of its results are made of, by the results' names; `slopes` says how
    they could be found numerically, if they are gradients.
    """

    name: str
    lesson: str
    points: float
    returns: tuple[str, ...]
    section: str
    next: str
    cases: list[Case]
    expected: list[Outcome]
    misconceptions: list[Misconception]
    pairs: list[KnownPair] = field(default_factory=list)
    terms: list[dict[str, Terms]] = field(default_factory=list)
    slopes: list[Slopes | None] = field(default_factory=list)
    refused: tuple[str, ...] = ()


def find(name: str) -> VisibleExercise:
    """Return the exercise of this name, or raise KeyError with the names there are."""
    exercises = _all()
    if name not in exercises:
        raise KeyError(f"there is no exercise {name!r}; there are: {', '.join(exercises)}")
    return exercises[name]


def to_json(exercise: VisibleExercise) -> dict[str, Any]:
    """Return an exercise as JSON values."""
    cases = [
        {"arguments": {name: encode(value) for name, value in case.arguments.items()}}
        | ({"view": case.view} if case.view else {})
        | ({"tolerance": case.tolerance} if case.tolerance is not None else {})
        | ({"then": [encode(others) for others in case.then]} if case.then else {})
        | ({"judged": list(case.judged)} if case.judged else {})
        | ({"position": list(case.position)} if case.position else {})
        for case in exercise.cases
    ]
    return {
        "name": exercise.name,
        "lesson": exercise.lesson,
        "points": exercise.points,
        "returns": list(exercise.returns),
        "section": exercise.section,
        "next": exercise.next,
        "cases": cases,
        "expected": [_outcome_to_json(outcome) for outcome in exercise.expected],
        "misconceptions": [
            {
                "hint": known.hint,
                "outcomes": [
                    None if _as_expected(*each, exercise.returns) else _outcome_to_json(each[0])
                    for each in zip(known.outcomes, exercise.expected, exercise.cases, strict=True)
                ],
            }
            for known in exercise.misconceptions
        ],
        "terms": [{name: _terms_to_json(terms) for name, terms in by_name.items()} for by_name in exercise.terms],
        "slopes": [slopes and asdict(slopes) for slopes in exercise.slopes],
        "refused": list(exercise.refused),
    } | ({"pairs": [_pair_to_json(pair) for pair in exercise.pairs]} if exercise.pairs else {})


def case_from_json(text: dict[str, Any]) -> Case:
    """Return a case of an exercise that `to_json` wrote."""
    return Case(
        {name: decode(value) for name, value in text["arguments"].items()},
        text.get("view", ""),
        text.get("tolerance"),
        tuple(decode(others) for others in text.get("then", ())),
        tuple(text.get("judged", ())),
        tuple(text.get("position", ())),
    )


def _from_json(text: dict[str, Any]) -> VisibleExercise:
    expected = [_outcome_from_json(outcome) for outcome in text["expected"]]
    return VisibleExercise(
        text["name"],
        text["lesson"],
        text["points"],
        tuple(text["returns"]),
        text["section"],
        text["next"],
        [case_from_json(case) for case in text["cases"]],
        expected,
        [
            Misconception(
                known["hint"],
                [
                    right if outcome is None else _outcome_from_json(outcome)
                    for outcome, right in zip(known["outcomes"], expected, strict=True)
                ],
            )
            for known in text["misconceptions"]
        ],
        [_pair_from_json(*pair) for pair in text.get("pairs", [])],
        [{name: _terms_from_json(terms) for name, terms in by_name.items()} for by_name in text.get("terms", [])],
        [slopes and Slopes(**slopes) for slopes in text.get("slopes", [])],
        tuple(text["refused"]),
    )


def _pair_to_json(pair: KnownPair) -> list[float]:
    return [pair.first, pair.second, *pair.values, *(pair.refusals or ())]


def _pair_from_json(first: int, second: int, one: float, other: float, *refusals: float) -> KnownPair:
    return KnownPair(first, second, (one, other), (refusals[0], refusals[1]) if refusals else None)


def _terms_to_json(terms: Terms) -> dict[str, Any]:
    return {key: value for key, value in asdict(terms).items() if value not in (1.0, "", None)} | {"of": list(terms.of)}


def _terms_from_json(text: dict[str, Any]) -> Terms:
    return Terms(**text | {"of": tuple(text["of"])})


def _as_expected(outcome: Outcome, expected: Outcome, case: Case, returns: tuple[str, ...]) -> bool:
    """Is nothing wrong with what a misconception comes to in this case? It is no other value then, so none is kept."""
    if expected.error is not None:
        return _outcome_to_json(outcome) == _outcome_to_json(expected)
    return not outcome.changed and difference(outcome, expected, case, returns) is None


def _outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    if outcome.error is not None:
        raised = {"raises": type(outcome.error).__name__, "arguments": list(outcome.error.args)}
        return raised | ({"refused": True} if outcome.refused else {})
    return {"value": encode(outcome.value), "changed": list(outcome.changed)}


def _outcome_from_json(text: dict[str, Any]) -> Outcome:
    if "raises" in text:
        error = getattr(builtins, text["raises"])(*text["arguments"])
        return Outcome(error=error, refused=text.get("refused", False))
    return Outcome(decode(text["value"]), None, tuple(text["changed"]))


@cache
def _all() -> dict[str, VisibleExercise]:
    lessons = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json")))
    return {exercise["name"]: _from_json(exercise) for lesson in lessons for exercise in lesson}
