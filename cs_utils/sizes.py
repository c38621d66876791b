"""How large the output of a convolution or pooling layer is."""

from cs_utils.arguments import Pad, both_pads, whole_number


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
