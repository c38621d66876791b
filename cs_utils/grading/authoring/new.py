"""``python course.py new exercise NAME``: an exercise's two files and its cells in the lesson's text, to fill in."""

import argparse
import keyword
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from cs_utils.files import replace_atomically
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.authoring.text import HEADER_POINTS
from cs_utils.grading.proof import FEWEST_RIGHT, fewest_wrong
from cs_utils.system import replace_unprintable

HEADING = re.compile(r"^# ## (\d+\. .+)$", re.M)


class CannotAdd(Exception):
    """An exercise that cannot be added as it was asked for; the text says why, and what can be."""


@dataclass(frozen=True)
class Plan:
    """An exercise to be added: to which lesson and section, with which points and arguments."""

    name: str
    lesson: Lesson
    section: str
    points: float
    arguments: list[str]

    @property
    def folder(self) -> Path:
        exercises = self.lesson.root / "cs_utils" / "grading" / "exercises"
        return exercises / f"lesson{self.lesson.name}"

    @property
    def definition(self) -> Path:
        return self.folder / f"{self.name}.py"

    @property
    def answers(self) -> Path:
        return self.folder / f"{self.name}_answers.py"

    @property
    def worth(self) -> str:
        return f"{self.points:g} point{'s' * (self.points != 1)}"


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Add what the command line asks for; return 1 if that cannot be done."""
    options = _parser().parse_args(arguments)
    try:
        plan = make_plan(root, options.name, options.lesson, options.section, options.points, options.arguments)
        text = lesson_text(plan)
    except CannotAdd as trouble:
        print(trouble, file=sys.stderr)
        return 1
    for path, content in (
        (plan.definition, definition(plan)),
        (plan.answers, answers(plan)),
        (plan.lesson.text, text),
    ):
        with replace_atomically(path) as draft:
            draft.write_text(content, encoding="utf-8", newline="\n")
    _tell(plan, root)
    return 0


def make_plan(root: Path, name: str, lesson: str, section: str, points: float, arguments: str) -> Plan:
    """Return the exercise that is asked for; CannotAdd if it cannot be."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise CannotAdd(f"{name!r} should be the name of a function, such as max_pool: small letters, digits, _")
    given = [argument.strip() for argument in arguments.split(",")]
    if len(set(given)) < len(given) or not all(a.isidentifier() and not keyword.iskeyword(a) for a in given):
        raise CannotAdd(f"--arguments should be different names, such as x,w,b; not {arguments!r}")
    if not points > 0 or points * 2 % 1:
        raise CannotAdd(f"--points should be 1, 2, 2.5 or so, not {points:g}")
    there = lessons(root)
    found = [one for one in there if lesson in (one.name, one.name.partition("_")[0])]
    if not found:
        raise CannotAdd(f"There is no lesson {lesson!r}; there are {', '.join(one.name for one in there)}.")
    for path in (root / "cs_utils" / "grading" / "exercises").glob("*/*.py"):
        if path.stem in (name, f"{name}_answers"):
            raise CannotAdd(f"There is an exercise {name} already, in {path.relative_to(root).as_posix()}.")
    headings = HEADING.findall(found[0].text.read_text(encoding="utf-8"))
    chosen = [heading for heading in headings if section in (heading, heading.partition(".")[0])] or headings[-1:]
    if not headings or (section and section not in (chosen[0], chosen[0].partition(".")[0])):
        raise CannotAdd(f"{found[0].name} has no section {section!r}; it has\n  " + "\n  ".join(headings))
    return Plan(name, found[0], chosen[0], points, given)


def definition(plan: Plan) -> str:
    """Return the text of the exercise's own file."""
    takes = ", ".join(plan.arguments)
    case = ", ".join(f'"{argument}": 2' for argument in plan.arguments)
    drawn = ", ".join(f'"{argument}": int(rng.integers(2, 9))' for argument in plan.arguments)
    return f'''"""Lesson {plan.lesson.name[:2]}, {plan.name}: TODO what it is about."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.{plan.folder.name} import LESSON


def {plan.name}({takes}):
    raise NotImplementedError("TODO a right answer, written for clarity; ValueError for what is to be refused")


def _any(rng: np.random.Generator) -> list[Case]:
    # TODO hidden cases, others for each student; fixed ones that every wrong answer must meet stand among them.
    return [Case({{{case}}}), *(Case({{{drawn}}}) for _ in range(4))]


{plan.name.upper()} = Exercise(
    name="{plan.name}",
    lesson=LESSON,
    points={plan.points:g},
    oracle={plan.name},
    # TODO a few small cases, on which no two wrong answers agree; shared.py has arrays with short decimals.
    visible=[Case({{{case}}})],
    parts=[Part("any size", {plan.points:g}, _any)],  # TODO what a student reads; the parts' points add up
    section="{plan.section}",
    next="TODO what comes after a passed check",
    returns=("y",),  # TODO what messages call the result, or its entries
)
'''


def answers(plan: Plan) -> str:
    """Return the text of the file of wrong and right answers, with as many places as an exercise needs."""
    item, takes = plan.name.upper(), ", ".join(plan.arguments)
    parts = [
        f'"""Lesson {plan.lesson.name[:2]}, {plan.name}: wrong and right answers."""\n\n'
        f"from cs_utils.grading.exercises.{plan.folder.name}.{plan.name} import {item}\n"
    ]
    for number in range(1, fewest_wrong(plan.points) + 1):
        hint = "" if number == fewest_wrong(plan.points) else '"TODO completes: This is what one gets when ..."'
        comment = "" if hint else "  # without a sentence: must be caught, but is not named"
        parts.append(
            f"@{item}.wrong({hint}){comment}\ndef wrong_{number}({takes}):\n"
            f'    raise NotImplementedError("TODO a mistake that students make")\n'
        )
    for number in range(1, FEWEST_RIGHT + 1):
        parts.append(
            f"@{item}.right\ndef right_{number}({takes}):\n"
            f'    raise NotImplementedError("TODO a right answer by another way than the others")\n'
        )
    return "\n\n".join(parts)


def cells(plan: Plan) -> str:
    """Return the exercise's cells for the lesson's text."""
    listed = "\n".join(f"    {argument} : TODO" for argument in plan.arguments)
    return f'''# %% [markdown]
# **Exercise `{plan.name}`** · {plan.worth} · difficulty TODO/5 · about TODO minutes
#
# TODO what to return. What counts: TODO.
#
# <details><summary>Hint</summary>
#
# TODO
# </details>
#
# <details><summary>Common errors</summary>
#
# TODO
# </details>


# %% answer {plan.name}
def {plan.name}({", ".join(plan.arguments)}):
    """Return TODO.

    Parameters
    ----------
{listed}

    Returns
    -------
    TODO
    """
    ### BEGIN SOLUTION
    raise NotImplementedError("TODO the model answer")
    ### END SOLUTION


# %% check {plan.name}

# %% exam {plan.name}

'''


def lesson_text(plan: Plan) -> str:
    """Return the lesson's text with the new cells at the end of their section, and the new sum in its header."""
    text = plan.lesson.text.read_text(encoding="utf-8")
    begin = text.index(f"# ## {plan.section}\n")
    following = re.search(r"^# %% \[markdown\]\n# ## ", text[begin:], re.M)
    end = begin + following.start() if following else len(text)
    text = text[:end].rstrip("\n") + "\n\n" + cells(plan) + text[end:]
    header = HEADER_POINTS.search(text)
    if header is None:
        raise CannotAdd(f"{plan.lesson.text.name} has no **Points:** in its header")
    total = float(header[1]) + plan.points
    return text[: header.start(1)] + f"{total:g}" + text[header.end(1) :].rstrip("\n") + "\n"


def _tell(plan: Plan, root: Path) -> None:
    line = plan.lesson.text.read_text(encoding="utf-8").partition(f"# **Exercise `{plan.name}`**")[0].count("\n") + 1
    wrong = fewest_wrong(plan.points)
    print(
        f"{plan.name}: {plan.worth}, {plan.lesson.name}, section {plan.section!r}. Fill in what says TODO:\n"
        f"  {plan.definition.relative_to(root).as_posix()}\n"
        "      a right answer, the cases of the check, those of the exam\n"
        f"  {plan.answers.relative_to(root).as_posix()}\n"
        f"      at least {wrong} wrong answers with their sentences, and {FEWEST_RIGHT} more right ones\n"
        f"  {plan.lesson.text.relative_to(root).as_posix()}, from line {line}\n"
        "      what students read, and the model answer; the header's points are the new sum\n"
        f"Then, as often as you like:  python course.py try {plan.name}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course.py new",
        description="Add an exercise: its two files, and its cells in the lesson's text, filled in as far as can be.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=textwrap.dedent(
            """\
            example: python course.py new exercise lost_rows --lesson 03_stride_padding --section 2 --arguments size
            docs/instructor.md goes through it step by step."""
        ),
    )
    add = parser.add_argument
    add("what", choices=["exercise"], help="what to add")
    add("name", metavar="NAME", help="the function that students write, such as max_pool")
    add("--lesson", required=True, help="such as 03_stride_padding, or 03")
    add("--section", default="", help="the number of its section, at whose end its cells go (default: the last one)")
    add("--points", type=float, default=1, help="default: 1")
    add("--arguments", default="x", metavar="A,B", help="what the function takes, such as x,w,b (default: x)")
    return parser


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
