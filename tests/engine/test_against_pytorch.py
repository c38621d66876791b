"""The layers and a whole net against PyTorch, values and gradients; skipped where PyTorch is not installed."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from oracles import assert_close

from cs_utils import layers
from cs_utils.model import ConvNet
from cs_utils.training.optim import SGD

torch = pytest.importorskip("torch", reason="PyTorch is not installed (python -m pip install torch)")
functional = torch.nn.functional

MAPS, BACK = (0, 3, 1, 2), (0, 2, 3, 1)  # to PyTorch's axes and back
FILTERS, FILTERS_BACK = (3, 2, 0, 1), (2, 3, 1, 0)


def to_torch(array, axes=None, grad=True):
    axes = axes or range(array.ndim)
    return torch.from_numpy(np.ascontiguousarray(array.transpose(axes))).requires_grad_(grad)


def from_torch(tensor, axes=None):
    array = tensor.detach().numpy()
    return array.transpose(axes) if axes else array


def gradients(y, inputs, dy):
    return torch.autograd.grad(y, inputs, dy)


def planar(x):
    """The same maps, plane after plane in memory."""
    return np.ascontiguousarray(x.transpose(MAPS)).transpose(BACK)


@st.composite
def maps(draw, extents, stride, pad=0, channels=None):
    """Random maps that windows of these extents fit, in one of both memory orders and one of both precisions."""
    sides = []
    for size in extents:
        least = max(1, -(-(1 + 2 * pad - size + stride) // stride))
        sides.append((draw(st.integers(least, least + 4)) - 1) * stride + size - 2 * pad)
    shape = (draw(st.integers(1, 130)), *sides, channels or draw(st.integers(1, 40)))
    x = np.random.default_rng(draw(st.integers(0, 99))).standard_normal(shape)
    x = x.astype(draw(st.sampled_from([np.float32, np.float64])))
    return planar(x) if draw(st.booleans()) else x


@st.composite
def convolutions(draw):
    extents = (draw(st.integers(1, 5)), draw(st.integers(1, 5)))
    stride, pad = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    x = draw(maps(extents, stride, pad))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    w = rng.standard_normal((*extents, x.shape[3], draw(st.integers(1, 40)))).astype(x.dtype)
    return x, w, rng.standard_normal(w.shape[3]).astype(x.dtype), stride, pad


@settings(max_examples=80, deadline=None)
@given(convolutions())
def test_conv2d(case):
    x, w, b, stride, pad = case
    inputs = [to_torch(x, MAPS), to_torch(w, FILTERS), to_torch(b)]
    expected = functional.conv2d(*inputs, stride, pad)
    y = layers.conv2d(x, w, b, stride, pad)
    assert_close(y, from_torch(expected, BACK))
    dy = np.random.default_rng(1).standard_normal(y.shape).astype(y.dtype)
    dx, dw, db = gradients(expected, inputs, to_torch(dy, MAPS, grad=False))
    found = layers.conv2d_backward(planar(dy) if x.strides[3] != x.itemsize else dy, x, w, stride, pad)
    for actual, right in zip(found, (from_torch(dx, BACK), from_torch(dw, FILTERS_BACK), from_torch(db))):
        assert_close(actual, right)
    for actual, right in zip(layers.conv2d_filter_gradient(dy, x, w, stride, pad), found[1:]):
        assert_close(actual, right)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 5), stride=st.integers(1, 3), few_values=st.booleans(), data=st.data())
def test_pools(size, stride, few_values, data):
    x = data.draw(maps((size, size), stride))
    if few_values:  # many ties, of which PyTorch takes the first
        x = np.round(x)
    for kind, arguments in (("max", {"ties": "first"}), ("avg", {})):
        forward, backward = (getattr(layers, kind + end) for end in ("_pool2d", "_pool2d_backward"))
        tensor = to_torch(x, MAPS)
        expected = getattr(functional, kind + "_pool2d")(tensor, size, stride)
        y = forward(x, size, stride)
        assert_close(y, from_torch(expected, BACK))
        dy = np.random.default_rng(1).standard_normal(y.shape).astype(y.dtype)
        (dx,) = gradients(expected, [tensor], to_torch(dy, MAPS, grad=False))
        assert_close(backward(dy, x, size, stride, **arguments), from_torch(dx, BACK))


@settings(max_examples=50, deadline=None)
@given(
    n=st.integers(1, 130),
    inputs=st.integers(1, 40),
    outputs=st.integers(1, 40),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 99),
)
def test_linear_relu_and_loss(n, inputs, outputs, dtype, seed):
    rng = np.random.default_rng(seed)
    shapes = [(n, inputs), (inputs, outputs), (outputs,)]
    x, w, b = (rng.standard_normal(shape).astype(dtype) for shape in shapes)
    labels = rng.integers(0, outputs, n)
    tensors = [to_torch(x), to_torch(w, (1, 0)), to_torch(b)]
    expected_scores = functional.linear(functional.relu(tensors[0]), *tensors[1:])
    expected_loss = functional.cross_entropy(expected_scores, torch.from_numpy(labels))
    expected = gradients(expected_loss, [expected_scores, *tensors], None)

    hidden = layers.relu(x)
    scores = layers.linear(hidden, w, b)
    loss, dscores = layers.softmax_cross_entropy(scores, labels)
    d_hidden, dw, db = layers.linear_backward(dscores, hidden, w)
    assert_close(scores, from_torch(expected_scores))
    assert_close(np.asarray(loss, dtype), from_torch(expected_loss))
    found = [dscores, layers.relu_backward(d_hidden, x), dw.T, db]
    for actual, right in zip(found, expected):
        # Where a probability rounds to 1, what is left of dscores is rounding alone: hence the tolerance of 1 / N.
        assert np.max(np.abs(actual - from_torch(right))) <= (1e-10 if dtype == np.float64 else 1e-4) / n**0.5


class TorchNet(torch.nn.Module):
    """conv6F5S2P2 with ReLU and max pool, conv9 with ReLU and average pool, two fully connected layers."""

    def __init__(self, p):
        super().__init__()
        self.p = torch.nn.ParameterDict()
        for name, array in p.items():
            axes = {4: FILTERS, 2: (1, 0), 1: (0,)}[array.ndim]
            self.p[name] = torch.nn.Parameter(to_torch(array, axes, grad=False))

    def forward(self, x):
        p = self.p
        x = functional.conv2d(x, p["w_conv1"], p["b_conv1"], 2, 2)
        x = functional.max_pool2d(functional.relu(x), 3, 2)
        x = functional.avg_pool2d(functional.relu(functional.conv2d(x, p["w_conv2"], p["b_conv2"], 1, 1)), 2, 2)
        x = x.permute(BACK).flatten(1)  # our order of the numbers that the fully connected layer sees
        x = functional.relu(functional.linear(x, p["w_fc1"], p["b_fc1"]))
        return functional.linear(x, p["w_fc2"], p["b_fc2"])

    def arrays(self, of=lambda parameter: parameter):
        back = {4: FILTERS_BACK, 2: (1, 0), 1: (0,)}
        return {name: from_torch(of(p), back[p.ndim]).copy() for name, p in self.p.items()}


@pytest.mark.parametrize("n", [1, 5, 32, 33, 130])
@pytest.mark.parametrize("order", ["planar", "channels last"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_steps_of_a_net(n, order, dtype):
    net = ConvNet("conv6F5S2P2-relu-poolF3S2-conv9-relu-avgpool-fc20-relu-fc", input_shape=(17, 25, 3))
    net.parameters = {name: array.astype(dtype) for name, array in net.parameters.items()}
    other, rng = TorchNet(net.parameters), np.random.default_rng(n)
    ours, theirs = SGD(momentum=0.9), torch.optim.SGD(other.parameters(), lr=0.01, momentum=0.9)
    x, labels = rng.standard_normal((n, 17, 25, 3)).astype(dtype), rng.integers(0, 10, n)
    if order == "planar":
        x = planar(x)
    for _ in range(3):
        loss, grads = net.loss(x, labels)
        theirs.zero_grad()
        expected = functional.cross_entropy(other(to_torch(x, MAPS, grad=False)), torch.from_numpy(labels))
        expected.backward()
        assert_close(net.scores(x), from_torch(other(to_torch(x, MAPS, grad=False))))
        assert_close(np.asarray(loss, dtype), from_torch(expected))
        for name, right in other.arrays(lambda parameter: parameter.grad).items():
            assert_close(grads[name], right)
        net.parameters = ours.step(net.parameters, grads, 0.01)
        theirs.step()
        for name, right in other.arrays().items():
            assert_close(net.parameters[name], right)
