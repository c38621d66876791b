"""Numerical gradients, and an honest comparison with those from a formula.

A numerical gradient is only as good as its step, its precision and the smoothness of the function. So this module
insists on float64, says where its tolerance comes from, and leaves out the entries whose step crosses a kink (of ReLU
or max), where no gradient exists, instead of widening the tolerance for all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cs_utils.engine.validation import expect_shape

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
    source : str
        Where the tolerance comes from: a part of the largest entry, or rounding.
    kinks : int
        How many entries were left out because a kink is within the step.
    """

    agrees: bool
    worst: tuple[int, ...]
    formula: float
    numerical: float
    tolerance: float
    source: str
    kinks: int

    def __bool__(self) -> bool:
        return self.agrees

    def __str__(self) -> str:
        return (
            f"{'agree' if self.agrees else 'DIFFER'}: largest difference {abs(self.formula - self.numerical):.2g} at "
            f"{self.worst} (formula {self.formula:.8g}, numerical {self.numerical:.8g}); tolerance "
            f"{self.tolerance:.2g} = {self.source}; left out beside a kink: {self.kinks}"
        )


def numerical_gradient(
    f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, dy: np.ndarray, h: float = STEP
) -> np.ndarray:
    """The gradient of sum(f(x) * dy) by central differences: (f(x + h) - f(x - h)) / (2 h), entry by entry.

    Parameters
    ----------
    f : function
        From an array like x to an array like dy, both float64; called twice for each entry of x.
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
        If x or f's result is not float64: the difference of two nearly equal float32 numbers has two right digits at
        best.
    ValueError
        If dy's shape is not that of f's result, h is not positive or is lost in the rounding of x + h, or f or dy
        gives NaN or infinity.
    """
    return _slope_and_bend(f, np.asarray(x), np.asarray(dy), h)[0]


def compare(
    gradient: np.ndarray, f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, dy: np.ndarray, h: float = STEP
) -> Comparison:
    """Compare a gradient of sum(f(x) * dy) from a formula with the numerical one.

    Everything is computed again with a tenth of the step. An entry is left out as beside a kink if that changes its
    slope by more than the tolerance, or if the slopes to its two sides do not come closer to each other. NaN in the
    gradient is wrong even there.

    Parameters
    ----------
    gradient : ndarray of float64, shape of x
    f, x, dy, h
        As in `numerical_gradient`.

    Returns
    -------
    Comparison

    Raises
    ------
    TypeError
        If x, f's result or the gradient is not float64.
    ValueError
        If the gradient's shape is not that of x, fewer than half of the entries are left to compare, or there is no
        numerical gradient (see there).
    """
    gradient, x, dy = np.asarray(gradient), np.asarray(x), np.asarray(dy)
    _expect_float64("x", x)
    _expect_float64("gradient", gradient)
    expect_shape("gradient", gradient, x.shape, "that of x")
    numerical, bend = _slope_and_bend(f, x, dy, h)
    finer, finer_bend = _slope_and_bend(f, x, dy, h / 10)
    tolerance, source = _tolerance(numerical, _result(f, x) * dy, h)
    smooth = (np.abs(numerical - finer) <= tolerance) & (finer_bend <= np.maximum(tolerance, bend / 2))
    if smooth.sum() < max(1, x.size / 2):
        raise ValueError(
            f"too little to compare: {smooth.sum()} of {x.size} entries. The slopes of the others change with the "
            "step: x is too close to kinks, f bends too much for this h, or f uses random numbers"
        )
    difference = np.where(smooth | np.isnan(gradient), np.abs(gradient - numerical), -1)
    worst = tuple(int(i) for i in np.unravel_index(np.argmax(difference), difference.shape))
    return Comparison(
        agrees=bool(difference[worst] <= tolerance),
        worst=worst,
        formula=float(gradient[worst]),
        numerical=float(numerical[worst]),
        tolerance=tolerance,
        source=source,
        kinks=int(np.sum(~smooth)),
    )


def _tolerance(numerical: np.ndarray, terms: np.ndarray, h: float) -> tuple[float, str]:
    """The difference to accept, and where it comes from; `terms` are those of the sum whose gradient is taken."""
    relative = TOLERANCE * np.max(np.abs(numerical), initial=0)
    # The finer step has ten times the rounding error; what is cancelled is as large as the sum's terms.
    rounding = 100 * np.finfo(np.float64).eps * np.sum(np.abs(terms)) / h
    if relative >= rounding:
        return float(relative), f"{TOLERANCE:g} of the largest entry"
    return float(rounding), "what rounding can cost, 100 * 2.2e-16 * sum|f(x) * dy| / h"


def _slope_and_bend(
    f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, dy: np.ndarray, h: float
) -> tuple[np.ndarray, np.ndarray]:
    """The central differences of sum(f(x) * dy), and by how much the slopes to the two sides differ."""
    _expect_float64("x", x)
    middle = _result(f, x)
    expect_shape("dy", dy, middle.shape, "that of f's result")
    slope, bend = np.empty(x.shape), np.empty(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        if not up[index] > x[index] > down[index]:
            raise ValueError(
                f"h should be positive and large enough to change x{list(index)} = {x[index]:g}, but it is {h:g}"
            )
        above, below = _result(f, up), _result(f, down)
        slope[index] = np.sum((above - below) * dy) / (up[index] - down[index])
        bend[index] = abs(np.sum((above - 2 * middle + below) * dy)) / h
        if not np.isfinite(slope[index] + bend[index]):
            raise ValueError(f"f or dy gives NaN or infinity when x{list(index)} = {x[index]:g} is pushed")
    return slope, bend


def _result(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """f(x), with copies before and after: f may overwrite its argument, or return the same array each time."""
    y = np.array(f(x.copy()))
    _expect_float64("f's result", y)
    return y


def _expect_float64(name: str, array: np.ndarray) -> None:
    if array.dtype != np.float64:
        raise TypeError(
            f"{name} is {array.dtype}; numerical gradients need float64, because f(x + h) and f(x - h) agree in most "
            "of their digits, and float32 has only 7: convert x (and everything that f uses) with astype(numpy.float64)"
        )


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
        The difference of the two sides, relative to the product of the lengths of its vectors: about 1e-16 if right, or
        1e-8 if a function computes in float32.
    """
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal(x_shape), rng.standard_normal(y_shape)
    image, origin = np.array(forward(x.copy())), np.array(backward(y.copy()))
    expect_shape("forward(x)", image, y_shape, "y's")
    expect_shape("backward(y)", origin, x_shape, "x's")
    scale = np.linalg.norm(image) * np.linalg.norm(y)
    return float(abs(np.vdot(image, y) - np.vdot(x, origin)) / scale) if scale else float(np.linalg.norm(origin))
