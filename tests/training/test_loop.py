"""`fit`: what it learns, keeps, tells, and how it stops."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from stripes import InterruptedAt, same, small_net, stripes

from cs_utils import figures
from cs_utils.datasets import channel_statistics
from cs_utils.training import TrainingDiverged, accuracy, fit, loop, scores_of_images
from cs_utils.training.optim import one_cycle

DATA = stripes()


def test_a_small_net_learns(capfd):
    net = small_net()
    history = fit(net, DATA, epochs=6, batch_size=32, flip=True, shift=1, weight_decay=1e-4, schedule=one_cycle)
    test = stripes(200, seed=1)
    assert accuracy(scores_of_images(net, test.train_images, history.mean, history.std), test.train_labels) > 0.95
    assert all(len(numbers) == 6 for numbers in history.lists().values())
    assert history.loss[-1] < 0.5 * history.loss[0]
    assert history.stopped == "finished"
    out, err = capfd.readouterr()
    assert out.count("epoch") == 7
    assert err == ""


def test_images_are_standardised_by_the_training_split_alone():
    images = DATA.train_images.copy()
    order = np.random.default_rng(0).permutation(400)
    images[order[:40]] = 255  # the held-out tenth
    dataset = SimpleNamespace(train_images=images, train_labels=DATA.train_labels)
    history = fit(small_net(), dataset, epochs=1, validation=40, progress=False)
    mean, std = channel_statistics(images[order[40:]])
    assert np.array_equal(history.mean, mean)
    assert np.array_equal(history.std, std)


def test_ctrl_c_keeps_what_was_reached(capfd):
    net = InterruptedAt(step=12)
    history = fit(net, DATA, epochs=5, batch_size=40, validation=0)
    assert history.stopped == "interrupted"
    assert len(history.loss) == 2  # one epoch of 10 steps, and one step
    expected = small_net()
    fit(expected, DATA, epochs=1, batch_size=40, validation=0, progress=False)
    assert not same(net.parameters, expected.parameters)
    assert "interrupted" in capfd.readouterr().out
    net = InterruptedAt(step=1)
    assert fit(net, DATA, epochs=1).loss == []
    assert same(net.parameters, small_net().parameters)


def test_the_best_parameters_are_kept(monkeypatch):
    accuracies = iter([0.1, 0.5, 0.2, 0.9, 0.3, 0.6])  # training and held out, by turns
    monkeypatch.setattr(loop, "accuracy", lambda scores, labels: next(accuracies))
    net, best = small_net(), small_net()
    history = fit(net, DATA, epochs=3, progress=False)
    assert history.validation_accuracy == [0.5, 0.9, 0.6]
    assert history.best_epoch == 2
    monkeypatch.undo()
    fit(best, DATA, epochs=2, validation=40, progress=False)
    assert same(net.parameters, best.parameters)


def test_a_budget_of_seconds_stops_it_and_hurries_the_schedule(monkeypatch):
    clock = iter(np.arange(0, 1000, 0.25))  # each look at the clock takes a quarter of a second
    monkeypatch.setattr(loop, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    history = fit(small_net(), DATA, epochs=100, batch_size=40, seconds=10, schedule=one_cycle, progress=False)
    assert history.stopped == "out of time"
    assert 1 <= len(history.loss) < 100
    assert history.lr[-1] < 0.1 * max(history.lr[0], 0.02)


def test_a_browser_sets_a_limit_where_the_lesson_sets_none_and_says_so_once(monkeypatch, capfd):
    monkeypatch.setattr(loop, "in_browser", lambda: True)
    monkeypatch.setattr(loop, "BROWSER_SECONDS", 2.0)
    loop._say_that_it_is_short.cache_clear()
    seconds = itertools.count()
    monkeypatch.setattr(loop, "time", SimpleNamespace(perf_counter=lambda: next(seconds) / 4))
    for _ in range(2):
        assert fit(small_net(), DATA, epochs=50, batch_size=32, progress=False).stopped == "out of time"
    assert capfd.readouterr().out.count("2 s") == 1
    own = fit(small_net(), DATA, epochs=1, batch_size=32, seconds=1e9, progress=False)  # the lesson's own limit holds
    assert own.stopped == "finished"


def test_a_loss_that_is_not_finite_stops_with_likely_causes(capfd):
    net = small_net()
    with pytest.raises(TrainingDiverged, match="learning rate"):
        fit(net, DATA, epochs=3, lr=1e30)
    assert same(net.parameters, small_net().parameters)
    assert capfd.readouterr().err == ""


class Linear:
    """What a student may write: plain functions."""

    def __init__(self):
        self.parameters = {"w": np.zeros((192, 3)), "b": np.zeros(3)}

    def scores(self, x):
        return x.reshape(len(x), -1) @ self.parameters["w"] + self.parameters["b"]

    def loss(self, x, labels, weight_decay=0.0):
        scores = self.scores(x)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        dscores = (p - np.eye(3)[labels]) / len(x)
        loss = -np.mean(np.log(p[np.arange(len(x)), labels]))
        return loss, {"w": x.reshape(len(x), -1).T @ dscores, "b": dscores.sum(axis=0)}


class Plain:
    """Gradient descent, in an optimiser of one line."""

    def __init__(self):
        self.state = {}

    def step(self, parameters, grads, lr):
        return {name: parameters[name] - lr * grads[name] for name in parameters}


def test_a_model_and_an_optimiser_of_one_s_own(tmp_path):
    model = Linear()
    arguments = {"epochs": 15, "lr": 0.1, "checkpoint": tmp_path / "own.npz", "progress": False}
    history = fit(model, DATA, optimizer=Plain(), **arguments)
    assert history.validation_accuracy[-1] > 0.9
    again = Linear()
    fit(again, DATA, optimizer=Plain(), **arguments)
    assert same(again.parameters, model.parameters)


@pytest.mark.parametrize(
    "change", [{"epochs": 0}, {"batch_size": 0}, {"shift": -1}, {"validation": -1}, {"seconds": 0}]
)
def test_arguments_that_make_no_sense(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        fit(small_net(), DATA, progress=False, **change)


def test_the_history_can_be_drawn():
    history = fit(small_net(), DATA, epochs=2, progress=False)
    assert f"{history.loss[0]:.2f} to {history.loss[1]:.2f}" in figures.training_curves({"net": history.lists()}).alt


def test_progress_in_a_notebook_is_one_display(monkeypatch):
    from IPython import display

    from cs_utils import progress

    shown = []
    handle = SimpleNamespace(update=lambda data, raw: shown.append(data))
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr(display, "display", lambda data, raw, display_id: shown.append(data) or handle)
    fit(small_net(), DATA, epochs=2)
    assert "left" in shown[0]["text/plain"]
    assert "<img alt=" in shown[0]["text/html"]  # the curve, which grows
    assert shown[-1]["text/plain"].count("\n") == 2
    assert "text/html" not in shown[-1]
    assert "left" not in shown[-1]["text/plain"]
