"""What a check says of mistakes that nobody listed."""

import io
import re
import sys
import warnings
from contextlib import redirect_stdout

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unlisted_mistakes import MISTAKES, said
from verdicts import ALL, verdict

from cs_utils import layers
from cs_utils.checks import CheckFailed, check
from cs_utils.checks.calls import Case
from cs_utils.checks.explain.cases import told_apart
from cs_utils.checks.recognise import Recognised
from cs_utils.checks.records import _all, find
from cs_utils.gradient_check import numerical_gradient
from cs_utils.grading.authoring.paths import ROOT

INTERNALS = ["result[", "made by", "Made(", "ndarray object", "<function", "Difference", "Outcome"]
WRONG = [pytest.param(item.exercise, item.answer, id=item.name) for item in MISTAKES if not item.right]
RIGHT = [pytest.param(item.exercise, item.answer, id=item.name) for item in MISTAKES if item.right]


@pytest.mark.parametrize(("exercise", "answer"), WRONG)
def test_a_mistake_that_nobody_listed_is_explained(exercise, answer):
    failure = said(exercise, answer)
    told = [*failure.hints, *failure.found]
    facts = re.search(r"returned: None|the values are right, but", str(failure))
    assert told or facts
    assert not any(word in str(failure) for word in INTERNALS)
    pasted = re.search(r"from cs_utils.checks import case; .* = case\(.*\)", str(failure))
    assert bool(pasted) == bool(not failure.hints and "values are right" not in str(failure))


@pytest.mark.parametrize(("exercise", "answer"), RIGHT)
def test_an_answer_that_was_taken_for_wrong_passes(exercise, answer):
    assert said(exercise, answer) is None


def test_the_page_shows_each_of_these_answers():
    page = (ROOT / "docs" / "explanations.md").read_text(encoding="utf-8")
    for item in MISTAKES:
        assert f"| `{item.exercise}`: {item.name.replace('_', ' ')} |" in page


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_listed_mistakes_could_be_explained_without_their_names(exercise, monkeypatch):
    monkeypatch.setattr(sys.modules["cs_utils.checks.check"], "recognise", lambda *arguments: Recognised([]))
    for wrong in exercise.wrong_answers:
        if verdict(exercise, wrong.answer) != "right":
            failure = said(exercise.name, wrong.answer)
            assert not any(word in str(failure) for word in INTERNALS)


def told(exercise, answer):
    return "\n".join(said(exercise, answer).found)


def linear(x, w, b):
    if x.shape[1] != len(w) or len(b) != w.shape[1]:
        raise ValueError("that does not fit")
    return x @ w + b


def test_what_holds_in_one_case_alone_is_told_of_that_case():
    """The first case has two images, the second three: only in the first is half of it the mean over them."""
    assert told("linear", lambda x, w, b: linear(x, w, b) / 2).startswith("In all 3 wrong cases: your y array is")
    assert told("linear", lambda x, w, b: linear(x, w, b) * (2 if len(x) == 2 else 5)).startswith("In case 1: your y")


def test_names_that_fit_a_number_alike_are_told_together():
    """In both cases of `linear_backward` x has as many columns as w has rows."""
    text = told("linear_backward", lambda dy, x, w: (dy @ w.T * x.shape[1], x.T @ dy, dy.sum(axis=0)))
    assert "times the number of columns of x; it could also be D, the number of inputs" in text


def test_what_is_wrong_in_some_cases_only_is_told_by_what_they_have_in_common():
    x, y = ({"x": np.zeros(shape)} for shape in ((2, 3, 3, 1), (2, 3, 4, 1)))
    assert "x is not square" in told_apart([Case(x)], [Case(y)], {})
    assert "pad is 0" in told_apart([Case(x | {"pad": 1})], [Case(x)], {"pad": 0})
    assert told_apart([Case(x), Case(y)], [Case(x)], {}) == ""
    assert told_apart([], [Case(x)], {}) == ""
    side_by_side, over = {"size": 2, "stride": 2}, {"size": 3, "stride": 2}
    assert "windows overlap are wrong" in told_apart(
        [Case(side_by_side)] * 2, [Case(over), Case(over | {"size": 4})], {}
    )
    one_right = told_apart([Case({"pad": 1})], [Case({"pad": 0}), Case({"pad": 2})], {})
    assert one_right == "Only the case in which pad is 1 is right."
    assert told_apart([Case({"scores": np.zeros((2, 3))})], [Case({"scores": np.zeros((2, 2))})], {}) == "", "no image"
    assert told_apart([Case({"n": 1})], [Case({"n": 2})], {}) == "", "n is no option, but what the result is made of"
    one, other = {"stride": 1, "pad": 2, "size": 3}, {"stride": 2, "pad": 3, "size": 4}
    assert told_apart([Case(one)], [Case(other)], {}) == "", "all is different"


def test_a_nan_is_traced_to_the_line_where_it_arises():
    def softmax(scores):
        powers = np.exp(scores)
        return powers / powers.sum(axis=1, keepdims=True) + 0.125

    text = told("softmax", softmax)
    assert "line: powers = np.exp(scores)" in text
    assert "overflow" in text
    assert "from -1001 to 1000" in text
    assert "plus a constant number: 0.125" in text, "the other mistake is told as well"


def test_a_gradient_is_told_by_its_numerical_one_too():
    text = str(said("relu_backward", lambda dy, x: dy * 3))
    assert "numerical_gradient(lambda x: layers.relu(x), x, dy)[0, 0] is 1, too" in text


@pytest.mark.parametrize(
    "name", ["conv_backward", "linear_backward", "avg_pool_backward", "softmax_cross_entropy_backward"]
)
def test_the_numerical_gradient_that_is_told_can_be_pasted(name):
    def scaled(*arguments):
        value = find(name).expected[0].value
        return tuple(1.5 * each for each in value) if isinstance(value, tuple) else 1.5 * value

    text = str(said(name, scaled))
    line, number = re.search(r"(numerical_gradient\(.*\)\[.*\]) is (.*), too", text).groups()
    names = {"numerical_gradient": numerical_gradient, "layers": layers, "np": np}
    exec(re.search(r"from cs_utils.checks import case; .*", text)[0], names)
    assert eval(line, names) == pytest.approx(float(number), abs=1e-5)


WEIRD = st.one_of(
    st.none(),
    st.integers(-9, 9),
    st.floats(),
    st.text(max_size=3),
    st.tuples(st.integers(0, 3), st.floats(), st.none()),
    st.sampled_from(
        [
            np.zeros((2, 0, 3)),
            np.zeros((1,) * 7),
            np.full((2, 3), np.nan),
            np.full((4, 2, 2), np.inf),
            np.array([[1, None], ["a", 2]], object),
            np.array(["a", "b"]),
            np.zeros((2, 2), complex),
            np.ones((3, 3), bool),
            np.zeros((200, 300)),
            np.ma.masked_array([1.0, 2.0], [True, False]),
            np.arange(6, dtype=np.uint8).reshape(2, 3),
            np.float16(2),
            {"w": np.zeros(2), 3: None},
            [np.zeros(2), np.zeros((2, 2))],
        ]
    ),
)


@pytest.mark.parametrize("name", _all())
@given(value=WEIRD)
@settings(max_examples=12, deadline=None)
def test_whatever_comes_back_the_check_says_what_is_wrong(name, value):
    with redirect_stdout(io.StringIO()), warnings.catch_warnings(), pytest.raises(CheckFailed) as failure:
        warnings.simplefilter("error")
        check(name, lambda *arguments: value)
    assert not any(word in str(failure.value) for word in INTERNALS)


def test_a_function_of_numpys_own_is_checked_too():
    with np.errstate(over="ignore"), pytest.raises(CheckFailed):
        check("softmax", np.exp)
