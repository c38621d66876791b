"""A loss function on all cores: a batch is cut into pieces, and their losses and gradients are averaged."""

from collections.abc import Callable

import numpy as np

from cs_utils.engine.threads import MICRO_BATCH, in_order
from cs_utils.training.optim import Arrays

LossFunction = Callable[[Arrays, np.ndarray, np.ndarray, float], tuple[float, Arrays]]


def on_all_cores(
    loss_function: LossFunction, parameters: Arrays, x: np.ndarray, labels: np.ndarray, weight_decay: float = 0.0
) -> tuple[float, Arrays]:
    """Return what ``loss_function(parameters, x, labels, weight_decay)`` returns, computed on all cores.

    The batch is cut into pieces of 32 images, and each core takes a piece at a time. A mean over the batch is the mean
    of the pieces' means, each weighted by its part of the images; the price of large weights is the same in each
    piece, so that mean leaves it as it is.

    Parameters
    ----------
    loss_function : function
        Returns a loss, the mean over its images, and a dictionary of gradients, such as `convnet_loss`.
    parameters : dict of str to ndarray
    x : ndarray (N, H, W, C), float
        At least one image.
    labels : ndarray (N,), integer
    weight_decay : float

    Returns
    -------
    loss : float
    grads : dict of str to ndarray
        The same to the last bit, whatever the number of cores.

    Raises
    ------
    ValueError
        If there are no images, or not one label for each.
    """
    if not len(x) or len(x) != len(labels):
        raise ValueError(f"{len(x)} images and {len(labels)} labels: each of at least one image needs one label")
    pieces = [slice(start, start + MICRO_BATCH) for start in range(0, len(x), MICRO_BATCH)]
    found = in_order(lambda piece: loss_function(parameters, x[piece], labels[piece], weight_decay), pieces)
    weights = [len(labels[piece]) / len(x) for piece in pieces]
    loss = sum(weight * float(loss) for weight, (loss, _) in zip(weights, found, strict=True))
    grads = {name: weights[0] * grad for name, grad in found[0][1].items()}
    for weight, (_, more) in zip(weights[1:], found[1:], strict=True):
        for name, grad in more.items():
            grads[name] = grads[name] + weight * grad
    return loss, grads
