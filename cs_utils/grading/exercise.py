"""What an exercise is: one definition from which check, exam, released data and the proof of fairness all follow."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from cs_utils.checks.calls import Case, Outcome, call, difference, has_dtype, refusing
from cs_utils.checks.limit import TooLong
from cs_utils.checks.stubs import ALWAYS
from cs_utils.checks.values import fresh
from cs_utils.grading import limits

Key = list[tuple[Case, Outcome]]
Answer = TypeVar("Answer", bound=Callable[..., Any])


@dataclass(frozen=True)
class Part:
    """A share of an exercise's points, earned if all of its cases come out right.

    `title` is what a student reads ("any size and stride"). `cases` makes the hidden cases from a random generator.
    Where `unchanged` is set, inputs must also come back as they were.
    """

    title: str
    points: float
    cases: Callable[[np.random.Generator], list[Case]]
    unchanged: bool = False


@dataclass(frozen=True)
class Result:
    """What came of one part: its title, its points, the points earned, and what was wrong, in words.

    `stopped` is True if a call took too long.
    """

    title: str
    points: float
    earned: float
    problem: str = ""
    stopped: bool = False


@dataclass(frozen=True)
class WrongAnswer:
    """A wrong answer that the exam must catch.

    `hint` completes "This is what one gets when ..."; with one, the check names the mistake. Without one, the check
    rejects the answer without naming the mistake or, if it is right on all visible cases, only the exam notices:
    `docs/exercises.md` says which. `partial` promises that it keeps some of the points.

    `forms` make the same mistake in other ways: on the visible cases they do what `answer` does, so the check gives
    them the same hint, but elsewhere they come to something else.
    """

    answer: Callable[..., Any]
    hint: str = ""
    partial: bool = False
    forms: list[Callable[..., Any]] = field(default_factory=list, compare=False)

    @property
    def name(self) -> str:
        return str(self.answer.__name__)


@dataclass(eq=False)
class Exercise:
    """A function that students write.

    Attributes
    ----------
    name, lesson, points
        Its name is that of the function, and the same in lesson, check, exam, tests and grades.
    oracle : callable
        A right answer written for clarity. It also defines which sizes raise ValueError.
    visible : list of Case
        What the check calls: few and small, with short decimals, chosen so that no two misconceptions agree on them.
    parts : list of Part
        The exam; their points add up to `points`.
    section : str
        The heading in the lesson that has the formula.
    next : str
        What comes after a passed check.
    returns : tuple of str
        What messages call the result, or its entries.
    stubs : tuple of str
        Functions of `cs_utils` that would be the answer. They refuse to work while an answer is examined, as do those
        of `ALWAYS`, nets above all: see `cs_utils.grading.stubs`, which has a list per lesson.
    needs : tuple of str
        Exercises of the same lesson that it builds on, and without which it fails.
    """

    name: str
    lesson: str
    points: float
    oracle: Callable[..., Any]
    visible: list[Case]
    parts: list[Part]
    section: str
    next: str
    returns: tuple[str, ...] = ("y",)
    stubs: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    wrong_answers: list[WrongAnswer] = field(default_factory=list)
    right_answers: list[Callable[..., Any]] = field(default_factory=list)
    _keys: dict[tuple[int, int], Key] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if abs(sum(part.points for part in self.parts) - self.points) > 1e-12:
            raise ValueError(f"{self.name}: the points of its parts don't add up to {self.points}")

    def wrong(self, hint: str = "", partial: bool = False) -> Callable[[Answer], Answer]:
        """Return a decorator that adds a wrong answer; `hint` completes "This is what one gets when ..."."""

        def add(answer: Answer) -> Answer:
            self.wrong_answers.append(WrongAnswer(answer, hint, partial))
            return answer

        return add

    def form(self, of: Callable[..., Any]) -> Callable[[Answer], Answer]:
        """Return a decorator that adds another form of the mistake of a wrong answer that is listed already."""
        wrong = next(wrong for wrong in self.wrong_answers if wrong.answer is of)

        def add(answer: Answer) -> Answer:
            wrong.forms.append(answer)
            return answer

        return add

    def right(self, answer: Answer) -> Answer:
        """Add a right answer that differs from the oracle in its algorithm. A decorator."""
        self.right_answers.append(answer)
        return answer

    def examine(self, answer: Any, seed: int = 0) -> list[Result]:
        """Return the result of each part for a student's function. The cases follow from `seed`."""
        results: list[Result] = []
        for i, part in enumerate(self.parts):
            seconds = limits.CALL_AFTERWARDS if any(result.stopped for result in results) else limits.CALL
            results.append(self._examine_part(part, answer, self._key(i, seed), seconds))
        return results

    def costs_points(self, answer: Any, seed: int, seconds: float = limits.CALL) -> bool:
        """Return whether a function loses any points; parts after the first one lost are not examined."""
        examined = (self._examine_part(part, answer, self._key(i, seed), seconds) for i, part in enumerate(self.parts))
        return any(result.earned < result.points for result in examined)

    def keys(self, seed: int) -> list[Key]:
        """Return, for each part, its cases and what a right answer comes to."""
        return [self._key(part, seed) for part in range(len(self.parts))]

    def forget_keys(self) -> None:
        """Drop what `examine` keeps for the next answer: each student of a class has another seed."""
        self._keys.clear()

    def _key(self, part: int, seed: int) -> Key:
        """Return the cases of a part and the right outcomes, computed once however many answers are examined."""
        if (part, seed) not in self._keys:
            cases = self.parts[part].cases(np.random.default_rng([seed, part]))
            self._keys[part, seed] = [(case, answer_key(self.oracle, case)) for case in cases]
        return self._keys[part, seed]

    def _examine_part(self, part: Part, answer: Any, key: Key, seconds: float) -> Result:
        for case, expected in key:
            with refusing((*ALWAYS, *self.stubs), answer):
                got = call(answer, case, seconds)
            wrong = difference(got, expected, case, self.returns)
            if wrong is not None:
                stopped = isinstance(got.error, TooLong)
                return Result(part.title, part.points, 0.0, wrong.lines[-1], stopped)  # the most specific line
            if part.unchanged and got.changed:
                return Result(part.title, part.points, 0.0, f"it changed its input {', '.join(got.changed)}")
        return Result(part.title, part.points, part.points)


@dataclass(frozen=True)
class Written:
    """A question that is answered in words and graded by hand; `section` is the heading above it."""

    name: str
    lesson: str
    points: float
    section: str


def answer_key(oracle: Callable[..., Any], case: Case) -> Outcome:
    """Return the outcome of a right answer: the oracle's result, computed in float64, in the dtype of the arguments."""
    outcome = call(oracle, in_float64(case))
    single = has_dtype(case.arguments, np.float32)
    return replace(outcome, value=_cast(outcome.value, np.float64, np.float32)) if single else outcome


def in_float64(case: Case) -> Case:
    """Return a case whose arguments hold float64 in place of float32."""
    given = {name: fresh(value) for name, value in case.arguments.items()}
    return replace(case, arguments={name: _cast(value, np.float32, np.float64) for name, value in given.items()})


def _cast(value: Any, source: type, target: type) -> Any:
    """Return `value` with every array of dtype `source` in dtype `target`."""
    if isinstance(value, dict):
        return {key: _cast(item, source, target) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cast(item, source, target) for item in value)
    return value.astype(target) if isinstance(value, np.ndarray) and value.dtype == source else value
