"""A convolution forward and back, one place at a time: what each output number sends to dx, dw and db."""

import numpy as np

from cs_utils.figures.grids import number_grids
from cs_utils.figures.live.page import LivePicture
from cs_utils.layers import conv2d, conv2d_backward

MOST = 6  # numbers a side: more would not fit on a phone


def live_conv_gradient(x: np.ndarray, w: np.ndarray, dy: np.ndarray) -> LivePicture:
    """Show a convolution place by place: the output numbers forward, then the shares that each of them sends back.

    Parameters
    ----------
    x : ndarray (H, W)
        The image, one channel.
    w : ndarray (F, F)
        The filter, moved with stride 1, without padding; the bias is 0.
    dy : ndarray (H-F+1, W-F+1)
        The upstream gradient.

    Returns
    -------
    LivePicture

    Raises
    ------
    ValueError
        If the shapes do not fit together, or x has more than 6 numbers a side.
    """
    x, w, dy = (np.asarray(array, float) for array in (x, w, dy))
    if x.ndim != 2 or w.ndim != 2 or len(set(w.shape)) != 1 or max(x.shape) > MOST:
        raise ValueError(f"an image (H, W) of at most {MOST} a side and a filter (F, F), not {x.shape} and {w.shape}")
    y = conv2d(x[None, :, :, None], w[:, :, None, None], np.zeros(1))
    if dy.shape != y.shape[1:3]:
        raise ValueError(f"dy must have the output's shape {y.shape[1:3]}, not {dy.shape}")
    dx, dw, db = conv2d_backward(dy[None, :, :, None], x[None, :, :, None], w[:, :, None, None])
    arrays = {"x": x, "w": w, "y": y[0, :, :, 0], "dy": dy, "dx": dx[0, :, :, 0], "dw": dw[:, :, 0, 0]}
    alt = (
        f"A filter of {len(w)} by {len(w)} on an image of {x.shape[0]} by {x.shape[1]} numbers. Where the picture is "
        "live, each step computes one output number, or sends its gradient back: dy times the filter to dx, dy times "
        f"the window to dw, dy to db, which is {db[0]:g} in the end. All numbers can be changed."
    )
    data = {"x": x, "w": w, "dy": dy}
    return LivePicture(
        "Back through a convolution, one place at a time",
        "conv_gradient.js",
        data,
        lambda: number_grids(arrays),
        alt,
        height=420,
    )
