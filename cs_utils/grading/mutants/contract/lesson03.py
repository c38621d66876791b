"""Lesson 03: strides and padding that fit and that don't, nets on paper."""

from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercises.lesson03_stride_padding.shared import side
from cs_utils.grading.mutants.contract.arrays import few, floats, special


def _output_size(rng: np.random.Generator) -> Case:
    size, stride, pad = few(rng, 7), few(rng, 4), few(rng, 3, 0)
    n = side(few(rng, 8), size, stride, pad) if rng.random() < 0.5 else few(rng, 12)
    given = {"n": n, "size": size} | ({"stride": stride} if pad or stride > 1 or rng.random() < 0.5 else {})
    return Case(given | ({"pad": pad} if pad else {}))


def _zero_pad(rng: np.random.Generator) -> Case:
    return Case(
        {"x": special(rng, few(rng, 4), few(rng), few(rng), few(rng, 4), dtype=floats(rng)), "pad": few(rng, 3, 0)}
    )


def _same_pad(rng: np.random.Generator) -> Case:
    return Case({"size": few(rng, 21)})


def _conv_forward(rng: np.random.Generator) -> Case:
    size, stride, pad, depth, filters, dtype = (
        few(rng),
        few(rng, 4),
        few(rng, 3, 0),
        few(rng, 3),
        few(rng, 3),
        floats(rng),
    )
    sides = [side(few(rng, 3), size, stride, pad) for _ in range(2)]
    filter_depth = depth
    if rng.random() < 0.2:  # one row or column too few or too many, or filters of another depth
        which = int(rng.integers(3))
        if which < 2:
            sides[which] = max(1, sides[which] + int(rng.choice([-1, 1])))
        elif size > pad:  # else every window may lie in the padding, where an answer need not look at the filters
            filter_depth += 1
    arrays = {
        "x": special(rng, few(rng, 3), *sides, depth, dtype=dtype),
        "w": special(rng, size, size, filter_depth, filters, dtype=dtype),
        "b": special(rng, filters, dtype=dtype),
    }
    return Case(arrays | ({"stride": stride, "pad": pad} if stride > 1 or pad else {}))


def _count_conv_parameters(rng: np.random.Generator) -> Case:
    return Case({"size": few(rng, 9), "depth": few(rng, 20), "filters": few(rng, 20)})


def _trace_shapes(rng: np.random.Generator) -> Case:
    shape = few(rng, 20, 4), few(rng, 20, 4), few(rng, 4)
    (height, width, _), layers = shape, []
    for _ in range(few(rng, 5)):
        layer = _fitting_layer(rng, height, width)
        layers.append(layer)
        if layer[0] == "fc":
            height = width = 1
        elif layer[0] != "relu":
            size, stride, pad = layer[-3:] if layer[0] == "conv" else (*layer[-2:], 0)
            height, width = ((n - size + 2 * pad) // stride + 1 for n in (height, width))
    return Case({"input_shape": shape, "layers": layers})


def _fitting_layer(rng: np.random.Generator, height: int, width: int) -> tuple[Any, ...]:
    """Return a layer that fits maps of this height and width."""
    while True:
        size, stride, pad = few(rng, 4), few(rng, 3), few(rng, 2, 0)
        match rng.integers(4):
            case 0:
                return ("relu",)
            case 1:
                return "fc", few(rng, 9)
            case 2:
                pad = 0
        if all(n - size + 2 * pad >= 0 and (n - size + 2 * pad) % stride == 0 for n in (height, width)):
            return ("conv", few(rng, 9), size, stride, pad) if rng.random() < 0.5 or pad else ("pool", size, stride)


def _receptive_field(rng: np.random.Generator) -> Case:
    return Case({"layers": [(few(rng, 5), few(rng, 3)) for _ in range(few(rng, 5, 0))]})


DRAWS = {
    "output_size": _output_size,
    "zero_pad": _zero_pad,
    "same_pad": _same_pad,
    "conv_forward": _conv_forward,
    "count_conv_parameters": _count_conv_parameters,
    "trace_shapes": _trace_shapes,
    "receptive_field": _receptive_field,
}
