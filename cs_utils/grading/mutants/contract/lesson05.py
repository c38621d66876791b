"""Lesson 05: gradients of layers of any size, with zeros and ties in what goes in."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.checks.values import Made
from cs_utils.grading.exercises.lesson03_stride_padding.shared import side
from cs_utils.grading.exercises.lesson05_backprop.numerical_gradient import DOUBLE, numbers_that_come_back
from cs_utils.grading.exercises.lesson05_backprop.shared import Layout, options
from cs_utils.grading.mutants.contract.arrays import few, floats, special
from cs_utils.grading.mutants.contract.lesson01 import labelled


def _numerical_gradient(rng: np.random.Generator) -> Case:
    h = float(rng.choice([0.125, 0.25, 0.5, 1.0]))
    if rng.random() < 0.2:
        x = numbers_that_come_back(rng, 1e-5, few(rng))
        return Case({"f": Made("cubes"), "x": x, "dy": rng.normal(size=x.shape)}, tolerance=1e-7)
    if rng.random() < 0.5:
        shape = tuple(few(rng, 3) for _ in range(few(rng, 3)))
        return Case({"f": Made("cubes"), "x": _plain(rng, *shape), "dy": _plain(rng, *shape), "h": h}, tolerance=DOUBLE)
    m, n = few(rng, 4), few(rng, 4)
    arrays = {"x": _plain(rng, m, n), "dy": _plain(rng, m, m)}
    return Case({"f": Made("products_of_rows")} | arrays | {"h": h}, tolerance=DOUBLE)


def _plain(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return numbers that are the same again after a push by h up and down, should an answer push x itself."""
    return rng.integers(-64, 65, shape) / 32


def _relu_backward(rng: np.random.Generator) -> Case:
    shape, dtype = tuple(few(rng, 4) for _ in range(few(rng, 4))), floats(rng)
    return Case({"dy": special(rng, *shape, dtype=dtype), "x": special(rng, *shape, dtype=dtype)})


def _linear_backward(rng: np.random.Generator) -> Case:
    n, d, m, dtype = few(rng), few(rng), few(rng), floats(rng)
    shapes = {"dy": (n, m), "x": (n, d), "w": (d, m)}
    return Case({name: special(rng, *shape, dtype=dtype) for name, shape in shapes.items()})


def _softmax_cross_entropy_backward(rng: np.random.Generator) -> Case:
    scores, labels = labelled(rng, floats(rng))
    if scores.shape[1] == 1:  # the gradient is 0, and rounding all that is left
        scores, labels = np.array([[0.5, -1.0]]), np.array([1])
    return Case({"scores": scores, "labels": labels})


def _layout(rng: np.random.Generator) -> Layout:
    size, stride, pad = few(rng, 4), few(rng, 3), few(rng, 3, 0)
    height, width = (side(few(rng, 3), size, stride, pad) for _ in range(2))
    return Layout((few(rng, 3), height, width, few(rng, 3)), size, few(rng, 3), stride, pad)


def _options(rng: np.random.Generator, layout: Layout) -> dict[str, int]:
    usual = layout.stride == 1 and layout.pad == 0
    return {} if usual and rng.random() < 0.5 else options(layout)


def _conv_backward(rng: np.random.Generator) -> Case:
    layout, dtype = _layout(rng), floats(rng)
    arrays = {"dy": layout.output, "x": layout.shape, "w": layout.weights}
    return Case({k: special(rng, *shape, dtype=dtype) for k, shape in arrays.items()} | _options(rng, layout))


def _im2col(rng: np.random.Generator) -> Case:
    layout = _layout(rng)
    x = special(rng, *layout.shape, dtype=floats(rng))
    return Case({"x": x, "size": layout.size} | _options(rng, layout))


def _col2im(rng: np.random.Generator) -> Case:
    layout = _layout(rng)
    count, rows, columns, _ = layout.output
    cols = special(rng, count * rows * columns, layout.size**2 * layout.shape[3], dtype=floats(rng))
    return Case({"cols": cols, "x_shape": layout.shape, "size": layout.size} | _options(rng, layout))


DRAWS = {
    "numerical_gradient": _numerical_gradient,
    "relu_backward": _relu_backward,
    "linear_backward": _linear_backward,
    "softmax_cross_entropy_backward": _softmax_cross_entropy_backward,
    "conv_backward": _conv_backward,
    "im2col": _im2col,
    "col2im": _col2im,
}
