"""``grade --explain STUDENT EXERCISE``: every hidden case of one exam, for the instructor's eyes only."""

from collections.abc import Iterator

from cs_utils.checks.calls import Outcome, call, difference, refusing
from cs_utils.checks.stubs import ALWAYS
from cs_utils.checks.values import describe
from cs_utils.grading.classroom.batch import Desk
from cs_utils.grading.classroom.intake.collect import Submission
from cs_utils.grading.classroom.intake.rebuild import rebuild
from cs_utils.grading.classroom.material import material
from cs_utils.grading.classroom.sandbox import Hull
from cs_utils.grading.classroom.session import StudentFunction
from cs_utils.grading.classroom.unit import seed_of
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import find


def explain(desk: Desk, submissions: list[Submission], student: str, name: str) -> int:
    """Print what the exam asked of a student's function, what it answered, and what was expected."""
    exercise = find(name)
    found = [s for s in submissions if s.student == student and s.lesson == exercise.lesson]
    if not isinstance(exercise, Exercise) or not found or found[0].notebook is None:
        print(f"There is no function {name} by {student!r} to explain.")
        return 1
    course = material(exercise.lesson)
    notebook = rebuild(found[0].notebook, course.released).notebook
    with Hull() as hull:
        session = hull.open(found[0].files)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if cell.cell_type == "code" and grade_id not in course.tests:
                session.run_cell(cell.source)
            if grade_id == f"test_{name}":
                break
        answer = session.look_up(name)
        for line in told(exercise, answer, seed_of(desk.secret(), student, exercise.lesson)):
            print(line)
        session.close()
    return 0


def told(exercise: Exercise, answer: StudentFunction, seed: int) -> Iterator[str]:
    """Yield the exam of an answer, case by case, in words."""
    refused = (*ALWAYS, *exercise.stubs)
    for part, key in zip(exercise.parts, exercise.keys(seed), strict=True):
        yield f"\n{part.title} ({part.points:g})"
        for case, expected in key:
            with refusing(refused, answer):
                got = call(answer, case)
            wrong = difference(got, expected, case, exercise.returns)
            yield "  " + ", ".join(f"{name}={describe(value)}" for name, value in case.arguments.items())
            yield f"    got {_outcome(got)}, expected {_outcome(expected)}"
            if wrong is not None:
                yield "    WRONG: " + "\n    ".join(wrong.lines)
            elif part.unchanged and got.changed:
                yield f"    WRONG: it changed {', '.join(got.changed)}"


def _outcome(outcome: Outcome) -> str:
    if outcome.error is not None:
        return f"{type(outcome.error).__name__}: {outcome.error}"
    return describe(outcome.value)
