"""What the sample class gets wrong: answers as a student types them; the lessons import `np` and `layers`."""

import numpy as np

from cs_utils import layers


def correlate2d_flips_the_filter(x, w):
    size = len(w)
    if size > min(x.shape):
        raise ValueError("the filter is larger than the picture")
    flipped = w[::-1, ::-1]
    y = np.zeros((x.shape[0] - size + 1, x.shape[1] - size + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i : i + size, j : j + size] * flipped)
    return y


def conv_layer_forgets_the_bias(x, w, b):
    size, _, _, filters = w.shape
    y = np.zeros((x.shape[0] - size + 1, x.shape[1] - size + 1, filters))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for k in range(filters):
                y[i, j, k] = np.sum(x[i : i + size, j : j + size] * w[..., k])
    return y


def conv_batch_is_right_for_square_images_only(x, w, b):
    size, _, depth, filters = w.shape
    places = x.shape[1] - size + 1
    if places < 1 or depth != x.shape[3]:
        raise ValueError("these filters do not fit these images")
    y = np.zeros((len(x), places, places, filters))
    matrix = w.reshape(-1, filters)
    for i in range(places):
        for j in range(places):
            y[:, i, j] = x[:, i : i + size, j : j + size].reshape(len(x), -1) @ matrix + b
    return y


def sgd_momentum_step_without_momentum(params, grads, velocity, lr, momentum):
    velocity = {name: -lr * grads[name] for name in params}
    return {name: params[name] + velocity[name] for name in params}, velocity


def convnet_loss_lets_biases_decay(params, x, labels, weight_decay=0.0):
    y = layers.conv2d(x, params["w_conv"], params["b_conv"], pad=1)
    active = layers.relu(y)
    pooled = layers.max_pool2d(active)
    flat = pooled.reshape(len(x), -1)
    scores = layers.linear(flat, params["w_fc"], params["b_fc"])
    loss, dscores = layers.softmax_cross_entropy(scores, labels)
    grads = {}
    dflat, grads["w_fc"], grads["b_fc"] = layers.linear_backward(dscores, flat, params["w_fc"])
    dactive = layers.max_pool2d_backward(dflat.reshape(pooled.shape), active)
    dy = layers.relu_backward(dactive, y)
    _, grads["w_conv"], grads["b_conv"] = layers.conv2d_backward(dy, x, params["w_conv"], pad=1)
    for name, value in params.items():
        loss += 0.5 * weight_decay * np.sum(value**2)
        grads[name] = grads[name] + weight_decay * value
    return loss, grads


def init_parameters_forgets_to_scale(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    height, width, channels = input_shape
    rng = np.random.default_rng(seed)
    return {
        "w_conv": rng.normal(size=(3, 3, channels, filters)),
        "b_conv": np.zeros(filters),
        "w_fc": rng.normal(size=(height // 2 * (width // 2) * filters, classes)),
        "b_fc": np.zeros(classes),
    }
