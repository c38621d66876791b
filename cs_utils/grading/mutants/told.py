"""``python -m cs_utils.grading.mutants.told``: is what a check tells of a mistake that it doesn't know true of it?

A sentence about how got and expected are related might hold for the visible numbers by accident. So it is tried on
other inputs: the visible cases with their numbers shuffled and, if it is told of all wrong cases, those of an exam,
which have other sizes. Prints each sentence that holds in less than half of them, and how many were tried.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from cs_utils.checks.calls import Case, call, difference
from cs_utils.checks.compare import Difference
from cs_utils.checks.explain.explanation import wrong_numbers
from cs_utils.checks.explain.search import Relation, Wrong, related
from cs_utils.checks.explain.terms import Terms
from cs_utils.checks.recognise import recognise
from cs_utils.checks.records import VisibleExercise, find
from cs_utils.grading.exercise import Exercise, answer_key
from cs_utils.grading.exercises import with_answers
from cs_utils.grading.mutants.processes import Crashed, Stopped, in_a_process
from cs_utils.grading.mutants.run import Mutant, mutants
from cs_utils.grading.terms import find_terms

SHUFFLES, SEED = 2, 1
FROM_EXAM = 8  # cases
SECONDS = 20.0  # of a mutant
OWN_NUMBERS = re.compile(r": -?[\d., e+-]+(, \.\.\.)?$")  # those of one case alone, listed at the end of a sentence
OWN_COUNT = re.compile(r"\b(the (?:first|last)) (?:\d+ )?(\w+?)s?\b")  # how many rows are missing depends on the size


@dataclass(frozen=True)
class Told:
    """A sentence that a check tells, of all wrong cases or of one, and in how many other cases it holds or fails."""

    sentence: str
    everywhere: bool
    holds: int
    fails: int

    @property
    def by_accident(self) -> bool:
        """Does it hold for the visible numbers alone? A few of the other cases are too small to show what it says."""
        return self.fails > self.holds


def told(exercise: Exercise, answer: Callable[..., Any]) -> Told | None:
    """Return what the check tells of an answer that has no name; None if it has one or nothing is told."""
    visible = find(exercise.name)
    outcomes = [call(answer, case) for case in visible.cases]
    compared = zip(outcomes, visible.expected, visible.cases, strict=True)
    found = [difference(got, right, case, visible.returns) for got, right, case in compared]
    first = next((wrong for wrong in found if wrong is not None), None)
    if first is None or not first.name or recognise(visible, outcomes).known:
        return None
    wrong = wrong_numbers(visible, outcomes, first)
    relation = related(wrong) if wrong else None
    if relation is None:
        return None
    counts: Counter[bool] = Counter()
    for group in _others(exercise, visible, relation):
        counts.update(_hold(relation, _wrong(exercise, visible, answer, first, group)))
    return Told(relation.sentence, relation.everywhere, counts[True], counts[False])


def _others(
    exercise: Exercise, visible: VisibleExercise, relation: Relation
) -> Iterator[list[tuple[Case, dict[str, Terms]]]]:
    """Yield other cases in groups, each with the terms of its results: shuffled visible ones, and those of an exam."""
    rng = np.random.default_rng(SEED)
    for _ in range(SHUFFLES):
        yield [
            (_shuffled(case, rng), visible.terms[i] if visible.terms else {})
            for i, case in enumerate(visible.cases)
            if (relation.everywhere or relation.case == i + 1) and visible.expected[i].error is None
        ]
    if relation.everywhere and " its two " not in relation.told[0]:  # two rows exchanged: of more it says nothing
        hidden = [(case, right) for key in exercise.keys(seed=0) for case, right in key if right.error is None]
        yield [
            (case, find_terms(exercise.oracle, case, right, exercise.returns) if relation.by_terms else {})
            for case, right in hidden[:FROM_EXAM]
        ]


def _shuffled(case: Case, rng: np.random.Generator) -> Case:
    """Return a case with the numbers of each array of floats in another order."""

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shuffled(item) for key, item in value.items()}
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            return rng.permutation(value.ravel()).reshape(value.shape)
        return value

    return replace(case, arguments={name: shuffled(value) for name, value in case.arguments.items()})


def _wrong(
    exercise: Exercise,
    visible: VisibleExercise,
    answer: Callable[..., Any],
    first: Difference,
    cases: list[tuple[Case, dict[str, Terms]]],
) -> list[Wrong]:
    """Return those of the cases in which the answer's result is wrong."""
    given = [case for case, _ in cases]
    expected = [answer_key(exercise.oracle, case) for case in given]
    asked = replace(visible, cases=given, expected=expected, terms=[terms for _, terms in cases])
    return wrong_numbers(asked, [call(answer, case) for case in given], first)


def _hold(relation: Relation, wrong: list[Wrong]) -> Iterator[bool]:
    if relation.by_terms:
        wrong = [each for each in wrong if each.terms is not None]
    for found in relation.search(wrong) if wrong else []:
        yield bool({_general(words) for words in relation.told} & {_general(words) for words in found})


def _general(words: str) -> str:
    """Return the words of a relation without the numbers that only one case has."""
    return OWN_COUNT.sub(r"\1 \2", OWN_NUMBERS.sub("", words))


def tell_all(chosen: list[Mutant]) -> Iterator[tuple[Mutant, Told | None]]:
    """Yield the mutants that compile and don't hang, each with what is told of it."""
    for mutant in chosen:
        exercise = mutant.program.exercise
        if not mutant.change.compiles():
            continue

        def work(mutant: Mutant = mutant, exercise: Exercise = exercise) -> list[Any] | None:
            with np.errstate(all="ignore"):
                found = told(exercise, mutant.program.build(mutant.function, mutant.change.text))
            return [found.sentence, found.everywhere, found.holds, found.fails] if found else None

        try:
            found = in_a_process(work, SECONDS)
        except (Stopped, Crashed):
            continue
        yield mutant, Told(*found) if found else None


def main(arguments: list[str] | None = None) -> int:
    """Run as the command line says; return 0 if no sentence that is told of several cases holds by accident."""
    parser = argparse.ArgumentParser(prog="python -m cs_utils.grading.mutants.told", description=__doc__)
    parser.add_argument("exercise", nargs="*", help="only these exercises (default: all)")
    parser.add_argument("--sample", type=int, default=20, metavar="N", help="mutants per exercise (%(default)s)")
    options = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    with threadpool_limits(1):
        for exercise in with_answers().values():
            if isinstance(exercise, Exercise) and exercise.name in (options.exercise or [exercise.name]):
                for mutant, found in tell_all(mutants(exercise, options.sample)):
                    counts["mutants"] += 1
                    if found is None:
                        continue
                    kind = "of several cases" if found.everywhere else "of one case"
                    counts[f"sentences {kind}"] += 1
                    counts[f"by accident {kind}"] += found.by_accident
                    if found.by_accident:
                        print(f"{mutant.key} ({mutant.where}: {mutant.change.before} -> {mutant.change.after})")
                        print(f"    {found.sentence}  [{found.holds} hold, {found.fails} don't]", flush=True)
    print(", ".join(f"{words}: {count}" for words, count in sorted(counts.items())))
    return 1 if counts["by accident of several cases"] else 0


if __name__ == "__main__":
    sys.exit(main())
