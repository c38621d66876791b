"""`docs/exercises.md`: all exercises on one page for the instructor, written by the build."""

from collections.abc import Iterator
from typing import Any

from cs_utils.checks.calls import Case, call, difference
from cs_utils.checks.values import describe
from cs_utils.grading.authoring.paths import Lesson
from cs_utils.grading.authoring.text import order_of
from cs_utils.grading.exercise import Exercise, Written, WrongAnswer, answer_key
from cs_utils.grading.exercises import Item, with_answers
from cs_utils.grading.trained_net import TrainedNet

HEAD = """# The exercises

Written by `python course.py build` from the definitions in `cs_utils/grading/exercises`; edits here are overwritten.
For each exercise: what its points are for, what the check calls, the misconceptions that it names, the wrong answers
that it refuses without a name for them, and those that only the exam sees.
"""


def exercises_page(lessons: list[Lesson]) -> str:
    """Return the page of these lessons' exercises, in the order of the lessons' texts, in Markdown."""
    items, parts = with_answers(), [HEAD]
    for lesson in lessons:
        chosen = [items[name] for name in order_of(lesson.text.read_text(encoding="utf-8")) if name in items]
        parts.append(f"## {lesson.name} ({sum(item.points for item in chosen):g} points)\n")
        parts += ["\n".join(_lines(item)) + "\n" for item in chosen]
    return "\n".join(parts)


def _lines(item: Item) -> Iterator[str]:
    yield f"### {item.name} ({item.points:g})\n"
    match item:
        case Written():
            yield "A written answer, graded by hand; its mark scheme is in the solution."
        case TrainedNet():
            yield "The net that was handed in, by its accuracy on images that it has not seen:\n"
            for dataset, tiers in item.tiers.items():
                yield f"- {dataset}: " + ", ".join(f"{tier:.0%}" for tier in tiers)
        case Exercise():
            yield from _exercise(item)


def _exercise(item: Exercise) -> Iterator[str]:
    yield "; ".join(f"{part.title} ({part.points:g})" for part in item.parts) + ".\n"
    kept = len(item.right_answers) + 1
    yield f"Formula in “{item.section}”. {kept} different right answers keep every point. The check calls\n"
    for case in item.visible:
        yield f"- {_call(item, case)}"
    named = [wrong for wrong in item.wrong_answers if wrong.hint]
    yield f"\n{len(named)} misconceptions that it names:\n"
    for wrong in named:
        yield f"- `{wrong.name}`: {wrong.hint}" + " (keeps some points)" * wrong.partial
    unnamed = [wrong for wrong in item.wrong_answers if not wrong.hint]
    unseen = [wrong for wrong in unnamed if passes_the_check(item, wrong)]
    if refused := [wrong for wrong in unnamed if wrong not in unseen]:
        yield f"\nRefused by the check without a name: {_names(refused)}"
    if unseen:
        yield f"\nOnly the exam sees: {_names(unseen)}"


def _names(answers: list[WrongAnswer]) -> str:
    return ", ".join(f"`{wrong.name}`" for wrong in answers)


def passes_the_check(item: Exercise, wrong: WrongAnswer) -> bool:
    """Is a wrong answer right on all visible cases?"""
    for case in item.visible:
        got = call(wrong.answer, case)
        if got.changed or difference(got, answer_key(item.oracle, case), case, item.returns) is not None:
            return False
    return True


def _call(item: Exercise, case: Case) -> str:
    """What is called with what, of further calls what differs, and how the result is judged if not as it is."""
    text = f"`{item.name}({_arguments(case.arguments)})`" + "".join(f", then `{_arguments(c)}`" for c in case.then)
    if case.position:
        return f"{text}: refused, with position {' or '.join(map(str, case.position))} in the message"
    return f"{text}: judged by `{case.view}`" if case.view else text


def _arguments(given: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {describe(value)}" for name, value in given.items())
