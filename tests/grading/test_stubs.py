"""What `cs_utils` has of an answer earns nothing in its exam; what an earlier lesson has built works as ever."""

import inspect
import math
import types
from contextlib import nullcontext
from pkgutil import resolve_name, walk_packages

import numpy as np
import pytest

from cs_utils import gradient_check, layers, reference, training
from cs_utils.benchmark import im2col as benchmark_im2col
from cs_utils.benchmark import loops
from cs_utils.benchmark.numpy_layers import NUMPY
from cs_utils.benchmark.plain_net import PlainNet
from cs_utils.checks import CheckFailed, calls, check
from cs_utils.checks.stubs import functions_of, standing_in
from cs_utils.engine import conv_pool, convolution, im2col, im2col_images, norm, pooling, validation, winograd
from cs_utils.grading import EXERCISES
from cs_utils.grading.exercise import Exercise
from cs_utils.model import ConvNet, modules, pattern
from cs_utils.training import optim

NET = ConvNet("conv3-relu-pool-fc4", input_shape=(4, 4, 2), classes=4)
TEXTBOOK = NUMPY["textbook"]


def earned(name: str, answer) -> float:
    return sum(result.earned for result in EXERCISES[name].examine(answer))


def as_batch(x):
    return x[None, ..., None] if x.ndim == 2 else x[None]


def correlated(x, w, b, stride=1, pad=0):
    """The convolution by what stands behind `layers.conv2d`."""
    height, width = (layers.output_size(n, len(w), stride, pad) for n in x.shape[1:3])
    y = np.empty((len(x), height, width, len(b)), x.dtype)
    convolution.correlate(x, w, b, stride, pad, y)
    return y


def pooled_by_one(function):
    def answer(x, w, b, stride=1, pad=0):
        height, width = (layers.output_size(n, len(w), stride, pad) for n in x.shape[1:3])
        y = np.empty((len(x), height, width, len(b)), x.dtype)
        function(x, w, b, stride, pad, 1, y)
        return y

    return answer


def patches_times_filters(x, w, b, stride=1, pad=0):
    height, width = (layers.output_size(n, len(w), stride, pad) for n in x.shape[1:3])
    y = np.empty((len(x), height, width, len(b)), x.dtype)
    for images, rows, matrix in im2col.patch_matrices(x, w.shape[:2], stride, (pad, pad), (height, width)):
        y[images, rows] = (matrix @ w.reshape(-1, len(b)) + b).reshape(y[images, rows].shape)
    return y


def gradients_of_correlation(dy, x, w, stride=1, pad=0):
    layers.output_size(x.shape[1], len(w), stride, pad), layers.output_size(x.shape[2], len(w), stride, pad)
    dx = np.empty_like(x)
    return dx, convolution.both_gradients(dy, x, w, stride, pad, dx), dy.sum(axis=(0, 1, 2))


def filter_gradient_alone(dy, x, w, stride=1, pad=0):
    dw, _ = convolution.filter_gradient(dy, x, w.shape[:2], stride, pad)
    return np.zeros_like(x), dw, np.zeros(w.shape[3], x.dtype)


def gradients_by_pieces(dy, x, w, stride=1, pad=0):
    y = np.empty_like(dy)
    pieces = conv_pool.conv_pool(x, w, np.zeros(w.shape[3], x.dtype), stride, pad, 1, y)
    return conv_pool.conv_pool_backward(dy, pieces, x, w, stride, pad, 1)


def conv_by_pushing(dy, x, w, stride=1, pad=0):
    """Each gradient by the course's own numerical one: a convolution is linear in each of its arguments."""
    b = np.zeros(w.shape[3])
    numerical = gradient_check.numerical_gradient
    return (
        numerical(lambda v: layers.conv2d(v, w, b, stride, pad), x, dy),
        numerical(lambda v: layers.conv2d(x, v, b, stride, pad), w, dy),
        numerical(lambda v: layers.conv2d(x, w, v, stride, pad), b, dy),
    )


def linear_by_1x1(x, w, b):
    return layers.conv2d(x[:, None, None], w[None, None], b)[:, 0, 0]


def linear_gradients_by_1x1(dy, x, w):
    dx, dw, db = layers.conv2d_backward(dy[:, None, None], x[:, None, None], w[None, None])
    return dx[:, 0, 0], dw[0, 0], db


def shapes_of_layers(shape, size, stride):
    return (
        shape[0],
        *modules.Pool(modules.read_item(f"poolF{size}S{stride}"), "", shape[1:], True).output_shape(),
    )


def max_by_the_engine(x, size, stride):
    height, width = (layers.output_size(n, size, stride) for n in x.shape[1:3])
    y = np.empty((len(x), height, width, x.shape[3]), x.dtype)
    pooling.reduce_windows(np.maximum, x, size, stride, y)
    return y


def max_backward_by_the_engine(dy, x, size, stride):
    dx = np.empty_like(x)
    pooling.max_backward(dy, x, size, stride, "all", dx)
    return dx


def max_by_conv_pool(x, size, stride):
    w = np.eye(x.shape[3])[None, None]
    y = np.empty((len(x), x.shape[1] // size, x.shape[2] // size, x.shape[3]))
    conv_pool.conv_pool(x, w, np.zeros(x.shape[3]), 1, 0, size, y)
    return y


def im2col_of_patches(x, size, stride=1, pad=0):
    height, width = (layers.output_size(n, size, stride, pad) for n in x.shape[1:3])
    found = im2col.patch_matrices(x, (size, size), stride, (pad, pad), (height, width))
    return np.concatenate([matrix.copy() for _, _, matrix in found])


def col2im_by_the_layer(cols, x_shape, size, stride=1, pad=0):
    identity = np.eye(size * size * x_shape[3]).reshape(size, size, x_shape[3], -1)
    height, width = (layers.output_size(n, size, stride, pad) for n in x_shape[1:3])
    dy = cols.reshape(x_shape[0], height, width, -1)
    return layers.conv2d_backward(dy, np.zeros(x_shape), identity, stride, pad)[0]


def net_with(params, x):
    height, width, depth = x.shape[1:]
    net = ConvNet(f"conv{len(params['b_conv'])}-relu-pool-fc", (height, width, depth), len(params["b_fc"]))
    net.parameters = dict(zip(net.parameters, (params[name] for name in ("w_conv", "b_conv", "w_fc", "b_fc"))))
    return net


def scores_of_convnet(params, x):
    return net_with(params, x).scores(x)


def scores_of_a_net_made_before(params, x):
    NET.parameters = dict(zip(NET.parameters, (params[name] for name in ("w_conv", "b_conv", "w_fc", "b_fc"))))
    return NET.scores(x)


def loss_of_convnet(params, x, labels, weight_decay=0.0):
    loss, grads = net_with(params, x).loss(x, labels, weight_decay)
    return loss, dict(zip(("w_conv", "b_conv", "w_fc", "b_fc"), grads.values()))


def loss_of_a_plain_net_made_before(params, x, labels, weight_decay=0.0):
    names = ("w_conv", "b_conv", "w_fc", "b_fc")
    plain = PlainNet(NET, NUMPY["ours"])
    plain.parameters = dict(zip(NET.parameters, (params[name] for name in names)))
    loss, grads = plain.loss(x, labels)
    return loss, dict(zip(names, (grads[name] for name in NET.parameters)))


def parameters_of_convnet(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    net = ConvNet(f"conv{filters}-relu-pool-fc", input_shape, classes, seed)
    return dict(zip(("w_conv", "b_conv", "w_fc", "b_fc"), net.parameters.values()))


def step_of_sgd(params, grads, velocity, lr, momentum):
    optimizer = optim.SGD(momentum)
    optimizer.state = dict(velocity)
    new = optimizer.step(params, grads, lr)
    return new, optimizer.state


SGD_MADE_BEFORE = optim.SGD(0.9)


def step_of_an_optimizer_made_before(params, grads, velocity, lr, momentum):
    SGD_MADE_BEFORE.momentum, SGD_MADE_BEFORE.state = momentum, dict(velocity)
    new = SGD_MADE_BEFORE.step(params, grads, lr)
    return new, SGD_MADE_BEFORE.state


def batch_norm_by_its_moments(x, gamma, beta, eps=1e-5):
    return norm.normalize(x, x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2)), gamma, beta, eps)


def batch_norm_backward_by_its_moments(dy, x, gamma, eps=1e-5):
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return norm.normalize_backward(dy, x, gamma, mean, variance, eps)


def of_one(function):
    """For one picture: a batch of one, in and out."""
    return lambda x, w, b: function(x[None], w, b)[0]


def of_one_map(function):
    def answer(x, w):
        return function(as_batch(x), w.reshape(*w.shape[:2], -1, 1), np.zeros(1, x.dtype))[0, :, :, 0]

    return answer


def flipped(function):
    return lambda x, w: function(x, w[::-1, ::-1])


CONVOLUTIONS = [
    layers.conv2d,
    correlated,
    patches_times_filters,
    pooled_by_one(conv_pool.conv_pool),
    pooled_by_one(conv_pool.conv_pool_of_images),
    *(lambda x, w, b, s=1, p=0, of=of: of.conv2d(x, w, b, s, p)[0] for of in (loops, benchmark_im2col, TEXTBOOK)),
    reference.conv2d,
]
SHORTCUTS = [
    *(("conv_forward", function) for function in CONVOLUTIONS),
    *(("conv_batch", function) for function in CONVOLUTIONS),
    *(("conv_layer", of_one(function)) for function in CONVOLUTIONS),
    *(("correlate_volume", of_one_map(function)) for function in CONVOLUTIONS),
    *(("correlate2d", of_one_map(function)) for function in CONVOLUTIONS),
    *(("true_convolution2d", flipped(of_one_map(function))) for function in CONVOLUTIONS),
    ("window_score", lambda x, w, b: float(of_one_map(layers.conv2d)(x, w)[0, 0] + b)),
    ("linear", layers.linear),
    ("linear", linear_by_1x1),
    ("softmax_cross_entropy_backward", lambda scores, labels: layers.softmax_cross_entropy(scores, labels)[1]),
    ("cross_entropy", lambda scores, labels: layers.softmax_cross_entropy(scores, labels)[0]),
    ("output_size", validation.output_size),
    ("pool_output_shape", lambda shape, size, stride: layers.max_pool2d(np.zeros(shape), size, stride).shape),
    ("pool_output_shape", shapes_of_layers),
    ("max_pool", layers.max_pool2d),
    ("max_pool", max_by_the_engine),
    ("max_pool", max_by_conv_pool),
    ("avg_pool", layers.avg_pool2d),
    ("max_pool_backward", layers.max_pool2d_backward),
    ("max_pool_backward", max_backward_by_the_engine),
    ("avg_pool_backward", layers.avg_pool2d_backward),
    ("numerical_gradient", gradient_check.numerical_gradient),
    ("relu_backward", layers.relu_backward),
    ("linear_backward", layers.linear_backward),
    ("linear_backward", linear_gradients_by_1x1),
    ("conv_backward", layers.conv2d_backward),
    ("conv_backward", gradients_of_correlation),
    ("conv_backward", filter_gradient_alone),
    ("conv_backward", gradients_by_pieces),
    ("conv_backward", conv_by_pushing),
    ("im2col", im2col_of_patches),
    ("col2im", col2im_by_the_layer),
    ("init_parameters", parameters_of_convnet),
    ("convnet_scores", scores_of_convnet),
    ("convnet_scores", scores_of_a_net_made_before),
    ("convnet_loss", loss_of_convnet),
    ("convnet_loss", loss_of_a_plain_net_made_before),
    ("sgd_momentum_step", step_of_sgd),
    ("sgd_momentum_step", step_of_an_optimizer_made_before),
    ("accuracy", training.accuracy),
    ("parse_pattern", pattern.parse_pattern),
    ("global_average_pool", layers.global_average_pool),
    ("global_average_pool_backward", layers.global_average_pool_backward),
    ("batch_norm", layers.batch_norm),
    ("batch_norm", batch_norm_by_its_moments),
    ("batch_norm_backward", layers.batch_norm_backward),
    ("batch_norm_backward", batch_norm_backward_by_its_moments),
    ("linear", reference.linear),
    ("softmax_cross_entropy_backward", lambda scores, labels: reference.softmax_cross_entropy(scores, labels)[1]),
    ("cross_entropy", lambda scores, labels: reference.softmax_cross_entropy(scores, labels)[0]),
    ("output_size", reference.output_size),
    ("max_pool", reference.max_pool2d),
    ("avg_pool", reference.avg_pool2d),
    ("max_pool_backward", reference.max_pool2d_backward),
    ("avg_pool_backward", reference.avg_pool2d_backward),
    ("relu_backward", reference.relu_backward),
    ("linear_backward", reference.linear_backward),
    ("conv_backward", reference.conv2d_backward),
    ("global_average_pool", reference.global_average_pool),
    ("global_average_pool_backward", reference.global_average_pool_backward),
    ("batch_norm", reference.batch_norm),
    ("batch_norm_backward", reference.batch_norm_backward),
]


@pytest.mark.parametrize(("name", "answer"), SHORTCUTS, ids=[f"{name}-{a.__name__}" for name, a in SHORTCUTS])
def test_what_is_shipped_is_no_answer(name, answer, monkeypatch):
    assert earned(name, answer) == 0.0
    with pytest.raises(CheckFailed):  # no green check before lost points
        check(name, answer)
    monkeypatch.setattr(calls, "standing_in", lambda names: nullcontext())
    assert earned(name, answer) > 0.0, "else it would be no short cut at all"


# Which of the layers an exam leaves alone: those that an earlier lesson has built.
FIRST = ["linear", "relu", "softmax_cross_entropy"]
CONVOLUTION, POOLS = ["conv2d"], ["max_pool2d", "avg_pool2d"]
BACKWARD = ["linear_backward", "relu_backward", "conv2d_backward", "conv2d_filter_gradient"]
BUILT_BEFORE = {
    "02_convolution": FIRST,
    "03_stride_padding": FIRST,
    "04_pooling": FIRST + CONVOLUTION,
    "06_cifar10_convnet": [*FIRST, *CONVOLUTION, *POOLS, *BACKWARD, "max_pool2d_backward", "avg_pool2d_backward"],
    "07_deeper_networks": [*FIRST, *CONVOLUTION, *POOLS, *BACKWARD, "max_pool2d_backward", "avg_pool2d_backward"],
}
EXAMINED = [item for item in EXERCISES.values() if isinstance(item, Exercise)]


def work(names: list[str]) -> None:
    """Call each of these layers; none may refuse."""
    x, w, b = np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 1)), np.zeros(1)
    for name in names:
        arguments = {
            "linear": (np.ones((1, 2)), np.ones((2, 1)), b),
            "softmax_cross_entropy": (np.ones((1, 2)), np.zeros(1, int)),
            "conv2d": (x, w, b),
            "linear_backward": (np.ones((1, 1)), np.ones((1, 2)), np.ones((2, 1))),
            "relu_backward": (x, x),
            "conv2d_backward": (np.ones((1, 3, 3, 1)), x, w),
            "conv2d_filter_gradient": (np.ones((1, 3, 3, 1)), x, w),
            "max_pool2d_backward": (np.ones((1, 2, 2, 1)), x),
            "avg_pool2d_backward": (np.ones((1, 2, 2, 1)), x),
        }
        getattr(layers, name)(*arguments.get(name, (x,)))


@pytest.mark.parametrize("exercise", EXAMINED, ids=lambda exercise: exercise.name)
def test_what_an_earlier_lesson_has_built_works_in_an_exam(exercise):
    """And the exam sees the answer's own work: here that of the oracle, which calls these layers besides."""

    def answer(*arguments):
        work(BUILT_BEFORE.get(exercise.lesson, []))
        return exercise.oracle(*arguments)

    assert [result.problem for result in exercise.examine(answer) if result.problem] == []


@pytest.mark.parametrize("name", ["conv_backward", "linear_backward", "relu_backward", "col2im"])
def test_the_convolution_and_the_pools_work_while_gradients_are_examined(name):
    def answer(*arguments):
        work([*FIRST[:2], *CONVOLUTION, *POOLS])
        return EXERCISES[name].oracle(*arguments)

    assert earned(name, answer) == EXERCISES[name].points


def test_a_module_stands_for_all_its_functions_and_methods_and_they_work_again_afterwards():
    functions = functions_of("training.optim")
    assert {optim.SGD.step, optim.Adam.step, optim.one_cycle} <= set(functions)
    assert all(isinstance(function, types.FunctionType) for function in functions)
    with standing_in(("training.optim", "training.optim.SGD", "training.optim.one_cycle")):
        for call in (lambda: optim.one_cycle(0.5), lambda: optim.SGD(), lambda: SGD_MADE_BEFORE.step({}, {}, 0.1)):
            with pytest.raises(RuntimeError, match="write the formula yourself"):
                call()
    assert math.isclose(optim.one_cycle(0.25), 1.0)
    assert optim.SGD(0.5).step({"w": np.ones(1)}, {"w": np.ones(1)}, 0.5)["w"] == 0.5


def test_a_generator_stays_one_while_it_refuses():
    """Python 3.13 warns of a function whose kind changes, and a later one will refuse."""
    generators = [function for function in functions_of("training.loop") if inspect.isgeneratorfunction(function)]
    generators += [f for name in ("model", "engine") for f in every_function(name) if inspect.isgeneratorfunction(f)]
    assert generators
    names = tuple(f"{f.__module__.removeprefix('cs_utils.')}.{f.__qualname__}" for f in generators)
    with standing_in(names):
        assert all(inspect.isgeneratorfunction(function) for function in generators)
        with pytest.raises(RuntimeError, match="write the formula yourself"):
            next(generators[0]())


def every_function(package: str) -> list[types.FunctionType]:
    folder = resolve_name(f"cs_utils.{package}")
    names = [module.name.removeprefix("cs_utils.") for module in walk_packages(folder.__path__, f"cs_utils.{package}.")]
    return [function for name in names for function in functions_of(name)]


def test_a_name_that_is_none_is_refused():
    with pytest.raises(AttributeError), standing_in(("layers.conv3d",)):
        pass


def test_every_layer_is_refused_in_the_exam_of_some_exercise():
    refused = {function for exercise in EXAMINED for name in exercise.stubs for function in functions_of(name)}
    shipped = (layers, convolution, winograd, conv_pool, im2col, im2col_images, pooling, norm, pattern)
    public = {
        function
        for module in shipped
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert public <= refused
