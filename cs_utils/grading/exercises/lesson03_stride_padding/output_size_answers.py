"""Lesson 03, output_size: wrong and right answers."""

import math
from fractions import Fraction

import numpy as np

from cs_utils.grading.exercises.lesson03_stride_padding.output_size import OUTPUT_SIZE
from cs_utils.grading.exercises.lesson03_stride_padding.shared_answers import expect_places


@OUTPUT_SIZE.wrong("the size is silently rounded down, as in PyTorch: here what does not fit is an error", True)
def rounds_down(n, size, stride=1, pad=0):
    return (n - size + 2 * pad) // stride + 1


@OUTPUT_SIZE.wrong(
    "the size is rounded up, as if a window could hang over the edge: what does not fit is an error", True
)
def rounds_up(n, size, stride=1, pad=0):
    return math.ceil((n - size + 2 * pad) / stride) + 1


@OUTPUT_SIZE.wrong("`/` makes a float, such as 5.0: `//` gives the whole number 5")
def divides_to_a_float(n, size, stride=1, pad=0):
    return (n - size + 2 * pad) / stride + 1


@OUTPUT_SIZE.wrong()
def refuses_but_returns_a_float(n, size, stride=1, pad=0):
    places = (n - size + 2 * pad) / stride + 1
    if places < 1 or not places.is_integer():
        raise ValueError("it does not fit")
    return places


@OUTPUT_SIZE.wrong(
    "a window larger than the padded axis isn't refused: the remainder can be 0 though N - F + 2P is negative", True
)
def asks_for_the_remainder_alone(n, size, stride=1, pad=0):
    if (n - size + 2 * pad) % stride:
        raise ValueError("it does not fit")
    return (n - size + 2 * pad) // stride + 1


@OUTPUT_SIZE.wrong("a window that is as large as the axis is refused: it fits, in one place", True)
def refuses_a_window_that_just_fits(n, size, stride=1, pad=0):
    if n + 2 * pad <= size:
        raise ValueError("it does not fit")
    return expect_places(n, size, stride, pad)


@OUTPUT_SIZE.wrong(partial=True)  # a visible case of it would change the outcomes that common slips are recognised by
def compares_with_the_image(n, size, stride=1, pad=0):
    if size > n:
        raise ValueError("it does not fit")
    return expect_places(n, size, stride, pad)


@OUTPUT_SIZE.wrong("the padding is counted on one side only: there are P zeros before and P after", True)
def pads_one_side(n, size, stride=1, pad=0):
    return expect_places(n + pad, size, stride, 0)


@OUTPUT_SIZE.wrong("the padding is forgotten: P zeros before and P after make the axis longer", True)
def forgets_the_padding(n, size, stride=1, pad=0):
    return expect_places(n, size, stride, 0)


@OUTPUT_SIZE.wrong("the stride is forgotten: that is the size for S = 1")
def forgets_the_stride(n, size, stride=1, pad=0):
    places = expect_places(n, size, 1, pad)
    expect_places(n, size, stride, pad)
    return places


@OUTPUT_SIZE.wrong("the + 1 is forgotten: the first place counts, too")
def forgets_the_first_place(n, size, stride=1, pad=0):
    return expect_places(n, size, stride, pad) - 1


@OUTPUT_SIZE.wrong("the 1 is added before the division: it is the first place, and belongs outside the fraction")
def adds_one_before_dividing(n, size, stride=1, pad=0):
    expect_places(n, size, stride, pad)
    return (n - size + 2 * pad + 1) // stride


@OUTPUT_SIZE.wrong("brackets are missing: all of N - F + 2P is divided by S, not its last term alone")
def divides_the_padding_alone(n, size, stride=1, pad=0):
    expect_places(n, size, stride, pad)
    return n - size + 2 * pad // stride + 1


@OUTPUT_SIZE.wrong("F is added instead of subtracted, as if the minus sign were lost in print")
def loses_the_minus_sign(n, size, stride=1, pad=0):
    return expect_places(n + 2 * size, size, stride, pad)


@OUTPUT_SIZE.wrong("stride and padding are swapped: the order is n, size, stride, pad")
def takes_stride_for_padding(n, size, pad=0, stride=1):
    return expect_places(n, size, stride, pad)


@OUTPUT_SIZE.wrong("the remainder is taken without the padding: (N - F + 2P) must be a multiple of S, not N - F", True)
def asks_for_the_remainder_without_padding(n, size, stride=1, pad=0):
    if n + 2 * pad < size or (n - size) % stride:
        raise ValueError("it does not fit")
    return (n - size + 2 * pad) // stride + 1


@OUTPUT_SIZE.wrong("N is tested for being a multiple of S: it is N - F + 2P that must be one")
def asks_whether_the_stride_divides_n(n, size, stride=1, pad=0):
    if n + 2 * pad < size or n % stride:
        raise ValueError("it does not fit")
    return (n - size + 2 * pad) // stride + 1


@OUTPUT_SIZE.wrong("what does not fit raises AssertionError, from `assert`: it should raise ValueError", True)
def asserts_that_it_fits(n, size, stride=1, pad=0):
    assert n + 2 * pad >= size
    assert (n - size + 2 * pad) % stride == 0
    return (n - size + 2 * pad) // stride + 1


@OUTPUT_SIZE.wrong("what does not fit is answered with None: `raise ValueError(...)` refuses it", True)
def returns_none_for_what_does_not_fit(n, size, stride=1, pad=0):
    if n + 2 * pad < size or (n - size + 2 * pad) % stride:
        return None
    return (n - size + 2 * pad) // stride + 1


@OUTPUT_SIZE.right
def divides_with_remainder(n, size, stride=1, pad=0):
    return expect_places(n, size, stride, pad)


@OUTPUT_SIZE.right
def counts_the_first_pixels(n, size, stride=1, pad=0):
    starts = range(-pad, n + pad - size + 1, stride)
    if not starts or starts[-1] + size != n + pad:
        raise ValueError("it does not fit")
    return len(starts)


@OUTPUT_SIZE.right
def reckons_with_fractions(n, size, stride=1, pad=0):
    places = Fraction(n - size + 2 * pad, stride) + 1
    if places < 1 or places.denominator != 1:
        raise ValueError("it does not fit")
    return int(places)


@OUTPUT_SIZE.right
def takes_one_step_at_a_time(n, size, stride=1, pad=0):
    room = n + 2 * pad - size
    if room < 0:
        raise ValueError("it does not fit")
    return 1 if room == 0 else 1 + takes_one_step_at_a_time(n - stride, size, stride, pad)


@OUTPUT_SIZE.right
def looks_at_strided_windows(n, size, stride=1, pad=0):
    ends = np.arange(n + 2 * pad + 1)[size::stride]
    if ends.size == 0 or ends[-1] != n + 2 * pad:
        raise ValueError("it does not fit")
    return ends.size
