"""A filter to paint, and the map that it makes of an image at once."""

import numpy as np

from cs_utils.figures.live.page import LivePicture
from cs_utils.figures.maps import filtered
from cs_utils.layers import conv2d

KNOWN = {
    "vertical edge": [[1, 0, -1]] * 3,
    "horizontal edge": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
}


def live_filter(x: np.ndarray, w: np.ndarray) -> LivePicture:
    """Show an image, a filter that can be painted, and the map; point at a place to see its window, products and sum.

    Parameters
    ----------
    x : ndarray (H, W)
        The image, one channel.
    w : ndarray (F, F)
        The filter to begin with.

    Returns
    -------
    LivePicture

    Raises
    ------
    ValueError
        If x or w does not have two axes, w is not square or does not fit on x, or x has more than 64 pixels a side.
    """
    x, w = np.asarray(x, float), np.asarray(w, float)
    if x.ndim != 2 or w.ndim != 2 or len(set(w.shape)) != 1:
        raise ValueError(f"an image (H, W) and a filter (F, F) are needed, not {x.shape} and {w.shape}")
    if max(x.shape) > 64 or len(w) > 7:
        raise ValueError(f"at most 64 pixels a side, and a filter of at most 7, not {x.shape} and {w.shape}")
    y = conv2d(x[None, :, :, None], w[:, :, None, None], np.zeros(1))[0, :, :, 0]
    still = filtered(x, w, y)
    alt = f"{still.alt} Where this is live, the filter can be painted, and any place shows its window and products."
    known = KNOWN if len(w) == 3 else {}
    data = {"image": x, "filter": w, "known": known}
    return LivePicture("Paint a filter", "filter.js", data, lambda: still, alt, height=560)
