"""The CIFAR-10 loader with its faults, the choice of the data set, and the statistics that standardise images."""

import hashlib
import io
import os
import socket
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch
import pytest

from cs_utils import datasets
from cs_utils.datasets import cifar10

IMAGES = 20  # a file, instead of 10,000
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def small_files():
    """The files of a small CIFAR-10: name -> bytes."""
    rng = np.random.default_rng(0)
    files = {}
    for name in (*cifar10.TRAIN_FILES, *cifar10.TEST_FILES):
        records = rng.integers(0, 256, (IMAGES, 3073), np.uint8)
        records[:, 0] %= 10
        files[name] = records.tobytes()
    return files | {cifar10.NAMES_FILE: "".join(f"{name}\n" for name in [*NAMES, ""]).encode()}


def archive_of(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in {**files, "readme.html": b"<p>"}.items():
            member = tarfile.TarInfo(f"{cifar10.FOLDER}/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


class Host:
    """What the loopback server sends, how it fails, and which first bytes it was asked for."""

    def __init__(self, body):
        self.body, self.status, self.ranges = body, 200, True
        self.cuts = []  # after how many bytes the next answers break off
        self.starts = []

    def answer(self, request):
        start = int(request.headers.get("Range", "bytes=0-")[len("bytes=") : -1])
        self.starts.append(start)
        if self.status != 200:
            request.send_error(self.status)
            return
        part = self.body[start:] if self.ranges else self.body
        request.send_response(206 if self.ranges and start else 200)
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        request.wfile.write(part[: self.cuts.pop(0)] if self.cuts else part)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setattr(cifar10, "cache_folder", lambda: folder)
    monkeypatch.setattr(cifar10, "IMAGES_PER_FILE", IMAGES)
    monkeypatch.delenv("CIFAR10_DIR", raising=False)
    monkeypatch.delenv("COURSE_DATASET", raising=False)
    return folder


@pytest.fixture
def host(cache, monkeypatch):
    host = Host(archive_of(small_files()))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            host.answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(cifar10, "URL", f"http://127.0.0.1:{server.server_port}/{cifar10.ARCHIVE}")
    monkeypatch.setattr(cifar10, "ARCHIVE_BYTES", len(host.body))
    monkeypatch.setattr(cifar10, "ARCHIVE_SHA256", hashlib.sha256(host.body).hexdigest())
    yield host
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def copy(tmp_path):
    """An unpacked small copy."""
    folder = tmp_path / "own" / cifar10.FOLDER
    folder.mkdir(parents=True)
    for name, data in small_files().items():
        (folder / name).write_bytes(data)
    return folder


def assert_is_small_copy(dataset):
    train = b"".join(small_files()[name] for name in cifar10.TRAIN_FILES)
    for images, labels, data in (
        (dataset.train_images, dataset.train_labels, train),
        (dataset.test_images, dataset.test_labels, small_files()["test_batch.bin"]),
    ):
        n = len(data) // 3073
        assert images.shape == (n, 32, 32, 3)
        assert labels.shape == (n,)
        assert images.dtype == labels.dtype == np.uint8
        assert labels.tolist() == list(data[::3073])
        for i, row, column, channel in np.random.default_rng(1).integers(0, [n, 32, 32, 3], (200, 4)):
            assert images[i, row, column, channel] == data[i * 3073 + 1 + channel * 1024 + row * 32 + column]
    assert dataset.name == "CIFAR-10"
    assert dataset.class_names == tuple(NAMES)


# Finding a copy


@pytest.mark.parametrize("parent", [False, True])
def test_own_copy_is_found_by_root(cache, copy, parent):
    assert_is_small_copy(datasets.load_cifar10(copy.parent if parent else copy, download=False))


@pytest.mark.parametrize("parent", [False, True])
def test_own_copy_is_found_by_variable(cache, copy, monkeypatch, parent):
    monkeypatch.setenv("CIFAR10_DIR", str(copy.parent if parent else copy))
    assert_is_small_copy(datasets.load_cifar10(download=False))


def test_root_comes_before_variable(cache, copy, monkeypatch, tmp_path):
    monkeypatch.setenv("CIFAR10_DIR", str(tmp_path / "nowhere"))
    assert_is_small_copy(datasets.load_cifar10(copy))


def test_a_wrong_root_or_variable_is_named_and_nothing_is_fetched(host, monkeypatch, tmp_path):
    nowhere = tmp_path / "nowhere"
    with pytest.raises(datasets.DatasetUnavailable, match=r"root.*nowhere"):
        datasets.load_cifar10(nowhere)
    monkeypatch.setenv("CIFAR10_DIR", str(nowhere))
    with pytest.raises(datasets.DatasetUnavailable, match=r"CIFAR10_DIR.*nowhere"):
        datasets.load_cifar10()
    assert host.starts == []


def test_without_a_copy_and_download_the_message_says_where_to_put_one(host, cache):
    with pytest.raises(datasets.DatasetUnavailable) as caught:
        datasets.load_cifar10(download=False)
    assert str(cache) in str(caught.value)
    assert cifar10.URL in str(caught.value)
    assert host.starts == []


# Damaged copies


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-1])


def one_record_too_many(path):
    path.write_bytes(path.read_bytes() + bytes(3073))


def wrong_label(path):
    data = bytearray(path.read_bytes())
    data[7 * 3073] = 10
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [Path.unlink, cut_short, one_record_too_many, wrong_label])
@pytest.mark.parametrize("name", ["data_batch_4.bin", "test_batch.bin"])
def test_a_damaged_file_is_named(cache, copy, name, damage):
    damage(copy / name)
    with pytest.raises(ValueError, match=name):
        datasets.load_cifar10(copy)


@pytest.mark.parametrize("names", [None, b"", b"airplane\nbird\n", bytes(range(128, 256))])
def test_damaged_class_names_are_named(cache, copy, names):
    if names is None:
        (copy / cifar10.NAMES_FILE).unlink()
    else:
        (copy / cifar10.NAMES_FILE).write_bytes(names)
    with pytest.raises(ValueError, match=cifar10.NAMES_FILE):
        datasets.load_cifar10(copy)


# Downloading


def test_download_is_read_and_kept_and_fetched_once(host, cache, capfd, monkeypatch):
    logger = pooch.get_logger()  # as in a fresh process: it writes to this test's standard error
    logger.setLevel("NOTSET")
    monkeypatch.setattr(logger.handlers[0], "stream", sys.stderr)
    assert_is_small_copy(datasets.load_cifar10())
    output = capfd.readouterr()
    assert "100%" in output.out
    assert output.err == ""  # nbgrader gives 0 points to a cell that writes there
    assert sorted(path.name for path in cache.iterdir()) == [cifar10.FOLDER]
    assert sorted(path.name for path in (cache / cifar10.FOLDER).iterdir()) == sorted(cifar10.FILES)
    assert_is_small_copy(datasets.load_cifar10(download=False))
    assert host.starts == [0]


def test_a_download_that_is_cut_goes_on_by_itself(host, cache, capfd):
    third = len(host.body) // 3
    host.cuts = [third, third]
    assert_is_small_copy(datasets.load_cifar10())
    first, second, last = host.starts
    assert first == 0 < second <= third < last <= 2 * third
    assert capfd.readouterr().err == ""


def test_the_next_call_goes_on_where_a_download_broke_off(host, cache):
    third = len(host.body) // 3
    host.cuts = [third, 0]  # the second attempt brings nothing: it gives up
    with pytest.raises(datasets.DatasetUnavailable):
        datasets.load_cifar10()
    assert_is_small_copy(datasets.load_cifar10())
    first, second, last = host.starts
    assert first == 0 < second == last <= third


def test_a_server_without_ranges_starts_anew(host, cache):
    host.ranges = False
    host.cuts = [len(host.body) // 2]
    assert_is_small_copy(datasets.load_cifar10())
    assert len(host.starts) == 2
    assert host.starts[1] > 0


def test_a_damaged_download_is_refused_and_the_next_starts_anew(host, cache):
    good = host.body
    host.body = good[:2000] + bytes([good[2000] ^ 1]) + good[2001:]
    with pytest.raises(datasets.DatasetUnavailable, match="checksum"):
        datasets.load_cifar10()
    assert list(cache.iterdir()) == []
    host.body = good
    assert_is_small_copy(datasets.load_cifar10())
    assert host.starts == [0, 0]


@pytest.mark.parametrize("arrived", [0, 1000])
def test_a_page_in_place_of_the_archive_leaves_what_has_arrived(host, cache, arrived):
    good = host.body
    cache.mkdir()
    (cache / f"{cifar10.ARCHIVE}.part").write_bytes(good[:arrived])
    host.body, host.ranges = b"<html>Please log in to this network.</html>", False
    with pytest.raises(datasets.DatasetUnavailable):
        datasets.load_cifar10()
    host.body, host.ranges = good, True
    assert_is_small_copy(datasets.load_cifar10())
    assert host.starts == [arrived, arrived]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_refusal_is_told_with_the_way_by_hand(host, cache, status):
    host.status = status
    with pytest.raises(datasets.DatasetUnavailable, match=str(status)) as caught:
        datasets.load_cifar10()
    assert str(cache) in str(caught.value)
    assert cifar10.URL in str(caught.value)
    assert host.starts == [0]


@pytest.mark.parametrize("reached", ["refused", "no such host"])
def test_no_connection_is_told_with_the_way_by_hand(host, cache, monkeypatch, capfd, reached):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free_port = probe.getsockname()[1]
    name = "127.0.0.1" if reached == "refused" else "no-such-host.invalid"
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(cifar10, "URL", f"http://{name}:{free_port}/{cifar10.ARCHIVE}")
    with pytest.raises(datasets.DatasetUnavailable) as caught:
        datasets.load_cifar10()
    assert str(cache) in str(caught.value)
    assert cifar10.URL in str(caught.value)
    assert capfd.readouterr().err == ""


def test_an_archive_put_there_by_hand_is_used_without_network(host, cache):
    cache.mkdir()
    (cache / cifar10.ARCHIVE).write_bytes(host.body)
    assert_is_small_copy(datasets.load_cifar10(download=False))
    assert host.starts == []


@pytest.mark.parametrize("flip", [False, True])
def test_a_damaged_archive_put_there_by_hand_is_named(host, cache, flip):
    cache.mkdir()
    damaged = host.body[:-1] + bytes([host.body[-1] ^ 1]) if flip else host.body[:-1]
    (cache / cifar10.ARCHIVE).write_bytes(damaged)
    with pytest.raises(ValueError, match=cifar10.ARCHIVE):
        datasets.load_cifar10()
    assert host.starts == []


# The choice


@pytest.fixture
def few_shapes(monkeypatch):
    draw_all = datasets.load_shapes10
    monkeypatch.setattr(datasets, "load_shapes10", lambda: draw_all(train=20, test=10))


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


def test_the_variable_forces_shapes10(host, few_shapes, copy, monkeypatch, capsys):
    monkeypatch.setenv("CIFAR10_DIR", str(copy))
    monkeypatch.setenv("COURSE_DATASET", "shapes10")
    assert datasets.load_course_dataset().name == "shapes10"
    assert "COURSE_DATASET" in capsys.readouterr().out
    monkeypatch.setenv("COURSE_DATASET", "shapes")
    with pytest.raises(ValueError, match="shapes10"):
        datasets.load_course_dataset()


# Statistics


def images_of(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("shape", [(7, 5, 4, 3), (1, 1, 2, 1), (300, 8, 8, 3)])
def test_channel_statistics_are_numpys(shape):
    images = images_of(shape)
    mean, std = datasets.channel_statistics(images)
    assert mean.dtype == std.dtype == np.float32
    np.testing.assert_allclose(mean, (images / 255).mean(axis=(0, 1, 2)), rtol=1e-6)
    np.testing.assert_allclose(std, (images / 255).std(axis=(0, 1, 2)), rtol=1e-6)


def test_standardized_images_are_in_float32_and_the_originals_unchanged():
    images, mean, std = images_of((3, 4, 5, 3)), np.array([0.1, 0.5, 0.6]), np.array([0.2, 0.3, 0.4])
    before = images.copy()
    x = datasets.standardize(images, mean, std)
    assert x.dtype == np.float32
    np.testing.assert_allclose(x, (images / 255 - mean) / std, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize(
    "images", [images_of((4, 4, 3)), images_of((2, 4, 4, 3)) / 255, images_of((0, 4, 4, 3)), [[[[1]]]]]
)
def test_statistics_of_anything_but_uint8_images_are_refused(images):
    with pytest.raises(ValueError):
        datasets.channel_statistics(images)


@pytest.mark.parametrize(
    ("mean", "std"), [([0.5] * 2, [0.2] * 2), (0.5, 0.2), ([0.5] * 3, [0.2, 0.2, 0.0]), ([0.5] * 3, [0.2, 0.2, np.nan])]
)
def test_statistics_that_do_not_fit_are_refused(mean, std):
    with pytest.raises(ValueError):
        datasets.standardize(images_of((2, 4, 4, 3)), mean, std)


# The real images


@pytest.mark.skipif(not os.environ.get("CIFAR10_DIR"), reason="CIFAR10_DIR names no copy of CIFAR-10")
def test_real_images():
    dataset = datasets.load_cifar10(download=False)
    assert dataset.train_images.shape == (50_000, 32, 32, 3)
    assert dataset.test_images.shape == (10_000, 32, 32, 3)
    assert dataset.class_names == tuple(NAMES)
    assert np.bincount(dataset.train_labels).tolist() == [5000] * 10
    assert np.bincount(dataset.test_labels).tolist() == [1000] * 10
    mean, std = datasets.channel_statistics(dataset.train_images)
    np.testing.assert_allclose(mean, [0.4914, 0.4822, 0.4465], atol=0.005)  # as published by many
    np.testing.assert_allclose(std, [0.2470, 0.2435, 0.2616], atol=0.005)
    # Neighbouring pixels are alike; in a wrong order of the axes they are not.
    steps = np.abs(np.diff(dataset.test_images[:500].astype(int), axis=1)).mean()
    assert steps < 0.25 * np.abs(np.diff(dataset.test_images[:500].astype(int), axis=0)).mean()
