"""`exam`: the hidden side of an exercise. Its value is what nbgrader reads as the points of a grade cell."""

import contextlib
import io
import warnings
from typing import Any

from cs_utils.grading.exercise import Result
from cs_utils.grading.exercises import find


def exam(name: str, answer: Any, seed: int = 0) -> float:
    """Examine an answer and return the points that it earns.

    Parameters
    ----------
    name : str
        The exercise.
    answer : callable or path
        The student's function; for the trained net, the file that was handed in.
    seed : int
        Decides the hidden cases.

    Returns
    -------
    float
        In [0, points]: a finite Python float, because nbgrader gives full marks to anything else. What came of each
        part is printed. Nothing reaches standard error while the answer runs, because nbgrader would give 0.

    Raises
    ------
    Infrastructure
        If the answer can't be judged on this machine (CIFAR-10 is missing, say): not the student's fault, and never 0.
    """
    exercise = find(name)
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        results = exercise.examine(answer, seed)
    print(report(name, results))
    return float(sum(result.earned for result in results))


def report(name: str, results: list[Result]) -> str:
    """Return what came of an exam, one line per part."""
    earned, points = sum(r.earned for r in results), sum(r.points for r in results)
    lines = [f"{name}: {earned:g} of {points:g} points"]
    for r in results:
        lines.append(f"  [{'x' if r.earned == r.points else ' '}] {r.title} ({r.earned:g} of {r.points:g})")
        if r.problem:
            lines.append("      " + r.problem.replace("\n", "\n      "))
    return "\n".join(lines)


def first_problem(printed: str) -> str:
    """Return, from what `report` wrote, the first part that lost points and why, in one line; "" if none did."""
    lines = printed.splitlines()
    for i, line in enumerate(lines):
        if line.startswith("  [ ] "):
            title = line.removeprefix("  [ ] ").rpartition(" (")[0]
            why = lines[i + 1].strip() if i + 1 < len(lines) and lines[i + 1].startswith("      ") else ""
            return f"{title}: {why}" if why else title
    return ""
