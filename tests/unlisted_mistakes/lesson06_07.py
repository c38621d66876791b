"""Lessons 06 and 07."""

import numpy as np

from cs_utils import layers
from unlisted_mistakes.listing import correlated, framed, mistake


@mistake("sgd_momentum_step")
def fills_new_dictionaries_but_adds_in_place(params, grads, velocity, lr, momentum):
    new_params, new_velocity = {}, {}
    for name in params:
        w = params[name]
        new_velocity[name] = momentum * velocity[name] - lr * grads[name]
        w += new_velocity[name]
        new_params[name] = w
    return new_params, new_velocity


@mistake("sgd_momentum_step")
def fills_new_dictionaries_but_multiplies_in_place(params, grads, velocity, lr, momentum):
    new_params, new_velocity = {}, {}
    for name in params:
        v = velocity[name]
        v *= momentum
        v -= lr * grads[name]
        new_velocity[name], new_params[name] = v, params[name] + v
    return new_params, new_velocity


@mistake("sgd_momentum_step")
def fills_new_dictionaries_but_does_all_in_place(params, grads, velocity, lr, momentum):
    new_params, new_velocity = {}, {}
    for name, w in params.items():
        v = velocity[name]
        v *= momentum
        v -= lr * grads[name]
        w += v
        new_velocity[name], new_params[name] = v, w
    return new_params, new_velocity


@mistake("accuracy")
def takes_the_largest_absolute_score(scores, labels):
    return float((np.abs(scores).argmax(axis=1) == labels).mean())


@mistake("accuracy")
def looks_for_a_score_above_zero(scores, labels):
    right = 0
    for row, label in zip(scores, labels, strict=True):
        best, largest = 0, 0
        for k, score in enumerate(row):
            if score > largest:
                best, largest = k, score
        right += best == label
    return right / len(labels)


@mistake("convnet_loss")
def takes_no_maximum_away(params, x, labels, weight_decay=0.0):
    maps = layers.conv2d(x, params["w_conv"], params["b_conv"], pad=1)
    active = layers.relu(maps)
    pooled = layers.max_pool2d(active)
    flat = pooled.reshape(len(x), -1)
    powers = np.exp(layers.linear(flat, params["w_fc"], params["b_fc"]))
    dscores, n = powers / powers.sum(axis=1, keepdims=True), np.arange(len(x))
    loss = float(-np.log(dscores[n, labels]).mean())
    dscores[n, labels] -= 1
    dflat, dw_fc, db_fc = layers.linear_backward(dscores / len(x), flat, params["w_fc"])
    dmaps = layers.relu_backward(layers.max_pool2d_backward(dflat.reshape(pooled.shape), active), maps)
    _, dw_conv, db_conv = layers.conv2d_backward(dmaps, x, params["w_conv"], pad=1)
    grads = {"w_conv": dw_conv, "b_conv": db_conv, "w_fc": dw_fc, "b_fc": db_fc}
    for name in ("w_conv", "w_fc"):
        loss += 0.5 * weight_decay * float(np.sum(params[name] ** 2))
        grads[name] = grads[name] + weight_decay * params[name]
    return loss, grads


@mistake("overfit_small_batch")
def returns_nothing(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return None


def normalised(dy, x, gamma, eps):
    n = x.shape[0] * x.shape[1] * x.shape[2]
    deviation = np.sqrt(x.var(axis=(0, 1, 2)) + eps)
    z = (x - x.mean(axis=(0, 1, 2))) / deviation
    dgamma, dbeta = (dy * z).sum(axis=(0, 1, 2)), dy.sum(axis=(0, 1, 2))
    return gamma / deviation * (dy - dbeta / n - z * dgamma / n), dgamma, dbeta


@mistake("batch_norm_backward")
def leaves_eps_out(dy, x, gamma, eps=1e-5):
    return normalised(dy, x, gamma, 0.0)


@mistake("batch_norm_backward")
def forgets_gamma_and_a_sign(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = normalised(dy, x, gamma, eps)
    return -dx / gamma, dgamma, dbeta


@mistake("batch_norm_backward")
def leaves_eps_out_of_dx(dy, x, gamma, eps=1e-5):
    return normalised(dy, x, gamma, 0.0)[0], *normalised(dy, x, gamma, eps)[1:]


@mistake("batch_norm_backward")
def leaves_eps_out_of_dgamma(dy, x, gamma, eps=1e-5):
    dx, _, dbeta = normalised(dy, x, gamma, eps)
    return dx, normalised(dy, x, gamma, 0.0)[1], dbeta


@mistake("fc_as_conv")
def puts_the_neurons_first(w, shape):
    if len(w) != np.prod(shape):
        raise ValueError("that does not fit")
    return w.T.reshape(-1, *shape)


@mistake("residual_block")
def activates_before_each_convolution(x, w1, b1, w2, b2):
    inner = correlated(framed(np.maximum(x, 0), 1), w1, b1)
    return correlated(framed(np.maximum(inner, 0), 1), w2, b2) + x


@mistake("global_average_pool_backward")
def gives_each_pixel_all_of_dy(dy, x_shape):
    return np.broadcast_to(dy[:, None, None] / x_shape[1], x_shape).copy()
