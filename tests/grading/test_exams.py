"""`exam`: the value that nbgrader reads, what it prints, and what it refuses."""

import math
import sys
import warnings

import numpy as np
import pytest

from cs_utils import gradient_check, layers
from cs_utils.datasets import LOADERS, DatasetUnavailable
from cs_utils.files import save_arrays
from cs_utils.grading import EXERCISES, exam, limits
from cs_utils.grading.exams import first_problem
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.trained_net import Infrastructure, TrainedNet

CONV = EXERCISES["conv_layer"]


def good(x, w, b):
    return CONV.oracle(x, w, b)


def noisy(x, w, b):
    warnings.warn("a warning", stacklevel=1)
    print("debugging")
    print("more debugging", file=sys.stderr)
    np.zeros(1) / np.zeros(1)
    return good(x, w, b)


def uses_the_layer(x, w, b):
    return layers.conv2d(x[None], w, b)[0]


imported_before = layers.conv2d


def uses_the_layer_by_another_name(x, w, b):
    return imported_before(x[None], w, b)[0]


@pytest.mark.parametrize("answer", [good, noisy])
def test_a_right_answer_earns_all_whatever_it_says(answer, capfd):
    points = exam("conv_layer", answer)
    assert type(points) is float
    assert points == CONV.points
    printed = capfd.readouterr()
    assert "conv_layer: 3 of 3 points" in printed.out
    assert "debugging" not in printed.out
    assert printed.err == ""


@pytest.mark.parametrize("answer", [None, 5, "conv_layer", lambda: 1, lambda x, w, b: exit(), lambda x, w, b: 1 / 0])
def test_whatever_comes_in_a_finite_float_goes_out(answer, capsys):
    points = exam("conv_layer", answer)
    assert type(points) is float
    assert points == 0.0
    assert math.isfinite(points)
    assert first_problem(capsys.readouterr().out)


@pytest.mark.parametrize("answer", [uses_the_layer, uses_the_layer_by_another_name])
def test_calling_the_layer_is_no_answer(answer, capsys):
    assert exam("conv_layer", answer) == 0.0
    assert "write the formula yourself" in capsys.readouterr().out
    x, w = np.ones((1, 3, 3, 1)), np.ones((3, 3, 1, 1))
    assert layers.conv2d(x, w, np.zeros(1)).item() == 9.0, "the layer works again afterwards"


def test_calling_what_another_module_defines_is_no_answer_either():
    assert exam("numerical_gradient", gradient_check.numerical_gradient) == 0.0


def test_partial_credit_is_the_sum_of_the_parts_and_the_report_names_the_first_problem(capsys):
    def square_only(x, w, b):
        if x.shape[0] != x.shape[1]:
            raise IndexError("out of bounds")
        return good(x, w, b)

    points = exam("conv_layer", square_only)
    assert 0 < points < CONV.points
    assert "IndexError" in first_problem(capsys.readouterr().out)


def test_of_a_clean_report_there_is_no_problem(capsys):
    exam("conv_layer", good)
    assert first_problem(capsys.readouterr().out) == ""


def test_an_endless_loop_costs_its_part_and_not_the_notebook(monkeypatch, capfd):
    def endless_for_oblong_pictures(x, w, b):
        while x.shape[0] != x.shape[1]:
            pass
        return good(x, w, b)

    monkeypatch.setattr(limits, "CALL", 0.2)
    monkeypatch.setattr(limits, "CALL_AFTERWARDS", 0.1)
    points = exam("conv_layer", endless_for_oblong_pictures)
    assert 0 < points < CONV.points
    printed = capfd.readouterr()
    assert "did not come back within 0.2 s" in first_problem(printed.out)
    assert printed.err == ""


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("linear_backward", 1),
        ("conv_backward", 1),
        ("batch_norm_backward", 1),
        ("residual_block_backward", 3),
    ],
)
@pytest.mark.parametrize("missing", [lambda value: value * 0, lambda value: None, lambda value: value.T])
def test_gradients_are_judged_one_by_one(name, wrong, missing):
    """With one gradient zeros, missing or wrong, the parts of all others keep their points."""
    exercise = EXERCISES[name]

    def answer(*arguments):
        gradients = list(exercise.oracle(*arguments))
        gradients[wrong] = missing(gradients[wrong]) if gradients[wrong].ndim > 1 else gradients[wrong] * 0
        return gradients

    spoilt = exercise.returns[wrong]
    for result in exercise.examine(answer):
        named = [gradient for gradient in exercise.returns if gradient in result.title.split(":")[0].replace(",", "")]
        if named:
            assert (result.earned == 0) == (spoilt in named), result.title
        elif result.earned:
            raise AssertionError(f"{result.title} judges all of them")


@pytest.mark.parametrize(("name", "points"), [("init_parameters", [0.5, 1, 0]), ("overfit_small_batch", [1, 0.75, 0])])
def test_draws_that_ignore_their_seed_lose_only_that_part(name, points):
    exercise = EXERCISES[name]

    def one_for_all(*arguments):
        return exercise.oracle(*arguments[:-1], seed=7)

    assert [result.earned for result in exercise.examine(one_for_all)] == points


def test_the_same_seed_gives_the_same_cases():
    seen = []

    def remember(x, w, b):
        seen.append(x.tobytes())
        return good(x, w, b)

    exam("conv_layer", remember, seed=1)
    first, seen[:] = list(seen), []
    exam("conv_layer", remember, seed=1)
    assert seen == first
    exam("conv_layer", remember, seed=2)
    assert seen[len(first) :] != first


def test_an_exercise_whose_parts_don_t_add_up_is_refused():
    with pytest.raises(ValueError, match="add up"):
        Exercise("e", "00_test", 2, good, [], [Part("all", 1, lambda rng: [])], "section", "next")


NET: TrainedNet = EXERCISES["trained_net"]


@pytest.fixture
def net():
    rng = np.random.default_rng(0)
    return {name: rng.normal(0, 0.01, shape).astype(np.float32) for name, shape in NET.shapes.items()}


def hand_in(tmp_path, parameters, dataset="shapes10"):
    save_arrays(tmp_path / "convnet.npz", parameters, {"dataset": dataset})
    return tmp_path / "convnet.npz"


def test_an_untrained_net_earns_nothing_and_is_told_its_accuracy(net, tmp_path, capsys):
    assert exam("trained_net", hand_in(tmp_path, net)) == 0.0
    assert "%" in first_problem(capsys.readouterr().out)


def test_a_net_earns_its_tiers(net, tmp_path, monkeypatch, capsys):
    for reached in range(len(NET.tiers["shapes10"]) + 1):
        accuracy = [0.0, *NET.tiers["shapes10"]][reached]
        monkeypatch.setattr(TrainedNet, "_accuracy", lambda *arguments, accuracy=accuracy: accuracy)
        assert exam("trained_net", hand_in(tmp_path, net)) == reached * NET.points / len(NET.tiers["shapes10"])


@pytest.mark.parametrize(
    "change",
    [
        lambda net: net.pop("b_fc"),
        lambda net: net.update(extra=np.zeros(3)),
        lambda net: net.update(b_fc=np.zeros(11, np.float32)),
        lambda net: net.update(b_fc=np.zeros(10, np.int64)),
        lambda net: net.update(b_fc=np.full(10, np.nan, np.float32)),
    ],
)
def test_a_net_that_is_not_the_course_s_earns_nothing_and_is_told_why(net, tmp_path, change, capsys):
    change(net)
    assert exam("trained_net", hand_in(tmp_path, net)) == 0.0
    assert "b_fc" in first_problem(capsys.readouterr().out)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04\x95"])
def test_a_file_that_is_no_net_earns_nothing(tmp_path, data, capsys):
    (tmp_path / "convnet.npz").write_bytes(data)
    assert exam("trained_net", tmp_path / "convnet.npz") == 0.0
    assert exam("trained_net", tmp_path / "other.npz") == 0.0


def test_without_cifar10_a_net_trained_on_it_is_no_zero(net, tmp_path, monkeypatch):
    def unavailable(**options):
        raise DatasetUnavailable("there is no copy")

    monkeypatch.setitem(LOADERS, "cifar10", unavailable)
    with pytest.raises(Infrastructure, match="CIFAR-10"):
        exam("trained_net", hand_in(tmp_path, net, "CIFAR-10"))


def test_a_made_up_data_set_is_refused(net, tmp_path, capsys):
    assert exam("trained_net", hand_in(tmp_path, net, "mine")) == 0.0
    assert "mine" in capsys.readouterr().out
