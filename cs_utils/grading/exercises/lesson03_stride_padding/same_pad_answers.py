"""Lesson 03, same_pad: wrong and right answers."""

from cs_utils.grading.exercises.lesson03_stride_padding.same_pad import SAME_PAD


def refuse_even(size):
    if size % 2 == 0:
        raise ValueError(f"{size} is even")


@SAME_PAD.wrong("even sizes aren't refused: (F - 1)/2 is not a whole number there")
def rounds_the_half_down(size):
    return (size - 1) // 2


@SAME_PAD.wrong("F is halved instead of F - 1, and even sizes aren't refused")
def halves_the_size(size):
    return size // 2


@SAME_PAD.wrong("`/` makes a float, such as 1.0: `//` gives the whole number 1")
def halves_to_a_float(size):
    return (size - 1) / 2


@SAME_PAD.wrong()
def refuses_but_halves_to_a_float(size):
    refuse_even(size)
    return (size - 1) / 2


@SAME_PAD.wrong("all F - 1 zeros are put on each side: each side gets half of them")
def pads_twice_too_much(size):
    refuse_even(size)
    return size - 1


@SAME_PAD.wrong("F + 1 is halved instead of F - 1: a filter of one pixel needs no padding")
def adds_instead_of_subtracting(size):
    refuse_even(size)
    return (size + 1) // 2


@SAME_PAD.wrong("the answer for 3x3 filters is given for all sizes")
def knows_only_three_by_three_filters(size):
    refuse_even(size)
    return 1


@SAME_PAD.wrong("odd sizes are refused: it is the even ones that have no such padding")
def refuses_odd_sizes(size):
    if size % 2:
        raise ValueError(f"{size} is odd")
    return size // 2


@SAME_PAD.right
def halves_the_even_rest(size):
    refuse_even(size)
    return (size - 1) // 2


@SAME_PAD.right
def tries_one_after_the_other(size):
    for pad in range(size):
        if 100 - size + 2 * pad + 1 == 100:
            return pad
    raise ValueError("no padding keeps the size")


@SAME_PAD.right
def finds_the_middle_pixel(size):
    places = list(range(size))
    if places[len(places) // 2] != places[-1 - len(places) // 2]:
        raise ValueError("there is no middle pixel")
    return places[len(places) // 2]
