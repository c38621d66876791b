"""How large the gradient is at each block of a deep stack with fresh weights: the numbers of `live_depth`.

`python -c "from cs_utils.figures.live import stack; stack.write()"` measures them again, within half a minute.
"""

import json
from pathlib import Path

import numpy as np

from cs_utils.files import replace_atomically
from cs_utils.layers import batch_norm, batch_norm_backward, conv2d, conv2d_backward, relu, relu_backward

FILE = Path(__file__).with_name("depth.json")
SHAPE = (4, 12, 12, 8)  # images, height, width, maps
SEEDS, BLOCKS, FACTORS = range(1, 6), (5, 10, 20, 40), (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1)
ONES, NONE = np.ones(SHAPE[-1]), np.zeros(SHAPE[-1])


def gradient_sizes(skip: bool, normed: bool, factor: float, blocks: int, seed: int) -> list[float]:
    """The root mean square of the gradient that reaches each block, if one of random numbers starts after the last.

    A block is relu(conv(relu(conv(x)))), with batch norm after each convolution if `normed`, and x added before the
    last relu if `skip`; 3x3, padding 1. Its weights are normal, with a standard deviation of `factor` times He's.

    Parameters
    ----------
    skip, normed : bool
    factor : float
    blocks : int
    seed : int

    Returns
    -------
    list of float
        One number per block, the first block first.
    """
    rng, depth = np.random.default_rng(seed), SHAPE[-1]
    x, saved, sizes = relu(rng.normal(size=SHAPE)), [], []
    spread = factor * np.sqrt(2 / (9 * depth))
    for w1, w2 in rng.normal(0, spread, (blocks, 2, 3, 3, depth, depth)):
        maps1, before1 = _half(x, w1, normed)
        inner = relu(before1)
        maps2, before2 = _half(inner, w2, normed)
        total = before2 + x if skip else before2
        saved.append((x, w1, maps1, before1, inner, w2, maps2, total))
        x = relu(total)
    dy = rng.normal(size=SHAPE)
    for x, w1, maps1, before1, inner, w2, maps2, total in reversed(saved):
        dtotal = relu_backward(dy, total)
        dinner = _half_backward(dtotal, inner, w2, maps2, normed)
        dy = _half_backward(relu_backward(dinner, before1), x, w1, maps1, normed) + (dtotal if skip else 0)
        sizes.append(float(np.sqrt(np.mean(np.square(dy)))))
    return sizes[::-1]


def _half(x: np.ndarray, w: np.ndarray, normed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Half a block before its relu: the maps, and what becomes of them under batch norm."""
    maps = conv2d(x, w, NONE, pad=1)
    return maps, batch_norm(maps, ONES, NONE) if normed else maps


def _half_backward(dy: np.ndarray, x: np.ndarray, w: np.ndarray, maps: np.ndarray, normed: bool) -> np.ndarray:
    if normed:
        dy = batch_norm_backward(dy, maps, ONES)[0]
    dx: np.ndarray = conv2d_backward(dy, x, w, pad=1)[0]
    return dx


def typical(skip: bool, normed: bool, factor: float, blocks: int) -> list[float]:
    """The decimal logarithm of `gradient_sizes`, its mean over five draws of the weights, to two decimals."""
    draws = [np.log10(gradient_sizes(skip, normed, factor, blocks, seed)) for seed in SEEDS]
    return [round(float(mean), 2) + 0.0 for mean in np.mean(draws, axis=0)]


def measured() -> dict[str, dict[str, list[list[float]]]]:
    """By kind of stack and number of blocks: the curves for all `FACTORS`, or one where the weights' size cancels."""
    return {
        name: {
            str(blocks): [typical(skip, normed, factor, blocks) for factor in ((1.0,) if normed else FACTORS)]
            for blocks in BLOCKS
        }
        for name, skip, normed in (
            ("plain", False, False),
            ("plain, batch norm", False, True),
            ("residual", True, False),
            ("residual, batch norm", True, True),
        )
    }


def write() -> None:
    """Measure, and keep the numbers in depth.json."""
    with replace_atomically(FILE) as draft:
        draft.write_text(json.dumps(measured(), separators=(",", ":")) + "\n", encoding="utf-8")
