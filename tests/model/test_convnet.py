"""`ConvNet`: its patterns, its numbers, its gradients, and its threads."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from oracles import assert_close
from threadpoolctl import threadpool_info

from cs_utils import layers
from cs_utils.engine import threads
from cs_utils.files import save_arrays
from cs_utils.gradient_check import compare
from cs_utils.model import ConvNet

VGG_LIKE = "(conv32-relu)*2-pool-(conv64-relu)*2-pool-(conv128-relu)*2-pool-fc128-relu-fc"


@pytest.fixture(autouse=True)
def _two_threads():
    before = threads.get_threads()
    threads.set_threads(2)
    yield
    threads.set_threads(before)


def batch(n, shape=(32, 32, 3), dtype=np.float32, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, *shape)).astype(dtype), rng.integers(0, 10, n)


def float64(net):
    net.parameters = {name: array.astype(np.float64) for name, array in net.parameters.items()}
    return net


def test_the_lecture_s_net():
    net = ConvNet("conv12-relu-pool-fc", input_shape=(32, 32, 3), classes=10, seed=0)
    sizes = {name: array.size for name, array in net.parameters.items()}
    assert sizes == {"w_conv1": 324, "b_conv1": 12, "w_fc1": 30720, "b_fc1": 10}
    assert "31,066" in net.summary()
    x, labels = batch(64)
    assert np.log(10) < net.loss(x, labels)[0] < 3.3  # white noise; the same scores for all would give log(10)
    p = net.parameters
    maps = layers.max_pool2d(layers.relu(layers.conv2d(x, p["w_conv1"], p["b_conv1"], pad=1)))
    assert_close(net.scores(x), layers.linear(maps.reshape(64, -1), p["w_fc1"], p["b_fc1"]))


def test_initial_weights():
    net, again, other = ConvNet(VGG_LIKE), ConvNet(VGG_LIKE), ConvNet(VGG_LIKE, seed=1)
    assert all(np.array_equal(net.parameters[name], again.parameters[name]) for name in net.parameters)
    assert not np.array_equal(net.parameters["w_conv2"], other.parameters["w_conv2"])
    assert {array.dtype for array in net.parameters.values()} == {np.dtype(np.float32)}
    for name, deviation in [("w_conv2", (2 / 288) ** 0.5), ("w_fc1", (2 / 2048) ** 0.5), ("w_fc2", 0.01)]:
        assert np.std(net.parameters[name]) == pytest.approx(deviation, rel=0.1)
        assert abs(np.mean(net.parameters[name])) < 0.1 * deviation
    assert not np.any(net.parameters["b_conv2"])


@pytest.mark.parametrize(
    "pattern",
    [
        "conv4-relu-pool-fc",
        "relu-conv4F5-relu-avgpool-fc6-relu-fc",
        "bn-conv4-relu-res-relu-poolF3S1-gap-fc",
        "conv3F3S2P0:1-relu-res-pool-fc",
        "conv4F2S2-relu-resbn-resbnF5-gap-fc",
        "conv3F2P1:0-pool-relu-conv10F1-gap",
        "fc5-relu-fc",
        "pool-fc",
        "conv10F1-pool-relu-avgpoolF2S1-relu-poolF1S1-relu-relu-gap",
    ],
)
def test_gradients_of_whole_nets(pattern):
    net = float64(ConvNet(pattern, input_shape=(8, 12, 2), seed=3))
    rng = np.random.default_rng(3)
    net.parameters = {name: array + 0.1 * rng.standard_normal(array.shape) for name, array in net.parameters.items()}
    x, labels = batch(5, (8, 12, 2), np.float64)
    parameters = net.parameters
    _, grads = net.loss(x, labels, weight_decay=0.1)
    for name, grad in grads.items():
        some = rng.choice(grad.size, min(grad.size, 12), replace=False)

        def loss_at(values, name=name, some=some):
            changed = parameters[name].copy()
            changed.flat[some] = values
            net.parameters = {**parameters, name: changed}
            return net.loss(x, labels, weight_decay=0.1)[0]

        found = compare(grad.flat[some], loss_at, parameters[name].flat[some], np.ones(()), h=1e-6)
        assert found, f"{name}: {found}"


def test_batch_norm_learns_the_moments_that_it_uses():
    net = ConvNet("bn-fc", input_shape=(4, 4, 2))
    x = np.random.default_rng(0).standard_normal((60, 4, 4, 2)).astype(np.float32) * 3 + 5
    for _ in range(100):
        _, grads = net.loss(x, np.zeros(60, int))
    assert grads.keys() == {"gamma_bn1", "beta_bn1", "w_fc1", "b_fc1"}
    assert net.parameters["mean_bn1"] == pytest.approx(x.mean((0, 1, 2)), rel=1e-3)
    assert net.parameters["variance_bn1"] == pytest.approx(x.var((0, 1, 2)), rel=0.05)
    standard = (x - x.mean((0, 1, 2))) / x.std((0, 1, 2))
    expected = standard.reshape(60, -1) @ net.parameters["w_fc1"]
    assert np.allclose(net.scores(x), expected, atol=2e-3)


def test_weight_decay_is_half_the_squares_of_the_weights():
    net = ConvNet("conv4-bn-relu-res-pool-fc")
    x, labels = batch(3)
    (plain, grads), (decayed, decayed_grads) = net.loss(x, labels), net.loss(x, labels, weight_decay=0.2)
    weights = {"w_conv1", "w1_res1", "w2_res1", "w_fc1"}
    assert decayed - plain == pytest.approx(0.1 * sum(np.sum(net.parameters[name] ** 2) for name in weights), rel=1e-5)
    for name in grads:
        assert np.allclose(decayed_grads[name] - grads[name], 0.2 * net.parameters[name] * (name in weights), atol=1e-6)


@pytest.mark.parametrize("n", [1, 31, 33, 64, 130])
def test_same_bits_for_any_number_of_threads(n):
    x, labels = batch(n)
    results = []
    for number in (1, 2, 3):
        threads.set_threads(number)
        net = ConvNet("conv12-bn-relu-pool-fc")
        loss, grads = net.loss(x, labels)
        results.append((loss, *grads.values(), *net.parameters.values(), net.scores(x)))
    for result in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(result, results[0]))


def test_the_parts_of_a_batch_make_the_whole():
    net, (x, labels) = ConvNet("conv12-relu-pool-fc"), batch(70)
    loss, grads = net.loss(x, labels)
    single = [net.loss(x[i : i + 1], labels[i : i + 1]) for i in range(70)]
    assert loss == pytest.approx(np.mean([loss for loss, _ in single]), rel=1e-5)
    for name in grads:
        assert_close(grads[name], np.mean([grads[name] for _, grads in single], axis=0))
    assert_close(net.scores(x), np.concatenate([net.scores(x[i : i + 1]) for i in range(70)]))


def test_two_nets_in_two_threads_at_once():
    nets = [ConvNet("conv12-relu-pool-fc"), ConvNet("(conv8F5-relu)*2-avgpool-fc20-relu-fc", seed=1)]
    data = [batch(70, seed=seed) for seed in (1, 2)]
    alone = [net.loss(*some) for net, some in zip(nets, data)]
    blas_before = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    def repeatedly(i):
        return [nets[i].loss(*data[i]) for _ in range(12)]

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(repeatedly, (0, 1)))
    for (loss, grads), repeats in zip(alone, both):
        for other_loss, other_grads in repeats:
            assert other_loss == loss
            assert all(np.array_equal(grads[name], other_grads[name]) for name in grads)
    assert [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"] == blas_before


def test_what_a_net_returned_is_unchanged_by_later_calls():
    net, (x, labels) = ConvNet("conv12-relu-pool-fc16-relu-fc"), batch(64)
    before = x.copy()
    scores, (_, grads) = net.scores(x), net.loss(x, labels)
    copies = [array.copy() for array in (scores, *grads.values())]
    for seed in (1, 2):
        net.scores(batch(64, seed=seed)[0])
        net.loss(*batch(64, seed=seed))
    assert all(np.array_equal(a, b) for a, b in zip((scores, *grads.values()), copies))
    assert np.array_equal(x, before)


def test_any_layout_precision_and_label_type():
    net, (x, labels) = ConvNet("conv5-relu-pool-fc"), batch(9)
    scores = net.scores(x)
    planar = np.ascontiguousarray(x.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    planar.flags.writeable = False
    for same in (planar, np.asfortranarray(x), x.astype(np.float64), x[::-1].copy()[::-1]):
        assert_close(net.scores(same), scores)
        assert net.scores(same).dtype == np.float32
        assert net.loss(same, labels.astype(np.uint8))[0] == pytest.approx(net.loss(x, labels)[0], rel=1e-5)


def peak_bytes_of_loss(net, x, labels):
    tracemalloc.start()
    net.loss(x, labels)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_memory_is_bounded_by_the_micro_batch():
    threads.set_threads(1)  # so that one thread's scratch memory has grown for sure
    net, (x, labels) = ConvNet("conv12-relu-pool-fc"), batch(2560)
    assert peak_bytes_of_loss(net, x, labels) < 32e6  # the first layer's patches are 283 MB for the whole batch
    assert peak_bytes_of_loss(net, x[:640], labels[:640]) < 8e6  # its output is 31 MB


def test_saved_and_loaded(tmp_path):
    net, other = ConvNet("conv4-bn-relu-fc"), ConvNet("conv4-bn-relu-fc", seed=1)
    net.loss(*batch(4))
    net.save(tmp_path / "net.npz", {"data set": "none"})
    info = other.load(tmp_path / "net.npz")
    assert (info["pattern"], info["input_shape"], info["data set"]) == ("conv4-bn-relu-fc", [32, 32, 3], "none")
    x, _ = batch(3)
    assert np.array_equal(net.scores(x), other.scores(x))


@pytest.mark.parametrize(
    ("pattern", "input_shape", "classes"), [("conv4-bn-relu-avgpool-fc", (8, 6, 2), 5), ("fc7-relu-fc", (2, 2, 1), 3)]
)
def test_a_file_is_enough_to_make_its_network(tmp_path, pattern, input_shape, classes):
    net = ConvNet(pattern, input_shape, classes, seed=4)
    net.save(tmp_path / "net.npz", {"mean": [0.5]})
    made, info = ConvNet.from_file(tmp_path / "net.npz")
    assert (made.pattern, made.input_shape, made.classes, info["mean"]) == (pattern, input_shape, classes, [0.5])
    x, _ = batch(3, input_shape)
    assert np.array_equal(net.scores(x), made.scores(x))


@pytest.mark.parametrize(
    ("pattern", "input_shape", "classes"),
    [
        ("conv4-relu-avgpool-gap", (8, 8, 3), 4),  # the shapes of all parameters agree
        ("conv4-relu-pool-gap", (16, 8, 3), 4),
        ("conv5-relu-pool-gap", (8, 8, 3), 5),
    ],
)
def test_the_file_of_another_network_is_refused_with_both_named(tmp_path, pattern, input_shape, classes):
    ConvNet("conv4-relu-pool-gap", (8, 8, 3), 4).save(tmp_path / "net.npz")
    net = ConvNet(pattern, input_shape, classes, seed=1)
    before = dict(net.parameters)
    with pytest.raises(ValueError, match=r"net\.npz") as refusal:
        net.load(tmp_path / "net.npz")
    assert all(name in str(refusal.value) for name in ("'conv4-relu-pool-gap'", "[8, 8, 3]", "4 classes"))
    assert all(str(name) in str(refusal.value) for name in (pattern, list(input_shape), f"{classes} classes"))
    assert net.parameters.keys() == before.keys()
    assert all(net.parameters[name] is array for name, array in before.items())


def test_files_that_hold_no_network_are_refused(tmp_path):
    path, net = tmp_path / "net.npz", ConvNet("conv4-relu-fc")
    net.save(path)
    whole = path.read_bytes()
    for read in (net.load, ConvNet.from_file):
        for kept in (0, 100, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:kept])
            with pytest.raises(ValueError, match=r"net\.npz"):
                read(path)
        save_arrays(path, net.parameters, {"dataset": "shapes10"})
        with pytest.raises(ValueError, match=r"net\.npz.*pattern"):
            read(path)
        facts = {"pattern": net.pattern, "input_shape": net.input_shape, "classes": net.classes}
        save_arrays(path, net.parameters | {"w_fc1": np.zeros((2, 2))}, facts)
        with pytest.raises(ValueError, match="w_fc1"):
            read(path)
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "none.npz")


def test_info_cannot_contradict_the_network(tmp_path):
    with pytest.raises(ValueError, match="classes"):
        ConvNet("fc").save(tmp_path / "net.npz", {"classes": ["cat", "dog"]})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("change", [{"w_fc1": np.ones(3)}, {"more": np.ones(1)}, None])
def test_parameters_that_do_not_fit_are_refused(change):
    net = ConvNet("conv4-relu-fc")
    with pytest.raises(ValueError):
        net.parameters = {**net.parameters, **change} if change else {}


@pytest.mark.parametrize(
    ("x", "labels", "error"),
    [
        (np.ones((2, 32, 32, 3), np.uint8), [0, 1], TypeError),
        (np.ones((2, 32, 32, 3)), [0.0, 1.0], TypeError),
        (np.ones((2, 32, 32, 1)), [0, 1], ValueError),
        (np.ones((32, 32, 3)), [0], ValueError),
        (np.ones((2, 32, 32, 3)), [0, 10], ValueError),
        (np.ones((2, 32, 32, 3)), [0], ValueError),
        (np.ones((0, 32, 32, 3)), np.zeros(0, int), ValueError),
    ],
)
def test_hostile_batches(x, labels, error):
    with pytest.raises(error):
        ConvNet("conv4-relu-pool-fc").loss(x, np.array(labels))


def test_an_empty_batch_has_no_scores_and_nan_gives_nan(capfd):
    net, (x, labels) = ConvNet("conv4-relu-pool-fc"), batch(40)
    assert net.scores(x[:0]).shape == (0, 10)
    x[7, 3, 3, 0] = np.nan
    assert np.argwhere(np.isnan(net.scores(x)).any(axis=1)).tolist() == [[7]]
    assert np.isnan(net.loss(x, labels)[0])
    net.parameters = {name: array * np.float32(1e30) for name, array in net.parameters.items()}
    assert not np.isfinite(net.loss(x, labels)[0])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("conv12F5S2P2-fc", "16.50"),
        ("conv12-relu-poolF3S2-fc", "15.50"),
        ("fc-relu-fc", "last fc"),
        ("conv-relu-fc", "conv32"),
        ("conv12-relu", "end it with fc"),
        ("conv12-fc7", "end it with fc"),
        ("(pool)*6-fc", "layer 6"),
        ("resF2-fc", "odd"),
    ],
)
def test_patterns_that_do_not_fit_say_why(pattern, reason):
    with pytest.raises(ValueError, match=reason):
        ConvNet(pattern)
