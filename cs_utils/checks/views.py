"""Views: what is judged of a result that may itself differ between right answers.

A view takes the result and the arguments of the call (a dict by name) and returns something that every right answer
shares. A case names its view; most cases have none, and the result itself is judged. If a view returns text, the check
shows it to the student unchanged.
"""

import math
from typing import Any

import numpy as np

from cs_utils import layers
from cs_utils.checks.compare import kind

WEIGHTS = ("w_conv", "w_fc")  # drawn at random; every other parameter of lesson 06 starts at zero
NAMES = {"loss_alone": "loss", "linear_gradients": "grads", "conv_gradients": "grads"}  # of what these return
OVERFITTING = (
    "returned",
    "number of losses",
    "the first loss is near log 10",
    "a later loss is over twice the first",
    "the last loss is under a tenth of the first",
    "the loss of the returned parameters is",
)


def parameter_shapes(params: Any, arguments: dict[str, Any]) -> Any:
    """Return each parameter's shape and whether it is zero throughout; anything but a dict of arrays, unchanged."""
    if not _arrays(params):
        return params
    return {
        name: {"shape": str(value.shape), "floats": value.dtype.kind == "f", "all zero": not value.any()}
        for name, value in params.items()
    }


def parameter_statistics(params: Any, arguments: dict[str, Any]) -> Any:
    """Return what identifies the distribution of each drawn array; for the others, what `parameter_shapes` returns.

    Of normal numbers 68 % lie within one standard deviation, of uniform ones 58 %. A mean counts as 0 if it is within
    five standard errors of it: chance alone puts one in two million draws outside.
    """
    found = parameter_shapes(params, arguments)
    if found is params:
        return params
    for name in set(WEIGHTS) & params.keys():
        value = params[name].astype(np.float64)
        spread = float(value.std())
        found[name] |= {
            "mean is near 0": bool(abs(value.mean()) <= 5 * spread / np.sqrt(value.size)),
            "standard deviation": spread,
            "share within one standard deviation": float((np.abs(value) <= spread).mean()),
        }
    return found


def follows_its_seed(drawn: list[Any], arguments: dict[str, Any]) -> Any:
    """Return, in words, whether the seed decides: of three draws, two have the same seed, the third another."""
    for params in drawn:
        if not (_arrays(params) and params.keys() >= set(WEIGHTS)):
            return _form(params)
    first, again, other = drawn
    unsteady = [name for name in WEIGHTS if not np.array_equal(first[name], again[name])]
    stuck = [name for name in WEIGHTS if np.array_equal(first[name], other[name])]
    problems = [f"two calls with the same seed gave different {' and '.join(unsteady)}"] if unsteady else []
    problems += [f"two seeds gave the same {' and '.join(stuck)}"] if stuck else []
    return " and ".join(problems) or "the same numbers for the same seed, others for another"


def training_follows_its_seed(trained: list[Any], arguments: dict[str, Any]) -> Any:
    """Return what `follows_its_seed` says about the parameters of three results (parameters, losses)."""
    return follows_its_seed([result[0] if _pair(result) else result for result in trained], arguments)


def loss_alone(result: Any, arguments: dict[str, Any]) -> Any:
    """Return the loss of (loss, grads)."""
    return result[0] if _pair(result) else result


def linear_gradients(result: Any, arguments: dict[str, Any]) -> Any:
    """Return the gradients of the fully connected layer of (loss, grads)."""
    return _entries(result, ("w_fc", "b_fc"))


def conv_gradients(result: Any, arguments: dict[str, Any]) -> Any:
    """Return the gradients of the convolution of (loss, grads)."""
    return _entries(result, ("w_conv", "b_conv"))


def overfitting(result: Any, arguments: dict[str, Any]) -> Any:
    """Return what all right trainings on a few images share, whatever parameters they start from: see OVERFITTING.

    The loss of the returned parameters is computed here, so that neither parameters from before the training nor losses
    recorded after each step pass.
    """
    if not (_pair(result) and _arrays(result[0]) and np.ndim(result[1]) == 1 and len(result[1])):
        return dict.fromkeys(OVERFITTING) | {"returned": _form(result)}
    params, losses = result[0], [float(loss) for loss in result[1]]
    maps = layers.conv2d(arguments["images"], params["w_conv"], params["b_conv"], pad=1)
    flat = layers.max_pool2d(layers.relu(maps)).reshape(len(maps), -1)
    scores = layers.linear(flat, params["w_fc"], params["b_fc"])
    final, _ = layers.softmax_cross_entropy(scores, arguments["labels"])
    found = (
        "params and losses",
        len(losses),
        abs(losses[0] - math.log(10)) < 1,
        any(not loss <= 2 * losses[0] for loss in losses),  # NaN, too
        losses[-1] < 0.1 * losses[0],
        _compared(final, losses[0]),
    )
    return dict(zip(OVERFITTING, found))


def wanted(viewed: Any, returns: tuple[str, ...]) -> str:
    """Return what should have come back, in words, where `viewed` is what a view makes of a right result."""
    told = viewed.get(OVERFITTING[0]) if isinstance(viewed, dict) else None
    return str(told or ", ".join(returns))


def _compared(final: float, first: float) -> str:
    if abs(final - first) <= 1e-3 * first:
        return "that of the first step"
    if not final < first:
        return "higher than that of the first step"
    return "lower than that of the first step" if final > 0.1 * first else "under a tenth of that of the first step"


def _form(result: Any) -> str:
    """Return what kind of thing came back, without its numbers: those of a training differ between processors."""
    if result is None or isinstance(result, np.ndarray):
        return kind(result)
    size = f" of {len(result)}" if isinstance(result, tuple | list | dict) else ""
    return f"a {type(result).__name__}{size}"


def _pair(result: Any) -> bool:
    return isinstance(result, tuple | list) and len(result) == 2


def _arrays(params: Any) -> bool:
    return isinstance(params, dict) and all(isinstance(value, np.ndarray) for value in params.values())


def _entries(result: Any, names: tuple[str, ...]) -> Any:
    if not (_pair(result) and isinstance(result[1], dict)):
        return result
    return {name: result[1][name] for name in names if name in result[1]}
