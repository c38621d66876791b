"""Lesson 06, convnet_scores: wrong and right answers."""

import numpy as np
from scipy.signal import correlate

from cs_utils import layers
from cs_utils.grading.exercises.lesson06_cifar10_convnet.convnet_scores import CONVNET_SCORES, convnet_scores
from cs_utils.grading.exercises.lesson06_cifar10_convnet.shared_answers import convolve, padded, patch_matrix


def _classify(params, pooled):
    return layers.linear(pooled.reshape(len(pooled), -1), params["w_fc"], params["b_fc"])


@CONVNET_SCORES.wrong("ReLU is left out between convolution and pooling")
def forgets_relu(params, x):
    return _classify(params, layers.max_pool2d(convolve(params, x)))


@CONVNET_SCORES.wrong("ReLU is applied to the image, not to the maps")
def activates_the_image(params, x):
    return _classify(params, layers.max_pool2d(convolve(params, layers.relu(x))))


@CONVNET_SCORES.wrong("ReLU is also applied to the scores: they may be negative")
def activates_the_scores(params, x):
    return layers.relu(convnet_scores(params, x))


@CONVNET_SCORES.wrong("the filters' biases are forgotten")
def forgets_the_biases_of_the_filters(params, x):
    return convnet_scores(params | {"b_conv": np.zeros_like(params["b_conv"])}, x)


@CONVNET_SCORES.wrong("the biases of the fully connected layer are forgotten")
def forgets_the_biases_of_the_scores(params, x):
    return convnet_scores(params | {"b_fc": np.zeros_like(params["b_fc"])}, x)


@CONVNET_SCORES.wrong("all biases are forgotten, those of the filters and those of the scores")
def forgets_all_biases(params, x):
    return convnet_scores(params | {name: np.zeros_like(params[name]) for name in ("b_conv", "b_fc")}, x)


@CONVNET_SCORES.wrong("the average of each window is pooled, not the maximum")
def pools_the_average(params, x):
    return _classify(params, layers.avg_pool2d(layers.relu(convolve(params, x))))


@CONVNET_SCORES.wrong("the pooled maps are flattened map by map, PyTorch's order: here the channel varies fastest")
def stretches_channel_by_channel(params, x):
    return _classify(params, layers.max_pool2d(layers.relu(convolve(params, x))).transpose(0, 3, 1, 2))


@CONVNET_SCORES.wrong("softmax is applied to the scores: it belongs to the loss")
def returns_probabilities(params, x):
    exponentials = np.exp(convnet_scores(params, x))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


@CONVNET_SCORES.wrong("the best class is returned, not the scores of all")
def returns_the_best_class(params, x):
    return convnet_scores(params, x).argmax(axis=1)


@CONVNET_SCORES.wrong("only the first image of the batch gets scores")
def scores_one_image_only(params, x):
    return convnet_scores(params, x[:1])


@CONVNET_SCORES.wrong("the convolution has no padding: pad=1 keeps the size of the images")
def forgets_to_pad(params, x):
    maps = layers.conv2d(x, params["w_conv"], params["b_conv"])
    return _classify(params, layers.max_pool2d(layers.relu(maps)))


@CONVNET_SCORES.wrong("pooling is left out: the fully connected layer expects a quarter of the numbers")
def forgets_to_pool(params, x):
    return _classify(params, layers.relu(convolve(params, x)))


@CONVNET_SCORES.wrong(
    "the length of a row is hard-coded as 16 * 16 * 12: reshape(N, -1) fits any image size and number of filters"
)
def knows_the_lectures_sizes_only(params, x):
    pooled = layers.max_pool2d(layers.relu(convolve(params, x)))
    return layers.linear(pooled.reshape(len(x), 16 * 16 * 12), params["w_fc"], params["b_fc"])


@CONVNET_SCORES.wrong("the height is also used for the width: images need not be square", partial=True)
def takes_the_height_for_the_width(params, x):
    maps, half = layers.relu(convolve(params, x)), x.shape[1] // 2
    pooled = np.zeros((len(x), half, half, maps.shape[3]), maps.dtype)
    for i in range(half):
        for j in range(half):
            pooled[:, i, j] = maps[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max(axis=(1, 2))
    return _classify(params, pooled)


@CONVNET_SCORES.wrong(
    "an entry of params is replaced or written to: give the new array a name of its own", partial=True
)
def leaves_filters_as_a_matrix_behind(params, x):
    filters = params["w_conv"].shape
    params["w_conv"] = params["w_conv"].reshape(-1, filters[3])
    maps = layers.conv2d(x, params["w_conv"].reshape(filters), params["b_conv"], pad=1)
    return _classify(params, layers.max_pool2d(layers.relu(maps)))


@CONVNET_SCORES.right
def pools_before_relu(params, x):
    return _classify(params, np.maximum(layers.max_pool2d(convolve(params, x)), 0))


@CONVNET_SCORES.right
def multiplies_a_patch_matrix(params, x):
    n, height, width, _ = x.shape
    filters = params["w_conv"].reshape(-1, params["w_conv"].shape[3])
    maps = patch_matrix(x) @ filters + params["b_conv"]
    halves = maps.reshape(n, height // 2, 2, width // 2, 2, -1)
    return np.maximum(halves.max(axis=(2, 4)), 0).reshape(n, -1) @ params["w_fc"] + params["b_fc"]


@CONVNET_SCORES.right
def adds_nine_shifted_images(params, x):
    n, height, width, _ = x.shape
    framed = padded(x)
    maps = params["b_conv"] + sum(
        np.tensordot(framed[:, i : i + height, j : j + width], params["w_conv"][i, j], axes=1)
        for i in range(3)
        for j in range(3)
    )
    active = np.where(maps > 0, maps, 0)
    corners = [active[:, i::2, j::2] for i in range(2) for j in range(2)]
    return np.einsum("nd,dm->nm", np.max(corners, axis=0).reshape(n, -1), params["w_fc"]) + params["b_fc"]


@CONVNET_SCORES.right
def goes_image_by_image_with_scipy(params, x):
    scores = []
    for image in padded(x):
        filters = np.moveaxis(params["w_conv"], 3, 0)
        maps = np.stack([correlate(image, w, mode="valid", method="direct")[..., 0] for w in filters], axis=2)
        active = np.clip(maps + params["b_conv"], 0, None)
        rows = np.maximum(active[::2], active[1::2])
        scores.append(np.maximum(rows[:, ::2], rows[:, 1::2]).ravel() @ params["w_fc"] + params["b_fc"])
    return np.array(scores)
