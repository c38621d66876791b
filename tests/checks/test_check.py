"""The engine of the checks: comparing, describing, recognising, and what a student reads."""

import contextlib
import gc
import re
import sys
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cs_utils import layers
from cs_utils.checks import CheckFailed, check
from cs_utils.checks import records as records_module
from cs_utils.checks.calls import Case, Outcome, call, difference, precision, tolerance, without_words
from cs_utils.checks.compare import TOLERANCE, compare
from cs_utils.checks.limit import TooLong
from cs_utils.checks.records import Misconception, VisibleExercise
from cs_utils.checks.values import Made, decode, encode

check_module = sys.modules[check.__module__]
Y = np.array([[1.0, -2.0], [3.0, 0.5]])
MODERATE = {"min_value": -(2.0**100), "max_value": 2.0**100}


@pytest.mark.parametrize(
    "got",
    [
        None,
        Y.tolist(),
        Y[:1],
        Y.T[None],
        Y.astype(np.int64),
        Y.astype(np.float16),
        Y.astype(object),
        Y > 0,
        np.full_like(Y, np.nan),
        Y + 1e-7,
        Y * np.array([1, 1 + 1e-8]),
    ],
)
def test_an_array_that_is_not_the_expected_one(got):
    wrong = compare(got, Y, 1e-9)
    assert wrong is not None
    assert "y" in wrong.lines[0]


@pytest.mark.parametrize(
    "got", [Y.copy(), np.asfortranarray(Y), Y.astype(np.longdouble), Y + 1e-5, Y.astype(np.float32)]
)
def test_an_array_that_is_right(got):
    assert compare(got, Y, TOLERANCE) is None


@pytest.mark.parametrize(
    ("got", "expected", "right"),
    [
        (7, 7, True),
        (np.int64(7), 7, True),
        (7.0, 7, False),
        (True, 1, False),
        (0.5, 0.5, True),
        (np.float32(0.5), 0.5, True),
        (np.array(0.5), 0.5, True),
        (np.array([0.5]), 0.5, False),
        (1, 1.0, False),
        (float("nan"), 0.5, False),
        ([2, 3], (2, 3), True),
        ((2, 3.0), (2, 3), False),
        ((2,), (2, 3), False),
        ("ab", "ab", True),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ([Y, Y], (Y, Y), True),
        (Y, (Y, Y), False),
        (None, (Y, Y), False),
    ],
)
def test_other_kinds_of_results(got, expected, right):
    assert (compare(got, expected, TOLERANCE) is None) == right


def test_what_a_misconception_makes_of_large_numbers_is_recognised():
    """Its result may hold NaN and inf; that of a right answer never does."""
    known = np.array([np.nan, np.inf, 1.0])
    assert compare(known.copy(), known, 1e-9) is None
    assert compare(np.array([np.nan, np.nan, 1.0]), known, 1e-9) is not None
    assert compare(np.array([np.nan, np.inf, 1.1]), known, 1e-9) is not None
    assert compare(float("nan"), float("nan"), 1e-9) is None
    assert compare(float("inf"), float("-inf"), 1e-9) is not None


def test_a_message_names_the_first_wrong_entry_and_both_values():
    got = Y.copy()
    got[1, 0] = 4.0
    lines = "\n".join(compare(got, Y, 1e-9, "dx").lines)
    assert "dx[1, 0] is 4, expected 3" in lines
    assert "1 of 4" in lines


def test_of_several_results_the_wrong_one_is_named():
    assert "dw" in compare((Y, Y + 1), (Y, Y), 1e-9, parts=("dx", "dw")).lines[0]


@given(
    st.one_of(
        arrays.arrays(np.float64, arrays.array_shapes(max_dims=4, max_side=4), elements=MODERATE),
        arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, max_side=4), elements=MODERATE),
        arrays.arrays(np.int64, 3),
        st.recursive(st.integers() | st.text() | st.booleans() | st.none(), lambda inner: st.lists(inner).map(tuple)),
        st.dictionaries(st.text(), st.integers()),
    )
)
def test_values_survive_the_way_through_text(value):
    back = decode(encode(value))
    assert type(back) is type(value)
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype
        assert back.shape == value.shape
        np.testing.assert_allclose(back, value, rtol=1e-14)
    else:
        assert back == value


def test_made_arguments_survive_and_unknown_kinds_are_refused():
    assert decode(encode(Made("shapes10_batch", {"count": 2}))) == Made("shapes10_batch", {"count": 2})
    with pytest.raises(TypeError):
        encode(lambda x: x)


def test_a_call_reports_changed_inputs_and_errors():
    def doubles(x, options):
        x *= 2
        options["seen"] = True
        return x

    case = Case({"x": Y, "options": {"n": 1}})
    assert call(doubles, case).changed == ("x", "options")
    assert Y[0, 0] == 1.0, "the case's own arguments must never change"
    assert isinstance(call(lambda x: None, case).error, TypeError)
    assert isinstance(call(lambda x, options: exit(), case).error, SystemExit)


def endless(x):
    while True:
        x = x + 1


def endless_with_a_bare_except(x):
    while True:
        try:
            x = x + 1
        except:  # noqa: E722
            continue


def endless_with_nested_excepts(x):
    while True:
        try:
            try:
                endless(x)
            except BaseException:
                endless(x)
        except BaseException:
            pass


def endless_in_sleep(x):
    while True:
        time.sleep(0.001)


@pytest.mark.parametrize(
    "function", [endless, endless_with_a_bare_except, endless_with_nested_excepts, endless_in_sleep]
)
@pytest.mark.parametrize("in_main_thread", [True, False])
def test_a_loop_that_never_ends_is_stopped_and_nothing_goes_on_afterwards(function, in_main_thread, capfd):
    outcomes = []
    threads, tracer = threading.active_count(), sys.gettrace()

    def run():
        outcomes.append(call(function, Case({"x": 1.0}), seconds=0.1))
        outcomes.append(sum(range(100_000)))  # a late error would arrive here

    if in_main_thread:
        run()
    else:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert isinstance(outcomes[0].error, TooLong)
    assert outcomes[1] == sum(range(100_000))
    assert (threading.active_count(), sys.gettrace()) == (threads, tracer)
    assert capfd.readouterr().err == ""


def test_an_error_of_a_stopped_call_harms_no_later_call():
    """The error keeps frames and other errors alive; when it goes away it must raise nothing."""
    outcome = call(endless_with_nested_excepts, Case({"x": 1.0}), seconds=0.1)

    def forgets_it(x):
        nonlocal outcome
        outcome = None
        gc.collect()
        return x

    assert call(forgets_it, Case({"x": 1.0})).value == 1.0


def test_an_interrupt_by_the_user_is_passed_on():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupted, Case({"x": 1.0}))


@pytest.mark.usefixtures("doubling")
@pytest.mark.parametrize("answer", [lambda x: 2 * x, lambda x: 3 * x + 0.1, lambda x: x / (x - x)])
def test_what_an_answer_prints_is_shown_of_one_case(capsys, answer):
    def talks(x):
        print("it has", x.shape)
        with np.errstate(all="ignore"):
            return answer(x)

    with contextlib.suppress(CheckFailed):
        check("double", talks)
    assert capsys.readouterr().out.count("it has") == 1


@pytest.mark.usefixtures("doubling")
def test_an_answer_that_prints_without_end_fills_no_notebook(capsys, monkeypatch):
    def prints(x):
        while True:
            print("round and round")

    monkeypatch.setattr(check_module, "SECONDS", 0.1)
    with pytest.raises(CheckFailed):
        check("double", prints)
    assert len(capsys.readouterr().out) < 3000


@pytest.mark.usefixtures("doubling")
def test_check_says_that_a_call_did_not_come_back_and_where_it_was(monkeypatch):
    calls = []

    def goes_round(x):
        calls.append(x)
        while True:
            x = x + 1

    monkeypatch.setattr(check_module, "SECONDS", 0.1)
    with pytest.raises(CheckFailed) as failure:
        check("double", goes_round)
    for word in ["double(x)", "x: (2, 2)", "did not come back within 0.1 s", "loop that never ends", "it was at"]:
        assert word in str(failure.value)
    assert "This is what one gets" not in str(failure.value)
    assert len(calls) == 1, "the other cases would only take as long"


def test_of_several_calls_the_view_sees_all_results():
    draws = iter([{"w_conv": np.array([n]), "w_fc": np.array([k])} for n, k in [(1.0, 5), (2, 5), (2, 6)]])
    case = Case({"seed": 1}, view="follows_its_seed", then=({"seed": 1}, {"seed": 2}))
    seeds = []

    def draw(seed):
        seeds.append(seed)
        return next(draws)

    assert call(draw, case).value == "two calls with the same seed gave different w_conv"
    assert seeds == [1, 1, 2]


@pytest.mark.parametrize(
    ("message", "right"),
    [
        ("position 3", True),
        ("at [3]: ')' in (a)), not expected", True),
        ("(a)) is malformed at index=3, the 4th character", True),
        ("position 2 will do, too", True),
        ("position 4", False),
        ("(a)) is malformed", False),
        ("", False),
        ("position 33", False),
    ],
)
def test_a_refusal_names_its_position_in_any_words(message, right):
    case, expected = Case({"text": "(a))"}, position=(3, 2)), Outcome(error=ValueError("position 3"))
    wrong = difference(Outcome(error=ValueError(message)), expected, case, ("y",))
    assert (wrong is None) == right
    if wrong:
        assert "counted from 0: 3" in wrong.lines[-1]


def test_numbers_of_the_text_itself_are_no_position():
    case, expected = Case({"text": "conv3)"}, position=(3,)), Outcome(error=ValueError("position 3"))
    assert difference(Outcome(error=ValueError("no: conv3)")), expected, case, ("y",)) is not None


def test_only_the_judged_results_count():
    case, expected = Case({}, judged=("dx", "db")), Outcome((Y, Y, Y))
    names = ("dx", "dw", "db")
    assert difference(Outcome((Y, None, Y)), expected, case, names) is None
    assert "db" in difference(Outcome((Y, Y, Y + 1)), expected, case, names).lines[0]
    assert difference(Outcome((Y, Y)), expected, case, names) is not None


def test_a_message_says_which_results_are_right_already():
    lines = compare((Y, Y + 1, Y), (Y, Y, Y), 1e-9, parts=("dx", "dw", "db")).lines
    assert lines[0] == "dx ok, dw wrong, db ok"
    assert lines[1].startswith("dw")
    lines = compare({"w": Y + 1, "b": Y}, {"w": Y, "b": Y}, 1e-9, "grads").lines
    assert lines[0] == "grads: w wrong, b ok"


def test_an_expected_refusal_is_met_by_that_error_alone():
    case, expected = Case({}), Outcome(error=ValueError("7 - 3 is no multiple of 3"))
    assert difference(Outcome(error=ValueError("other words")), expected, case, ("y",)) is None
    assert difference(Outcome(error=IndexError()), expected, case, ("y",)) is not None
    assert difference(Outcome(value=2), expected, case, ("y",)) is not None
    stopped = difference(Outcome(error=TooLong("it did not come back")), expected, case, ("y",))
    assert "did not come back" in stopped.lines[0]


@pytest.mark.parametrize(("dtype", "exactly"), [(np.float64, 1e-9), (np.float32, 1e-4)])
def test_the_rounding_of_float32_is_allowed_whatever_goes_in(dtype, exactly):
    case = Case({"x": Y.astype(dtype)})
    expected = Outcome(Y.astype(dtype))
    assert difference(Outcome(Y * (1 + 1e-5)), expected, case, ("y",)) is None
    assert difference(Outcome(Y * (1 + 1e-3)), expected, case, ("y",)) is not None
    assert precision(case) == exactly


def test_a_case_has_its_own_tolerance():
    case = Case({"x": Y}, tolerance=1e-7)
    assert difference(Outcome(Y * (1 + 1e-5)), Outcome(Y), case, ("y",)) is not None
    assert precision(case) == tolerance(case) == 1e-7


@pytest.fixture
def doubling(monkeypatch):
    """An exercise of two cases: return 2 x, refuse empty arrays; 3 x and x + 1 are known mistakes."""
    cases = [Case({"x": Y}), Case({"x": np.zeros(0)})]
    refuses = Outcome(error=ValueError("no entries"))
    exercise = VisibleExercise(
        "double",
        "00_test",
        1,
        ("y",),
        "Twice as much",
        "thrice",
        cases,
        [Outcome(2 * Y), refuses],
        [
            Misconception("it was tripled", [Outcome(3 * Y), refuses]),
            Misconception("one was added", [Outcome(Y + 1), refuses]),
        ],
    )
    monkeypatch.setattr(records_module, "_all", lambda: {"double": exercise})


def _double(x):
    if not x.size:
        raise ValueError("nothing to double")
    return 2 * x


@pytest.mark.usefixtures("doubling")
def test_check_passes_in_silence_but_for_one_line(capsys):
    check("double", _double)
    printed = capsys.readouterr()
    assert printed.out.count("\n") == 1
    assert "thrice" in printed.out
    assert not printed.err


@pytest.mark.usefixtures("doubling")
@pytest.mark.parametrize(
    ("answer", "words", "absent"),
    [
        (lambda x: _double(x) * 1.5, ["it was tripled", "Twice as much", "shape (2, 2)", "y[0, 0]"], ["one was added"]),
        (lambda x: _double(x) / 2 + 1, ["one was added"], ["tripled"]),
        (lambda x: _double(x) + 7, ["y[0, 0] is 9, expected 2"], ["This is what one gets"]),
        (lambda x: 3 * x, ["it was tripled"], []),  # and forgets the refusal: the value comes first
        (lambda x: 5 * x, ["y[0, 0] is 5"], ["This is what one gets"]),
        (lambda x: 2 * x, ["ValueError"], []),
        (lambda x: x[5], ["IndexError", "x[5]"], []),
        (lambda x: None, ["None", "return"], []),
        (5, ["function"], []),
    ],
)
def test_check_says_what_is_wrong(answer, words, absent):
    with pytest.raises(CheckFailed) as failure:
        check("double", answer)
    for word in words:
        assert word in str(failure.value)
    for word in absent:
        assert word not in str(failure.value)


@pytest.fixture
def raising(monkeypatch):
    """Two values; one known mistake makes NumPy raise at the second, another refuses it."""
    cases = [Case({"x": Y}), Case({"x": np.zeros((2, 3))})]
    numpy_s = Outcome(error=ValueError("operands could not be broadcast together with shapes (2,3) (2,) "))
    exercise = VisibleExercise(
        "double",
        "00_test",
        1,
        ("y",),
        "Twice as much",
        "thrice",
        cases,
        [Outcome(2 * Y), Outcome(np.zeros((2, 3)))],
        [
            Misconception("the sums lie across", [Outcome(2 * Y), numpy_s]),
            Misconception("oblong ones are refused", [Outcome(2 * Y), Outcome(error=ValueError("no"), refused=True)]),
        ],
    )
    monkeypatch.setattr(records_module, "_all", lambda: {"double": exercise})


def _sums_across(x):
    return 2 * x + 0 * x.sum(axis=1)


def _wrong_shape(x):
    return 2 * x if x.shape[0] == x.shape[1] else x.reshape(4)


def _refuses(x):
    if x.shape[0] != x.shape[1]:
        raise ValueError("these words are my own")
    return 2 * x


@pytest.mark.usefixtures("raising")
@pytest.mark.parametrize(
    ("answer", "hint"),
    [(_sums_across, "the sums lie across"), (_refuses, "oblong ones are refused"), (_wrong_shape, None)],
)
def test_the_type_of_an_error_alone_proves_no_misconception(answer, hint):
    with pytest.raises(CheckFailed) as failure:
        check("double", answer)
    if hint:
        assert f"This is what one gets when {hint}." in str(failure.value)
    else:
        assert "This is what one gets" not in str(failure.value)


class Private(IndexError):
    """NumPy has such errors, too."""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ValueError("shapes (2,3) (2,) do not fit"), ValueError("(2, 3) and (2,): no broadcast"), True),
        (ValueError("shapes (2,3) (2,)"), ValueError("shapes (2,3) (3,)"), False),
        (ValueError("size 2"), IndexError("size 2"), False),
        (Private("index 2"), IndexError("2 is too large"), True),
        (KeyError("w1"), KeyError("w1"), True),
        (KeyError("w1"), KeyError("b1"), False),
    ],
)
def test_errors_are_told_apart_by_type_and_numbers_and_by_no_words(one, other, same):
    kept = [without_words(Outcome(error=error), Outcome(2.0), Case({"x": Y})).error for error in (one, other)]
    assert ((type(kept[0]), kept[0].args) == (type(kept[1]), kept[1].args)) == same


def _refuses_in_one_line(x):
    if x.shape[0] != x.shape[1]: raise ValueError("on the same line")  # fmt: skip  # noqa: E701
    return 2 * x


def _is_refused_by_a_layer(x):
    return layers.linear(x, np.eye(2), np.zeros(2))


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (_refuses, True),
        (_refuses_in_one_line, True),
        (_is_refused_by_a_layer, False),
        (_sums_across, False),
    ],
)
def test_a_refusal_is_the_answer_s_own_raise(answer, refused):
    outcome = call(answer, Case({"x": np.ones((2, 3))}))
    assert isinstance(outcome.error, ValueError)
    assert outcome.refused is refused


@pytest.mark.usefixtures("doubling")
def test_check_notices_a_changed_input():
    def in_place(x):
        _double(x)
        x *= 2
        return x

    with pytest.raises(CheckFailed, match="changed its input x"):
        check("double", in_place)


@pytest.mark.usefixtures("doubling")
def test_a_known_mistake_is_named_though_the_input_was_changed_besides():
    def in_place(x):
        _double(x)
        x *= 3
        return x

    with pytest.raises(CheckFailed) as failure:
        check("double", in_place)
    assert failure.value.hints == ("it was tripled",)
    assert "also changes its input x" in str(failure.value)


@pytest.mark.usefixtures("doubling")
def test_no_name_is_given_to_right_values_because_an_input_was_changed():
    """One that is known to be right on all values but to refuse nothing would fit them, too."""

    def in_place(x):
        x *= 2
        return x

    with pytest.raises(CheckFailed) as failure:
        check("double", in_place)
    assert failure.value.hints == ()


def test_a_changed_input_does_not_hide_that_a_later_case_is_wrong(monkeypatch):
    cases = [Case({"x": Y}), Case({"x": np.ones((2, 3))})]
    expected = [Outcome(2 * Y), Outcome(np.full((2, 3), 2.0))]
    known = [Misconception("it is right on squares only", [Outcome(2 * Y), Outcome(np.zeros((2, 3)))])]
    exercise = VisibleExercise("double", "00_test", 1, ("y",), "Twice as much", "thrice", cases, expected, known)
    monkeypatch.setattr(records_module, "_all", lambda: {"double": exercise})

    def in_place(x):
        x *= 2 if len(x) == x.shape[1] else 0
        return x

    with pytest.raises(CheckFailed) as failure:
        check("double", in_place)
    assert "x: (2, 3)" in str(failure.value)
    assert "y[0, 0] is 0, expected 2" in str(failure.value)
    assert "also changes its input x" in str(failure.value)
    assert failure.value.hints == ("it is right on squares only",)


def _replaces(params):
    params["w"] = params["w"] * 2


def _adds(params):
    params["c"] = np.zeros(1)


def _multiplies(params):
    w = params["w"]
    w *= 2


def _multiplies_both(params):
    for value in params.values():
        value *= 2


def _multiplies_and_drops(params):
    params["w"] *= 2
    del params["b"]


@pytest.mark.parametrize(
    ("function", "changed"),
    [
        (_replaces, ("params",)),
        (_adds, ("params",)),
        (_multiplies, ("params['w']",)),
        (_multiplies_both, ("params['w']", "params['b']")),
        (_multiplies_and_drops, ("params['w']", "params")),
        (dict, ()),
    ],
)
def test_arrays_of_a_dict_that_are_changed_in_place_are_told_from_entries_that_are_replaced(function, changed):
    assert call(function, Case({"params": {"w": Y, "b": Y[0]}})).changed == changed


@pytest.mark.usefixtures("doubling")
def test_an_unwritten_function_is_told_so():
    def unwritten(x):
        raise NotImplementedError

    with pytest.raises(CheckFailed, match="isn't written yet"):
        check("double", unwritten)


@pytest.mark.usefixtures("doubling")
def test_a_notebook_shows_the_message_alone():
    with pytest.raises(CheckFailed) as failure:
        check("double", lambda x: x)
    shown = "\n".join(failure.value._render_traceback_())
    assert str(failure.value) in shown
    assert "File" not in shown


def test_an_unknown_exercise_lists_those_there_are():
    with pytest.raises(KeyError, match="conv_layer"):
        check("conv_leyer", lambda x: x)


def test_numbers_that_differ_never_look_alike():
    for got, expected in [(np.full(2, 0.3122871), np.full(2, 0.3122872)), (0.3122871, 0.3122872)]:
        found, wanted = re.findall(r"0\.31\d+", compare(got, expected, 1e-9).lines[-1])
        assert found != wanted


@pytest.mark.parametrize(("value", "told"), [(ValueError("no"), "raised"), (None, "None"), (3.0, "a result")])
def test_what_came_in_place_of_an_error_is_told(value, told):
    case, expected = Case({"size": 2}), Outcome(error=ValueError("even"))
    [line] = difference(call(lambda size: value, case), expected, case, ("y",)).lines
    assert told in line.split("got")[1]


def test_answers_that_return_the_same_have_the_same_fingerprint():
    def of(answer):
        with pytest.raises(CheckFailed) as failure:
            check("same_pad", answer)
        return failure.value.returned

    def one_more(size):
        if size % 2 == 0:
            raise ValueError("even")
        return (size - 1) // 2 + 7

    def seven_more(size):
        assert isinstance(size, int)
        if not size % 2:
            raise ValueError("another wording")
        return 7 + size // 2

    assert of(one_more) == of(seven_more) != of(lambda size: 3)
    assert of(one_more) is not None
