"""Lesson 06, sgd_momentum_step: one step of gradient descent with momentum."""

from typing import Any

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson06_cifar10_convnet import LESSON


def sgd_momentum_step(params, grads, velocity, lr, momentum):
    new_params, new_velocity = {}, {}
    for name in params:
        new_velocity[name] = momentum * velocity[name] - lr * grads[name]
        new_params[name] = params[name] + new_velocity[name]
    return new_params, new_velocity


def _case(rng: np.random.Generator, shapes: dict[str, tuple[int, ...]], dtype: type = np.float64) -> Case:
    drawn: dict[str, Any] = {
        argument: {name: rng.normal(0, 1, shape).astype(dtype) for name, shape in shapes.items()}
        for argument in ("params", "grads", "velocity")
    }
    return Case(drawn | {"lr": float(rng.uniform(0.1, 0.4)), "momentum": float(rng.uniform(0.6, 0.95))})


def _net_shapes(rng: np.random.Generator) -> dict[str, tuple[int, ...]]:
    depth, filters, classes = (int(n) for n in rng.integers(2, 5, 3))
    return {"w_conv": (3, 3, depth, filters), "b_conv": (filters,), "w_fc": (4 * filters, classes), "b_fc": (classes,)}


def _steps_of_the_net(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, _net_shapes(rng)), _case(rng, _net_shapes(rng), np.float32)]


def _steps_of_any_params(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, {"w": (2, 3)}), _case(rng, {"b2": (4,), "w2": (3, 4), "w1": (2, 3), "b1": (3,)})]


SGD_MOMENTUM_STEP = Exercise(
    name="sgd_momentum_step",
    lesson=LESSON,
    points=2,
    oracle=sgd_momentum_step,
    visible=[
        Case(
            {
                "params": {"w": np.array([[1.0, -2.0], [0.5, 0.25]]), "b": np.array([0.75])},
                "grads": {"w": np.array([[2.0, 1.0], [-4.0, 0.5]]), "b": np.array([-1.0])},
                "velocity": {"w": np.array([[0.5, -0.25], [1.0, -1.0]]), "b": np.array([0.25])},
                "lr": 0.125,
                "momentum": 0.75,
            }
        ),
        Case(
            {
                "params": {"w1": np.array([[0.5, -1.5]]), "b1": np.array([2.0]), "w2": np.array([[1.25], [-0.75]])},
                "grads": {"w1": np.array([[-1.0, 3.0]]), "b1": np.array([0.5]), "w2": np.array([[2.0], [1.5]])},
                "velocity": {"w1": np.array([[1.5, 0.25]]), "b1": np.array([-0.5]), "w2": np.array([[0.75], [-2.0]])},
                "lr": 0.3,
                "momentum": 0.5,
            }
        ),
    ],
    parts=[
        Part("steps of the net's parameters", 1, _steps_of_the_net),
        Part("parameters of any name and shape, and nothing changed in place", 1, _steps_of_any_params, unchanged=True),
    ],
    section="5. A ball that rolls downhill",
    next="how often is the net right?",
    returns=("params", "velocity"),
)
