"""Lesson 07: patterns well formed and not, stacks, batch norm at any scale, residual blocks of any size."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercises.lesson07_deeper_networks.shared import maps
from cs_utils.grading.mutants.contract.arrays import few, floats, special

ITEMS = ("conv12", "relu", "pool", "fc10", "bn", "gap", "convF5S1P2", "a", "7")


def _chain(rng: np.random.Generator, depth: int = 0) -> str:
    parts = []
    for _ in range(few(rng, 3)):
        if depth < 3 and rng.random() < 0.35:
            times = f"*{few(rng, 12 if depth == 0 else 3)}" if rng.random() < 0.8 else ""
            parts.append(f"({_chain(rng, depth + 1)}){times}")
        else:
            parts.append(str(rng.choice(ITEMS)) + ("?" if rng.random() < 0.15 else ""))
    return "-".join(parts)


def _parse_pattern(rng: np.random.Generator) -> Case:
    text = _chain(rng)
    if rng.random() < 0.35:  # most of these are malformed; the oracle says which
        at = int(rng.integers(len(text) + 1))
        text = text[:at] + str(rng.choice(list("-()*?0 "))) * int(rng.random() < 0.5) + text[at + 1 :]
    return Case({"text": text})


def _stack_cost(rng: np.random.Generator) -> Case:
    return Case({"channels": few(rng, 64), "size": few(rng, 9), "depth": few(rng, 6)})


def _fc_as_conv(rng: np.random.Generator) -> Case:
    shape = few(rng), few(rng), few(rng)
    return Case({"w": special(rng, int(np.prod(shape)), few(rng), dtype=floats(rng)), "shape": shape})


def _shape(rng: np.random.Generator) -> tuple[int, int, int, int]:
    return few(rng, 4), few(rng), few(rng), few(rng, 4)


def _global_average_pool(rng: np.random.Generator) -> Case:
    return Case({"x": special(rng, *_shape(rng), dtype=floats(rng))})


def _global_average_pool_backward(rng: np.random.Generator) -> Case:
    shape = _shape(rng)
    return Case({"dy": special(rng, shape[0], shape[3], dtype=floats(rng)), "x_shape": shape})


def _maps(rng: np.random.Generator, dtype: type) -> np.ndarray:
    """Return maps of at least four numbers in each channel, now and then one of them constant."""
    while (shape := _shape(rng))[0] * shape[1] * shape[2] < 4:
        pass
    x = maps(rng, np.float64, *shape)
    x *= rng.choice([0.01, 1, 1, 10])
    if rng.random() < 0.2:
        x[..., 0] = 0.75
    return np.asarray(x, dtype)


def _eps(rng: np.random.Generator) -> dict[str, float]:
    return {} if rng.random() < 0.4 else {"eps": float(rng.choice([1e-5, 1e-3, 0.25, 0.5]))}


def _batch_norm(rng: np.random.Generator) -> Case:
    dtype = floats(rng)
    x = _maps(rng, dtype)
    gamma, beta = rng.uniform(-2, 3, (2, x.shape[3])).astype(dtype)
    return Case({"x": x, "gamma": gamma, "beta": beta} | _eps(rng))


def _batch_norm_backward(rng: np.random.Generator) -> Case:
    dtype = floats(rng)
    x = _maps(rng, dtype)
    dy: np.ndarray = np.asarray(rng.normal(size=x.shape) + 0.5 * x + 1, dtype)
    return Case({"dy": dy, "x": x, "gamma": np.asarray(rng.uniform(1, 3, x.shape[3]), dtype)} | _eps(rng))


def _block(rng: np.random.Generator) -> Case:
    shape = few(rng, 3), few(rng, 4), few(rng, 4), few(rng, 3)
    filters, depth = (3, 3, shape[3], shape[3]), shape[3]
    arrays = {"x": shape, "w1": filters, "b1": (depth,), "w2": filters, "b2": (depth,)}
    return Case({name: rng.normal(size=shape) for name, shape in arrays.items()})


def _residual_block_backward(rng: np.random.Generator) -> Case:
    block = _block(rng).arguments
    if rng.random() < 0.1:  # sums of 0, where the gradient of ReLU is 0
        block |= {name: np.zeros_like(block[name]) for name in ("x", "b1", "b2")}
    return Case({"dy": rng.normal(size=block["x"].shape)} | block)


DRAWS = {
    "parse_pattern": _parse_pattern,
    "stack_cost": _stack_cost,
    "fc_as_conv": _fc_as_conv,
    "global_average_pool": _global_average_pool,
    "global_average_pool_backward": _global_average_pool_backward,
    "batch_norm": _batch_norm,
    "batch_norm_backward": _batch_norm_backward,
    "residual_block": _block,
    "residual_block_backward": _residual_block_backward,
}
