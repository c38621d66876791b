"""Relations between a wrong and an expected array: those that were applied are found, and none that does not hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_utils.checks.explain.relations import loose_relations, relations, scalar_relations

TOLERANCE = 1e-9
SHAPES = st.lists(st.integers(2, 4), min_size=2, max_size=4).map(tuple)
SEEDS = st.integers(0, 2**32 - 1)


def numbers(seed, shape):
    return np.random.default_rng(seed).normal(size=shape)


def first(got, expected, **options):
    found = relations(got, expected, TOLERANCE, **options)
    assert found, "nothing was found"
    return found[0]


# What was applied, by the words that the first relation must have. All shapes have rows of at least three numbers.
APPLIED = {
    "rows and columns exchanged": lambda e: np.swapaxes(e, -3, -2),
    "upside down": lambda e: np.flip(e, -3),
    "mirrored": lambda e: np.flip(e, -2),
    "180 degrees": lambda e: np.flip(e, (-3, -2)),
    "channels in reverse order": lambda e: np.flip(e, -1),
    "opposite sign": np.negative,
    "absolute value": np.abs,
    "0 in place of its negative numbers": lambda e: np.maximum(e, 0),
    "rounded to whole numbers": np.round,
    "cut off to whole numbers": np.trunc,
    "squared": np.square,
    "exp": np.exp,
    "times a constant number: 1.37": lambda e: 1.37 * e,
    "plus a constant number: 0.61": lambda e: e + 0.61,
    "upside down (its rows in reverse order), with the opposite sign": lambda e: -np.flip(e, -3),
    "constant in each channel": lambda e: e * np.array([2.0, 3.5, -1.25]),
    "plus a number that is constant in each channel": lambda e: e + np.array([2.0, 3.5, -1.25]),
    "shifted down by 1": lambda e: shifted(e, -3),
    "shifted to the right by 1": lambda e: shifted(e, -2),
    "right only in the first image": lambda e: np.concatenate([e[:1], e[1:] ** 3 + 0.5]),
    "right only in the last channel": lambda e: np.concatenate([e[..., :-1] ** 3 + 0.5, e[..., -1:]], axis=-1),
    "right in all rows but the last": lambda e: np.concatenate([e[:, :-1], e[:, -1:] ** 3 + 0.5], axis=1),
    "wrong at the border": lambda e: np.where(inside(e.shape), e, e**3 + 0.5),
    "images in another order": lambda e: e[[1, 2, 0]],
}


def shifted(array, axis):
    moved = np.roll(array, 1, axis)
    np.moveaxis(moved, axis, 0)[0] = 7.25
    return moved


def inside(shape):
    found = np.zeros(shape, bool)
    found[:, 1:-1, 1:-1] = True
    return found


@pytest.mark.parametrize("words", APPLIED)
@given(seed=SEEDS)
@settings(max_examples=3)
def test_what_was_applied_is_found_first(words, seed):
    expected = 3 * numbers(seed, (3, 4, 5, 3))
    assert words in first(APPLIED[words](expected), expected)


@pytest.mark.parametrize("words", APPLIED)
@given(seed=SEEDS)
@settings(max_examples=3)
def test_what_does_not_hold_for_every_entry_is_not_told(words, seed):
    expected = 3 * numbers(seed, (3, 4, 5, 3))
    got = APPLIED[words](expected)
    told = first(got, expected)
    got = np.array(got)
    right = np.argwhere(got == expected) if got.shape == expected.shape else []
    places = right if len(right) else 1 + np.argwhere(got[1:, 1:, 1:, 1:] < np.inf)  # a shift leaves the first row open
    got[tuple(np.random.default_rng(seed).choice(places))] += 0.125
    assert told not in relations(got, expected, TOLERANCE)


@given(SEEDS, SHAPES)
@settings(max_examples=50)
def test_of_two_independent_arrays_nothing_is_told(seed, shape):
    expected, got = numbers(seed, (2, *shape))
    inputs = {"x": numbers(seed + 1, shape), "b": numbers(seed + 2, shape[-1]), "stride": 2, "pad": 1}
    assert relations(got, expected, TOLERANCE, inputs=inputs) == []
    assert loose_relations(got, expected, TOLERANCE, inputs=inputs) == []


@given(SEEDS, SHAPES, SHAPES)
@settings(max_examples=50)
def test_of_two_independent_arrays_of_other_shapes_nothing_is_told(seed, shape, other):
    if shape != other:
        assert relations(numbers(seed, shape), numbers(seed + 1, other), TOLERANCE) == []


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.full((3, 4), 2.0), np.full((3, 4), 5.0)),  # any factor and any sum would do
        (np.zeros((3, 4)), np.full((3, 4), 5.0)),
        (np.full((3, 4), 2.0), np.zeros((3, 4))),
        (np.array([2.0]), np.array([3.0])),
        (np.array(2.0), np.array(3.0)),
        (np.array([2.0, 5.0]), np.array([3.0, 7.0])),
        (np.full((3, 4), np.nan), np.arange(12.0).reshape(3, 4)),
        (np.full((4, 3), 5.0), np.full((3, 4), 5.0)),
    ],
)
def test_what_would_be_true_of_nearly_anything_is_not_told(got, expected):
    assert relations(got, expected, TOLERANCE) == []


def test_rows_that_alternate_are_told_if_all_of_each_is_right_or_wrong():
    expected, got = numbers(0, (1, 4, 4, 1)), numbers(1, (1, 4, 4, 1))
    got[:, 1::2] = expected[:, 1::2]
    assert "right in rows 1, 3, wrong in rows 0, 2" in first(got, expected)
    got[0, 0, :2], got[0, 2, 2:] = expected[0, 0, :2], expected[0, 2, 2:]  # which half of a row is right is no rule
    assert relations(got, expected, TOLERANCE) == []


def test_one_right_entry_is_told_only_with_what_the_others_are():
    expected, got = numbers(0, (1, 3, 3, 1)), numbers(1, (1, 3, 3, 1))
    got[0, 0, 0] = expected[0, 0, 0]
    assert relations(got, expected, TOLERANCE) == []
    got[got != expected] = 0
    assert "right only where row 0 and column 0 meet; where it is wrong, it is 0" in first(got, expected)


def test_a_factor_is_named_by_the_sizes_of_the_inputs():
    expected = numbers(0, (5, 3))
    x = numbers(1, (7, 4, 4, 2))
    assert "divided by N, the number of images" in first(expected / 7, expected, inputs={"x": x})
    assert "times H * W" in first(expected * 16, expected, inputs={"x": x})
    assert "times stride" in first(expected * 3, expected, inputs={"x": x, "stride": 3})
    assert "times a constant number: 11" in first(expected * 11, expected, inputs={"x": x, "stride": 3})


def test_a_sum_is_named_by_the_bias():
    expected, b = numbers(0, (2, 3, 4, 3)), numbers(1, 3)
    w = numbers(2, (2, 2, 2, 3))
    assert "minus b in each filter" in first(expected - b, expected, inputs={"w": w, "b": b})
    assert "plus bias" in first(expected + 0.75, expected, inputs={"bias": 0.75})


def test_where_a_result_is_wrong_is_told_by_the_inputs():
    x, dy = numbers(0, (4, 5)), numbers(1, (4, 5))
    x[1, 2] = x[3, 0] = 0
    expected = np.where(x > 0, dy, 0)
    assert "right but where x is 0" in first(np.where(x >= 0, dy, 0), expected, name="dx", inputs={"x": x, "dy": dy})
    told = first(dy * np.sign(x), expected, name="dx", inputs={"x": x, "dy": dy})
    assert "where x is negative" in told
    assert "-dy" in told


def test_another_temperature_of_a_softmax_is_told():
    powers = np.exp(numbers(0, (3, 4)))
    cooler = powers**0.25
    expected, got = (array / array.sum(axis=1, keepdims=True) for array in (powers, cooler))
    assert "exponents in it were multiplied by 0.25" in first(got, expected)


def test_nan_is_told_where_all_else_is_right():
    expected = numbers(0, (3, 4))
    got = expected.copy()
    got[1, 2] = np.nan
    assert "nan or inf" in first(got, expected)
    got[0, 0] += 1
    assert relations(got, expected, TOLERANCE) == []


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("rows and columns exchanged", lambda e: e.swapaxes(1, 2)),
        ("in another shape", lambda e: e.reshape(len(e), -1)),
        ("in another shape", lambda e: e[None]),
        ("not finished: its sum over the last axis", lambda e: np.stack([0.25 * e, 0.75 * e], axis=-1)),
        ("sum of the expected one over its channels", lambda e: e.sum(axis=3)),
        ("mean of the expected one over its images", lambda e: e.mean(axis=0)),
        ("maximum of the expected one over its rows and columns", lambda e: e.max(axis=(1, 2), keepdims=True)),
        ("with a border of zeros", lambda e: np.pad(e, ((0, 0), (1, 1), (1, 1), (0, 0)))),
        ("without its border", lambda e: e[:, 1:-1, 1:-1]),
        ("without the last row", lambda e: e[:, :-1]),
        ("without the first 2 columns", lambda e: e[:, :, 2:]),
        ("with the last column too many", lambda e: np.concatenate([e, e[:, :, :1] + 1], axis=2)),
        ("every second row and column", lambda e: e[:, ::2, ::2]),
    ],
)
def test_what_leads_to_another_shape(words, change):
    expected = numbers(0, (2, 4, 6, 3))
    assert words in first(change(expected), expected)


def test_places_between_are_told_where_a_stride_was_forgotten():
    all_places = numbers(0, (2, 5, 7, 3))
    assert "2 times as many" in first(all_places, all_places[:, ::2, ::2])


def test_axes_that_were_flattened_in_another_order():
    images = numbers(0, (3, 2, 4, 3))
    told = first(images.reshape(3, -1, order="F"), images.reshape(3, -1), inputs={"images": images})
    assert "(channel, column, row) instead of (row, column, channel)" in told


def test_for_want_of_better_the_same_numbers_or_nearly_the_same_are_told():
    expected = numbers(0, (3, 4))
    mixed = np.random.default_rng(1).permuted(expected, axis=1)
    assert "right numbers in each row" in loose_relations(mixed, expected, TOLERANCE)[0]
    assert "nearly right" in loose_relations(expected * (1 + 1e-5 * numbers(2, (3, 4))), expected, TOLERANCE)[0]
    assert "the same number everywhere" in loose_relations(np.full((3, 4), 0.5), expected, TOLERANCE)[0]


def test_between_single_numbers_only_what_several_cases_have_in_common_is_told():
    sizes = [{"x": numbers(0, (n, 3))} for n in (2, 5, 4)]
    expected = [0.5, 1.25, 2.0]
    times_n = [n * e for n, e in zip((2, 5, 4), expected)]
    assert "times N, the number of rows" in scalar_relations(times_n, expected, sizes, TOLERANCE)[0]
    assert "1 too large" in scalar_relations([4, 8, 6, 3], [3, 7, 5, 2], [{}] * 4, TOLERANCE)[0]
    assert scalar_relations([4, 8], [3, 7], [{}, {}], TOLERANCE) == [], "two numbers say little"
    assert "opposite sign" in scalar_relations([-0.5, -1.25], [0.5, 1.25], [{}, {}], TOLERANCE)[0]
    assert scalar_relations([4.0], [3.0], sizes[:1], TOLERANCE) == []
    assert scalar_relations([4.0, 9.0], [3.0, 7.0], sizes[:2], TOLERANCE) == []
