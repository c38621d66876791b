"""``python course.py try NAME``: an exercise's answers against its check and its exam, in seconds, without a build.

It tells all that the tests of exercises and the build would refuse, in the words of whoever writes the exercise.
"""

import argparse
import importlib
import io
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from cs_utils.checks import CheckFailed
from cs_utils.checks.calls import call
from cs_utils.checks.check import check_visible
from cs_utils.checks.recognise import recognise
from cs_utils.checks.records import VisibleExercise
from cs_utils.grading import exercise as definitions
from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.proof import (
    FEWEST_RIGHT,
    SEEDS,
    earned,
    fewest_wrong,
    idle_answers,
    never_refuses,
    refusing_parts,
    told_apart,
)
from cs_utils.system import replace_unprintable

Exercise = definitions.Exercise
ENOUGH = 5.0  # seconds of computing for all answers; those of a training would take longer than one likes to wait


class Broken(Exception):
    """A file of an exercise that Python cannot load; the text says where and why."""


def main(arguments: list[str] | None = None) -> int:
    """Try an exercise; return 1 if anything is missing."""
    parser = argparse.ArgumentParser(
        prog="course.py try",
        description="Try an exercise: right answers keep all points, wrong ones are caught and named. Builds nothing.",
    )
    parser.add_argument("name", metavar="NAME", help="the exercise")
    parser.add_argument("answer", metavar="ANSWER", nargs="?", help="show what a student reads who gives this answer")
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        item = load(options.name)
    except Broken as trouble:
        print(trouble)
        return 1
    if options.answer:
        return _show(item, options.answer)
    trial = Trial(item)
    for line in trial.lines():
        print(line, flush=True)
    seconds = f"{time.perf_counter() - began:.1f} s."
    if trial.missing:
        print("\nMissing:\n" + "\n".join(f"  - {problem}" for problem in trial.missing))
        print(f"\n{seconds} Then again: python course.py try {item.name}")
        return 1
    print(f"\nNothing is missing. {seconds} Next: python course.py build {item.lesson}")
    return 0


def load(name: str) -> Exercise:
    """Return an exercise with its answers in place; Broken if there is none, or a file of it cannot be loaded."""
    try:
        known = importlib.import_module("cs_utils.grading.exercises").EXERCISES
        if name not in known:
            raise Broken(
                f"There is no exercise {name!r}: python course.py new exercise {name} --lesson LESSON adds it."
            )
        item = known[name]
        if not isinstance(item, Exercise):
            raise Broken(f"{name} is graded by hand, or by a file that is handed in: there are no answers to try.")
        module = _module(item)
        importlib.import_module(f"{module.__name__}_answers")
    except Broken:
        raise
    except Exception as error:  # whatever a file that is being written may raise
        raise Broken(_where(error)) from None
    return item


def _module(item: Exercise) -> ModuleType:
    return importlib.import_module(f"cs_utils.grading.exercises.lesson{item.lesson}.{item.name}")


def _where(error: Exception) -> str:
    """Say what went wrong, and in which line of an exercise's files."""
    said = f"{type(error).__name__}: {error}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "exercises" in Path(f.filename).parts]
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_short(error.filename)}, line {error.lineno}: {error.msg}"
    if frames and Path(frames[-1].filename).name != "__init__.py":
        return f"{_short(frames[-1].filename)}, line {frames[-1].lineno}: {said}"
    return str(error)


def _short(path: str) -> str:
    return Path(path).relative_to(ROOT).as_posix() if Path(path).is_relative_to(ROOT) else path


def _show(item: Exercise, name: str) -> int:
    """Print what the check says of one answer, and what its exam."""
    from cs_utils.grading.exams import report
    from cs_utils.grading.project import visible

    listed = {item.oracle.__name__: item.oracle} | {answer.__name__: answer for answer in item.right_answers}
    listed |= {wrong.name: wrong.answer for wrong in item.wrong_answers}
    if name not in listed:
        print(f"{item.name} has no answer {name!r}; it has {', '.join(listed)}.")
        return 1
    try:
        check_visible(visible(item, with_pairs=False), listed[name])
    except CheckFailed as failure:
        print(f"CheckFailed: {failure}")
    print("\n" + report(item.name, item.examine(listed[name])))
    return 0


class Trial:
    """What comes of an exercise's answers: `lines` yields it, and `missing` is filled with what is to be put right."""

    def __init__(self, item: Exercise) -> None:
        self.item = item
        self.missing: list[str] = []
        self.seeds = list(SEEDS)

    def lines(self) -> Iterator[str]:
        """Yield the report line by line."""
        item = self.item
        yield f'{item.name}: {item.points:g} of {item.lesson}, "{item.section}"'
        self.missing += [*_open_places(item), *_lesson_problems(item)]
        if problem := _oracle_problem(item):
            self.missing.append(problem)
            return
        visible = _visible(item)
        yield f"  {len(item.visible)} visible cases; parts: " + "; ".join(
            f"{p.title} ({p.points:g})" for p in item.parts
        )
        self._limit_seeds()
        yield f"\nright answers, on {len(self.seeds)} sets of hidden cases"
        for right in [item.oracle, *item.right_answers]:
            yield self._right(right, visible)
        yield "\nwrong answers"
        for wrong in item.wrong_answers:
            yield self._wrong(wrong, visible)
        yield from self._idle()
        self._refusals()
        self._count()

    def _limit_seeds(self) -> None:
        """Take fewer sets of hidden cases where all of them would take longer than one likes to wait."""
        earned(self.item, self.item.oracle, 0)  # makes the hidden cases
        began = time.process_time()
        earned(self.item, self.item.oracle, 0)
        one = time.process_time() - began
        answers = 1 + len(self.item.right_answers) + len(self.item.wrong_answers)
        self.seeds = self.seeds[: max(2, int(ENOUGH / max(one * answers, 1e-9)))]

    def _right(self, answer: Any, visible: VisibleExercise) -> str:
        name = answer.__name__
        for seed in self.seeds:
            lost = [result for result in self.item.examine(answer, seed) if result.earned != result.points]
            if lost:
                told = f"loses {sum(r.points - r.earned for r in lost):g} in {lost[0].title!r}: {lost[0].problem}"
                self.missing.append(f"the right answer {name} {told}")
                return f"  {name}: {told}"
        if said := _refused(visible, answer):
            self.missing.append(f"the check refuses the right answer {name}: {said}")
            return f"  {name}: refused by the check: {said}"
        return f"  {name}: all points, the check passes"

    def _wrong(self, wrong: definitions.WrongAnswer, visible: VisibleExercise) -> str:
        item, name = self.item, wrong.name
        points = [earned(item, wrong.answer, seed) for seed in self.seeds]
        if max(points) >= item.points:
            self.missing.append(f"the exam does not catch {name}: it keeps all points (hidden cases {_worst(points)})")
        elif wrong.partial and min(points) <= 0:
            self.missing.append(f"{name} is to keep some points (partial=True), but keeps none")
        kept = f"keeps {min(points):g}" + (f" to {max(points):g}" * (max(points) > min(points)))
        outcomes = [call(wrong.answer, case) for case in item.visible]
        hints = [known.hint for known in recognise(visible, outcomes).known]
        if wrong.hint and hints != [wrong.hint]:
            others = [other.name for other in item.wrong_answers if other.hint in hints and other is not wrong]
            passes = _refused(visible, wrong.answer) == ""
            why = (
                "it is right on all visible cases: add one on which it is not"
                if passes
                else f"it cannot be told from {', '.join(others)}: add a visible case on which they differ"
                if others
                else "its sentence is not given"
            )
            self.missing.append(f"the check does not name {name}: {why}")
        for other in item.wrong_answers:
            if not wrong.hint and other.hint in hints and told_apart(item, wrong.answer, other.answer):
                self.missing.append(f"{name} is given the sentence of {other.name}, which is another mistake")
        if hints:
            return f"  {name}: {kept}; This is what one gets when {' or when '.join(hints)}."
        seen = "not named" if _refused(visible, wrong.answer) else "only the exam sees it"
        return f"  {name}: {kept}; {seen}"

    def _idle(self) -> Iterator[str]:
        """Answers that do nothing earn nothing."""
        found = False
        for answer in idle_answers(self.item):
            for result in self.item.examine(answer, 0):
                if result.earned:
                    found = True
                    self.missing.append(
                        f"the part {result.title!r} pays {result.earned:g} to an answer that does nothing "
                        f"({answer.__name__}): add a case to it that such an answer fails"
                    )
        yield "\nanswers that do nothing: " + ("see below" if found else "earn nothing in any part")

    def _refusals(self) -> None:
        """Refusing sizes earns points only in parts of its own."""
        item, refusing = self.item, refusing_parts(self.item)
        for result in item.examine(never_refuses(item.oracle), 0):
            if result.earned < result.points and result.title not in [part.title for part in refusing]:
                self.missing.append(f"the part {result.title!r} asks to refuse sizes: give that a part of its own")
        if sum(part.points for part in refusing) > item.points / 2:
            self.missing.append("more than half of the points are for refusing")
        asked = [call(item.oracle, case).error for case in item.visible]
        if refusing and not any(asked):
            self.missing.append("the exam asks to refuse something, and no visible case does")

    def _count(self) -> None:
        item = self.item
        for kind, there, wanted in (
            ("wrong", len(item.wrong_answers), fewest_wrong(item.points)),
            ("right", len(item.right_answers), FEWEST_RIGHT),
        ):
            if there < wanted:
                self.missing.append(f"at least {wanted} {kind} answers; there are {there}")


def _visible(item: Exercise) -> VisibleExercise:
    from cs_utils.grading.project import visible

    return visible(item, with_pairs=False)


def _refused(visible: VisibleExercise, answer: Any) -> str:
    """Return the second line of what the check says, "" if it passes."""
    try:
        with redirect_stdout(io.StringIO()):
            check_visible(visible, answer)
    except CheckFailed as failure:
        return " ".join(" ".join(str(failure).splitlines()[1:2]).split()) or str(failure)
    return ""


def _worst(points: list[float]) -> int:
    return max(range(len(points)), key=lambda i: points[i])


def _oracle_problem(item: Exercise) -> str:
    """Return why the right answer cannot be tried, "" if it can."""
    for case in item.visible:
        error = call(item.oracle, case).error
        if error is not None and not isinstance(error, ValueError):
            return f"the right answer (oracle) raises {type(error).__name__}: {error}"
    if not item.visible:
        return "there is no visible case"
    try:
        item.keys(0)
    except Exception as error:
        return f"the hidden cases cannot be made: {_where(error)}"
    return ""


def _open_places(item: Exercise) -> Iterator[str]:
    """Yield the places in the exercise's files, and in its cells, where TODO still stands."""
    path = Path(str(_module(item).__file__))
    for file in (path, path.with_name(f"{item.name}_answers.py")):
        places = [i for i, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if "TODO" in line]
        if places:
            yield f"{_short(str(file))} has TODO in line{'s' * (len(places) > 1)} {', '.join(map(str, places))}"
    text = Lesson(ROOT, item.lesson).text
    lines = text.read_text(encoding="utf-8").splitlines()
    places = [i for i, line in enumerate(lines, 1) if "TODO" in line]
    if places:
        yield f"{_short(str(text))} has TODO in line{'s' * (len(places) > 1)} {', '.join(map(str, places))}"


def _lesson_problems(item: Exercise) -> Iterator[str]:
    """Yield what is wrong with the exercise in its lesson's text: cells, heading, points."""
    from cs_utils.grading.authoring.text import LessonError, read_lesson

    text = Lesson(ROOT, item.lesson).text.read_text(encoding="utf-8")
    if f"# ## {item.section}\n" not in text:
        yield f"lessons/{item.lesson}.py has no heading '## {item.section}'"
    try:
        read_lesson(text, item.lesson)
    except LessonError as error:
        yield str(error)


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
