"""Lesson 06, the net: its parameters, its scores, its loss with all gradients."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cs_utils import layers
from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part

LESSON = "06_cifar10_convnet"
MARGIN = 1e-3  # how far cases stay away from the kinks of ReLU and of the maximum, where rounding would decide

Draw = Callable[..., np.ndarray]  # draw(*shape) -> array


# init_parameters


def draw_parameters(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    height, width, depth = input_shape
    fan_in = 3 * 3 * depth
    flat = (height // 2) * (width // 2) * filters
    rng = np.random.default_rng(seed)
    return {
        "w_conv": rng.normal(0, np.sqrt(2 / fan_in), (3, 3, depth, filters)).astype(np.float32),
        "b_conv": np.zeros(filters, np.float32),
        "w_fc": rng.normal(0, 0.01, (flat, classes)).astype(np.float32),
        "b_fc": np.zeros(classes, np.float32),
    }


def _sizes(input_shape: tuple[int, int, int], filters: int, classes: int, seed: int) -> dict[str, Any]:
    return {"input_shape": input_shape, "filters": filters, "classes": classes, "seed": seed}


def _large_draw(rng: np.random.Generator) -> dict[str, Any]:
    """Sizes with more than 6,000 numbers in each weight array: by chance their spread is off by 1 %, never by 6 %."""
    height, width = rng.permutation([6, 8, 12])[:2]
    depth, filters, seed = int(rng.integers(14, 20)), int(rng.integers(52, 72)), int(rng.integers(999))
    return _sizes((int(height), int(width), depth), filters, 12, seed)


def _shape_cases(rng: np.random.Generator) -> list[Case]:
    return [Case({}, view="parameter_shapes"), Case(_large_draw(rng), view="parameter_shapes")]


def _spread_cases(rng: np.random.Generator) -> list[Case]:
    return [Case(_large_draw(rng), view="parameter_statistics", tolerance=0.06) for _ in range(2)]


def _same_seed_and_another(seed: int) -> Case:
    """Three calls: the second with the first one's seed, the third with another."""
    return Case(_sizes((6, 4, 3), 5, 3, seed), view="follows_its_seed", then=({"seed": seed}, {"seed": seed + 1}))


def _seed_cases(rng: np.random.Generator) -> list[Case]:
    return [*_shape_cases(rng), *(_same_seed_and_another(int(seed)) for seed in (0, rng.integers(1, 999)))]


INIT_PARAMETERS = Exercise(
    name="init_parameters",
    lesson=LESSON,
    points=2,
    oracle=draw_parameters,
    visible=[
        Case({}, view="parameter_shapes"),
        Case(_sizes((8, 6, 16), 64, 12, 0), view="parameter_statistics", tolerance=0.06),
        _same_seed_and_another(1),
    ],
    parts=[
        Part("the four arrays, any input shape, zero biases", 0.5, _shape_cases),
        Part("weights spread as they should be", 1, _spread_cases),
        Part("the seed decides", 0.5, _seed_cases),
    ],
    section="2. How large should the first weights be?",
    next="what the net makes of an image",
    returns=("params",),
)


# convnet_scores and convnet_loss


def scores_in_five_steps(params, x):
    maps = layers.conv2d(x, params["w_conv"], params["b_conv"], pad=1)
    pooled = layers.max_pool2d(layers.relu(maps))
    return layers.linear(pooled.reshape(len(x), -1), params["w_fc"], params["b_fc"])


def loss_and_gradients(params, x, labels, weight_decay=0.0):
    maps = layers.conv2d(x, params["w_conv"], params["b_conv"], pad=1)
    active = layers.relu(maps)
    pooled = layers.max_pool2d(active)
    flat = pooled.reshape(len(x), -1)
    scores = layers.linear(flat, params["w_fc"], params["b_fc"])
    loss, dscores = layers.softmax_cross_entropy(scores, labels)

    # From the last layer to the first: so a message names the first gradient that goes wrong on the way back.
    grads = {}
    dflat, grads["w_fc"], grads["b_fc"] = layers.linear_backward(dscores, flat, params["w_fc"])
    dactive = layers.max_pool2d_backward(dflat.reshape(pooled.shape), active)
    dmaps = layers.relu_backward(dactive, maps)
    _, grads["w_conv"], grads["b_conv"] = layers.conv2d_backward(dmaps, x, params["w_conv"], pad=1)
    for name in ("w_conv", "w_fc"):
        loss += 0.5 * weight_decay * float(np.sum(params[name] ** 2))
        grads[name] = grads[name] + weight_decay * params[name]
    return loss, grads


def net_and_images(draw: Draw, shape: tuple[int, int, int, int], filters: int, classes: int) -> dict[str, Any]:
    """Return drawn `params` and `x` (N, H, W, C) with no number near a kink and with windows that ReLU clears."""
    n, height, width, depth = shape
    while True:
        x = draw(*shape)
        params = {
            "w_conv": draw(3, 3, depth, filters),
            "b_conv": draw(filters),
            "w_fc": draw(height // 2 * width // 2 * filters, classes),
            "b_fc": draw(classes),
        }
        maps = layers.conv2d(x, params["w_conv"], params["b_conv"], pad=1)
        windows = maps.reshape(n, height // 2, 2, width // 2, 2, filters).transpose(0, 1, 3, 5, 2, 4).reshape(-1, 4)
        smooth = np.abs(maps).min() > MARGIN and np.diff(np.sort(windows)).min() > MARGIN
        if smooth and windows.max(axis=1).min() < 0:
            return {"params": params, "x": x}


def _quarters(seed: int) -> Draw:
    """Return a source of small multiples of 1/4: short to read, and their sums are exact."""
    rng = np.random.default_rng(seed)
    return lambda *shape: rng.integers(-5, 6, shape) / 4


def _normal(rng: np.random.Generator) -> Draw:
    return lambda *shape: rng.normal(0, 0.7, shape)


def _labels(rng: np.random.Generator, n: int, classes: int) -> np.ndarray:
    return rng.integers(0, classes, n).astype(np.uint8)


def _float32(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the same in float32 with scores close together: where one has won, gradients are mere rounding."""
    params = {name: (0.1 * value).astype(np.float32) for name, value in arguments["params"].items()}
    return arguments | {"params": params, "x": arguments["x"].astype(np.float32)}


def _few_images(rng: np.random.Generator) -> dict[str, Any]:
    return net_and_images(_normal(rng), (3, 4, 4, 2), 3, 4)


def _any_size(rng: np.random.Generator) -> dict[str, Any]:
    """A net for images that are wider than high or higher than wide, of 1 to 4 channels."""
    height, width = rng.permutation([2, 4, 6])[:2]
    shape = (int(rng.integers(2, 4)), int(height), int(width), int(rng.integers(1, 5)))
    return net_and_images(_normal(rng), shape, int(rng.integers(2, 5)), int(rng.integers(2, 6)))


def _score_values(rng: np.random.Generator) -> list[Case]:
    return [Case(_few_images(rng)) for _ in range(2)]


def _score_sizes(rng: np.random.Generator) -> list[Case]:
    one_image = net_and_images(_normal(rng), (1, 4, 4, 3), 5, 10)
    return [Case(one_image), *(Case(_any_size(rng)) for _ in range(3))]


def _score_care(rng: np.random.Generator) -> list[Case]:
    return [Case(_any_size(rng)), Case(_float32(_any_size(rng)))]


CONVNET_SCORES = Exercise(
    name="convnet_scores",
    lesson=LESSON,
    points=3,
    oracle=scores_in_five_steps,
    visible=[
        Case(net_and_images(_quarters(0), (1, 2, 2, 1), 2, 2)),
        Case(net_and_images(_quarters(1), (2, 2, 4, 2), 3, 3)),
    ],
    parts=[
        Part("scores of square images", 1, _score_values),
        Part("images of any size and depth, any number of filters, one image alone", 1, _score_sizes),
        Part("float32 too, and its inputs as they were", 1, _score_care, unchanged=True),
    ],
    section="3. Five steps forward",
    next="the loss, and the way back",
    returns=("scores",),
)


def _loss_case(rng: np.random.Generator, net: dict[str, Any], weight_decay: float = 0.0, view: str = "") -> Case:
    labels = _labels(rng, len(net["x"]), len(net["params"]["b_fc"]))
    return Case(net | {"labels": labels, "weight_decay": weight_decay}, view=view)


def _loss_values(rng: np.random.Generator) -> list[Case]:
    decays = (0.0, 0.5, float(rng.uniform(0.1, 1)))
    return [_loss_case(rng, _any_size(rng), decay, "loss_alone") for decay in decays]


def _linear_gradients(rng: np.random.Generator) -> list[Case]:
    return [_loss_case(rng, net(rng), 0.0, "linear_gradients") for net in (_few_images, _any_size)]


def _conv_gradients(rng: np.random.Generator) -> list[Case]:
    return [_loss_case(rng, net(rng), 0.0, "conv_gradients") for net in (_few_images, _any_size, _any_size)]


def _decayed(rng: np.random.Generator) -> list[Case]:
    return [_loss_case(rng, net(rng), float(rng.uniform(0.1, 1))) for net in (_few_images, _any_size)]


def _loss_care(rng: np.random.Generator) -> list[Case]:
    return [_loss_case(rng, _any_size(rng), 0.25), _loss_case(rng, _float32(_any_size(rng)), 0.1)]


CONVNET_LOSS = Exercise(
    name="convnet_loss",
    lesson=LESSON,
    points=5,
    oracle=loss_and_gradients,
    visible=[
        Case(net_and_images(_quarters(2), (2, 2, 4, 2), 2, 3) | {"labels": np.array([2, 0])}),
        Case(net_and_images(_quarters(3), (3, 4, 2, 1), 2, 2) | {"labels": np.array([1, 0, 1]), "weight_decay": 0.5}),
    ],
    parts=[
        Part("the loss, with and without weight decay", 1, _loss_values),
        Part("gradients of the fully connected layer", 1, _linear_gradients),
        Part("gradients of the convolution", 1.5, _conv_gradients),
        Part("weight decay in the gradients of the weights", 1, _decayed),
        Part("float32 too, and its inputs as they were", 0.5, _loss_care, unchanged=True),
    ],
    section="4. The way back",
    next="a step downhill",
    returns=("loss", "grads"),
)
