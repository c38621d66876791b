"""The proof that exams are fair and that checks know what they say: over every exercise, wrong and right answer."""

import ast
import io
from contextlib import redirect_stdout

import pytest

from cs_utils.checks import CheckFailed, check
from cs_utils.checks.calls import call, difference
from cs_utils.checks.records import find as find_visible
from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.authoring.text import read_lesson
from cs_utils.grading.exercise import Exercise, WrongAnswer, answer_key
from cs_utils.grading.exercises import with_answers

SEEDS = range(20)
ALL = [item for item in with_answers().values() if isinstance(item, Exercise)]
WRONG = [(exercise, wrong) for exercise in ALL for wrong in exercise.wrong_answers]
RIGHT = [(exercise, right) for exercise in ALL for right in [exercise.oracle, *exercise.right_answers]]


def _id(value: object) -> str:
    return getattr(value, "name", None) or getattr(value, "__name__", "")


def earned(exercise: Exercise, answer, seed: int) -> float:
    return sum(result.earned for result in exercise.examine(answer, seed))


@pytest.mark.parametrize(("exercise", "wrong"), WRONG, ids=_id)
def test_wrong_answer_loses_points(exercise: Exercise, wrong: WrongAnswer):
    for seed in SEEDS:
        points = earned(exercise, wrong.answer, seed)
        assert points < exercise.points, f"seed {seed}"
        if wrong.partial:
            assert points > 0, f"seed {seed}: partial credit was promised"


@pytest.mark.parametrize(("exercise", "right"), RIGHT, ids=_id)
def test_right_answer_keeps_every_point(exercise: Exercise, right):
    for seed in SEEDS:
        problems = [result for result in exercise.examine(right, seed) if result.earned != result.points]
        assert not problems, f"seed {seed}"


@pytest.mark.parametrize(("exercise", "right"), RIGHT, ids=_id)
def test_check_passes_right_answers(exercise: Exercise, right):
    with redirect_stdout(io.StringIO()) as printed:
        check(exercise.name, right)
    assert exercise.name in printed.getvalue()


@pytest.mark.parametrize(("exercise", "wrong"), [(e, w) for e, w in WRONG if w.hint], ids=_id)
def test_check_names_the_misconception_and_no_other(exercise: Exercise, wrong: WrongAnswer):
    with pytest.raises(CheckFailed) as failure:
        check(exercise.name, wrong.answer)
    hints = [other.hint for other in exercise.wrong_answers if other.hint and other.hint in str(failure.value)]
    assert hints == [wrong.hint]


@pytest.mark.parametrize(("exercise", "wrong"), [(e, w) for e, w in WRONG if not w.hint], ids=_id)
def test_check_gives_no_wrong_hint(exercise: Exercise, wrong: WrongAnswer):
    """An answer that no hint describes must not be told one, unless its results are the very same."""
    try:
        with redirect_stdout(io.StringIO()):
            check(exercise.name, wrong.answer)
    except CheckFailed as failure:
        told = [other for other in exercise.wrong_answers if other.hint and other.hint in str(failure)]
        for other in told:
            for case in exercise.visible:
                got, theirs = call(wrong.answer, case), call(other.answer, case)
                if got.error is None and theirs.error is None:
                    assert difference(got, theirs, case, exercise.returns) is None


@pytest.mark.parametrize("exercise", ALL, ids=_id)
@pytest.mark.parametrize("answer", ["not_written", "always_raises", "nothing", "zero", "zeros_like_the_answer"])
def test_an_answer_that_does_nothing_earns_nothing_in_any_part(exercise: Exercise, answer: str):
    """Not even in the parts about refused sizes and unchanged inputs."""
    for seed in range(5):
        results = exercise.examine(_idle(exercise, answer), seed)
        assert [result.earned for result in results] == [0.0] * len(results), f"seed {seed}"


def _idle(exercise: Exercise, kind: str):
    def not_written(*arguments):
        raise NotImplementedError

    def always_raises(*arguments):
        raise ValueError("no")

    def zeros_like_the_answer(*arguments):
        def zero(value):
            if isinstance(value, dict):
                return {key: zero(item) for key, item in value.items()}
            if isinstance(value, tuple | list):
                return type(value)(zero(item) for item in value)
            return value * 0

        return zero(exercise.oracle(*arguments))

    answers = {"nothing": lambda *arguments: None, "zero": lambda *arguments: 0.0}
    answers |= {f.__name__: f for f in (not_written, always_raises, zeros_like_the_answer)}
    return answers[kind]


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_enough_answers_prove_it(exercise: Exercise):
    """At least 8 wrong and 3 right answers for an exercise of two points or more, 3 and 3 for one of one point."""
    assert len(exercise.wrong_answers) >= (8 if exercise.points >= 2 else 3)
    assert len(exercise.right_answers) >= 3


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_visible_data_are_those_of_the_definition(exercise: Exercise):
    visible = find_visible(exercise.name)
    assert (visible.points, visible.lesson) == (exercise.points, exercise.lesson)
    for case, expected in zip(visible.cases, visible.expected, strict=True):
        assert difference(answer_key(exercise.oracle, case), expected, case, exercise.returns) is None


def test_there_are_enough_in_all():
    assert len(WRONG) >= 250
    assert sum(len(exercise.right_answers) for exercise in ALL) >= 100


@pytest.mark.parametrize("broken", ALL, ids=_id)
def test_a_wrong_answer_loses_points_in_its_own_exercise_alone(broken: Exercise):
    """With one answer of a lesson's solution broken, all others keep their points, but for those that need it."""
    names = _solution(broken.lesson)

    def break_down(*arguments, **options):
        raise ZeroDivisionError

    names[broken.name] = break_down
    for exercise in ALL:
        if exercise.lesson == broken.lesson:
            points = earned(exercise, names[exercise.name], seed=0)
            if exercise is broken:
                assert points == 0.0
            elif broken.name not in exercise.needs:
                assert points == exercise.points, exercise.name


def _solution(lesson: str) -> dict[str, object]:
    """What a lesson's solution defines: all its imports and answers run, but nothing else."""
    notebook = read_lesson((ROOT / "lessons" / f"{lesson}.py").read_text(encoding="utf-8"), lesson)
    names: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            statements = ast.parse(cell.source).body
            if not cell.metadata.get("nbgrader", {}).get("solution"):
                statements = [s for s in statements if isinstance(s, ast.Import | ast.ImportFrom)]
            exec(compile(ast.Module(statements, []), lesson, "exec"), names)
    return names
