"""What the tests of the data sets share: a cache of their own, a server, a small copy of CIFAR-10."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_cifar10 import IMAGES, Host, archive_of, small_files, write_copy

from cs_utils.datasets import cifar10, download


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setattr(download, "cache_folder", lambda: folder)
    monkeypatch.setattr(cifar10, "IMAGES_PER_FILE", IMAGES)
    monkeypatch.delenv("CIFAR10_DIR", raising=False)
    monkeypatch.delenv("COURSE_DATASET", raising=False)
    return folder


@pytest.fixture
def host(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    host = Host(archive_of(small_files()))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with host.serving():
        monkeypatch.setattr(cifar10, "ARCHIVE", host.archive)
        yield host


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """An unpacked small copy."""
    folder = tmp_path / "own" / cifar10.ARCHIVE.folder
    write_copy(folder)
    return folder
