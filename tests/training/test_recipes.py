"""`python -m cs_utils.training`: what a recipe leaves behind, and what the command line says."""

import dataclasses
import re

import numpy as np
import pytest

from cs_utils import datasets
from cs_utils.files import load_arrays
from cs_utils.model import ConvNet
from cs_utils.training import accuracy, recipes, scores_of_images
from cs_utils.training.recipes import Recipe, Result

SMALL = Recipe("conv4-pool-bn-relu-fc", epochs=2, seconds=60, lr=0.05, batch_size=32)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Two recipes and a data set that take no time, in a folder of their own."""
    monkeypatch.setattr(recipes, "RECIPES", {"small": SMALL, "smaller": dataclasses.replace(SMALL, epochs=1, shift=1)})
    few_shapes = datasets.load_shapes10(train=600, test=200)
    monkeypatch.setitem(datasets.LOADERS, "shapes10", lambda download: few_shapes)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_fits_its_time_and_cifar10(name):
    recipe = recipes.RECIPES[name]
    assert recipe.seconds <= 60 * {"one": 1, "three": 2.5, "five": 5}[name.split("-")[0]]
    net, rng = ConvNet(recipe.pattern), np.random.default_rng(0)
    x, labels = rng.standard_normal((recipe.batch_size, 32, 32, 3)), rng.integers(0, 10, recipe.batch_size)
    before = {key: array.astype(np.float64) for key, array in net.parameters.items()}
    net.parameters = before
    net.loss(x, labels)  # the steps after the first work in memory that has been used before
    loss, grads = net.loss(x, labels)
    assert 1 < loss < 5
    uphill = {key: grad / np.linalg.norm(grad) for key, grad in grads.items() if key.startswith("w")}
    ends = []
    for step in (1e-8, -1e-8):
        net.parameters = before | {key: before[key] + step * direction for key, direction in uphill.items()}
        ends.append(net.loss(x, labels)[0])
    assert (ends[0] - ends[1]) / 2e-8 == pytest.approx(sum(np.linalg.norm(grads[key]) for key in uphill), rel=1e-4)


def test_a_saved_net_does_what_was_printed(small, capfd):
    assert recipes.main(["--recipe", "small", "--seed", "3", "--dataset", "shapes10", "--save", "net.npz"]) == 0
    out, err = capfd.readouterr()
    net, info = ConvNet.from_file(small / "net.npz")
    dataset = datasets.load_shapes10(train=600, test=200)
    x = datasets.standardize(dataset.test_images, info["mean"], info["std"])
    scores, mirrored = net.scores(x), net.scores(x[:, :, ::-1])
    assert np.array_equal(scores_of_images(net, dataset.test_images, info["mean"], info["std"]), scores)
    assert info["test_accuracy"] == accuracy(scores, dataset.test_labels) > 0.15
    assert info["mirrored_accuracy"] == accuracy(scores + mirrored, dataset.test_labels)
    assert (info["seed"], info["dataset"], info["epochs"]) == (3, "shapes10", 2)
    assert f"test accuracy {info['test_accuracy']:.1%}" in out
    assert "net.npz" in out
    assert err == ""


def test_several_recipes_and_seeds_end_with_a_table(small, capfd):
    command = ["--recipe", "small", "smaller", "--seeds", "0", "1", "2", "--dataset", "shapes10"]
    assert recipes.main(command) == 0
    files = {path.name for path in small.iterdir()}
    assert files == {f"{name}-seed{seed}.npz" for name in ("small", "smaller") for seed in (0, 1, 2)}
    table = [line for line in capfd.readouterr().out.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert len(rows) == 4
    for row, (name, epochs) in zip(rows[2:], [("small", "2"), ("smaller", "1")]):
        assert row[:3] == [name, "3", epochs]
        percent = [100 * load_arrays(small / f"{name}-seed{seed}.npz")[1]["test_accuracy"] for seed in (0, 1, 2)]
        found = [float(number) for number in re.findall(r"[\d.]+", row[4])]
        expected = [np.mean(percent), np.std(percent, ddof=1), min(percent), max(percent)]
        assert np.allclose(found, expected, atol=0.051)


def test_a_training_of_the_same_seed_is_the_same(small):
    dataset = datasets.load_shapes10(train=600, test=200)
    for file in ("a.npz", "b.npz"):
        recipes.train(SMALL, dataset, seed=1, file=small / file)
    recipes.train(SMALL, dataset, seed=2, file=small / "c.npz")
    a, b, c = (load_arrays(small / f"{name}.npz")[0] for name in "abc")
    assert all(np.array_equal(a[name], b[name]) for name in a)
    assert not np.array_equal(a["w_fc1"], c["w_fc1"])


def test_one_result_has_no_spread():
    last = recipes.table({"x": [Result(4, 31.4, 0.5, 0.625)]}).splitlines()[-1]
    assert [cell.strip() for cell in last.strip("|").split("|")] == ["x", "1", "4", "31 s", "50.0 %", "62.5 %"]


def test_without_cifar10_it_says_what_to_do(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CIFAR10_DIR", str(tmp_path))
    assert recipes.main(["--recipe", "one-minute"]) == 1
    err = capsys.readouterr().err
    assert str(tmp_path) in err
    assert "--dataset shapes10" in err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--recipe", "an-hour"], "an-hour"),
        ([], "--recipe"),
        (["--recipe", "one-minute", "--seeds", "0", "1", "--save", "x.npz"], "--save"),
        (["--recipe", "one-minute", "--save", "no/such/folder/x.npz"], "folder"),
        (["--recipe", "one-minute", "--seed", "-1"], "seed"),
    ],
)
def test_a_wrong_command_line_is_refused_before_anything_is_loaded(arguments, word, monkeypatch, capsys):
    monkeypatch.setitem(datasets.LOADERS, "cifar10", pytest.fail)
    with pytest.raises(SystemExit):
        recipes.main(arguments)
    assert word in capsys.readouterr().err


def test_help_names_every_recipe(capsys):
    with pytest.raises(SystemExit):
        recipes.main(["--help"])
    out = capsys.readouterr().out
    assert all(recipe.pattern in out for recipe in recipes.RECIPES.values())
