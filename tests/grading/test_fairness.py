"""The proof that exams are fair and that checks know what they say: over every exercise, wrong and right answer."""

import ast
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import verdicts
from verdicts import ALL, answers, kernels, names_of_pairs, verdict

from cs_utils.checks.calls import Outcome, call, difference, has_dtype
from cs_utils.checks.records import find as find_visible
from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.authoring.text import read_lesson
from cs_utils.grading.exercise import Exercise, WrongAnswer, answer_key
from cs_utils.grading.mutants.contract import campaign
from cs_utils.grading.proof import FEWEST_RIGHT, SEEDS, earned, fewest_wrong, idle_answers, told_apart

WRONG = [(exercise, wrong) for exercise in ALL for wrong in exercise.wrong_answers]
RIGHT = [(exercise, right) for exercise in ALL for right in [exercise.oracle, *exercise.right_answers]]


def _id(value: object) -> str:
    return getattr(value, "name", None) or getattr(value, "__name__", "")


def _over_all_seeds(pairs: list) -> list:
    """The same pairs; those of a training are marked as slow."""
    slow = {"overfit_small_batch": [pytest.mark.slow]}
    return [pytest.param(*pair, marks=slow.get(pair[0].name, [])) for pair in pairs]


@pytest.mark.parametrize(("exercise", "wrong"), _over_all_seeds(WRONG), ids=_id)
def test_wrong_answer_loses_points(exercise: Exercise, wrong: WrongAnswer):
    for seed in SEEDS:
        assert exercise.costs_points(wrong.answer, seed), f"seed {seed}"
        if wrong.partial:
            assert earned(exercise, wrong.answer, seed) > 0, f"seed {seed}: partial credit was promised"


@pytest.mark.parametrize(("exercise", "right"), _over_all_seeds(RIGHT), ids=_id)
def test_right_answer_keeps_every_point(exercise: Exercise, right):
    for seed in SEEDS:
        problems = [result for result in exercise.examine(right, seed) if result.earned != result.points]
        assert not problems, f"seed {seed}"


@pytest.mark.parametrize(("exercise", "right"), RIGHT, ids=_id)
def test_check_passes_right_answers(exercise: Exercise, right):
    assert verdict(exercise, right) == "right"


@pytest.mark.parametrize(("exercise", "wrong"), [(e, w) for e, w in WRONG if w.hint], ids=_id)
def test_check_names_the_misconception_and_no_other(exercise: Exercise, wrong: WrongAnswer):
    assert verdict(exercise, wrong.answer) == [wrong.hint]


@pytest.mark.parametrize(("exercise", "wrong"), [(e, w) for e, w in WRONG if not w.hint], ids=_id)
def test_check_gives_no_wrong_hint(exercise: Exercise, wrong: WrongAnswer):
    """An answer that no hint describes is not told one, unless it can't be told apart from that misconception."""
    told = verdict(exercise, wrong.answer)
    for other in exercise.wrong_answers:
        if other.hint and other.hint in told:
            assert not told_apart(exercise, wrong.answer, other.answer), other.name


FORMS = [(exercise, wrong, form) for exercise, wrong in WRONG for form in wrong.forms]


@pytest.mark.parametrize(("exercise", "wrong", "form"), FORMS, ids=_id)
def test_another_form_of_a_mistake_gets_its_name_and_loses_points(exercise: Exercise, wrong: WrongAnswer, form):
    assert verdict(exercise, form) == [wrong.hint]
    for seed in SEEDS:
        assert exercise.costs_points(form, seed), f"seed {seed}"


@pytest.mark.parametrize(("exercise", "wrong", "form"), FORMS, ids=_id)
def test_another_form_of_a_mistake_differs_from_the_first_in_what_no_check_asks(exercise: Exercise, wrong, form):
    asked = [(case, expected) for case, expected in campaign(exercise) if expected.error is None]
    assert any(
        difference(call(form, case), Outcome(call(wrong.answer, case).value), case, exercise.returns)
        for case, _ in asked
        if call(wrong.answer, case).error is None
    )


def _raises(exercise: Exercise, wrong: WrongAnswer) -> bool:
    """Does the data that the check reads hold an error for this misconception?"""
    known = [known for known in find_visible(exercise.name).misconceptions if known.hint == wrong.hint]
    return any(outcome.error for misconception in known for outcome in misconception.outcomes)


RAISES = [(exercise, wrong) for exercise, wrong in WRONG if _raises(exercise, wrong)]


@pytest.mark.parametrize(("exercise", "wrong"), RAISES, ids=_id)
def test_the_words_of_an_error_do_not_decide_what_is_named(exercise: Exercise, wrong: WrongAnswer):
    """They are Python's and NumPy's, and change with their versions."""

    def in_other_words(*arguments):
        try:
            return wrong.answer(*arguments)
        except KeyError:
            raise  # its argument is the key
        except Exception as error:
            error.args = (re.sub("[A-Za-z]+", "word", str(error)),)
            raise

    assert verdict(exercise, in_other_words) == [wrong.hint]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_rounding_decides_neither_what_is_named_nor_points(exercise: Exercise):
    """Two processors add up the same numbers in different orders."""
    for answer in answers(exercise):
        rounded = _rounded_otherwise(answer)
        assert verdict(exercise, rounded) == verdict(exercise, answer), answer.__name__
        assert earned(exercise, rounded, seed=0) == earned(exercise, answer, seed=0), answer.__name__


def _rounded_otherwise(answer: Callable) -> Callable:
    """An answer whose floats are off by far more than the rounding of a few sums, but always by the same factors."""

    def rounded(*arguments):
        result = answer(*arguments)
        return _scaled(result, 1e-6 if has_dtype(arguments, np.float32) else 1e-12)

    return rounded


def _scaled(value: object, size: float) -> object:
    if isinstance(value, dict):
        return {key: _scaled(item, size) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_scaled(item, size) for item in value)
    if isinstance(value, float | np.floating) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        factors = 1 + size * np.random.default_rng(0).uniform(-1, 1, np.shape(value))
        return (value * factors).astype(value.dtype) if isinstance(value, np.ndarray) else type(value)(value * factors)
    return value


# By the name that chooses them: what OpenBLAS calls its kernels, and what NumPy calls the instructions they need.
KERNELS = {
    "Prescott": ("Katmai", {"X86_V2", "SSE2"}),
    "Haswell": ("Haswell", {"X86_V3", "AVX2"}),
    "SkylakeX": ("SkylakeX", {"X86_V4", "AVX512_SKX"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_answer_gets_the_same_name_on_every_processor(kernel: str):
    called, instructions = KERNELS[kernel]
    if not kernels() or platform.machine().lower() not in ("x86_64", "amd64"):
        pytest.skip("NumPy does not compute with OpenBLAS for x86 here")
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    if not instructions & {*simd["baseline"], *simd["found"]}:
        pytest.skip(f"this processor has no {min(instructions)}")
    chosen = {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"}
    if kernel == "Prescott":
        chosen["NPY_DISABLE_CPU_FEATURES"] = " ".join(simd["found"])  # the oldest kernels of NumPy, too
    command = [sys.executable, verdicts.__file__]
    script = subprocess.run(command, env=os.environ | chosen, capture_output=True, text=True)
    assert script.returncode == 0, script.stderr
    found = json.loads(script.stdout)
    assert set(found["kernels"]) == {called}
    for exercise in ALL:
        promised = {wrong.name: [wrong.hint] for wrong in exercise.wrong_answers if wrong.hint}
        unnamed = {wrong.name: verdict(exercise, wrong.answer) for wrong in exercise.wrong_answers if not wrong.hint}
        right = {answer.__name__: "right" for answer in [exercise.oracle, *exercise.right_answers]}
        assert found["verdicts"][exercise.name] == promised | unnamed | right
        assert found["pairs"][exercise.name] == names_of_pairs(exercise)


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_an_answer_that_does_nothing_earns_nothing_in_any_part(exercise: Exercise):
    """Not even in the parts about refused sizes and unchanged inputs."""
    for answer in idle_answers(exercise):
        for seed in range(5):
            results = exercise.examine(answer, seed)
            assert [result.earned for result in results] == [0.0] * len(results), f"{answer.__name__}, seed {seed}"


@pytest.mark.parametrize("exercise", ALL, ids=_id)
def test_enough_answers_prove_it(exercise: Exercise):
    """At least 8 wrong and 3 right answers for an exercise of two points or more, 3 and 3 for one of one point."""
    assert len(exercise.wrong_answers) >= fewest_wrong(exercise.points)
    assert len(exercise.right_answers) >= FEWEST_RIGHT


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
    """What a lesson's solution defines: its imports, its answers and what is given for them run, but nothing else."""
    notebook = read_lesson((ROOT / "lessons" / f"{lesson}.py").read_text(encoding="utf-8"), lesson)
    names: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            statements = ast.parse(cell.source).body
            info = cell.metadata.get("nbgrader", {})
            if not info.get("solution"):
                kept = ast.Import | ast.ImportFrom | (ast.FunctionDef if info.get("locked") else ast.Import)
                statements = [s for s in statements if isinstance(s, kept)]
            exec(compile(ast.Module(statements, []), lesson, "exec"), names)
    return names
