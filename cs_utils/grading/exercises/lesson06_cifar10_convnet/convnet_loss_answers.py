"""Lesson 06, convnet_loss: wrong and right answers."""

import numpy as np

from cs_utils import layers
from cs_utils.grading.exercises.lesson06_cifar10_convnet.convnet_loss import CONVNET_LOSS, convnet_loss
from cs_utils.grading.exercises.lesson06_cifar10_convnet.shared_answers import convolve, padded, patch_matrix

WEIGHTS = ("w_conv", "w_fc")


def _passes(
    params,
    x,
    labels,
    at_scores=lambda dscores, scores: dscores,
    linear_backward=layers.linear_backward,
    pool_backward=layers.max_pool2d_backward,
    relu_backward=layers.relu_backward,
    pad_on_the_way_back=1,
) -> tuple[float, dict[str, np.ndarray]]:
    """Return the loss and all gradients without decay; each keyword replaces one layer's backward pass."""
    maps = convolve(params, x)
    active = layers.relu(maps)
    pooled = layers.max_pool2d(active)
    flat = pooled.reshape(len(x), -1)
    scores = layers.linear(flat, params["w_fc"], params["b_fc"])
    loss, dscores = layers.softmax_cross_entropy(scores, labels)
    dflat, dw_fc, db_fc = linear_backward(at_scores(dscores, scores), flat, params["w_fc"])
    dmaps = relu_backward(pool_backward(dflat.reshape(pooled.shape), active), maps)
    _, dw_conv, db_conv = layers.conv2d_backward(dmaps, x, params["w_conv"], pad=pad_on_the_way_back)
    return loss, {"w_conv": dw_conv, "b_conv": db_conv, "w_fc": dw_fc, "b_fc": db_fc}


def _decay(params, loss, grads, weight_decay, in_loss=WEIGHTS, in_grads=WEIGHTS):
    """Return loss and gradients with the decay of the named parameters added."""
    loss = loss + 0.5 * weight_decay * sum(float(np.sum(params[name] ** 2)) for name in in_loss)
    return loss, grads | {name: grads[name] + weight_decay * params[name] for name in in_grads}


@CONVNET_LOSS.wrong("the biases decay too: only the weights do", partial=True)
def lets_biases_decay(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels), weight_decay, in_loss=tuple(params), in_grads=tuple(params))


@CONVNET_LOSS.wrong(
    "the decay's factor 1/2 is missing in the loss, so its gradient is twice as large as it should be", partial=True
)
def doubles_the_decay(params, x, labels, weight_decay=0.0):
    return convnet_loss(params, x, labels, 2 * weight_decay)


@CONVNET_LOSS.wrong("the decay's factor 1/2 is missing in the loss; the gradient is right", partial=True)
def forgets_the_half_in_the_loss(params, x, labels, weight_decay=0.0):
    loss, _ = convnet_loss(params, x, labels, 2 * weight_decay)
    return loss, convnet_loss(params, x, labels, weight_decay)[1]


@CONVNET_LOSS.wrong("the decay's gradient has a factor of 2, which the 1/2 in the loss cancels", partial=True)
def doubles_the_decay_in_the_gradients(params, x, labels, weight_decay=0.0):
    loss, _ = convnet_loss(params, x, labels, weight_decay)
    return loss, convnet_loss(params, x, labels, 2 * weight_decay)[1]


@CONVNET_LOSS.wrong("weight decay is in the loss, but not in the gradients", partial=True)
def decays_in_the_loss_only(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels), weight_decay, in_grads=())


@CONVNET_LOSS.wrong("weight decay is in the gradients, but not in the loss", partial=True)
def decays_in_the_gradients_only(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels), weight_decay, in_loss=())


@CONVNET_LOSS.wrong("only the fully connected layer's weights decay: the filters are weights too", partial=True)
def lets_only_the_last_layer_decay(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels), weight_decay, in_loss=("w_fc",), in_grads=("w_fc",))


@CONVNET_LOSS.wrong("weight_decay is not used", partial=True)
def ignores_weight_decay(params, x, labels, weight_decay=0.0):
    return _passes(params, x, labels)


@CONVNET_LOSS.wrong(
    "the gradient of the scores is divided by N twice: softmax_cross_entropy has done so already", partial=True
)
def divides_by_n_twice(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels, at_scores=lambda d, scores: d / len(x)), weight_decay)


@CONVNET_LOSS.wrong("1/N is missing in the gradients: they are those of a sum, not of a mean", partial=True)
def forgets_the_mean_in_the_gradients(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels, at_scores=lambda d, scores: d * len(x)), weight_decay)


@CONVNET_LOSS.wrong("the losses of the images are summed: take their mean", partial=True)
def adds_up_the_losses(params, x, labels, weight_decay=0.0):
    loss, grads = _passes(params, x, labels)
    return _decay(params, loss * len(x), grads, weight_decay)


@CONVNET_LOSS.wrong("losses and gradients of the images are summed: the mean of both is asked for")
def adds_up_losses_and_gradients(params, x, labels, weight_decay=0.0):
    loss, grads = _passes(params, x, labels, at_scores=lambda d, scores: d * len(x))
    return _decay(params, loss * len(x), grads, weight_decay)


@CONVNET_LOSS.wrong("the gradients have the wrong sign: the loss should grow along them", partial=True)
def turns_the_gradients_round(params, x, labels, weight_decay=0.0):
    loss, grads = convnet_loss(params, x, labels, weight_decay)
    return loss, {name: -grad for name, grad in grads.items()}


@CONVNET_LOSS.wrong("ReLU is forgotten on the way back", partial=True)
def forgets_relu_on_the_way_back(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels, relu_backward=lambda dy, maps: dy), weight_decay)


@CONVNET_LOSS.wrong(
    "ReLU's backward looks at the sign of the gradient: it should look at maps, which went into ReLU", partial=True
)
def asks_the_gradient_what_passes(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels, relu_backward=lambda dy, maps: layers.relu(dy)), weight_decay)


@CONVNET_LOSS.wrong("ReLU's gradient is taken at the scores: there is no ReLU after them", partial=True)
def takes_relu_of_the_wrong_layer(params, x, labels, weight_decay=0.0):
    wrong = _passes(params, x, labels, at_scores=layers.relu_backward, relu_backward=lambda dy, maps: dy)
    return _decay(params, *wrong, weight_decay)


@CONVNET_LOSS.wrong(
    "pooling passes its gradient back as average pooling would: all of it goes to the maximum", partial=True
)
def goes_back_through_an_average(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels, pool_backward=layers.avg_pool2d_backward), weight_decay)


@CONVNET_LOSS.wrong(
    "pooling passes its gradient to all four numbers of a window, not to the largest alone", partial=True
)
def gives_all_four_the_gradient(params, x, labels, weight_decay=0.0):
    def repeat(dy, active):
        return dy.repeat(2, axis=1).repeat(2, axis=2)

    return _decay(params, *_passes(params, x, labels, pool_backward=repeat), weight_decay)


@CONVNET_LOSS.wrong(
    "the gradients of the biases are divided by N: they are sums, and 1/N is in them already", partial=True
)
def averages_the_biases(params, x, labels, weight_decay=0.0):
    loss, grads = convnet_loss(params, x, labels, weight_decay)
    return loss, grads | {name: grads[name] / len(x) for name in ("b_conv", "b_fc")}


@CONVNET_LOSS.wrong("the gradient of w_fc comes from the first image alone", partial=True)
def is_right_for_a_batch_of_one(params, x, labels, weight_decay=0.0):
    def of_the_first(dy, flat, w):
        return dy @ w.T, np.outer(flat[0], dy[0]), dy.sum(axis=0)

    return _decay(params, *_passes(params, x, labels, linear_backward=of_the_first), weight_decay)


@CONVNET_LOSS.wrong("params is changed: the loss only reads it; the step downhill comes later", partial=True)
def shrinks_the_weights_in_place(params, x, labels, weight_decay=0.0):
    loss, grads = convnet_loss(params, x, labels, weight_decay)
    for name in WEIGHTS:
        params[name] *= 1 - weight_decay
    return loss, grads


@CONVNET_LOSS.wrong(partial=True)  # to the check the same as weights that shrink in place
def keeps_the_gradients_in_params(params, x, labels, weight_decay=0.0):
    loss, grads = convnet_loss(params, x, labels, weight_decay)
    params["grads"] = grads
    return loss, grads


@CONVNET_LOSS.wrong(
    "exp of a large score overflows, if softmax is written by hand: subtract the row's largest first", partial=True
)
@np.errstate(all="ignore")
def forgets_to_shift_the_scores(params, x, labels, weight_decay=0.0):
    probabilities = []

    def of_softmax(dscores, scores):
        powers = np.exp(scores)
        probabilities.append(powers / powers.sum(axis=1, keepdims=True))
        return (probabilities[0] - np.eye(scores.shape[1])[labels]) / len(x)

    _, grads = _passes(params, x, labels, at_scores=of_softmax)
    loss = -np.log(probabilities[0][np.arange(len(x)), labels]).mean()
    return _decay(params, loss, grads, weight_decay)


@CONVNET_LOSS.wrong("conv2d_backward is called without the padding: it needs pad=1, as conv2d does")
def forgets_to_pad_on_the_way_back(params, x, labels, weight_decay=0.0):
    return _decay(params, *_passes(params, x, labels, pad_on_the_way_back=0), weight_decay)


@CONVNET_LOSS.right
def pools_before_relu_in_both_directions(params, x, labels, weight_decay=0.0):
    maps = convolve(params, x)
    largest = layers.max_pool2d(maps)
    flat = layers.relu(largest).reshape(len(x), -1)
    loss, dscores = layers.softmax_cross_entropy(flat @ params["w_fc"] + params["b_fc"], labels)
    dlargest = layers.relu_backward((dscores @ params["w_fc"].T).reshape(largest.shape), largest)
    dmaps = layers.max_pool2d_backward(dlargest, maps, ties="first")
    dw_conv, db_conv = layers.conv2d_filter_gradient(dmaps, x, params["w_conv"], pad=1)
    grads = {"w_conv": dw_conv, "b_conv": db_conv, "w_fc": flat.T @ dscores, "b_fc": dscores.sum(axis=0)}
    return _decay(params, loss, grads, weight_decay)


@CONVNET_LOSS.right
def multiplies_a_patch_matrix(params, x, labels, weight_decay=0.0):
    (n, height, width, _), filters = x.shape, params["w_conv"].shape[3]
    patches = patch_matrix(x)
    maps = patches @ params["w_conv"].reshape(-1, filters) + params["b_conv"]
    maps = maps.reshape(n, height // 2, 2, width // 2, 2, -1)
    pooled = np.maximum(maps.max(axis=(2, 4), keepdims=True), 0)
    flat = pooled.reshape(n, -1)
    scores = flat @ params["w_fc"] + params["b_fc"]
    log_probabilities = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = log_probabilities - np.log(np.exp(log_probabilities).sum(axis=1, keepdims=True))
    one_hot = np.eye(scores.shape[1], dtype=scores.dtype)[labels]
    dscores = (np.exp(log_probabilities) - one_hot) / n
    dpooled = (dscores @ params["w_fc"].T).reshape(pooled.shape)
    dmaps = np.where((maps == pooled) & (maps > 0), dpooled, 0).reshape(-1, filters)
    dw_conv = (patches.T @ dmaps).reshape(params["w_conv"].shape)
    grads = {"w_conv": dw_conv, "b_conv": dmaps.sum(axis=0), "w_fc": flat.T @ dscores, "b_fc": dscores.sum(axis=0)}
    return _decay(params, -(one_hot * log_probabilities).sum() / n, grads, weight_decay)


@CONVNET_LOSS.right
def goes_image_by_image_and_tap_by_tap(params, x, labels, weight_decay=0.0):
    losses, grads = [], {name: np.zeros_like(value) for name, value in params.items()}
    for image, label in zip(padded(x), labels, strict=True):
        height, width = image.shape[0] - 2, image.shape[1] - 2
        maps = np.zeros((height, width, params["w_conv"].shape[3]), x.dtype) + params["b_conv"]
        for i, j in np.ndindex(3, 3):
            maps += image[i : i + height, j : j + width] @ params["w_conv"][i, j]
        dmaps, pooled = np.zeros_like(maps), np.zeros((height // 2, width // 2, maps.shape[2]), x.dtype)
        for row, column, k in np.ndindex(pooled.shape):
            pooled[row, column, k] = max(0, maps[2 * row : 2 * row + 2, 2 * column : 2 * column + 2, k].max())
        scores = pooled.ravel() @ params["w_fc"] + params["b_fc"]
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        losses.append(-np.log(probabilities[label]))
        probabilities[label] -= 1
        dscores = probabilities / len(x)
        dpooled = (params["w_fc"] @ dscores).reshape(pooled.shape)
        for row, column, k in np.ndindex(pooled.shape):
            window = maps[2 * row : 2 * row + 2, 2 * column : 2 * column + 2, k]
            i, j = np.unravel_index(window.argmax(), (2, 2))
            dmaps[2 * row + i, 2 * column + j, k] = dpooled[row, column, k] if window[i, j] > 0 else 0
        grads["b_fc"] += dscores
        grads["w_fc"] += np.outer(pooled.ravel(), dscores)
        grads["b_conv"] += dmaps.sum(axis=(0, 1))
        for i, j in np.ndindex(3, 3):
            grads["w_conv"][i, j] += np.einsum("hwc,hwk->ck", image[i : i + height, j : j + width], dmaps)
    return _decay(params, float(np.mean(losses)), grads, weight_decay)
