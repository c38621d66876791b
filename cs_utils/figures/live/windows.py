"""The places of a window: size, stride and padding as sliders, on a strip and on a square grid."""

from cs_utils.figures.live.page import LivePicture
from cs_utils.figures.windows import window_places

LIMITS = {"N": (1, 12), "F": (1, 7), "S": (1, 4), "P": (0, 3)}


def live_windows(n: int = 7, size: int = 3, stride: int = 1, pad: int = 0) -> LivePicture:
    """Show where a window fits, on one axis and on a square grid, with N, F, S and P as sliders.

    Parameters
    ----------
    n, size, stride, pad : int
        To begin with: pixels of a side, 1 to 12; of the window, 1 to 7; the step, 1 to 4; zeros on each side, 0 to 3.

    Returns
    -------
    LivePicture

    Raises
    ------
    ValueError
        If a number is beyond its slider, or the window is larger than the padded axis.
    """
    start = {"N": n, "F": size, "S": stride, "P": pad}
    for name, (low, high) in LIMITS.items():
        if not low <= start[name] <= high:
            raise ValueError(f"{name} should be from {low} to {high}, not {start[name]}")
    if size > n + 2 * pad:
        raise ValueError(f"a window of {size} is larger than {n} pixels with {pad} zeros on each side")
    still = window_places(n, size, [stride], pad)
    live = "Where this is live, N, F, S and P are sliders, and a square grid shows the window at each place."
    data = {"start": start, "limits": LIMITS}
    title = "Windows that fit and windows that don't"
    return LivePicture(title, "windows.js", data, lambda: still, f"{still.alt} {live}", height=620)
