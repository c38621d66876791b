"""A training goes on from its checkpoint to the same bits, and from no other one."""

import json

import numpy as np
import pytest
from stripes import InterruptedAt, same, small_net, stripes

from cs_utils.files import load_arrays, save_arrays
from cs_utils.training import fit
from cs_utils.training.optim import SGD, Adam, one_cycle

DATA = stripes()


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_a_resumed_training_gives_the_same_bits(tmp_path, optimizer):
    arguments = {"batch_size": 50, "lr": 0.01, "flip": True, "shift": 1, "progress": False}
    whole, parts = small_net("conv4-bn-relu-fc"), small_net("conv4-bn-relu-fc")
    expected = fit(whole, DATA, epochs=4, optimizer=optimizer(), **arguments)
    fit(parts, DATA, epochs=2, optimizer=optimizer(), checkpoint=tmp_path / "run.npz", **arguments)
    parts = small_net("conv4-bn-relu-fc", seed=5)  # as in a new process
    history = fit(parts, DATA, epochs=4, optimizer=optimizer(), checkpoint=tmp_path / "run.npz", **arguments)
    assert same(parts.parameters, whole.parameters)
    for name in ("loss", "train_accuracy", "validation_accuracy", "lr"):
        assert history.lists()[name] == expected.lists()[name]
    assert history.best_epoch == expected.best_epoch
    assert history.seconds == sorted(history.seconds)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_an_interrupted_schedule_goes_on_to_the_same_bits(tmp_path):
    arguments = {"epochs": 3, "batch_size": 40, "schedule": one_cycle, "progress": False}
    whole, parts = small_net(), InterruptedAt(step=14)
    fit(whole, DATA, **arguments)
    fit(parts, DATA, checkpoint=tmp_path / "run.npz", **arguments)
    assert not same(parts.parameters, whole.parameters)
    fit(parts, DATA, checkpoint=tmp_path / "run.npz", **arguments)
    assert same(parts.parameters, whole.parameters)
    fit(parts, DATA, checkpoint=tmp_path / "run.npz", **arguments)  # nothing left to do
    assert same(parts.parameters, whole.parameters)


@pytest.fixture
def path(tmp_path):
    """The checkpoint of a training of one epoch."""
    fit(small_net(), DATA, epochs=1, checkpoint=tmp_path / "run.npz", progress=False)
    return tmp_path / "run.npz"


def assert_refused(path, *words, net=None, data=DATA, **arguments):
    """The training says no, naming the file and these words, and changes nothing."""
    net, optimizer, file = net or small_net(seed=1), arguments.pop("optimizer", SGD()), path.read_bytes()
    parameters, state = dict(net.parameters), dict(optimizer.state)
    with pytest.raises(ValueError, match=r"run\.npz") as refusal:
        fit(net, data, epochs=2, checkpoint=path, optimizer=optimizer, progress=False, **arguments)
    assert [word for word in words if word not in str(refusal.value)] == []
    assert same(net.parameters, parameters)
    assert same(optimizer.state, state)
    assert path.read_bytes() == file


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", 1),
        ("batch_size", 64),
        ("lr", 0.5),
        ("flip", True),
        ("shift", 1),
        ("validation", 9),
        ("weight_decay", 1.0),
    ],
)
def test_other_arguments_are_refused(path, name, value):
    assert_refused(path, f"{name} ", f"instead of {value}", **{name: value})


@pytest.mark.parametrize(
    ("optimizer", "named"),
    [(Adam(), "Adam(beta1=0.9, beta2=0.999, eps=1e-08)"), (SGD(momentum=0.5), "SGD(momentum=0.5)")],
)
def test_another_optimizer_is_refused(path, optimizer, named):
    assert_refused(path, "SGD(momentum=0.9)", named, optimizer=optimizer)


def test_sgd_does_not_take_over_adam(tmp_path):
    path = tmp_path / "run.npz"
    fit(small_net(), DATA, epochs=1, checkpoint=path, optimizer=Adam(), progress=False)
    assert_refused(path, "Adam", "SGD")
    assert_refused(path, "beta1=0.9", "beta1=0.8", optimizer=Adam(beta1=0.8))


def test_an_optimizer_that_keeps_its_state_elsewhere_is_not_resumed_wrongly(tmp_path):
    class Forgetful(SGD):
        steps = 0

        def step(self, parameters, grads, lr):
            self.steps += 1
            return super().step(parameters, grads, lr / self.steps)

    path = tmp_path / "run.npz"
    fit(small_net(), DATA, epochs=1, checkpoint=path, optimizer=Forgetful(), progress=False)
    assert_refused(path, "steps", optimizer=Forgetful())


@pytest.mark.parametrize("schedule", [one_cycle, lambda progress: 1 - progress])
def test_another_schedule_is_refused(path, schedule):
    assert_refused(path, "schedule", schedule=schedule)


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("conv4-relu-avgpool-fc", "conv4-relu-avgpool-fc"),  # all shapes agree
        ("conv5-relu-pool-fc", "conv5-relu-pool-fc"),
    ],
)
def test_another_network_is_refused(path, pattern, named):
    assert_refused(path, "conv4-relu-pool-fc", named, net=small_net(pattern))


def test_parameters_of_other_shapes_are_refused(path):
    arrays, info = load_arrays(path)
    save_arrays(path, arrays | {"best/b_fc1": np.zeros(7, np.float32)}, info)
    assert_refused(path, "b_fc1", "(7,)", "(3,)")
    del arrays["model/w_fc1"]
    save_arrays(path, arrays, info)
    assert_refused(path, "w_fc1")


def test_other_images_are_refused(path):
    assert_refused(path, "mean", data=stripes(seed=1))


def test_files_that_are_no_checkpoint_are_refused(path):
    whole = path.read_bytes()
    for kept in (0, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:kept])
        assert_refused(path)
    small_net().save(path)
    assert_refused(path, "no checkpoint")
    np.savez(path, x=np.ones(3))
    assert_refused(path, "no checkpoint")
    np.savez(path, info=json.dumps({"settings": 1, "history": [], "best_epoch": None}))
    assert_refused(path, "no checkpoint")


def test_a_checkpoint_from_before_they_named_their_optimizer_is_refused(path):
    arrays, info = load_arrays(path)
    del info["settings"]["optimizer"]
    save_arrays(path, arrays, info)
    assert_refused(path, "optimizer", "delete")
