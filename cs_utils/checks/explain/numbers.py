"""Names for a number that a result is off by: 4 is N here, or H * W, or the stride."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np


def named_numbers(inputs: Mapping[str, Any], shape: tuple[int, ...] = ()) -> dict[str, float]:
    """Return the sizes and options of a call, by what a message calls them, the likeliest first.

    `shape` is that of the expected result. Sizes of 1 and options of 0 say nothing and are left out.
    """
    found: dict[str, float] = {}
    for name, value in inputs.items():
        if isinstance(value, np.ndarray) and not (name == "dy" and value.shape == np.shape(inputs.get("x", 0))):
            found |= {text: number for text, number in _sizes(name, value.shape) if text not in found}
    if len(shape) == 4 and "w" in inputs:
        found |= {"the number of windows per image": shape[1] * shape[2]}
        found |= {"the number of windows in the batch": shape[0] * shape[1] * shape[2]}
    for name, value in inputs.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            found |= {name: value}
            if name == "size":
                found |= {"size * size": value**2}
            if name == "momentum":
                found |= {"1 - momentum": 1 - value}
    return {text: float(number) for text, number in found.items() if number not in (0, 1)}


def _sizes(name: str, shape: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    weights = name.startswith(("w", "filt"))
    match shape:
        case (n, h, w, c) if not weights:
            places = name == "dy"
            yield "N, the number of images", n
            yield ("the number of windows per image" if places else "H * W, the pixels of a map"), h * w
            yield ("the number of windows in the batch" if places else "N * H * W, the pixels of all maps"), n * h * w
            yield ("K, the number of filters" if places else "C, the number of channels"), c
            yield "H, the height", h
            yield "W, the width", w
        case (f, _, c, k):
            yield "F * F, the numbers of a filter per channel", f * f
            yield "F * F * C, the numbers of a filter", f * f * c
            yield "F, the size of the filter", f
            yield "C, the number of channels", c
            yield "K, the number of filters", k
        case (h, w, c):
            yield f"H * W, the pixels of {name}", h * w
            yield "C, the number of channels", c
            yield f"H * W * C, the numbers of {name}", h * w * c
        case (n, d) if not weights:
            yield "N, the number of rows", n
            yield f"the number of columns of {name}", d
            yield f"the number of entries of {name}", n * d
        case (d, m):
            yield "D, the number of inputs", d
            yield "M, the number of outputs", m


def factors(number: float, named: Mapping[str, float], near: float) -> Iterator[str]:
    """Yield what a result was multiplied by, in words: "times 2", "divided by N, the number of images"."""

    def equal(one: float, other: float) -> bool:
        return abs(one - other) <= near * abs(other)

    sign = ", with the opposite sign" if number < 0 else ""
    for text, value in named.items():
        if equal(abs(number), abs(value)):
            yield f"times {text}{sign}"
        if equal(abs(number), 1 / abs(value)):
            yield f"divided by {text}{sign}"


def summands(number: float, inputs: Mapping[str, Any], near: float) -> Iterator[str]:
    """Yield the input of one number that was added or taken away, in words: "minus bias"."""
    for name, value in inputs.items():
        if isinstance(value, float | int | np.ndarray) and np.size(value) == 1:
            only = float(np.asarray(value).ravel()[0])
            if only and abs(abs(number) - abs(only)) <= near * abs(only):
                yield f"{'plus' if number * only > 0 else 'minus'} {name}"
