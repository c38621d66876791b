"""What a check tells of a mistake that it doesn't know is true of the answer, on other inputs as well."""

import warnings

import numpy as np
import pytest
from unlisted_mistakes import MISTAKES

from cs_utils.grading.exercises import with_answers
from cs_utils.grading.mutants.run import mutants
from cs_utils.grading.mutants.told import told

SAMPLE = {"linear": 4, "conv_layer": 6, "zero_pad": 6, "max_pool": 8, "correlate2d": 5, "linear_backward": 5}


def answers():
    """Those of students that no exercise lists, and some made by machine."""
    yield from ((item.exercise, item.name, item.answer) for item in MISTAKES)
    for exercise, count in SAMPLE.items():
        for mutant in mutants(with_answers()[exercise], count):
            yield exercise, mutant.key, mutant.program.build(mutant.function, mutant.change.text)


def test_what_is_told_of_several_cases_holds_in_others():
    counted = 0
    for exercise, name, answer in answers():
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sentence = told(with_answers()[exercise], answer)
        if sentence and sentence.everywhere:
            counted += 1
            assert not sentence.by_accident, (name, sentence)
    assert counted >= 15, "some sentences are told"


def linear(x, w, b):
    return x @ w + b


@pytest.mark.parametrize(
    ("spoil", "everywhere", "by_accident"),
    [
        (lambda y: 2 * y, True, False),
        (lambda y: np.where(np.abs(y).max() == np.abs(y), 5.5, y), None, None),  # nothing to tell
        (lambda y: y[::-1] if y[0, 0] == -2.0625 else y + y**3, False, True),  # a flip for the visible numbers alone
    ],
)
def test_an_accident_is_seen_as_such(spoil, everywhere, by_accident):
    sentence = told(with_answers()["linear"], lambda x, w, b: spoil(linear(x, w, b)))
    assert (sentence.everywhere, sentence.by_accident) == (everywhere, by_accident) if sentence else everywhere is None
