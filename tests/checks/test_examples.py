"""The visible cases as a student can have them."""

import numpy as np
import pytest

from cs_utils.checks import case
from cs_utils.checks.calls import Case
from cs_utils.checks.examples import line_to_paste, written_out
from cs_utils.checks.records import _all, find
from cs_utils.checks.values import Made


def equal(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else callable(one) or one == other


@pytest.mark.parametrize("name", _all())
def test_the_line_to_paste_gives_the_inputs_of_the_case(name):
    for number, given in enumerate(find(name).cases, 1):
        if not given.arguments:
            continue
        names = {}
        exec(line_to_paste(name, given, number), names)
        for argument, value in given.arguments.items():
            assert equal(names[argument], value.make() if isinstance(value, Made) else value)


def test_it_gives_copies():
    x, _, _ = case("conv_layer", 1)
    x[:] = 0
    assert case("conv_layer", 1)[0].any()


def test_a_single_argument_comes_alone_and_the_first_case_by_default():
    assert isinstance(case("softmax"), np.ndarray)
    assert equal(case("softmax"), find("softmax").cases[0].arguments["scores"])


@pytest.mark.parametrize("number", [0, -1, 99])
def test_another_number_is_refused_with_those_there_are(number):
    with pytest.raises(IndexError, match=rf"conv_layer has the cases 1 to {len(find('conv_layer').cases)}"):
        case("conv_layer", number)


def test_another_name_is_refused_with_those_there_are():
    with pytest.raises(KeyError, match="conv_layer"):
        case("conv_leyer", 1)


def test_maps_of_an_image_and_filters_of_a_channel_stand_side_by_side():
    x = np.arange(16.0).reshape(2, 2, 2, 2)
    lines = written_out(Case({"x": x}))
    assert lines[0].split("    ") == ["x[0, :, :, 0]", "x[0, :, :, 1]"]
    assert lines[1].split() == ["0", "2", "1", "3"]
    assert written_out(Case({"w": x}))[1].split() == ["0", "4", "1", "5"], "w[:, :, 0, 0] and w[:, :, 0, 1]"


def test_what_is_long_is_left_out_and_so_is_what_is_no_array():
    assert written_out(Case({"x": np.zeros((9, 9)), "n": 3, "f": Made("cubes")})) == []
    assert written_out(Case({"b": np.array([1.5, 2])})) == ["b", "1.5   2"]
