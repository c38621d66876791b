"""Optimisers, each a step of a few lines, and schedules for the learning rate.

An optimiser has `step(parameters, grads, lr) -> new parameters`, which changes no array in place, and `state`, a dict
of arrays: all that it must remember from step to step. Its settings are its other attributes, numbers or text, which
stay as they are. A checkpoint holds the state, and names class and settings, so that no other optimiser takes it over.
A new optimiser is a class here, and nothing else. Parameters without a gradient pass through as they are.
"""

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np

Arrays = dict[str, np.ndarray]


class Optimizer(Protocol):
    """What `training.fit` asks of an optimiser."""

    state: Arrays

    def step(self, parameters: Arrays, grads: Arrays, lr: float) -> Arrays: ...


class SGD:
    """Gradient descent with momentum.

    velocity = momentum * velocity - lr * grad
    parameter = parameter + velocity
    """

    def __init__(self, momentum: float = 0.9) -> None:
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum should be at least 0 and less than 1, not {momentum}")
        self.momentum = momentum
        self.state: Arrays = {}

    def step(self, parameters: Arrays, grads: Arrays, lr: float) -> Arrays:
        new = dict(parameters)
        for name, grad in _matching(parameters, grads):
            velocity = self.momentum * self.state.get(name, np.zeros_like(grad)) - _as(grad, lr) * grad
            self.state[name] = velocity
            new[name] = parameters[name] + velocity
        return new


class Adam:
    """Adam (Kingma and Ba, 2015): a running mean of the gradient, divided by the root of that of its square.

    mean = beta1 * mean + (1 - beta1) * grad
    square = beta2 * square + (1 - beta2) * grad**2
    parameter = parameter - lr * (mean / (1 - beta1**t)) / (sqrt(square / (1 - beta2**t)) + eps)
    """

    def __init__(self, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> None:
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.state: Arrays = {"steps": np.zeros((), np.int64)}

    def step(self, parameters: Arrays, grads: Arrays, lr: float) -> Arrays:
        new, steps = dict(parameters), int(self.state["steps"]) + 1
        self.state["steps"] = np.array(steps)
        for name, grad in _matching(parameters, grads):
            zero = np.zeros_like(grad)
            mean = self.beta1 * self.state.get(f"mean of {name}", zero) + (1 - self.beta1) * grad
            square = self.beta2 * self.state.get(f"square of {name}", zero) + (1 - self.beta2) * grad**2
            self.state |= {f"mean of {name}": mean, f"square of {name}": square}
            # The running means start at 0; dividing by 1 - beta**t makes up for that.
            root = np.sqrt(square / (1 - self.beta2**steps)) + self.eps
            new[name] = parameters[name] - _as(grad, lr / (1 - self.beta1**steps)) * mean / root
        return new


def described(optimizer: Optimizer) -> str:
    """Class and settings of an optimiser.

    >>> described(SGD(momentum=0.5))
    'SGD(momentum=0.5)'
    """
    attributes = getattr(optimizer, "__dict__", {})
    settings = [f"{name}={value}" for name, value in attributes.items() if isinstance(value, int | float | str)]
    return f"{type(optimizer).__name__}({', '.join(settings)})"


def one_cycle(progress: float, warm_up: float = 0.25, start: float = 0.1) -> float:
    """The factor of the peak learning rate: up linearly, then down to 0 along half a cosine (Smith, 2018).

    Parameters
    ----------
    progress : float
        The fraction of the training that is done, 0 to 1.
    warm_up : float
        The fraction of the training during which the rate rises, more than 0 and less than 1.
    start : float
        The factor at progress 0.
    """
    if progress < warm_up:
        return start + (1 - start) * progress / warm_up
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warm_up) / (1 - warm_up))))


def constant(progress: float) -> float:
    """The factor 1: the schedule that leaves the learning rate as it is."""
    return 1.0


def _matching(parameters: Mapping[str, np.ndarray], grads: Mapping[str, np.ndarray]) -> list[tuple[str, np.ndarray]]:
    for name, grad in grads.items():
        if name not in parameters:
            raise ValueError(
                f"there is a gradient called {name!r}, but no such parameter; there are {list(parameters)}"
            )
        if np.shape(grad) != np.shape(parameters[name]):
            raise ValueError(
                f"the gradient of {name!r} has the shape {np.shape(grad)}, the parameter {np.shape(parameters[name])}"
            )
    return list(grads.items())


def _as(grad: np.ndarray, number: float) -> np.ndarray:
    """`number` in the gradient's precision: a learning rate of NumPy's float64 would make parameters float64."""
    return np.asarray(number, grad.dtype)
