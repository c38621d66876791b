"""Mistakes that come near the right result: some case of check and exam shows each by ten times what is allowed."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from verdicts import ALL

from cs_utils.checks.calls import call, difference
from cs_utils.checks.compare import TOLERANCE
from cs_utils.grading.exercise import Exercise, Key, answer_key

EXERCISES = {exercise.name: exercise for exercise in ALL}
FAR = 10 * TOLERANCE

batch_norm = EXERCISES["batch_norm"].oracle
batch_norm_backward = EXERCISES["batch_norm_backward"].oracle


def with_another_eps(factor: float) -> dict[str, Callable]:
    return {
        "batch_norm": lambda x, gamma, beta, eps=1e-5: batch_norm(x, gamma, beta, factor * eps),
        "batch_norm_backward": lambda dy, x, gamma, eps=1e-5: batch_norm_backward(dy, x, gamma, factor * eps),
    }


def with_another_default(default: float) -> dict[str, Callable]:
    return {
        "batch_norm": lambda x, gamma, beta, eps=default: batch_norm(x, gamma, beta, eps),
        "batch_norm_backward": lambda dy, x, gamma, eps=default: batch_norm_backward(dy, x, gamma, eps),
    }


def with_another_logarithm(log: Callable) -> dict[str, Callable]:
    def cross_entropy(scores, labels):
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return float(-log((powers / powers.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]).mean())

    return {"cross_entropy": cross_entropy}  # in convnet_loss a logarithm of p is right: its subject is another one


NEAR = {
    "no eps": with_another_eps(0),
    "twice eps": with_another_eps(2),
    "ten times eps": with_another_eps(10),
    "a tenth of eps": with_another_eps(0.1),
    "no eps by default": with_another_default(0),
    "1e-6 by default": with_another_default(1e-6),
    "2e-5 by default": with_another_default(2e-5),
    "1e-4 by default": with_another_default(1e-4),
    "log(p + 1e-8)": with_another_logarithm(lambda p: np.log(p + 1e-8)),
    "log(p + 1e-12)": with_another_logarithm(lambda p: np.log(p + 1e-12)),
    "log of a p of at least 1e-8": with_another_logarithm(lambda p: np.log(np.maximum(p, 1e-8))),
}


def is_far(exercise: Exercise, answer: Callable, key: Key) -> bool:
    return any(
        difference(call(answer, case), right, replace(case, tolerance=FAR), exercise.returns) for case, right in key
    )


@pytest.mark.parametrize(("mistake", "name"), [(mistake, name) for mistake in NEAR for name in NEAR[mistake]])
@np.errstate(all="ignore")
def test_a_mistake_that_comes_near_is_far_off_in_some_case(mistake, name):
    exercise, answer = EXERCISES[name], NEAR[mistake][name]
    assert is_far(exercise, answer, [(case, answer_key(exercise.oracle, case)) for case in exercise.visible])
    for seed in range(5):
        assert is_far(exercise, answer, [pair for key in exercise.keys(seed) for pair in key]), seed


@pytest.mark.parametrize("answer", ["adds_a_small_number_to_the_sum"])
def test_one_that_changes_less_than_rounding_is_listed_as_right(answer):
    exercise = EXERCISES["softmax"]
    found = next(right for right in exercise.right_answers if right.__name__ == answer)
    keys = [pair for seed in range(5) for key in exercise.keys(seed) for pair in key]
    assert not is_far(exercise, found, keys)
    assert any(not np.array_equal(call(found, case).value, right.value) for case, right in keys)
