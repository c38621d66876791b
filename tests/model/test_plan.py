"""The order in which a network is computed: fewer steps, the same numbers."""

import numpy as np
import pytest
from oracles import assert_close

from cs_utils.model import ConvNet
from cs_utils.model.plan import ConvPool, micro_batch


def net_and_batch(pattern, shape, images=37):
    rng = np.random.default_rng(0)
    net = ConvNet(pattern, input_shape=shape)
    net.parameters = {name: array.astype(np.float64) for name, array in net.parameters.items()}
    return net, rng.standard_normal((images, *shape)), rng.integers(0, 10, images)


@pytest.mark.parametrize("shape", [(32, 32, 3), (16, 24, 1), (8, 24, 6)])
@pytest.mark.parametrize(
    "pattern",
    [
        "conv4-relu-pool-fc",
        "conv5F5P1-pool-relu-conv20-relu-poolF3S3-fc",
        "conv3F3S2P0:1-relu-pool-relu-conv4F1-pool-fc",
        "conv8-relu-conv8-relu-pool-conv32-relu-conv4-relu-pool-fc6-relu-fc",
        "bn-relu-conv4-relu-poolF3S1-fc",
        "conv4-relu-relu-pool-pool-avgpoolF1S1-relu-fc10-relu-poolF1S1",
    ],
)
def test_the_order_of_computation_changes_nothing(pattern, shape):
    if "F3S3" in pattern:
        shape = (shape[0] * 3 + 2, shape[1] * 3 + 2, shape[2])
    net, x, labels = net_and_batch(pattern, shape)
    loss, grads = net.loss(x, labels)
    assert len(net._plan) <= len(net.layers)
    net._plan = net.layers
    written_loss, written_grads = net.loss(x, labels)
    assert loss == pytest.approx(written_loss, rel=1e-12)
    for name in grads:
        assert_close(grads[name], written_grads[name])


def test_a_network_may_end_with_a_pool():
    net, x, labels = net_and_batch("conv10F1-relu-poolF8S8", (8, 8, 3))
    p = net.parameters
    scores = np.maximum(x @ p["w_conv1"][0, 0] + p["b_conv1"], 0).max(axis=(1, 2))
    assert_close(net.scores(x), scores)
    sums = np.exp(scores).sum(axis=1)
    assert net.loss(x, labels)[0] == pytest.approx(np.mean(np.log(sums) - scores[np.arange(len(x)), labels]))


@pytest.mark.parametrize(
    ("pattern", "plan"),
    [
        ("conv4-relu-pool-fc", ["conv+pool", "relu", "fc"]),
        ("conv4-relu-relu-pool-fc", ["conv+pool", "relu", "relu", "fc"]),
        ("conv4-relu-pool-pool-fc", ["conv+pool", "pool", "relu", "fc"]),
        ("conv4-pool-relu-conv4-relu-pool-fc", ["conv+pool", "relu", "conv+pool", "relu", "fc"]),
        ("conv4-relu-poolF3S1-fc", ["conv", "pool", "relu", "fc"]),  # overlapping windows
        ("relu-pool-fc", ["pool", "relu", "fc"]),
        ("conv4-relu-avgpool-fc", ["conv", "relu", "avgpool", "fc"]),  # an average does not commute with ReLU
        ("conv4-bn-relu-pool-fc", ["conv", "bn", "pool", "relu", "fc"]),
    ],
)
def test_pools_come_first_and_join_their_convolution(pattern, plan):
    net = ConvNet(pattern)
    assert [layer.item.kind + "+pool" * isinstance(layer, ConvPool) for layer in net._plan] == plan


def test_light_networks_take_more_images_at_once():
    light, heavy = ConvNet("conv12-relu-pool-fc"), ConvNet("(conv32-relu)*2-pool-fc")
    assert micro_batch(light.layers, (32, 32, 3)) == 2 * micro_batch(heavy.layers, (32, 32, 3))
