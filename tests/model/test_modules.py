"""The layers of a network: how items of a pattern are read, what they may write to, and how one is added."""

import numpy as np
import pytest

from cs_utils.model import ConvNet, modules
from cs_utils.model.layer import Layer
from cs_utils.model.modules import KINDS, read_item


def test_items():
    item = read_item("conv32F5S2P1:2")
    assert (item.kind, item.count, item.size, item.stride, item.pad) == ("conv", 32, 5, 2, (1, 2))
    assert (read_item("conv8").pad, read_item("conv8F5").pad, read_item("conv8P0").pad) == ((1, 1), (2, 2), (0, 0))
    assert (read_item("poolF3").stride, read_item("pool").pad, read_item("res").size) == (2, (0, 0), 3)


@pytest.mark.parametrize("item", ["conv0", "conv8F0", "pool3", "reluF2", "fcF3", "poolP1", "dense", "conv8s2", "F3"])
def test_items_that_make_no_sense(item):
    with pytest.raises(ValueError, match=item):
        read_item(item)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", [True, False])
def test_a_layer_and_a_relu_after_it_leave_alone_what_others_need(kind, first):
    """A ReLU writes over its input and its gradient: the layer before must not need them, nor may the images change."""
    letters = KINDS[kind].letters
    net = ConvNet(f"{'' if first else 'conv3-'}{kind}{'4' if 'n' in letters else ''}-relu-fc", (4, 4, 3))
    net.parameters = {name: array.astype(np.float64) for name, array in net.parameters.items()}
    rng = np.random.default_rng(0)
    x, labels = rng.standard_normal((3, 4, 4, 3)), rng.integers(0, 10, 3)
    before = x.copy()
    loss, grads = net.loss(x, labels)
    assert np.array_equal(x, before)
    for layer in net._plan:
        if isinstance(layer, modules.Relu):
            layer.first = True  # so that it writes to an array of its own
    careful_loss, careful_grads = net.loss(x, labels)
    assert loss == careful_loss
    assert all(np.array_equal(grads[name], careful_grads[name]) for name in grads)


def test_a_layer_of_one_s_own_is_a_class_and_a_line(monkeypatch):
    class Scale(Layer):
        """scaleS3: times S."""

        letters = {"S": 2}  # noqa: RUF012

        def forward(self, p, x, training):
            return x * self.item.stride, None

        def backward(self, p, dy, saved, needs_dx):
            return dy * self.item.stride, {}

    monkeypatch.setitem(KINDS, "scale", Scale)
    x = np.ones((2, 4, 4, 1), np.float32)
    plain = ConvNet("conv3-fc", (4, 4, 1)).scores(x)
    assert np.allclose(ConvNet("conv3-scale-fc", (4, 4, 1)).scores(x), 2 * plain)
    assert np.allclose(ConvNet("conv3-scaleS5-fc", (4, 4, 1)).scores(x), 5 * plain)
    for wrong in ("scale3", "scaleF3", "scaleS0"):
        with pytest.raises(ValueError, match=wrong):
            ConvNet(f"conv3-{wrong}-fc", (4, 4, 1))
