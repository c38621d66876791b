"""What numerical gradients say of the exercises about gradients: a second way to each number, for the checks."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cs_utils import layers
from cs_utils.checks.calls import Case, Outcome
from cs_utils.checks.records import Slopes
from cs_utils.gradient_check import numerical_gradient
from cs_utils.grading.exercise import Exercise

# The forward pass of each: what a student has built before, or what `layers` offers.
FORWARD = {
    "relu_backward": "layers.relu(x)",
    "linear_backward": "layers.linear(x, w, np.zeros(w.shape[1]))",
    "softmax_cross_entropy_backward": "layers.softmax_cross_entropy(scores, labels)[0]",
    "conv_backward": "layers.conv2d(x, w, np.zeros(w.shape[3]), stride, pad)",
    "max_pool_backward": "layers.max_pool2d(x, size, stride)",
    "avg_pool_backward": "layers.avg_pool2d(x, size, stride)",
    "batch_norm_backward": "layers.batch_norm(x, gamma, 0 * gamma, eps)",
}
OPTIONS = ("stride", "pad", "eps")  # which a case may leave to their defaults
AGREES = 1e-6  # of the largest entry


def find_slopes(exercise: Exercise, case: Case, expected: Outcome) -> Slopes | None:
    """Return the forward pass in a student's words, and at which entries its numerical gradients are not the expected.

    There it has a kink, where several numbers are right and the course chooses one.
    """
    if exercise.name not in FORWARD or expected.error is not None:
        return None
    given = case.arguments
    text = FORWARD[exercise.name]
    for option in OPTIONS:
        text = text if option in given else text.replace(f", {option}", "")
    results = expected.value if len(exercise.returns) > 1 else (expected.value,)
    kinks = {}
    for name, result in zip(exercise.returns, results, strict=True):
        argument = name.removeprefix("d")
        if isinstance(given.get(argument), np.ndarray):
            slopes = numerical_gradient(_function(text, argument, given), given[argument], given.get("dy", np.ones(())))
            wrong = np.abs(slopes - result) > AGREES * np.abs(result).max(initial=1.0)
            kinks[name] = [int(number) for number in np.flatnonzero(wrong)]
    return Slopes(text, kinks)


def _function(text: str, argument: str, given: dict[str, Any]) -> Callable[[np.ndarray], Any]:
    names = {"np": np, "layers": layers}
    return lambda value: eval(text, names | given | {argument: value})  # a text of FORWARD
