"""Numerical gradients, and an honest comparison with those from a formula.

A numerical gradient is only as good as its step, its precision and the smoothness of the function. So this module
insists on float64, says where its tolerance comes from, and leaves out the entries whose step crosses a kink (of ReLU
or max), where no gradient exists, instead of widening the tolerance for all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cs_utils.arguments import expect_shape

STEP = 1e-5
"""Rounding costs about eps / h = 2e-11, the third derivative about h**2 = 1e-10: near the best for float64."""

TOLERANCE = 1e-7
"""Of the largest entry: some hundred times what remains at that step, and far below what a wrong formula misses by."""


@dataclass(frozen=True)
class Comparison:
    """What `compare` found; true in an `if` when the gradients agree.

    Attributes
    ----------
    agrees : bool
    worst : tuple of int
        Index of the entry with the largest difference.
    formula, numerical : float
        The two values there.
    tolerance : float
        The largest difference that was accepted.
    kinks : int
        How many entries were left out because a kink is within the step.
    """

    agrees: bool
    worst: tuple[int, ...]
    formula: float
    numerical: float
    tolerance: float
    kinks: int

    def __bool__(self) -> bool:
        return self.agrees

    def __str__(self) -> str:
        return (
            f"{'agree' if self.agrees else 'DIFFER'}: largest difference {abs(self.formula - self.numerical):.2g} at "
            f"{self.worst} (formula {self.formula:.8g}, numerical {self.numerical:.8g}); tolerance "
            f"{self.tolerance:.2g} = {TOLERANCE:g} of the largest entry; left out beside a kink: {self.kinks}"
        )


def numerical_gradient(
    f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, dy: np.ndarray, h: float = STEP
) -> np.ndarray:
    """The gradient of sum(f(x) * dy) by central differences: (f(x + h) - f(x - h)) / (2 h), entry by entry.

    Parameters
    ----------
    f : function
        From an array like x to an array like dy; called twice for each entry of x.
    x : ndarray of float64
        Where; left as it is.
    dy : ndarray
        The upstream gradient. Take random numbers: ones would hide a gradient that is flipped or mixed up.
    h : float
        The step.

    Returns
    -------
    ndarray, shape of x

    Raises
    ------
    TypeError
        If x is not float64: the difference of two nearly equal float32 numbers has two right digits at best.
    """
    return _slope_and_bend(f, np.asarray(x), dy, h)[0]


def compare(
    gradient: np.ndarray, f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, dy: np.ndarray, h: float = STEP
) -> Comparison:
    """Compare a gradient of sum(f(x) * dy) from a formula with the numerical one.

    Everything is computed again with a tenth of the step. An entry is left out as beside a kink if that changes its
    slope by more than the tolerance, or if the slopes to its two sides do not come closer to each other.

    Parameters
    ----------
    gradient : ndarray, shape of x
    f, x, dy, h
        As in `numerical_gradient`.

    Returns
    -------
    Comparison

    Raises
    ------
    TypeError
        If x is not float64.
    ValueError
        If the gradient's shape is not that of x, or nothing is left to compare.
    """
    gradient, (numerical, bend) = np.asarray(gradient), _slope_and_bend(f, np.asarray(x), dy, h)
    expect_shape("gradient", gradient, numerical.shape, "that of x")
    finer, finer_bend = _slope_and_bend(f, np.asarray(x), dy, h / 10)
    # The finer step has ten times the rounding error; what is cancelled is as large as the sum's terms.
    rounding = 100 * np.finfo(np.float64).eps * np.sum(np.abs(np.asarray(f(np.asarray(x))) * dy)) / h
    tolerance = float(max(TOLERANCE * np.max(np.abs(numerical), initial=0), rounding))
    smooth = (np.abs(numerical - finer) <= tolerance) & (finer_bend <= np.maximum(tolerance, bend / 2))
    if not smooth.any():
        raise ValueError("nothing to compare: every entry has a kink within the step, or x is empty")
    difference = np.where(smooth, np.abs(gradient - numerical), -1)
    worst = tuple(int(i) for i in np.unravel_index(np.argmax(difference), difference.shape))
    return Comparison(
        agrees=bool(difference[worst] <= tolerance),
        worst=worst,
        formula=float(gradient[worst]),
        numerical=float(numerical[worst]),
        tolerance=tolerance,
        kinks=int(np.sum(~smooth)),
    )


def _slope_and_bend(
    f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, dy: np.ndarray, h: float
) -> tuple[np.ndarray, np.ndarray]:
    """The central differences of sum(f(x) * dy), and by how much the slopes to the two sides differ."""
    if x.dtype != np.float64:
        raise TypeError(
            f"x is {x.dtype}; numerical gradients need float64, because f(x + h) and f(x - h) agree in most of their "
            "digits, and float32 has only 7: convert x (and everything that f uses) with astype(numpy.float64)"
        )
    slope, bend, middle = np.empty(x.shape), np.empty(x.shape), np.array(f(x.copy()))
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        above, below = np.array(f(up)), np.array(f(down))
        slope[index] = np.sum((above - below) * dy) / (up[index] - down[index])
        bend[index] = abs(np.sum((above - 2 * middle + below) * dy)) / h
    return slope, bend


def adjoint_error(
    forward: Callable[[np.ndarray], np.ndarray],
    backward: Callable[[np.ndarray], np.ndarray],
    x_shape: tuple[int, ...],
    y_shape: tuple[int, ...],
    seed: int = 0,
) -> float:
    """How far a backward function is from the adjoint of a linear forward one: <forward(x), y> = <x, backward(y)>.

    The test holds for any x and y, so it takes random ones; it needs two calls where the numerical gradient needs two
    for each entry. The forward function must be linear: a convolution without bias, an average.

    Returns
    -------
    float
        The difference of the two sides, relative to the product of the lengths of its vectors: about 1e-16 if right.
    """
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal(x_shape), rng.standard_normal(y_shape)
    image, origin = np.asarray(forward(x)), np.asarray(backward(y))
    expect_shape("forward(x)", image, y_shape, "y's")
    expect_shape("backward(y)", origin, x_shape, "x's")
    scale = np.linalg.norm(image) * np.linalg.norm(y)
    return float(abs(np.vdot(image, y) - np.vdot(x, origin)) / scale) if scale else float(np.linalg.norm(origin))
