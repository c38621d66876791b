"""Lesson 07, batch_norm: wrong and right answers."""

import numpy as np
from scipy import ndimage

from cs_utils.grading.exercises.lesson07_deeper_networks.batch_norm import BATCH_NORM
from cs_utils.grading.exercises.lesson07_deeper_networks.shared_answers import OVER_A_CHANNEL, standardized


def _normalized(x, gamma, beta, eps, axis=OVER_A_CHANNEL, ddof=0):
    """Return what `batch_norm` returns, but with statistics over any axes."""
    z, _ = standardized(x, eps, axis, ddof)
    return gamma * z + beta


@BATCH_NORM.wrong("each image is normalised on its own (instance norm): the statistics are taken over all images")
def normalizes_each_image(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, eps, (1, 2))


@BATCH_NORM.wrong("each image is normalised over all its channels (layer norm): each channel has its own statistics")
def normalizes_over_channels(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, eps, (1, 2, 3))


@BATCH_NORM.wrong("one mean and one variance are taken of all numbers: each channel has its own")
def normalizes_everything_at_once(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, eps, None)


@BATCH_NORM.wrong("each pixel has statistics of its own, over the images alone: they are taken over all pixels, too")
def normalizes_each_pixel(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, eps, 0)


@BATCH_NORM.wrong("each pixel is normalised over its channels: each channel should be normalised over all its pixels")
def normalizes_the_channels_of_a_pixel(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, eps, 3)


@BATCH_NORM.wrong("the columns are left out of the statistics: they are taken over axes 0, 1 and 2")
def forgets_the_columns(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, eps, (0, 1))


@BATCH_NORM.wrong("the variance is divided by n - 1: batch norm divides by n")
def divides_by_one_less(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, eps, ddof=1)


@BATCH_NORM.wrong("the division is by the variance: divide by its square root")
def divides_by_the_variance(x, gamma, beta, eps=1e-5):
    return gamma * (x - x.mean(OVER_A_CHANNEL)) / (x.var(OVER_A_CHANNEL) + eps) + beta


@BATCH_NORM.wrong("eps is added to the standard deviation: it belongs under the root, to the variance", partial=True)
def adds_eps_outside_the_root(x, gamma, beta, eps=1e-5):
    return gamma * (x - x.mean(OVER_A_CHANNEL)) / (x.std(OVER_A_CHANNEL) + eps) + beta


@BATCH_NORM.wrong("eps is left out: a constant channel is divided by 0", partial=True)
def forgets_eps(x, gamma, beta, eps=1e-5):
    with np.errstate(all="ignore"):
        return _normalized(x, gamma, beta, 0)


@BATCH_NORM.wrong("eps is always 1e-5, whatever is passed", partial=True)
def has_an_eps_of_its_own(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, 1e-5)


@BATCH_NORM.wrong("the mean isn't subtracted")
def keeps_the_mean(x, gamma, beta, eps=1e-5):
    return gamma * x / np.sqrt(x.var(OVER_A_CHANNEL) + eps) + beta


@BATCH_NORM.wrong("the variance is left as it was: divide by the root of variance + eps")
def keeps_the_spread(x, gamma, beta, eps=1e-5):
    return gamma * (x - x.mean(OVER_A_CHANNEL)) + beta


@BATCH_NORM.wrong("gamma is forgotten", partial=True)
def forgets_gamma(x, gamma, beta, eps=1e-5):
    return _normalized(x, np.ones_like(gamma), beta, eps)


@BATCH_NORM.wrong("beta is forgotten")
def forgets_beta(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, np.zeros_like(beta), eps)


@BATCH_NORM.wrong("gamma also multiplies beta: first scale, then add", partial=True)
def scales_beta(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, gamma * beta, eps)


@BATCH_NORM.wrong("gamma and beta are swapped")
def swaps_gamma_and_beta(x, gamma, beta, eps=1e-5):
    return _normalized(x, beta, gamma, eps)


@BATCH_NORM.wrong("`x -= ...` changes the caller's maps: x - ... makes a new array", partial=True)
def works_in_place(x, gamma, beta, eps=1e-5):
    x -= x.mean(OVER_A_CHANNEL)
    return gamma * x / np.sqrt(x.var(OVER_A_CHANNEL) + eps) + beta


@BATCH_NORM.wrong("the first channel's gamma is used for all: each channel has its own", partial=True)
def takes_the_first_gamma(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma[0], beta, eps)


@BATCH_NORM.right
def takes_mean_and_variance(x, gamma, beta, eps=1e-5):
    return _normalized(x, gamma, beta, eps)


@BATCH_NORM.right
def works_on_a_matrix(x, gamma, beta, eps=1e-5):
    rows = x.reshape(-1, x.shape[3])
    centred = rows - np.ones(len(rows), x.dtype) @ rows / len(rows)
    variance = np.einsum("ic,ic->c", centred, centred) / len(rows)
    return (centred @ np.diag(gamma / np.sqrt(variance + eps)) + beta).reshape(x.shape)


@BATCH_NORM.right
def goes_channel_by_channel(x, gamma, beta, eps=1e-5):
    y = np.empty_like(x)
    for c in range(x.shape[3]):
        channel = x[..., c] - x[..., c].mean()
        y[..., c] = channel * (gamma[c] / (np.square(channel).mean() + eps) ** 0.5) + beta[c]
    return y


@BATCH_NORM.right
def takes_the_mean_of_squares(x, gamma, beta, eps=1e-5):
    wide = x.astype(np.float64)
    mean = wide.mean(OVER_A_CHANNEL)
    variance = np.maximum((wide**2).mean(OVER_A_CHANNEL) - mean**2, 0)
    scale = gamma / np.sqrt(variance + eps)
    return scale * wide + (beta - mean * scale)


@BATCH_NORM.right
def asks_scipy_for_the_variance(x, gamma, beta, eps=1e-5):
    channels = np.broadcast_to(np.arange(x.shape[3]), x.shape)
    mean = np.array(ndimage.mean(x, channels, np.arange(x.shape[3])))
    variance = np.array(ndimage.variance(x.astype(np.float64), channels, np.arange(x.shape[3])))
    return (x - mean) * (gamma / np.sqrt(variance + eps)) + beta
