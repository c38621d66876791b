"""A run: the mutants of each exercise, or a sample of them, one after the other; results are kept as they come."""

import ast
import hashlib
import json
import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from cs_utils.checks.records import find
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.mutants.judge import SEEDS, Verdict, exactly, judge
from cs_utils.grading.mutants.operators import Change, changes
from cs_utils.grading.mutants.processes import Crashed, Stopped, in_a_process
from cs_utils.grading.mutants.programs import Program

GRADING = Path(__file__).parents[1]
# Seconds of computing of a mutant whose calls nobody watches; then of one call of a mutant that took longer (a right
# answer takes less than a fifth of a second), and of all its calls.
QUICK, SECONDS, PATIENCE = 3.0, 0.5, 60.0


@dataclass(frozen=True)
class Mutant:
    """One change of one function of one answer; `number` is its place among those of the exercise."""

    program: Program
    function: int
    change: Change
    number: int

    @property
    def key(self) -> str:
        return f"{self.program.exercise.name} {self.number}"

    @property
    def where(self) -> str:
        """The answer, and the helper that was changed, if it was not the answer's own function."""
        helper = self.program.functions[self.function].__name__
        return self.program.name + (f" / {helper}" if self.function else "")


@dataclass(frozen=True)
class Row:
    """What is kept of a mutant: a line of the file of results."""

    key: str
    exercise: str
    where: str
    kind: str
    before: str
    after: str
    verdict: Verdict
    version: str


def mutants(exercise: Exercise, most: int | None = None) -> list[Mutant]:
    """Return the mutants of an exercise; if there are more than `most`, always the same sample of all kinds."""
    shown = [case.arguments for case in exercise.visible]
    every: list[Mutant] = []
    for answer in (exercise.oracle, *exercise.right_answers):
        program = Program(exercise, answer)
        for function, tree in enumerate(program.trees):
            for change in changes(tree, shown):
                every.append(Mutant(program, function, change, len(every)))
    return every if most is None else sorted(_of_all_kinds(every)[:most], key=lambda mutant: mutant.number)


def _of_all_kinds(every: list[Mutant]) -> list[Mutant]:
    """Return the mutants in an order by chance, in which each kind of change comes once before any comes again."""
    by_chance = sorted(every, key=lambda mutant: hashlib.sha256(mutant.key.encode()).digest())
    rounds, seen = {}, Counter[str]()
    for mutant in by_chance:
        rounds[mutant] = seen[mutant.change.kind]
        seen[mutant.change.kind] += 1
    return sorted(by_chance, key=lambda mutant: rounds[mutant])


def judge_all(chosen: Iterable[Mutant], version: str, done: set[str]) -> Iterator[Row | None]:
    """Yield what comes of each mutant that is not done yet; None for one that does not compile or is there already."""
    texts: set[tuple[str, str]] = set()
    for mutant in chosen:
        if mutant.key in done:
            yield None
            continue
        program, change = mutant.program, mutant.change
        text = program.name, f"{mutant.function} {change.text}"
        if text in texts or not change.compiles() or _unchanged(mutant):
            yield None
            continue
        texts.add(text)
        verdict = _judged(mutant)
        told = change.before, change.after
        yield Row(mutant.key, program.exercise.name, mutant.where, change.kind, *told, verdict, version)


def _unchanged(mutant: Mutant) -> bool:
    return ast.unparse(mutant.program.trees[mutant.function]) == mutant.change.text


def _judged(mutant: Mutant) -> Verdict:
    exercise = mutant.program.exercise
    _prepare(exercise)

    def work(seconds: float) -> dict[str, object]:
        warnings.simplefilter("ignore")
        with np.errstate(all="ignore"):
            answer = mutant.program.build(mutant.function, mutant.change.text)
            return asdict(judge(exercise, answer, mutant.change.refusal, seconds))

    try:
        try:
            return from_json(in_a_process(lambda: work(math.inf), QUICK))
        except Stopped:
            return from_json(in_a_process(lambda: work(SECONDS), PATIENCE))
    except (Stopped, Crashed):  # an exam would stop it as well
        return Verdict(True, (True,) * len(SEEDS), True, stopped=True)


@cache
def _prepare(exercise: Exercise) -> None:
    """Compute, once and here, what each of the processes would compute again."""
    for seed in SEEDS:
        exercise.costs_points(exercise.oracle, seed)
    exactly(exercise)
    find(exercise.name)


def from_json(given: dict[str, object]) -> Verdict:
    """Return a verdict that was written as JSON."""
    return Verdict(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()})  # type: ignore[arg-type]


def version(exercise: Exercise) -> str:
    """Return a hash of what decides about an exercise's mutants: the definitions of its lesson, and the judging."""
    lesson, here = GRADING / "exercises" / exercise.oracle.__module__.split(".")[-2], Path(__file__).parent
    judging = [here / "judge.py", here / "programs.py", *here.glob("operators/*.py"), *here.glob("contract/*.py")]
    text = b"".join(file.read_bytes() for file in sorted([*lesson.glob("*.py"), *judging]))
    return hashlib.sha256(text).hexdigest()[:16]


class Results:
    """The rows of earlier and present runs, one JSON text per line; those of other versions don't count."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, exercise: Exercise) -> list[Row]:
        if not self.path.exists():
            return []
        now, rows = version(exercise), {}
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                given = json.loads(line)
            except ValueError:  # cut off as it was written
                continue
            if given["exercise"] == exercise.name and given["version"] == now:
                rows[given["key"]] = Row(**given | {"verdict": from_json(given["verdict"])})
        return list(rows.values())

    def add(self, row: Row) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row)) + "\n")
