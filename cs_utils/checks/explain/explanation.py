"""What a check says of a mistake that nobody has listed: what can be found out about it from the visible cases."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference
from cs_utils.checks.compare import Difference, follow
from cs_utils.checks.errors import arrays_there, variables_there, where_it_stopped
from cs_utils.checks.examples import line_to_paste, written_out
from cs_utils.checks.explain.cases import told_apart
from cs_utils.checks.explain.drawing import draw_terms
from cs_utils.checks.explain.pair import axis_names
from cs_utils.checks.explain.search import Wrong, related
from cs_utils.checks.records import VisibleExercise

OTHERS = 3  # other cases whose numbers are told


@dataclass
class Explanation:
    """Lines to read: what was `found` out about the mistake, and what `shows` how the first wrong entry comes about.

    `panels` are the same numbers as small matrices by title, for a picture that has `per_row` of them in a row
    below its `heading`.
    """

    found: list[str] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)
    panels: dict[str, np.ndarray] = field(default_factory=dict)
    per_row: int = 1
    heading: str = ""


def explain(
    exercise: VisibleExercise, function: Callable[..., Any], outcomes: Sequence[Outcome], at: int, first: Difference
) -> Explanation:
    """Return what can be said about a mistake.

    Parameters
    ----------
    exercise : VisibleExercise
    function : callable
        The student's. It is called once more where a NaN has to be traced.
    outcomes : list of Outcome
        What it came to in each case.
    at : int
        The index of the first case that is wrong.
    first : Difference
        What is wrong there.
    """
    case, error = exercise.cases[at], outcomes[at].error
    told = Explanation()
    if error is not None:
        there = arrays_there(error)
        told.found += [f"In this line {there}." if there else "", _exchanged(error, exercise, at)]
    elif first.name and (wrong := wrong_numbers(exercise, outcomes, first)):
        with np.errstate(all="ignore"):  # there may be any numbers in a wrong result
            relation = related(wrong)
        told.found += [_where_nan_begins(function, wrong), relation.sentence if relation else ""]
        if relation is None or not relation.everywhere:
            told.found.append(_other_numbers(wrong[1:]))
        if len(wrong[0].places):
            _show_entry(exercise, wrong[0], told)
    told.found = [line for line in (*told.found, _cases_apart(exercise, function, outcomes)) if line]
    if not isinstance(error, NotImplementedError):
        told.shows += [] if told.panels or error else written_out(case)
        told.shows.append(f"To have these inputs: {line_to_paste(exercise.name, case, at + 1)}")
    return told


def _exchanged(error: BaseException, exercise: VisibleExercise, at: int) -> str:
    """Return that an array of the line has the shape of a result with rows and columns exchanged, if one has."""
    case, value = exercise.cases[at], exercise.expected[at].value
    results = value if isinstance(value, tuple) else (value,)
    given = {argument.shape for argument in case.arguments.values() if isinstance(argument, np.ndarray)}
    for name, array in variables_there(error).items():
        for shape in [np.shape(result) for result in results if isinstance(result, np.ndarray) and result.ndim > 1]:
            axes = axis_names(exercise.returns[0], shape, case.arguments)
            if {"row", "column"} <= set(axes) and isinstance(array, np.ndarray) and array.ndim == len(shape):
                row, column = axes.index("row"), axes.index("column")
                turned = list(shape)
                turned[row], turned[column] = shape[column], shape[row]
                if array.shape == tuple(turned) != shape and array.shape not in given:
                    return f"{name} has as many rows as the result has columns: shape {array.shape} instead of {shape}."
    return ""


def wrong_numbers(exercise: VisibleExercise, outcomes: Sequence[Outcome], first: Difference) -> list[Wrong]:
    """Return the cases in which the same result is wrong, if it holds numbers and more than their dtype is wrong."""
    found: list[Wrong] = []
    for index, (case, got, right) in enumerate(zip(exercise.cases, outcomes, exercise.expected)):
        if got.error is not None or right.error is not None:
            continue
        wrong = difference(got, right, case, exercise.returns)
        values = follow(got.value, first.path), follow(right.value, first.path)
        if wrong is not None and wrong.path == first.path and all(map(_is_number, values)):
            terms = exercise.terms[index].get(first.name) if exercise.terms else None
            each = Wrong(index + 1, case, first.name, np.asarray(values[0]), np.asarray(values[1]), terms)
            if len(each.places) or not each.same_shape:
                found.append(each)
    return found


def _is_number(value: Any) -> bool:
    """Is it one number or an array of them, as NumPy has them? A whole number of 20 digits is none, nor a Fraction."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiub" and value.size > 0
    return isinstance(value, Real) and not isinstance(value, bool) and np.asarray(value).dtype.kind in "fiu"


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


def _other_numbers(wrong: list[Wrong]) -> str:
    """Return what came out in other cases where the result is a single number."""
    single = [each for each in wrong[:OTHERS] if not (each.got.ndim or each.expected.ndim)]
    told = [f"{each.got:.9g} instead of {each.expected:.9g} in case {each.number}" for each in single]
    return f"Wrong, too: {', '.join(told)}." if told else ""


def _show_entry(exercise: VisibleExercise, wrong: Wrong, told: Explanation) -> None:
    """Show how the first wrong entry should come about: its terms, and a numerical gradient."""
    index = tuple(int(i) for i in wrong.places[0])
    entry = f"[{', '.join(map(str, index))}]" if index else ""
    number = int(np.ravel_multi_index(index, wrong.expected.shape)) if index else 0
    expected = float(wrong.expected[index])
    if wrong.terms is not None:
        drawing = draw_terms(wrong.terms, wrong.case.arguments, number, f"{wrong.name}{entry}", expected)
        told.shows, told.panels, told.per_row = drawing.lines, drawing.panels, drawing.per_row
        told.heading = f"What goes into {wrong.name}{entry}"
    slopes = exercise.slopes[wrong.number - 1] if exercise.slopes else None
    if slopes is not None and number not in slopes.kinks.get(wrong.name, [number]):
        argument, dy = wrong.name.removeprefix("d"), "dy" if "dy" in wrong.case.arguments else "1.0"
        called = f"numerical_gradient(lambda {argument}: {slopes.forward}, {argument}, {dy}){entry}"
        told.shows.append(f"{called} is {expected:.6g}, too (from cs_utils.gradient_check)")


def _cases_apart(exercise: VisibleExercise, function: Callable[..., Any], outcomes: Sequence[Outcome]) -> str:
    """Return what tells the cases with wrong values from those with right ones."""
    right: list[Case] = []
    wrong: list[Case] = []
    for case, got, expected in zip(exercise.cases, outcomes, exercise.expected):
        if expected.error is None:
            (right if difference(got, expected, case, exercise.returns) is None else wrong).append(case)
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # NumPy's own functions have none
        parameters = {}.values()
    return told_apart(right, wrong, {p.name: p.default for p in parameters if p.default is not p.empty})
