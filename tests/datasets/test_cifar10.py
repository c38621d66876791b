"""Loading CIFAR-10: where it is found, how it is downloaded, and what is said where that fails."""

import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_cifar10 import NAMES, assert_is_small_copy, write_copy

from cs_utils import datasets
from cs_utils.datasets import cifar10, download

ROOT = Path(__file__).resolve().parents[2]

# Finding a copy


def test_in_a_browser_nothing_is_fetched_and_a_copy_among_the_notebooks_is_found(host, cache, monkeypatch):
    monkeypatch.setattr(download, "in_browser", lambda: True)
    with pytest.raises(datasets.DatasetUnavailable, match=r"course\.py data"):
        datasets.load_cifar10()
    assert host.starts == []
    write_copy(cache / cifar10.ARCHIVE.folder)
    assert_is_small_copy(datasets.load_cifar10())


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
    assert cifar10.ARCHIVE.url in str(caught.value)
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


def kept(cache):
    """What is in the cache, but for the lock, which stays."""
    return sorted(path.name for path in cache.iterdir() if path.suffix != ".lock")


def test_download_is_read_and_kept_and_fetched_once(host, cache, capfd):
    assert_is_small_copy(datasets.load_cifar10())
    output = capfd.readouterr()
    assert str(cache) in output.out
    assert output.err == ""  # nbgrader gives 0 points to a cell that writes there
    assert kept(cache) == [cifar10.ARCHIVE.folder]
    assert sorted(path.name for path in (cache / cifar10.ARCHIVE.folder).iterdir()) == sorted(cifar10.ARCHIVE.files)
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
    assert kept(cache) == []
    host.body = good
    assert_is_small_copy(datasets.load_cifar10())
    assert host.starts == [0, 0]


@pytest.mark.parametrize("arrived", [0, 1000])
def test_a_page_in_place_of_the_archive_leaves_what_has_arrived(host, cache, arrived):
    good = host.body
    cache.mkdir()
    (cache / f"{cifar10.ARCHIVE.name}.part").write_bytes(good[:arrived])
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
    assert cifar10.ARCHIVE.url in str(caught.value)
    assert host.starts == [0]


@pytest.mark.parametrize("reached", ["refused", "no such host"])
def test_no_connection_is_told_with_the_way_by_hand(host, cache, monkeypatch, capfd, reached):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free_port = probe.getsockname()[1]
    name = "127.0.0.1" if reached == "refused" else "no-such-host.invalid"
    monkeypatch.setenv("NO_PROXY", "*")
    address = f"http://{name}:{free_port}/{cifar10.ARCHIVE.name}"
    monkeypatch.setattr(cifar10, "ARCHIVE", replace(cifar10.ARCHIVE, url=address))
    with pytest.raises(datasets.DatasetUnavailable) as caught:
        datasets.load_cifar10()
    assert str(cache) in str(caught.value)
    assert cifar10.ARCHIVE.url in str(caught.value)
    assert capfd.readouterr().err == ""


def test_an_archive_put_there_by_hand_is_used_without_network(host, cache):
    cache.mkdir()
    (cache / cifar10.ARCHIVE.name).write_bytes(host.body)
    assert_is_small_copy(datasets.load_cifar10(download=False))
    assert host.starts == []


@pytest.mark.parametrize("flip", [False, True])
def test_a_damaged_archive_put_there_by_hand_is_named(host, cache, flip):
    cache.mkdir()
    damaged = host.body[:-1] + bytes([host.body[-1] ^ 1]) if flip else host.body[:-1]
    (cache / cifar10.ARCHIVE.name).write_bytes(damaged)
    with pytest.raises(ValueError, match=cifar10.ARCHIVE.name):
        datasets.load_cifar10()
    assert host.starts == []


# Several programs at once


def wait_until(happened):
    for _ in range(600):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within half a minute")


def in_threads(*functions):
    """Start them all; return a function that waits for their ends and returns their results."""
    pool = ThreadPoolExecutor(len(functions))
    futures = [pool.submit(function) for function in functions]
    return lambda: [future.result(60) for future in futures]


def test_of_two_that_would_download_one_waits_for_the_other(host, cache, capsys):
    host.may_answer.clear()
    results = in_threads(datasets.load_cifar10, datasets.load_cifar10)
    wait_until(lambda: host.starts)
    wait_until(lambda: "waiting" in capsys.readouterr().out)
    host.may_answer.set()
    for dataset in results():
        assert_is_small_copy(dataset)
    assert host.starts == [0]


def test_a_lesson_does_not_wait_for_a_download(host, cache):
    host.may_answer.clear()
    results = in_threads(datasets.load_cifar10)
    wait_until(lambda: host.starts)
    with pytest.raises(datasets.DatasetUnavailable):
        datasets.load_cifar10(download=False)
    host.may_answer.set()
    results()


def test_of_two_that_would_unpack_one_waits_for_the_other(host, cache, monkeypatch):
    cache.mkdir()
    (cache / cifar10.ARCHIVE.name).write_bytes(host.body)
    reads = []
    read_archive = download.read_archive

    def slow_read(*arguments):
        reads.append(arguments)
        time.sleep(0.3)
        return read_archive(*arguments)

    monkeypatch.setattr(download, "read_archive", slow_read)
    for dataset in in_threads(*[lambda: datasets.load_cifar10(download=False)] * 3)():
        assert_is_small_copy(dataset)
    assert len(reads) == 1
    assert kept(cache) == [cifar10.ARCHIVE.folder]


PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from small_cifar10 import IMAGES, assert_is_small_copy
from cs_utils import datasets
from cs_utils.datasets import cifar10, download
url, size, digest, cache = sys.argv[1:]
download.cache_folder = lambda: Path(cache)
cifar10.IMAGES_PER_FILE = IMAGES
cifar10.ARCHIVE = replace(cifar10.ARCHIVE, url=url, size=int(size), sha256=digest)
assert_is_small_copy(datasets.load_cifar10())
"""


def test_two_processes_that_download_at_once_get_the_data_both(host, cache):
    archive = host.archive
    line = [sys.executable, "-c", PROGRAM, archive.url, str(archive.size), archive.sha256, str(cache)]
    host.may_answer.clear()
    path = os.pathsep.join(str(folder) for folder in (ROOT, ROOT / "tests"))
    processes = [
        subprocess.Popen(line, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    wait_until(lambda: host.starts)
    time.sleep(0.5)  # the other one has most likely started now; the test holds in any case
    host.may_answer.set()
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    assert host.starts == [0]
    assert kept(cache) == [cifar10.ARCHIVE.folder]


# Folders that may only be read


@pytest.fixture
def locked():
    """A folder, and a function that makes it read-only; permissions do not bind root, so root becomes nobody."""
    if os.name == "nt":
        pytest.skip("permissions of folders mean something else on Windows")
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0

    def lock():
        folder.chmod(0o555)
        if is_root:
            os.seteuid(65534)

    yield folder, lock
    if is_root:
        os.seteuid(0)
    for path in (folder, folder / "cache"):
        if path.exists():
            path.chmod(0o755)
    shutil.rmtree(folder)


def test_an_archive_in_a_cache_that_may_only_be_read_is_used_where_it_is(host, locked, monkeypatch, capsys):
    folder, lock = locked
    monkeypatch.setattr(download, "cache_folder", lambda: folder)
    (folder / cifar10.ARCHIVE.name).write_bytes(host.body)
    lock()
    assert_is_small_copy(datasets.load_course_dataset())
    assert_is_small_copy(datasets.load_cifar10())
    assert [path.name for path in folder.iterdir()] == [cifar10.ARCHIVE.name]
    assert host.starts == []


def test_a_cache_that_cannot_be_written_is_named(host, locked, monkeypatch):
    folder, lock = locked
    monkeypatch.setattr(download, "cache_folder", lambda: folder / "cache")
    lock()
    with pytest.raises(datasets.DatasetUnavailable, match=str(folder / "cache")):
        datasets.load_cifar10()
    assert host.starts == []


@pytest.mark.parametrize("what", ["archive", "files", "folder"])
def test_a_copy_that_may_not_be_read_is_named_and_lessons_go_on(host, locked, monkeypatch, capsys, what):
    folder, lock = locked
    monkeypatch.setattr(download, "cache_folder", lambda: folder / "cache")
    if what == "archive":
        (folder / "cache").mkdir()
        (folder / "cache" / cifar10.ARCHIVE.name).write_bytes(host.body)
        (folder / "cache" / cifar10.ARCHIVE.name).chmod(0)
    else:
        write_copy(folder / "cache" / cifar10.ARCHIVE.folder)
        for path in [folder / "cache"] if what == "folder" else (folder / "cache").glob("*/*"):
            path.chmod(0)
    lock()
    with pytest.raises(datasets.DatasetUnavailable):
        datasets.load_cifar10(download=False)
    monkeypatch.setitem(datasets.LOADERS, "shapes10", lambda download=True: datasets.load_shapes10(0, 10, 10))
    assert datasets.load_course_dataset().name == "shapes10"
    assert str(folder / "cache") in capsys.readouterr().out


def test_an_archive_that_cannot_be_unpacked_for_want_of_room_is_read(host, cache, monkeypatch):
    cache.mkdir()
    (cache / cifar10.ARCHIVE.name).write_bytes(host.body)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert_is_small_copy(datasets.load_cifar10(download=False))
    assert kept(cache) == [cifar10.ARCHIVE.name]


@pytest.mark.parametrize("name", ["", cifar10.ARCHIVE.name])
def test_an_archive_that_root_names_is_read_where_it_is(host, cache, tmp_path, name):
    (tmp_path / cifar10.ARCHIVE.name).write_bytes(host.body)
    assert_is_small_copy(datasets.load_cifar10(tmp_path / name, download=False))
    assert not cache.exists()


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
