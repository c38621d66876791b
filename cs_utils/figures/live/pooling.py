"""Pooling and its gradient, on a grid whose numbers can be dragged."""

import numpy as np

from cs_utils.figures.live.page import LivePicture
from cs_utils.figures.pooling import max_pool_gradient
from cs_utils.layers import max_pool2d

WIDEST = 8  # cells of a side: four grids stand side by side


def live_pooling(x: np.ndarray, dy: np.ndarray, size: int = 2, stride: int = 2) -> LivePicture:
    """Show a map, its pooled map, and the gradient on its way back; all numbers of x and dy can be changed.

    Maximum and mean can be chosen, and for the maximum what happens where numbers are equal: every one of them gets the
    gradient, which is the lecture's rule, or the first alone, which is PyTorch's.

    Parameters
    ----------
    x : ndarray (H, W)
        To begin with; at most 8 by 8.
    dy : ndarray (H', W')
        The upstream gradient to begin with, one number for each window.
    size, stride : int

    Returns
    -------
    LivePicture

    Raises
    ------
    ValueError
        If x is no map or too large, the windows don't fit, or dy does not have one number for each of them.
    """
    x, dy = np.asarray(x, float), np.asarray(dy, float)
    if x.ndim != 2 or max(x.shape) > WIDEST:
        raise ValueError(f"x should be one map, (H, W), of at most {WIDEST} by {WIDEST}, but its shape is {x.shape}")
    places = max_pool2d(x[None, :, :, None], size, stride).shape[1:3]
    if dy.shape != places:
        raise ValueError(f"dy should have one number for each window, {places}, but its shape is {dy.shape}")
    still = max_pool_gradient(x, dy, size, stride)
    alt = f"{still.alt} Where this is live, numbers can be changed, and the mean can take the place of the maximum."
    data = {"x": x, "dy": dy, "size": size, "stride": stride}
    return LivePicture("Pooling and its gradient", "pooling.js", data, lambda: still, alt, height=420)
