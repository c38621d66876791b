"""What the layers ask of their arguments, the words for what does not fit, and how large an output is."""

import operator
from typing import Any

import numpy as np

Pad = int | tuple[int, int]
Shape = tuple[int, int, int, int]


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
        If one of them is not a whole number.
    ValueError
        If the window is larger than the padded axis, or n - size + 2 * pad is not a multiple of the stride. (PyTorch
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


def conv2d_arguments(x: np.ndarray, w: np.ndarray, stride: int, pad: Pad) -> tuple[np.ndarray, np.ndarray, int, Shape]:
    """The images and filters of a convolution, the padding before each axis, and the shape of the output."""
    x, w = images("x", x), float_array("w", w, "(F, F, C, K)")
    if 0 in w.shape:
        raise ValueError(f"w holds no filters: its shape is {w.shape}")
    expect_shape("w", w, (*w.shape[:2], x.shape[3], w.shape[3]), f"as x has {x.shape[3]} channels")
    pads = both_pads(pad)
    height, width = (output_size(x.shape[axis + 1], w.shape[axis], stride, pads) for axis in (0, 1))
    return x, w, pads[0], (len(x), height, width, w.shape[3])


def conv2d_backward_arguments(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int, pad: Pad
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """dy, x and w in the same precision, and the padding before each axis."""
    x, w, before, out_shape = conv2d_arguments(x, w, stride, pad)
    dy = float_array("dy", dy, "(N, H', W', K)")
    expect_shape("dy", dy, out_shape, "that of the layer's output")
    dy, x, w = same_dtype(dy, x, w)
    return dy, x, w, before


def pool_arguments(x: np.ndarray, size: int, stride: int) -> tuple[np.ndarray, Shape]:
    """The maps, and the shape of the pool's output."""
    (x,) = same_dtype(images("x", x))
    height, width = (output_size(x.shape[axis], size, stride) for axis in (1, 2))
    return x, (len(x), height, width, x.shape[3])


def pool_backward_arguments(dy: np.ndarray, x: np.ndarray, size: int, stride: int) -> list[np.ndarray]:
    """dy and x in the same precision."""
    x, out_shape = pool_arguments(x, size, stride)
    dy = images("dy", dy)
    expect_shape("dy", dy, out_shape, "that of the layer's output")
    return same_dtype(dy, x)


def linear_arguments(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows and the weights of a fully connected layer."""
    x, w = float_array("x", x, "(N, D)"), float_array("w", w, "(D, M)")
    expect_shape("w", w, (x.shape[1], w.shape[1]), f"one row for each of the {x.shape[1]} columns of x")
    return x, w


def images_of_a_batch(x: np.ndarray) -> np.ndarray:
    """Images of which there is at least one pixel, so that there is a mean."""
    x = images("x", x)
    if x.size == 0:
        raise ValueError(f"x is empty (shape {x.shape}): there is nothing to take the mean of")
    return x


def channel_vector(name: str, value: Any, x: np.ndarray) -> np.ndarray:
    """`value` as an array of floats with one number for each channel of x."""
    vector = float_array(name, value, "(C,)")
    expect_shape(name, vector, x.shape[3:], "one number for each channel of x")
    return vector


def score_arguments(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores (N, classes) of at least one image, and as many labels, all of them of classes that exist."""
    scores, labels = float_array("scores", scores, "(N, classes)"), np.asarray(labels)
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"labels should be integers, not {labels.dtype}")
    n, classes = scores.shape
    expect_shape("labels", labels, (n,), "one label for each row of scores")
    if scores.size == 0:
        raise ValueError(f"scores are empty (shape {scores.shape}): there is nothing to take the mean of")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels should be 0 to {classes - 1}, but go from {labels.min()} to {labels.max()}")
    return scores, labels
