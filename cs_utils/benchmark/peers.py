"""Who takes part, and how each of them does a piece of work."""

from functools import partial
from importlib.util import find_spec

import numpy as np

from cs_utils.benchmark.numpy_layers import NUMPY, Layers
from cs_utils.benchmark.plain_net import PlainNet
from cs_utils.benchmark.work import LEARNING_RATE, Arrays, Contender, Convolution, Pooling, TrainingStep, Work, laid_out
from cs_utils.model.convnet import ConvNet
from cs_utils.training.optim import SGD

TORCH = ["torch nchw", "torch channels_last"] if find_spec("torch") else []


def contender(work: Work, name: str) -> Contender:
    """One of `NUMPY` or `TORCH`, ready to do that work."""
    if name in TORCH:
        from cs_utils.benchmark import pytorch

        return pytorch.contender(work, name)
    if isinstance(work, TrainingStep):
        return _training_step(work, name)
    x, dy = _as_liked(name, work.x, work.dy)
    if isinstance(work, Convolution):
        run = partial(_convolve, work, NUMPY[name], x, dy)
    else:
        run = partial(_pool, work, NUMPY[name], x, dy)
    return Contender(run, run)


def _convolve(work: Convolution, functions: Layers, x: np.ndarray, dy: np.ndarray) -> Arrays:
    y, saved = functions.conv2d(x, work.w, work.b, work.stride, work.pad)
    if not work.backward:
        return {"y": y}
    dx, dw, db = functions.conv2d_backward(dy, saved, work.needs_dx)
    return {"y": y, "dw": dw, "db": db} | ({} if dx is None else {"dx": dx})


def _pool(work: Pooling, functions: Layers, x: np.ndarray, dy: np.ndarray) -> Arrays:
    if work.kind == "max":
        forward, backward = functions.max_pool2d, functions.max_pool2d_backward
    else:
        forward, backward = functions.avg_pool2d, functions.avg_pool2d_backward
    y, saved = forward(x, work.size, work.stride)
    return {"y": y, "dx": backward(dy, saved)} if work.backward else {"y": y}


def _training_step(work: TrainingStep, name: str) -> Contender:
    def new_net() -> ConvNet | PlainNet:
        return work.net() if name == "ours" else PlainNet(work.net(), NUMPY[name])

    def step() -> None:
        _, grads = net.loss(x, work.labels)
        net.parameters = optimizer.step(net.parameters, grads, LEARNING_RATE)

    def answer() -> Arrays:
        loss, grads = new_net().loss(x, work.labels)
        return {"loss": np.asarray(loss, work.x.dtype), **grads}

    x = work.x if name == "ours" else _as_liked(name, work.x)[0]
    net, optimizer = new_net(), SGD(momentum=0.9)
    return Contender(step, answer)


def _as_liked(name: str, *maps: np.ndarray) -> list[np.ndarray]:
    """Maps in the memory order that a NumPy version likes best; images have the one that `random_images` says."""
    return [x if x.shape[3] == 3 and name != "im2col" else laid_out(x, NUMPY[name].memory_order) for x in maps]
