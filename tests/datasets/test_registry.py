"""The data sets by name, and the choice that the lessons make."""

import numpy as np
import pytest
from small_cifar10 import assert_is_small_copy

from cs_utils import datasets
from cs_utils.datasets import registry, shapes10


@pytest.fixture
def few_shapes(monkeypatch):
    monkeypatch.setitem(datasets.LOADERS, "shapes10", lambda download=True: datasets.load_shapes10(train=20, test=10))


def test_lessons_take_cifar10_where_there_is_a_copy(host, copy, monkeypatch, capsys):
    monkeypatch.setenv("CIFAR10_DIR", str(copy))
    assert_is_small_copy(datasets.load_course_dataset())
    assert "CIFAR-10" in capsys.readouterr().out


@pytest.mark.parametrize("variable", [None, "/nowhere/at/all"])
def test_lessons_take_shapes10_without_a_copy_and_say_so(host, few_shapes, monkeypatch, capsys, variable):
    if variable:
        monkeypatch.setenv("CIFAR10_DIR", variable)
    assert datasets.load_course_dataset().name == "shapes10"
    printed = capsys.readouterr().out
    assert "shapes10" in printed
    assert "CIFAR10_DIR" in printed if variable else "load_cifar10()" in printed
    assert printed.count("\n") == 1
    assert host.starts == []


def test_the_variable_asks_for_any_data_set_by_name(host, few_shapes, copy, monkeypatch, capsys):
    monkeypatch.setenv("CIFAR10_DIR", str(copy))
    monkeypatch.setenv("COURSE_DATASET", "shapes10")
    assert datasets.load_course_dataset().name == "shapes10"
    assert "COURSE_DATASET" in capsys.readouterr().out
    monkeypatch.setenv("COURSE_DATASET", "cifar10")
    assert_is_small_copy(datasets.load_course_dataset())
    monkeypatch.setenv("COURSE_DATASET", "shapes")
    with pytest.raises(ValueError, match="shapes10"):
        datasets.load_course_dataset()


def test_a_data_set_that_was_asked_for_and_is_not_here_is_neither_fetched_nor_replaced(host, monkeypatch):
    monkeypatch.setenv("COURSE_DATASET", "cifar10")
    with pytest.raises(datasets.DatasetUnavailable, match=r"load_cifar10\(\)"):
        datasets.load_course_dataset()
    assert host.starts == []


def test_a_loader_is_registered_by_its_name(host, copy, monkeypatch):
    monkeypatch.setattr(registry, "LOADERS", dict(registry.LOADERS))

    @registry.register
    def load_more_shapes(download: bool = True) -> datasets.Dataset:
        images, labels = shapes10.draw(3, np.random.default_rng(0))
        return datasets.Dataset("More-Shapes", images, labels, images, labels, shapes10.CLASS_NAMES)

    monkeypatch.setenv("COURSE_DATASET", "more_shapes")
    assert datasets.load_course_dataset().name == "More-Shapes"


def test_the_name_of_a_loaded_data_set_finds_its_loader(host, copy, few_shapes, monkeypatch):
    monkeypatch.setenv("CIFAR10_DIR", str(copy))
    for name in datasets.LOADERS:
        dataset = datasets.load_dataset(name, download=False)
        assert datasets.load_dataset(dataset.name, download=False).name == dataset.name
