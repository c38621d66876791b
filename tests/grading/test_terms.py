"""Terms and slopes of visible cases: found by probing an oracle, and right for the numbers that they explain."""

import numpy as np
import pytest

from cs_utils.checks.calls import Case, Outcome, call
from cs_utils.checks.explain.sums import total
from cs_utils.checks.records import find as find_visible
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import with_answers
from cs_utils.grading.slopes import FORWARD, find_slopes
from cs_utils.grading.terms import find_terms

RNG = np.random.default_rng(0)
EXERCISES = [item for item in with_answers().values() if isinstance(item, Exercise)]


def terms_of(function, returns=("y",), **arguments):
    case = Case(arguments)
    return find_terms(function, case, call(function, case), returns)


def test_a_matrix_product_is_a_sum_of_products():
    x, w, b = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=2)
    found = terms_of(lambda x, w, b: x @ w + b, x=x, w=w, b=b)["y"]
    assert (found.how, found.of, found.scale, found.plus) == ("sum", ("x", "w"), 1.0, "b")
    # y[1, 0] is x[1, 0] w[0, 0] + x[1, 1] w[1, 0] + x[1, 2] w[2, 0]; flat indices
    assert found.entries[2] == [3, 0, 4, 2, 5, 4]
    assert found.plus_at == [0, 1, 0, 1]


def test_zeros_around_a_picture_are_no_terms():
    x, w = RNG.normal(size=(2, 2)), RNG.normal(size=(3, 3))

    def same(x, w):
        framed = np.pad(x, 1)
        return np.array([[np.sum(framed[i : i + 3, j : j + 3] * w) for j in range(2)] for i in range(2)])

    found = terms_of(same, x=x, w=w)["y"]
    assert found.entries[0] == [0, 4, 1, 5, 2, 7, 3, 8]


def test_means_and_maxima_have_one_input():
    x = RNG.normal(size=(2, 4))
    mean = terms_of(lambda x: x.mean(axis=1), x=x)["y"]
    assert (mean.how, mean.of, mean.scale, mean.entries[1]) == ("sum", ("x",), 0.25, [4, 5, 6, 7])
    largest = terms_of(lambda x: x.max(axis=0), x=x)["y"]
    assert (largest.how, largest.of, largest.entries[3]) == ("max", ("x",), [3, 7])


def test_of_several_results_each_has_its_own_terms():
    dy, x, w = RNG.normal(size=(3, 2)), RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))
    found = terms_of(lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.sum(axis=0)), ("dx", "dw", "db"), dy=dy, x=x, w=w)
    assert [found[name].of for name in ("dx", "dw", "db")] == [("dy", "w"), ("dy", "x"), ("dy",)]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.exp(x) / np.exp(x).sum(),
        lambda x: x**2,
        lambda x: x - x.mean(),
        lambda x: np.sort(x),
        lambda x: "text",
        lambda x: {"x": x},
    ],
)
def test_what_is_neither_a_sum_nor_a_maximum_has_no_terms(function):
    assert terms_of(function, x=RNG.normal(size=5)) == {}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_released_terms_come_to_the_expected_numbers(exercise):
    visible = find_visible(exercise.name)
    assert len(visible.terms) == len(visible.slopes) == len(visible.cases)
    for case, expected, by_name in zip(visible.cases, visible.expected, visible.terms, strict=True):
        values = expected.value if len(visible.returns) > 1 else (expected.value,)
        for name, terms in by_name.items():
            value = values[visible.returns.index(name)]
            np.testing.assert_allclose(total(terms, case.arguments), np.ravel(value), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["conv_layer", "correlate2d", "window_score", "conv_forward", "avg_pool", "max_pool"])
def test_every_window_operation_has_its_terms_in_all_cases(name):
    visible = find_visible(name)
    for expected, terms in zip(visible.expected, visible.terms, strict=True):
        assert bool(terms) == (expected.error is None)


@pytest.mark.parametrize("name", FORWARD)
def test_a_numerical_gradient_gives_the_expected_numbers_but_at_kinks(name):
    exercise = next(exercise for exercise in EXERCISES if exercise.name == name)
    for case, slopes in zip(exercise.visible, find_visible(name).slopes, strict=True):
        expected = call(exercise.oracle, case)
        assert (slopes is None) == (expected.error is not None)
        if slopes is not None:
            assert slopes == find_slopes(exercise, case, expected)
            assert "dx" in slopes.kinks or "dscores" in slopes.kinks


def test_kinks_are_where_several_gradients_are_right():
    [at_zero, _] = find_visible("relu_backward").slopes
    assert at_zero.kinks == {"dx": [4]}, "the only x that is 0"
    tied = find_visible("max_pool_backward").slopes[1]
    assert set(tied.kinks["dx"]) >= {0, 1, 5}, "three equal maxima of one window"


def test_a_refused_case_has_no_slopes():
    exercise = next(exercise for exercise in EXERCISES if exercise.name == "conv_backward")
    assert find_slopes(exercise, exercise.visible[-1], Outcome(error=ValueError())) is None
