"""Lesson 07, batch_norm_backward: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson07_deeper_networks.batch_norm_backward import BATCH_NORM_BACKWARD
from cs_utils.grading.exercises.lesson07_deeper_networks.shared_answers import OVER_A_CHANNEL, standardized


def _pieces(dy, x, eps, axis=OVER_A_CHANNEL, ddof=0):
    """Return z, the deviation, and the two means that dx subtracts; statistics over any axes."""
    z, deviation = standardized(x, eps, axis, ddof)
    return z, deviation, dy.mean(axis=axis, keepdims=True), (dy * z).mean(axis=axis, keepdims=True)


def _sums(dy, z):
    return (dy * z).sum(OVER_A_CHANNEL), dy.sum(OVER_A_CHANNEL)


def _gradients(dy, x, gamma, eps, axis=OVER_A_CHANNEL, ddof=0):
    z, deviation, mean, mean_z = _pieces(dy, x, eps, axis, ddof)
    return gamma / deviation * (dy - mean - z * mean_z), *_sums(dy, z)


def _with_count(dy, x, gamma, eps, count):
    """Return the right gradients except for dx, whose two means are sums divided by `count`."""
    z, deviation = standardized(x, eps)
    dgamma, dbeta = _sums(dy, z)
    return gamma / deviation * (dy - dbeta / count - z * dgamma / count), dgamma, dbeta


@BATCH_NORM_BACKWARD.right
def takes_two_means_off(dy, x, gamma, eps=1e-5):
    return _gradients(dy, x, gamma, eps)


@BATCH_NORM_BACKWARD.wrong("mean and variance are taken as constants in dx: they depend on x, too", partial=True)
def takes_statistics_for_constants(dy, x, gamma, eps=1e-5):
    z, deviation, _, _ = _pieces(dy, x, eps)
    return gamma / deviation * dy, *_sums(dy, z)


@BATCH_NORM_BACKWARD.wrong("the variance is taken as a constant in dx: z * mean of dy * z is missing", partial=True)
def forgets_the_variance(dy, x, gamma, eps=1e-5):
    z, deviation, mean, _ = _pieces(dy, x, eps)
    return gamma / deviation * (dy - mean), *_sums(dy, z)


@BATCH_NORM_BACKWARD.wrong("the mean is taken as a constant in dx: the mean of dy isn't subtracted", partial=True)
def forgets_the_mean(dy, x, gamma, eps=1e-5):
    z, deviation, _, mean_z = _pieces(dy, x, eps)
    return gamma / deviation * (dy - z * mean_z), *_sums(dy, z)


@BATCH_NORM_BACKWARD.wrong("the mean of dy * z is subtracted without its factor z", partial=True)
def forgets_the_factor_z(dy, x, gamma, eps=1e-5):
    z, deviation, mean, mean_z = _pieces(dy, x, eps)
    return gamma / deviation * (dy - mean - mean_z), *_sums(dy, z)


@BATCH_NORM_BACKWARD.wrong("the two means are added in dx: they should be subtracted", partial=True)
def adds_the_means(dy, x, gamma, eps=1e-5):
    z, deviation, mean, mean_z = _pieces(dy, x, eps)
    return gamma / deviation * (dy + mean + z * mean_z), *_sums(dy, z)


@BATCH_NORM_BACKWARD.wrong("sums are subtracted in dx: they should be means", partial=True)
def takes_sums_off(dy, x, gamma, eps=1e-5):
    return _with_count(dy, x, gamma, eps, 1)


@BATCH_NORM_BACKWARD.wrong(
    "n in dx is the number of images: it should count their pixels, too, N * H * W", partial=True
)
def counts_the_images_alone(dy, x, gamma, eps=1e-5):
    return _with_count(dy, x, gamma, eps, len(x))


@BATCH_NORM_BACKWARD.wrong(
    "n in dx is the number of pixels of one image: it should count all images, N * H * W", partial=True
)
def counts_the_pixels_of_one_image(dy, x, gamma, eps=1e-5):
    return _with_count(dy, x, gamma, eps, x[0, ..., 0].size)


@BATCH_NORM_BACKWARD.wrong(
    "n in dx is x.size, which counts all channels: a channel has N * H * W numbers", partial=True
)
def counts_the_channels_too(dy, x, gamma, eps=1e-5):
    return _with_count(dy, x, gamma, eps, x.size)


@BATCH_NORM_BACKWARD.wrong(
    "the last term of dx has the wrong sign: z * mean of dy * z should be subtracted", partial=True
)
def adds_the_last_term(dy, x, gamma, eps=1e-5):
    z, deviation, mean, mean_z = _pieces(dy, x, eps)
    return gamma / deviation * (dy - mean + z * mean_z), *_sums(dy, z)


@BATCH_NORM_BACKWARD.wrong("the mean of dy has the wrong sign in dx: it should be subtracted", partial=True)
def adds_the_mean_alone(dy, x, gamma, eps=1e-5):
    z, deviation, mean, mean_z = _pieces(dy, x, eps)
    return gamma / deviation * (dy + mean - z * mean_z), *_sums(dy, z)


@BATCH_NORM_BACKWARD.wrong("dgamma is multiplied by gamma: that factor belongs to dx alone", partial=True)
def scales_dgamma(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = takes_two_means_off(dy, x, gamma, eps)
    return dx, gamma * dgamma, dbeta


@BATCH_NORM_BACKWARD.wrong("dgamma and dbeta are multiplied by gamma: that factor belongs to dx alone", partial=True)
def scales_dgamma_and_dbeta(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = takes_two_means_off(dy, x, gamma, eps)
    return dx, gamma * dgamma, gamma * dbeta


@BATCH_NORM_BACKWARD.wrong("gamma is missing in dx", partial=True)
def forgets_gamma(dy, x, gamma, eps=1e-5):
    return takes_two_means_off(dy, x, np.ones_like(gamma), eps)


@BATCH_NORM_BACKWARD.wrong("the division by the standard deviation is missing in dx", partial=True)
def forgets_the_deviation(dy, x, gamma, eps=1e-5):
    z, _, mean, mean_z = _pieces(dy, x, eps)
    return gamma * (dy - mean - z * mean_z), *_sums(dy, z)


@BATCH_NORM_BACKWARD.wrong(
    "dgamma is the sum of dy * x: it should be that of dy * z, with the normalised numbers", partial=True
)
def sums_with_x(dy, x, gamma, eps=1e-5):
    dx, _, _ = takes_two_means_off(dy, x, gamma, eps)
    return dx, *_sums(dy, x)


@BATCH_NORM_BACKWARD.wrong("dgamma and dbeta are means: they should be sums over all images and pixels", partial=True)
def averages_for_parameters(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = takes_two_means_off(dy, x, gamma, eps)
    count = x[..., 0].size
    return dx, dgamma / count, dbeta / count


@BATCH_NORM_BACKWARD.wrong("dgamma and dbeta are swapped", partial=True)
def swaps_dgamma_and_dbeta(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = takes_two_means_off(dy, x, gamma, eps)
    return dx, dbeta, dgamma


@BATCH_NORM_BACKWARD.wrong(
    "dgamma and dbeta are summed over the images alone: sum over their pixels, too", partial=True
)
def sums_over_images_alone(dy, x, gamma, eps=1e-5):
    dx, _, _ = takes_two_means_off(dy, x, gamma, eps)
    z, _ = standardized(x, eps)
    return dx, (dy * z).sum(axis=0), dy.sum(axis=0)


@BATCH_NORM_BACKWARD.wrong("each image has statistics of its own: they should be taken over all images", partial=True)
def normalizes_each_image(dy, x, gamma, eps=1e-5):
    return _gradients(dy, x, gamma, eps, axis=(1, 2))


@BATCH_NORM_BACKWARD.wrong("the variance is divided by n - 1: batch norm divides by n", partial=True)
def divides_by_one_less(dy, x, gamma, eps=1e-5):
    return _gradients(dy, x, gamma, eps, ddof=1)


@BATCH_NORM_BACKWARD.wrong("eps is always 1e-5, whatever is passed", partial=True)
def has_an_eps_of_its_own(dy, x, gamma, eps=1e-5):
    return takes_two_means_off(dy, x, gamma, 1e-5)


@BATCH_NORM_BACKWARD.wrong("`dy *= gamma` changes the caller's gradient: dy * gamma makes a new array", partial=True)
def scales_dy_in_place(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = takes_two_means_off(dy, x, gamma, eps)
    dy *= gamma
    return dx, dgamma, dbeta


@BATCH_NORM_BACKWARD.wrong("`x -= ...` changes the caller's maps: x - ... makes a new array", partial=True)
def centres_in_place(dy, x, gamma, eps=1e-5):
    x -= x.mean(OVER_A_CHANNEL)
    return takes_two_means_off(dy, x, gamma, eps)


@BATCH_NORM_BACKWARD.right
def goes_back_step_by_step(dy, x, gamma, eps=1e-5):
    """Follow the chain of the paper: through z, the variance, and the mean."""
    count = x[..., 0].size
    centred = x - x.mean(OVER_A_CHANNEL)
    deviation = np.sqrt((centred**2).mean(OVER_A_CHANNEL) + eps)
    dz = dy * gamma
    dvariance = (dz * centred).sum(OVER_A_CHANNEL) * -0.5 / deviation**3
    dcentred = dz / deviation + dvariance * 2 * centred / count
    dx = dcentred - dcentred.sum(OVER_A_CHANNEL) / count
    return dx, (dy * centred / deviation).sum(OVER_A_CHANNEL), dy.sum(OVER_A_CHANNEL)


@BATCH_NORM_BACKWARD.right
def projects_a_matrix(dy, x, gamma, eps=1e-5):
    """Project: dx of a channel is what remains of dy without its components along the ones and along z."""
    columns = []
    for c in range(x.shape[3]):
        numbers, upstream = x[..., c].ravel(), dy[..., c].ravel()
        deviation = np.sqrt(numbers.var() + eps)
        basis = np.stack([np.ones_like(numbers), (numbers - numbers.mean()) / deviation])
        columns.append(gamma[c] / deviation * (upstream - basis.T @ (basis @ upstream) / len(numbers)))
    z = (x - x.mean(OVER_A_CHANNEL)) / np.sqrt(x.var(OVER_A_CHANNEL) + eps)
    dgamma, dbeta = np.einsum("nhwc,nhwc->c", dy, z), np.einsum("nhwc->c", dy)
    return np.stack(columns, axis=-1).reshape(x.shape), dgamma, dbeta


@BATCH_NORM_BACKWARD.right
def goes_pixel_by_pixel(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = np.zeros_like(x), np.zeros_like(gamma), np.zeros_like(gamma)
    for c in range(x.shape[3]):
        deviation = (x[..., c].var() + eps) ** 0.5
        z = (x[..., c] - x[..., c].mean()) / deviation
        for place in np.ndindex(z.shape):
            dgamma[c] += dy[..., c][place] * z[place]
            dbeta[c] += dy[..., c][place]
        for place in np.ndindex(z.shape):
            taken_off = (dbeta[c] + z[place] * dgamma[c]) / z.size
            dx[..., c][place] = gamma[c] / deviation * (dy[..., c][place] - taken_off)
    return dx, dgamma, dbeta
