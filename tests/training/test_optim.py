"""The optimisers against their formulas, number by number."""

import math

import numpy as np
import pytest

from cs_utils.training.optim import SGD, Adam, constant, one_cycle


def test_momentum_accumulates():
    optimizer, parameters = SGD(momentum=0.5), {"w": np.array([1.0, 2.0])}
    for expected in ([0.9, 2.1], [0.75, 2.25]):  # steps of 0.1, then 0.05 + 0.1
        parameters = optimizer.step(parameters, {"w": np.array([1.0, -1.0])}, lr=0.1)
        assert np.allclose(parameters["w"], expected)


def test_adam_equals_its_formula():
    optimizer, parameters = Adam(), {"w": np.array(3.0)}
    w, mean, square = 3.0, 0.0, 0.0
    for t in range(1, 6):
        grad = 2 * w
        mean, square = 0.9 * mean + 0.1 * grad, 0.999 * square + 0.001 * grad**2
        w -= 0.1 * (mean / (1 - 0.9**t)) / (math.sqrt(square / (1 - 0.999**t)) + 1e-8)
        parameters = optimizer.step(parameters, {"w": 2 * parameters["w"]}, lr=0.1)
        assert parameters["w"] == pytest.approx(w)


@pytest.mark.parametrize("optimizer", [SGD(), Adam()])
def test_a_step_changes_nothing_in_place_and_keeps_float32(optimizer):
    parameters = {"w": np.ones(3, np.float32), "running mean": np.zeros(2)}
    grads = {"w": np.full(3, 2, np.float32)}
    for _ in range(2):
        new = optimizer.step(parameters, grads, lr=np.float64(0.1))
    assert np.array_equal(parameters["w"], np.ones(3))
    assert np.array_equal(grads["w"], np.full(3, 2))
    assert new["w"].dtype == np.float32
    assert new["running mean"] is parameters["running mean"]
    assert all(isinstance(array, np.ndarray) for array in optimizer.state.values())


@pytest.mark.parametrize("optimizer", [SGD(), Adam()])
def test_the_state_is_all_there_is_to_know(optimizer):
    parameters, grads = {"w": np.array([1.0, -2.0])}, {"w": np.array([0.5, 0.25])}
    parameters = optimizer.step(parameters, grads, lr=0.1)
    other = type(optimizer)()
    other.state = {name: array.copy() for name, array in optimizer.state.items()}
    assert np.array_equal(optimizer.step(parameters, grads, 0.1)["w"], other.step(parameters, grads, 0.1)["w"])


@pytest.mark.parametrize("grads", [{"v": np.ones(3)}, {"w": np.ones(2)}])
@pytest.mark.parametrize("optimizer", [SGD(), Adam()])
def test_gradients_that_do_not_match_are_refused(optimizer, grads):
    with pytest.raises(ValueError):
        optimizer.step({"w": np.ones(3)}, grads, lr=0.1)


def test_momentum_out_of_range():
    with pytest.raises(ValueError):
        SGD(momentum=1.0)


def test_one_cycle_rises_then_falls_to_nothing():
    factors = np.array([one_cycle(progress) for progress in np.linspace(0, 1, 101)])
    assert factors[0] == pytest.approx(0.1)
    assert np.argmax(factors) == 25
    assert factors[25] == pytest.approx(1)
    assert np.all(np.diff(factors[:26]) > 0)
    assert np.all(np.diff(factors[25:]) < 0)
    assert factors[-1] == pytest.approx(0)
    assert one_cycle(1.5) == pytest.approx(0)  # a step that overran its time
    assert constant(0.3) == 1
