"""The optimisers against their formulas, number by number."""

import inspect
import math

import numpy as np
import pytest

from cs_utils.training import optim
from cs_utils.training.optim import SGD, Adam, constant, described, one_cycle

OPTIMIZERS = [  # all that there are, so that a new one is tested as well
    member
    for member in vars(optim).values()
    if inspect.isclass(member) and member.__module__ == optim.__name__ and member is not optim.Optimizer
]


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


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_step_changes_nothing_in_place_and_keeps_float32(kind):
    optimizer = kind()
    parameters = {"w": np.ones(3, np.float32), "running mean": np.zeros(2)}
    grads = {"w": np.full(3, 2, np.float32)}
    for _ in range(2):
        new = optimizer.step(parameters, grads, lr=np.float64(0.1))
    assert np.array_equal(parameters["w"], np.ones(3))
    assert np.array_equal(grads["w"], np.full(3, 2))
    assert new["w"].dtype == np.float32
    assert new["running mean"] is parameters["running mean"]
    assert all(isinstance(array, np.ndarray) for array in optimizer.state.values())


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_state_is_all_there_is_to_know(kind):
    optimizer, other = kind(), kind()
    parameters, grads = {"w": np.array([1.0, -2.0])}, {"w": np.array([0.5, 0.25])}
    parameters = optimizer.step(parameters, grads, lr=0.1)
    assert described(optimizer) == described(other)
    other.state = {name: array.copy() for name, array in optimizer.state.items()}
    assert np.array_equal(optimizer.step(parameters, grads, 0.1)["w"], other.step(parameters, grads, 0.1)["w"])


@pytest.mark.parametrize("grads", [{"v": np.ones(3)}, {"w": np.ones(2)}])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_gradients_that_do_not_match_are_refused(kind, grads):
    with pytest.raises(ValueError, match=next(iter(grads))):
        kind().step({"w": np.ones(3)}, grads, lr=0.1)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_it_goes_downhill(kind):
    optimizer, parameters = kind(), {"w": np.array([3.0, -2.0])}
    for _ in range(500):
        parameters = optimizer.step(parameters, {"w": 2 * parameters["w"]}, lr=0.02)
    assert np.abs(parameters["w"]).max() < 0.1


def test_settings_tell_optimizers_apart():
    assert described(SGD(momentum=0.5)) == "SGD(momentum=0.5)"
    kinds = [SGD(), SGD(0.5), Adam(), Adam(beta1=0.8), Adam(eps=1e-4)]
    assert len({described(optimizer) for optimizer in kinds}) == len(kinds)


def test_momentum_out_of_range():
    with pytest.raises(ValueError, match=r"1\.0"):
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
