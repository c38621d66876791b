"""`fit`: what it learns, keeps, tells, and how it stops."""

from types import SimpleNamespace

import numpy as np
import pytest

from cs_utils.datasets import channel_statistics
from cs_utils.model import ConvNet
from cs_utils.training import TrainingDiverged, accuracy, fit, loop, scores_of_images
from cs_utils.training.batches import Batches
from cs_utils.training.optim import SGD, Adam, one_cycle


def stripes(n=400, seed=0):
    """Three classes of 8x8 images that a small net tells apart: horizontal stripes, vertical ones, none."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n).astype(np.uint8)
    waves = 60 * (-1.0) ** np.arange(8)
    patterns = np.stack([np.tile(waves[:, None], 8), np.tile(waves, (8, 1)), np.zeros((8, 8))])
    images = 128 + patterns[labels][..., None] + rng.normal(0, 25, (n, 8, 8, 3))
    images = np.clip(images, 0, 255).astype(np.uint8)
    return SimpleNamespace(name="stripes", train_images=images, train_labels=labels)


DATA = stripes()


def small_net(pattern="conv4-relu-pool-fc", seed=0):
    return ConvNet(pattern, input_shape=(8, 8, 3), classes=3, seed=seed)


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


class InterruptedAt:
    """A model that presses Ctrl-C at one of its steps."""

    def __init__(self, model, step, error=KeyboardInterrupt):
        self.model, self.step, self.error = model, step, error

    @property
    def parameters(self):
        return self.model.parameters

    @parameters.setter
    def parameters(self, new):
        self.model.parameters = new

    def scores(self, x):
        return self.model.scores(x)

    def loss(self, x, labels, weight_decay=0.0):
        self.step -= 1
        if self.step == 0:
            raise self.error
        return self.model.loss(x, labels, weight_decay)


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
    whole, parts = small_net(), small_net()
    fit(whole, DATA, **arguments)
    fit(InterruptedAt(parts, step=14), DATA, checkpoint=tmp_path / "run.npz", **arguments)
    assert not same(parts.parameters, whole.parameters)
    fit(parts, DATA, checkpoint=tmp_path / "run.npz", **arguments)
    assert same(parts.parameters, whole.parameters)
    fit(parts, DATA, checkpoint=tmp_path / "run.npz", **arguments)  # nothing left to do
    assert same(parts.parameters, whole.parameters)


def test_ctrl_c_keeps_what_was_reached(capfd):
    net = small_net()
    history = fit(InterruptedAt(net, step=12), DATA, epochs=5, batch_size=40, validation=0)
    assert history.stopped == "interrupted"
    assert len(history.loss) == 2  # one epoch of 10 steps, and one step
    expected = small_net()
    fit(expected, DATA, epochs=1, batch_size=40, validation=0, progress=False)
    assert not same(net.parameters, expected.parameters)
    assert "interrupted" in capfd.readouterr().out
    net = small_net()
    assert fit(InterruptedAt(net, step=1), DATA, epochs=1).loss == []
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


def test_a_loss_that_is_not_finite_stops_with_likely_causes(capfd):
    net = small_net()
    with pytest.raises(TrainingDiverged, match="learning rate"):
        fit(net, DATA, epochs=3, lr=1e30)
    assert same(net.parameters, small_net().parameters)
    assert capfd.readouterr().err == ""


class Linear:
    """What a student may write: plain functions, and an optimiser of one line."""

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
    def __init__(self):
        self.state = {}

    def step(self, parameters, grads, lr):
        return {name: parameters[name] - lr * grads[name] for name in parameters}


def test_a_model_and_an_optimiser_of_one_s_own(tmp_path):
    model = Linear()
    history = fit(model, DATA, epochs=15, lr=0.1, optimizer=Plain(), checkpoint=tmp_path / "own.npz", progress=False)
    assert history.validation_accuracy[-1] > 0.9
    again = Linear()
    fit(again, DATA, epochs=15, lr=0.1, optimizer=Plain(), checkpoint=tmp_path / "own.npz", progress=False)
    assert same(again.parameters, model.parameters)


def test_checkpoints_that_do_not_belong_are_refused(tmp_path):
    path = tmp_path / "run.npz"
    fit(small_net(), DATA, epochs=1, checkpoint=path, progress=False)
    for change in ({"seed": 1}, {"batch_size": 64}, {"lr": 0.5}, {"flip": True}):
        with pytest.raises(ValueError, match=next(iter(change))):
            fit(small_net(), DATA, epochs=2, checkpoint=path, progress=False, **change)
    with pytest.raises(ValueError):
        fit(small_net("conv5-relu-pool-fc"), DATA, epochs=2, checkpoint=path, progress=False)
    small_net().save(path)
    with pytest.raises(ValueError, match=r"run\.npz"):
        fit(small_net(), DATA, epochs=1, checkpoint=path, progress=False)
    path.write_bytes(b"damaged")
    with pytest.raises(ValueError, match=r"run\.npz"):
        fit(small_net(), DATA, epochs=1, checkpoint=path, progress=False)


@pytest.mark.parametrize(
    "change", [{"epochs": 0}, {"batch_size": 0}, {"shift": -1}, {"validation": -1}, {"seconds": 0}]
)
def test_arguments_that_make_no_sense(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        fit(small_net(), DATA, progress=False, **change)


def batches(**arguments):
    images = np.arange(10 * 6 * 6 * 3).reshape(10, 6, 6, 3).astype(np.uint8)
    return images, Batches(images, np.arange(10), np.zeros(3, np.float32), np.ones(3, np.float32) / 255, **arguments)


def test_batches_go_through_all_images_in_another_order_each_epoch():
    images, source = batches()
    epochs = [list(source.epoch(number, seed=3, batch_size=5)) for number in (0, 1)]
    for epoch in epochs:
        assert sorted(label for _, labels in epoch for label in labels) == list(range(10))
        for x, labels in epoch:
            assert x.dtype == np.float32
            assert np.allclose(x, images[labels])
    assert not np.array_equal(epochs[0][0][1], epochs[1][0][1])
    again = list(source.epoch(1, seed=3, batch_size=5))
    assert np.array_equal(again[0][0], epochs[1][0][0])
    assert [len(labels) for _, labels in source.epoch(0, seed=3, batch_size=4)] == [4, 4]


def test_flips_and_shifts():
    images, source = batches(flip=True, shift=1)
    before = images.copy()
    wide = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    seen = set()
    for number in range(20):
        for x, labels in source.epoch(number, seed=0, batch_size=5):
            for image, label in zip(x, labels):
                matches = [
                    (down, right, flip)
                    for down, right, flip in np.ndindex(3, 3, 2)
                    if np.allclose(wide[label, down : down + 6, right : right + 6][:, :: -1 if flip else 1], image)
                ]
                assert matches
                seen.update(matches)
    assert len(seen) == 18
    assert np.array_equal(images, before)


def test_history_plot():
    import matplotlib

    matplotlib.use("Agg")
    history = fit(small_net(), DATA, epochs=2, progress=False)
    figure = history.plot()
    loss, accuracies = figure.axes
    assert [len(line.get_xdata()) for line in (*loss.lines, *accuracies.lines)] == [2, 2, 2]
    matplotlib.pyplot.close(figure)


def test_progress_in_a_notebook_is_one_display(monkeypatch):
    from IPython import display

    from cs_utils import progress

    shown = []
    handle = SimpleNamespace(update=lambda data, raw: shown.append(data["text/plain"]))
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr(display, "display", lambda data, raw, display_id: shown.append(data["text/plain"]) or handle)
    fit(small_net(), DATA, epochs=2)
    assert "left" in shown[0]
    assert shown[-1].count("\n") == 2
    assert "left" not in shown[-1]
