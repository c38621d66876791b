"""The drawn data set: the same bytes everywhere, an honest split, classes that only edges and corners tell apart."""

import hashlib
import math

import numpy as np
import pytest

from cs_utils.datasets import load_shapes10, shapes10
from cs_utils.model import ConvNet
from cs_utils.training import accuracy, fit, scores_of_images
from cs_utils.training.optim import one_cycle


@pytest.fixture(scope="module")
def dataset():
    return load_shapes10()


def digest(dataset):
    parts = (dataset.train_images, dataset.train_labels, dataset.test_images, dataset.test_labels)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def test_shapes_types_and_balance(dataset):
    assert dataset.name == "shapes10"
    assert len(set(dataset.class_names)) == 10
    for images, labels, n in (
        (dataset.train_images, dataset.train_labels, 10_000),
        (dataset.test_images, dataset.test_labels, 2_000),
    ):
        assert images.shape == (n, 32, 32, 3)
        assert labels.shape == (n,)
        assert images.dtype == labels.dtype == np.uint8
        assert np.bincount(labels).tolist() == [n // 10] * 10


@pytest.mark.parametrize("n", [0, 1, 13, 101])
def test_any_number_of_images(n):
    images, labels = shapes10.draw(n, np.random.default_rng(0))
    assert images.shape == (n, 32, 32, 3)
    counts = np.bincount(labels, minlength=10)
    assert counts.max() - counts.min() <= 1


def test_the_bytes_are_the_same_on_every_machine():
    assert digest(load_shapes10(0, 200, 50)) == "41cc879ae01da46d1c94aebeaf940b686706a86ea34dd752a0a2f693e7b3e046"


def test_another_seed_draws_other_images():
    assert digest(load_shapes10(1, 20, 10)) != digest(load_shapes10(0, 20, 10))


def test_the_splits_come_from_separate_streams():
    one, other = load_shapes10(0, 100, 50), load_shapes10(0, 200, 50)
    np.testing.assert_array_equal(one.test_images, other.test_images)
    one, other = load_shapes10(0, 100, 50), load_shapes10(0, 100, 100)
    np.testing.assert_array_equal(one.train_images, other.train_images)


def test_no_image_is_drawn_twice(dataset):
    images = [image.tobytes() for split in (dataset.train_images, dataset.test_images) for image in split]
    assert len(set(images)) == 12_000


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("disc", math.pi),
        ("ring", math.pi * (1 - 0.6**2)),
        ("square", 1.7**2),
        ("frame", (2 * (0.68 + 0.18)) ** 2 - (2 * (0.68 - 0.18)) ** 2),
        ("triangle", 3 * math.sqrt(3) * 0.55**2),
        ("cross", 2 * 2 * 0.56 - 0.56**2),
        ("stripes", 3 * 0.31 * 1.7),
    ],
)
def test_a_shape_inks_the_area_that_geometry_says(name, area):
    axis = np.arange(-60, 61) / 2.0  # half pixels
    u, v = np.meshgrid(axis, axis)
    distance = shapes10.SHAPES[shapes10.CLASS_NAMES.index(name)](u, v, np.array(12.0))
    ink = np.clip(0.5 - distance, 0, 1).sum() / 4
    assert ink == pytest.approx(area * 12**2, rel=0.02)


def accuracy_of_least_squares(features, labels, test_features, test_labels):
    """Test accuracy of the linear classifier that least squares fits to one-hot labels."""
    design, test_design = (np.column_stack([x, np.ones(len(x))]) for x in (features, test_features))
    weights, *_ = np.linalg.lstsq(design, np.eye(10)[labels], rcond=None)
    return accuracy(test_design @ weights, test_labels)


@pytest.mark.parametrize(
    "features",
    [
        pytest.param(lambda images: images.mean(axis=(1, 2)), id="mean colour"),
        pytest.param(lambda images: images[:, 16, 16], id="middle pixel"),
        pytest.param(lambda images: images[:, [0, 0, 31, 31], [0, 31, 0, 31]].reshape(-1, 12), id="corner pixels"),
        pytest.param(lambda images: images.max(axis=(1, 2)), id="brightest"),
    ],
)
def test_colours_tell_next_to_nothing(dataset, features):
    train, test = (features(images) / 255 for images in (dataset.train_images, dataset.test_images))
    assert accuracy_of_least_squares(train, dataset.train_labels, test, dataset.test_labels) < 0.15  # chance: 0.1


def test_the_lectures_net_is_far_better_than_a_linear_classifier_and_not_perfect():
    dataset = load_shapes10(train=3000, test=1000)

    def trained(pattern, lr, weight_decay=0.0):
        model = ConvNet(pattern)
        history = fit(
            model, dataset, 5, batch_size=32, lr=lr, weight_decay=weight_decay, schedule=one_cycle, progress=False
        )
        return accuracy(scores_of_images(model, dataset.test_images, history.mean, history.std), dataset.test_labels)

    linear = max(trained("fc", lr, weight_decay=0.1) for lr in (1e-4, 3e-4, 1e-3))  # the best ones over a wide grid
    net = trained("conv12-relu-pool-fc", lr=0.01)
    assert linear + 0.15 <= net < 0.99
