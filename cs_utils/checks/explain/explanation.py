"""What a check says of a mistake that nobody has listed: what can be found out about it from the visible cases."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference, tolerance
from cs_utils.checks.compare import Difference, follow
from cs_utils.checks.errors import arrays_there, where_it_stopped
from cs_utils.checks.examples import line_to_paste, written_out
from cs_utils.checks.explain.cases import told_apart
from cs_utils.checks.explain.drawing import draw_terms
from cs_utils.checks.explain.relations import loose_relations, relations, scalar_relations
from cs_utils.checks.explain.sums import rules
from cs_utils.checks.explain.terms import Terms
from cs_utils.checks.records import VisibleExercise

ENOUGH = 2  # different wrong numbers that a rule has to explain


@dataclass
class Explanation:
    """Lines to read: what was `found` out about the mistake, and what `shows` how the first wrong entry comes about.

    `panels` are the same numbers as small matrices by title, for a picture.
    """

    found: list[str] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)
    panels: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Wrong:
    """One case whose result, at the path of the difference, is a wrong number or a wrong array of numbers."""

    number: int
    case: Case
    got: Any
    expected: Any


def explain(
    exercise: VisibleExercise, function: Callable[..., Any], outcomes: Sequence[Outcome], at: int, first: Difference
) -> Explanation:
    """Return what can be said about a mistake; `first` is the difference in the case with the index `at`."""
    case, got = exercise.cases[at], outcomes[at]
    told = Explanation()
    if got.error is not None:
        if there := arrays_there(got.error):
            told.found.append(f"In this line {there}.")
    elif exercise.expected[at].error is None:
        wrong = list(_wrong_numbers(exercise, outcomes, first.path))
        if wrong:
            told.found += [_where_nan_begins(function, wrong), _related(exercise, first.name, wrong)]
            _draw(exercise, first.name, wrong[0], told)
    told.found = [line for line in (*told.found, _cases_apart(exercise, function, outcomes)) if line]
    if not isinstance(got.error, NotImplementedError):
        told.shows += [] if told.panels or got.error else written_out(case)
        told.shows.append(f"To have these inputs: {line_to_paste(exercise.name, case, at + 1)}")
    return told


def _wrong_numbers(exercise: VisibleExercise, outcomes: Sequence[Outcome], path: tuple[Any, ...]) -> Iterator[Wrong]:
    """Yield the cases in which the result at this path is wrong, and is a number or an array of numbers."""
    for number, (case, got, right) in enumerate(zip(exercise.cases, outcomes, exercise.expected), 1):
        if got.error is not None or right.error is not None:
            continue
        wrong = difference(got, right, case, exercise.returns)
        found, expected = follow(got.value, path), follow(right.value, path)
        if wrong is None or wrong.path != path or not _is_number(found) or not _is_number(expected):
            continue
        if np.shape(found) != np.shape(expected) or not np.array_equal(found, expected):  # but for their dtype
            yield Wrong(number, case, found, expected)


def _is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiub" and value.size > 0
    return isinstance(value, Real) and not isinstance(value, bool)


def _where_nan_begins(function: Callable[..., Any], wrong: list[Wrong]) -> str:
    """Return the line where a NaN or an infinite number arises first, if a result holds one that it should not."""
    found = [each for each in wrong if not np.isfinite(each.got).all() and np.isfinite(each.expected).all()]
    if not found:
        return ""
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        error = call(function, found[0].case).error
    line = where_it_stopped(error) if isinstance(error, FloatingPointError) else None
    if error is None or not line:
        return ""
    there = arrays_there(error, ranges=True)
    return (
        f"In case {found[0].number}: the first number that is nan or inf arises in the line: {line}\n"
        f"    ({error}{f'; {there}' if there else ''})"
    )


def _related(exercise: VisibleExercise, name: str, wrong: list[Wrong]) -> str:
    """Return how wrong and expected results are related: what is true of all wrong cases, or else of the first one."""
    by_terms = [_by_terms(exercise, name, each) for each in wrong]
    by_entries = [_by_entries(name, each) for each in wrong]
    numbers = np.concatenate([np.ravel(each.got) for each in wrong])
    each, whole = _subjects(name, np.ndim(wrong[0].expected) > 0)
    searches = [(each, by_terms)] if len(np.unique(numbers)) >= ENOUGH else []
    for subject, found in (*searches, (whole, by_entries), (whole, [_of_scalars(wrong)])):
        if common := _common(found):
            return f"{subject[0].upper()}{subject[1:]} {common[0]}."
    alone = [(each, by_terms[0])] if np.size(wrong[0].expected) > 1 else []
    for subject, words in (*alone, (whole, by_entries[0]), (whole, _of_scalars(wrong[:1]))):
        if words:
            return f"In case {wrong[0].number}: {subject} {words[0]}."
    loose = [_by_entries(name, each, loose_relations) for each in wrong]
    if common := _common(loose):
        return f"{whole[0].upper()}{whole[1:]} {common[0]}."
    return f"In case {wrong[0].number}: {whole} {loose[0][0]}." if loose[0] else ""


def _subjects(name: str, is_array: bool) -> tuple[str, str]:
    """Return what a sentence about each number of a result begins with, and one about the result as a whole."""
    if is_array:
        return f"each number of your {name} is", f"your {name} array is"
    alone = f"your {name} {'are' if name == 'parameters' else 'is'}"
    return alone, alone


def _common(found: list[list[str]]) -> list[str]:
    """Return what was found in all cases."""
    return [words for words in found[0] if all(words in others for others in found[1:])]


def _by_entries(name: str, wrong: Wrong, search: Callable[..., list[str]] = relations) -> list[str]:
    got, expected = np.asarray(wrong.got), np.asarray(wrong.expected)
    return search(got, expected, tolerance(wrong.case), name, wrong.case.arguments)


def _of_scalars(wrong: list[Wrong]) -> list[str]:
    if any(np.ndim(each.got) or np.ndim(each.expected) for each in wrong):
        return []
    numbers = [float(each.got) for each in wrong], [float(each.expected) for each in wrong]
    return scalar_relations(*numbers, [each.case.arguments for each in wrong], max(tolerance(w.case) for w in wrong))


def _by_terms(exercise: VisibleExercise, name: str, wrong: Wrong) -> list[str]:
    terms = _terms(exercise, wrong, name)
    if terms is None or np.shape(wrong.got) != np.shape(wrong.expected):
        return []
    got = np.ravel(wrong.got).astype(np.float64)
    near = tolerance(wrong.case) * (float(np.abs(wrong.expected).max()) or 1.0)
    with np.errstate(invalid="ignore"):
        return [words for words, numbers in rules(terms, wrong.case.arguments) if (np.abs(got - numbers) <= near).all()]


def _terms(exercise: VisibleExercise, wrong: Wrong, name: str) -> Terms | None:
    return exercise.terms[wrong.number - 1].get(name) if exercise.terms else None


def _draw(exercise: VisibleExercise, name: str, wrong: Wrong, told: Explanation) -> None:
    """Show how the first wrong entry comes about: its terms, and a numerical gradient."""
    if np.shape(wrong.got) != np.shape(wrong.expected):
        return
    error = np.abs(np.asarray(wrong.got, np.float64) - wrong.expected)
    scale = float(np.abs(wrong.expected).max()) or 1.0
    place = np.argwhere(~(error <= tolerance(wrong.case) * scale))
    if not len(place):
        return
    index = tuple(int(i) for i in place[0])
    at = f"[{', '.join(map(str, index))}]" if index else ""
    number = int(np.ravel_multi_index(index, np.shape(wrong.expected))) if index else 0
    expected = float(np.asarray(wrong.expected)[index])
    terms, slopes = _terms(exercise, wrong, name), exercise.slopes[wrong.number - 1] if exercise.slopes else None
    if terms is not None:
        drawing = draw_terms(terms, wrong.case.arguments, number, f"{name}{at}", expected)
        told.shows, told.panels = drawing.lines, drawing.panels
    if slopes is not None and number not in slopes.kinks.get(name, [number]):
        argument, dy = name.removeprefix("d"), "dy" if "dy" in wrong.case.arguments else "1.0"
        call_text = f"numerical_gradient(lambda {argument}: {slopes.forward}, {argument}, {dy}){at}"
        told.shows.append(f"{call_text} is {expected:.6g}, too (from cs_utils.gradient_check)")


def _cases_apart(exercise: VisibleExercise, function: Callable[..., Any], outcomes: Sequence[Outcome]) -> str:
    right: list[Case] = []
    wrong: list[Case] = []
    for case, got, expected in zip(exercise.cases, outcomes, exercise.expected):
        if expected.error is None:
            (right if difference(got, expected, case, exercise.returns) is None else wrong).append(case)
    parameters = inspect.signature(function).parameters.values()
    return told_apart(right, wrong, {p.name: p.default for p in parameters if p.default is not p.empty})
