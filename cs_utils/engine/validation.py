"""What the layers ask of their arguments, the words for what does not fit, and how large an output is."""

import operator
from typing import Any

import numpy as np

Pad = int | tuple[int, int]


def floats(name: str, value: Any) -> np.ndarray:
    """`value` as an array of real floating-point numbers; TypeError if it holds anything else."""
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(
            f"{name} should hold floats, not {array.dtype}; "
            f"convert it first, for images with {name}.astype(numpy.float32) / 255"
        )
    return array


def float_array(name: str, value: Any, axes: str) -> np.ndarray:
    """`value` as an array of floats with one axis for each name in `axes`, like "(N, H, W, C)".

    Raises
    ------
    TypeError
        If it holds anything but real floating-point numbers.
    ValueError
        If it has another number of axes.
    """
    array = floats(name, value)
    if array.ndim != len([axis for axis in axes.strip("()").split(",") if axis]):
        raise ValueError(f"{name} should have the axes {axes}, but its shape is {array.shape}")
    return array


def images(name: str, value: Any) -> np.ndarray:
    """`value` as images or maps (N, H, W, C) with at least one channel; N may be 0."""
    array = float_array(name, value, "(N, H, W, C)")
    if array.shape[3] == 0:
        raise ValueError(f"{name} has no channels: its shape is {array.shape}")
    return array


def whole_number(name: str, value: Any, least: int) -> int:
    """`value` as an int, at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} should be a whole number, not {value!r}") from None
    if number < least:
        raise ValueError(f"{name} should be at least {least}, not {number}")
    return number


def both_pads(pad: Any) -> tuple[int, int]:
    """Padding before and after an axis, from one number for both or from a pair (before, after)."""
    if not isinstance(pad, tuple | list):
        pad = (pad, pad)
    if len(pad) != 2:
        raise ValueError(f"pad should be a number or a pair (before, after), not {pad!r}")
    return whole_number("pad", pad[0], 0), whole_number("pad", pad[1], 0)


def same_dtype(*arrays: np.ndarray) -> list[np.ndarray]:
    """The arrays in their common float dtype and the machine's byte order; those that have it are not copied."""
    dtype = np.result_type(*arrays).newbyteorder("=")
    return [array.astype(dtype, copy=False) for array in arrays]


def expect_shape(name: str, array: np.ndarray, shape: tuple[int, ...], because: str) -> None:
    """Raise ValueError if `array` has another shape."""
    if array.shape != shape:
        raise ValueError(f"{name} should have the shape {shape}, {because}, but it has {array.shape}")


def output_size(n: int, size: int, stride: int = 1, pad: Pad = 0) -> int:
    """Positions of a window of `size` on an axis of `n` pixels: (N - F + 2 P) / S + 1.

    Parameters
    ----------
    n : int
        Pixels along the axis.
    size : int
        Extent F of the filter or pooling window.
    stride : int
        Pixels from one window to the next.
    pad : int or (int, int)
        Zeros added on each side, or (before, after).

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If one of them is no whole number.
    ValueError
        If the window is larger than the padded axis, or n - size + 2 * pad is no multiple of the stride. (PyTorch
        rounds down instead and ignores the last rows.)
    """
    n, size, stride = whole_number("n", n, 0), whole_number("size", size, 1), whole_number("stride", stride, 1)
    before, after = both_pads(pad)
    room = n - size + before + after
    padded = f"{n} pixels" + (f" and {before} + {after} of padding" if before or after else "")
    if room < 0:
        raise ValueError(f"a window of {size} does not fit into {padded}")
    if room % stride:
        raise ValueError(
            f"windows of {size} with stride {stride} do not fit {padded}: "
            f"({n} - {size} + {before + after}) / {stride} + 1 = {room / stride + 1:.2f} is no whole number"
        )
    return room // stride + 1
