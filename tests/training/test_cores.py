"""A loss on all cores: the numbers of one call for the whole batch, for any size of batch."""

import numpy as np
import pytest

from cs_utils.grading.exercises.lesson06_cifar10_convnet.convnet_loss import convnet_loss
from cs_utils.training import on_all_cores


def net(rng):
    shapes = {"w_conv": (3, 3, 2, 3), "b_conv": (3,), "w_fc": (12, 4), "b_fc": (4,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


@pytest.mark.parametrize("count", [1, 32, 33, 80])
def test_the_whole_batch_and_its_pieces_agree(count):
    rng = np.random.default_rng(count)
    parameters, x, labels = net(rng), rng.normal(size=(count, 4, 4, 2)), rng.integers(0, 4, count)
    expected_loss, expected = convnet_loss(parameters, x, labels, 0.1)
    loss, grads = on_all_cores(convnet_loss, parameters, x, labels, 0.1)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    assert grads.keys() == expected.keys()
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, expected[name], rtol=1e-10, atol=1e-12)


def test_float32_stays_float32():
    rng = np.random.default_rng(0)
    parameters = {name: value.astype(np.float32) for name, value in net(rng).items()}
    x = rng.normal(size=(40, 4, 4, 2)).astype(np.float32)
    _, grads = on_all_cores(convnet_loss, parameters, x, rng.integers(0, 4, 40))
    assert {grad.dtype for grad in grads.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("images", "labels"), [(0, 0), (3, 2)])
def test_images_without_labels_are_refused(images, labels):
    with pytest.raises(ValueError, match="needs one label"):
        on_all_cores(convnet_loss, net(np.random.default_rng(0)), np.ones((images, 4, 4, 2)), np.zeros(labels, int))
