"""A batch on several threads: order, errors, BLAS at one thread, other callers, forks."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from cs_utils import layers
from cs_utils.engine import norm, threads
from cs_utils.engine.threads import in_order, one_blas_thread, set_threads
from cs_utils.model import ConvNet

PARTS = [slice(i, i + 1) for i in range(8)]
RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def two_threads(monkeypatch):
    monkeypatch.setattr(threads._blas, "libraries", None)  # to be found anew: other tests may have loaded more
    before = threads.get_threads()
    set_threads(2)
    with threadpool_limits(2, user_api="blas"):
        yield
    set_threads(before)


def blas_threads():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def start(part):
    return part.start


def test_results_are_in_the_order_of_the_parts():
    def slow_at_first(part):
        time.sleep(0.002 * (8 - part.start))
        return part.start

    for number in (1, 2, 3):
        set_threads(number)
        assert in_order(slow_at_first, PARTS) == list(range(8))
        assert in_order(start, []) == []


def test_an_error_in_a_part_is_raised_and_no_further_part_begun():
    begun = []

    def fails_at_once(part):
        begun.append(part.start)
        raise KeyError(part.start)

    for number in (1, 2):
        set_threads(number)
        begun.clear()
        with pytest.raises(KeyError):
            in_order(fails_at_once, PARTS)
        assert len(begun) <= number
        assert in_order(start, PARTS) == list(range(8))


def test_an_error_in_a_helper_alone_is_raised():
    main = threading.get_ident()
    helper_has_begun = threading.Event()

    def fails_in_a_helper(part):
        if threading.get_ident() != main:
            helper_has_begun.set()
            raise KeyError("helper")
        helper_has_begun.wait(10)

    with pytest.raises(KeyError, match="helper"):
        in_order(fails_in_a_helper, PARTS)


def test_a_call_ends_though_all_helpers_are_busy():
    release, busy = threading.Event(), threading.Event()

    def wait(part):
        busy.set()
        release.wait(10)

    other = threading.Thread(target=in_order, args=(wait, PARTS[:2]))
    other.start()
    try:
        busy.wait(10)
        assert in_order(start, PARTS) == list(range(8))
        assert not release.is_set()
    finally:
        release.set()
        other.join()


def test_the_number_of_threads_may_change_during_a_call():
    errors, done = [], threading.Event()

    def call():
        try:
            for _ in range(300):
                assert in_order(start, PARTS) == list(range(8))
        except Exception as error:
            errors.append(error)
        done.set()

    caller = threading.Thread(target=call)
    caller.start()
    while not done.is_set():
        for number in (2, 3):
            set_threads(number)
    caller.join()
    assert errors == []


def test_helpers_may_run_on_any_core():
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("this system has no affinity")
    cores = os.sched_getaffinity(0)
    seen = in_order(lambda part: (time.sleep(0.001), os.sched_getaffinity(threading.get_native_id()))[1], PARTS)
    assert all(found == cores for found in seen)


def test_blas_has_its_threads_again_whatever_the_caller_does_with_the_results():
    assert blas_threads() == [2] * len(blas_threads())
    results = in_order(start, PARTS)
    assert len(list(zip(PARTS, results))) == 8  # zip ends with the parts, and asks the results for no ninth
    assert blas_threads() == [2] * len(blas_threads())
    with pytest.raises(ZeroDivisionError):
        in_order(lambda part: 1 / 0, PARTS)
    assert blas_threads() == [2] * len(blas_threads())


@pytest.mark.parametrize("number", [1, 2])
def test_blas_uses_one_thread_in_every_part_also_in_the_only_one(number):
    set_threads(number)
    ones = [1] * len(blas_threads())
    assert in_order(lambda part: blas_threads(), PARTS) == [ones] * 8
    assert in_order(lambda part: blas_threads(), PARTS[:1]) == [ones]


def test_blas_uses_one_thread_in_layers_that_are_not_cut(monkeypatch):
    seen = []
    for module in (layers, norm):
        original = module.sum_of_rows
        monkeypatch.setattr(
            module, "sum_of_rows", lambda x, original=original: (seen.append(blas_threads()), original(x))[1]
        )
    x = RNG.standard_normal((2, 3, 3, 4))
    layers.linear_backward(x[:, 0, 0], x[:, 0, 0], np.ones((4, 4)))
    layers.batch_norm(x, np.ones(4), np.ones(4))
    layers.batch_norm_backward(x, x, np.ones(4))
    assert len(seen) >= 3
    assert all(number == 1 for numbers in seen for number in numbers)
    assert 2 in blas_threads()


def test_several_threads_may_hold_blas():
    inside, release = threading.Event(), threading.Event()

    def hold():
        with one_blas_thread():
            inside.set()
            release.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    inside.wait(10)
    with one_blas_thread(), one_blas_thread():
        assert set(blas_threads()) == {1}
    assert set(blas_threads()) == {1}  # the other still needs it
    release.set()
    other.join()
    assert set(blas_threads()) == {2}


def test_cores_are_not_counted_before_they_are_needed():
    code = "import cs_utils.layers, sys; sys.exit('loky' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def child_ends_well(work, seconds=30):
    """Fork, do the work in the child, and say whether it ended without an error in that time."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status == 0
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")
def test_a_child_works_though_other_threads_held_every_lock_at_the_fork():
    x, w = RNG.standard_normal((70, 8, 8, 3)), RNG.standard_normal((3, 3, 3, 4))
    expected = layers.conv2d(x, w, np.zeros(4))
    locked, release = threading.Event(), threading.Event()

    def hold_everything():
        with one_blas_thread(), threads._helpers.lock, threads._blas.lock:
            locked.set()
            release.wait(60)

    def work():
        assert set(blas_threads()) == {2}  # who held it at one does not exist here
        assert np.array_equal(layers.conv2d(x, w, np.zeros(4)), expected)
        assert set(blas_threads()) == {2}

    other = threading.Thread(target=hold_everything)
    other.start()
    locked.wait(10)
    try:
        assert child_ends_well(work)
    finally:
        release.set()
        other.join()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")
def test_a_child_that_was_forked_while_its_own_thread_held_blas():
    def work():
        assert set(blas_threads()) == {1}
        outer.__exit__(None, None, None)
        assert set(blas_threads()) == {2}

    outer = one_blas_thread()
    outer.__enter__()
    try:
        assert child_ends_well(work)
    finally:
        outer.__exit__(None, None, None)


def parts_of(images, side, most=32, worthwhile=None):
    x = np.zeros((images, side, side, 1))
    found = threads.micro_batches(x, most, worthwhile)
    assert [i for part in found for i in range(images)[part]] == list(range(images))
    return [part.stop - part.start for part in found]


def test_how_a_batch_is_cut():
    assert parts_of(130, 32) == [26] * 5
    assert parts_of(0, 32) == []
    assert parts_of(32, 32) == [32]
    assert parts_of(33, 16) == [16, 17]
    assert parts_of(3, 64) == [3]
    assert parts_of(9, 64) == [4, 5]
    assert parts_of(3, 1000) == [1, 1, 1]
    assert parts_of(20, 16, worthwhile=10) == [10, 10]
    assert parts_of(19, 16, worthwhile=10) == [19]
    assert parts_of(64, 32, worthwhile=1) == [32, 32]


@pytest.mark.parametrize("pattern", ["conv64-relu-conv64-relu-pool-fc", "conv64-bn-relu-conv64-relu-pool-fc"])
def test_a_small_batch_with_much_to_do_has_the_same_bits_on_any_number_of_threads(pattern):
    x, labels = RNG.standard_normal((32, 32, 32, 3)).astype(np.float32), np.arange(32) % 10
    w, dy = (RNG.standard_normal(shape).astype(np.float32) for shape in ((3, 3, 3, 64), (32, 32, 32, 64)))
    results = []
    for number in (1, 2, 3):
        set_threads(number)
        net = ConvNet(pattern)
        loss, grads = net.loss(x, labels)
        layer = [layers.conv2d(x, w, w[0, 0, 0], pad=1), *layers.conv2d_backward(dy, x, w, pad=1)]
        results.append([np.asarray(loss), *grads.values(), net.scores(x), *layer])
    for others in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(results[0], others))


def test_a_batch_norm_takes_the_moments_of_the_whole_small_batch():
    x = RNG.standard_normal((32, 16, 16, 64)).astype(np.float32)
    net = ConvNet("bn-conv64-relu-conv64-fc", input_shape=x.shape[1:])
    net.loss(x, np.arange(32) % 10)
    assert net.parameters["variance_bn1"] == pytest.approx(0.9 + 0.1 * x.var(axis=(0, 1, 2)), rel=1e-5)
