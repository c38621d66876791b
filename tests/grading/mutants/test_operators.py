"""What is changed in an answer, and that nothing else is."""

import ast

import numpy as np
import pytest
from verdicts import ALL

from cs_utils.grading.exercise import Exercise
from cs_utils.grading.mutants.operators import changes
from cs_utils.grading.mutants.programs import Program
from cs_utils.grading.mutants.run import mutants


def changed(text: str, **shown) -> dict[str, set[str]]:
    """The function's body after each change, by the kind of change."""
    tree = ast.parse(text).body[0]
    found: dict[str, set[str]] = {}
    for change in changes(tree, [shown]):
        found.setdefault(change.kind, set()).add("\n".join(change.text.splitlines()[1:]).replace("    ", ""))
    assert ast.unparse(tree) == ast.unparse(ast.parse(text))
    return found


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        ("return x.sum(axis=1)", "axis", "return x.sum(axis=2)"),
        ("return x.sum(axis=(1, 2))", "axis", "return x.sum(axis=(1,))"),
        ("return x.sum(axis=1)", "keepdims", "return x.sum(axis=1, keepdims=True)"),
        ("return x.max(axis=1, keepdims=True)", "keepdims", "return x.max(axis=1)"),
        ("return x.max(axis=1)", "reduction", "return np.mean(x, axis=1)"),
        ("return x.max(axis=1)", "reduction", "return np.median(x, axis=1)"),
        ("return x.max(axis=1)", "reduction", "return np.max(np.abs(x), axis=1)"),
        ("return x.max(axis=1, keepdims=True)", "reduction", "return np.take(x, [0], axis=1)"),
        ("return max(x)", "reduction", "return list(x)[0]"),
        ("return x[0]", "index", "return x[1]"),
        ("return x[i, j]", "index", "return x[j, i]"),
        ("return x[i:j]", "slice", "return x[i:]"),
        ("return x[i:j]", "bound", "return x[i:j - 1]"),
        ("return range(n)", "bound", "return range(n - 1)"),
        ("return i * stride", "stride", "return i"),
        ("return x > 0", "comparison", "return x >= 0"),
        ("return x + b", "operator", "return x - b"),
        ("return x + b", "dropped term", "return x"),
        ("return 2.0 * x", "constant", "return 0.0 * x"),
        ("x += b", "= for +=", "x = b"),
        ("x += b", "dropped statement", "pass"),
        ("return x.shape[1]", "H for W", "return x.shape[2]"),
        ("return height + width", "H for W", "return width + width"),
        ("return len(x)", "N for C", "return x.shape[-1]"),
        ("return x.transpose(0, 1)", "order of axes", "return x.transpose(1, 0)"),
        ("return np.zeros(n)", "dtype", "return np.zeros(n, dtype=int)"),
        ("y = x - b", "in place", "if True:\nx -= b\ny = x"),
        ("return x.copy()", "in place", "return x"),
        ("return size", "hard-wired", "return 3"),
        ("return x.shape[0]", "hard-wired", "return 4"),
        ("return x if size else b", "condition", "return b"),
    ],
)
def test_an_operator_of_each_kind(line, kind, expected):
    found = changed(f"def f(x, b, size, i, j, n):\n    {line}", size=3, x=np.zeros((4, 2)))
    assert expected in found[kind]


def test_a_change_within_a_test_that_only_raises_is_known_as_such():
    text = "def f(n):\n    if n < 1:\n        raise ValueError(n)\n    return n + 1"
    found = list(changes(ast.parse(text).body[0], []))
    assert {change.refusal for change in found if change.kind == "comparison"} == {True}
    assert {change.refusal for change in found if change.before == "n + 1"} == {False}


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_an_answer_that_is_built_anew_without_a_change_is_right(exercise: Exercise):
    for answer in (exercise.oracle, *exercise.right_answers):
        built = Program(exercise, answer).build()
        assert built is not answer
        assert not exercise.costs_points(built, seed=0)


def test_a_helper_is_changed_for_the_mutant_alone():
    exercise = next(e for e in ALL if e.name == "max_pool")
    program = Program(exercise, exercise.oracle)
    names = [function.__name__ for function in program.functions]
    at = names.index("window")
    text = ast.unparse(program.trees[at]).replace("i * stride", "i")
    assert exercise.costs_points(program.build(at, text), seed=0)
    assert not exercise.costs_points(exercise.oracle, seed=0)


def test_a_sample_is_always_the_same_part_of_all():
    exercise = next(e for e in ALL if e.name == "flatten")
    keys = [mutant.key for mutant in mutants(exercise, 10)]
    assert len(keys) == 10
    assert keys == [mutant.key for mutant in mutants(exercise, 10)]
    assert set(keys) < {mutant.key for mutant in mutants(exercise, 20)} < {mutant.key for mutant in mutants(exercise)}
