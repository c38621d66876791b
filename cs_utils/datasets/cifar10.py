"""CIFAR-10 in its binary version: found on this machine, or downloaded once, and read with NumPy alone.

The data set: A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009,
https://www.cs.toronto.edu/~kriz/cifar.html
"""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cs_utils.datasets.dataset import Dataset, DatasetUnavailable
from cs_utils.datasets.download import Archive, Files, find_or_fetch, read_archive
from cs_utils.datasets.registry import register

TRAIN_FILES = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
TEST_FILES = ("test_batch.bin",)
NAMES_FILE = "batches.meta.txt"

ARCHIVE = Archive(
    title="CIFAR-10",
    url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    size=170_052_171,
    sha256="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    loader="load_cifar10()",
    folder="cifar-10-batches-bin",
    files=(*TRAIN_FILES, *TEST_FILES, NAMES_FILE),
)

CLASSES = 10
IMAGES_PER_FILE = 10_000
RECORD_BYTES = 1 + 3 * 32 * 32  # the label, then the image: all its red, then all its green, then all its blue


@register
def load_cifar10(root: str | os.PathLike[str] | None = None, download: bool = True) -> Dataset:
    """Load CIFAR-10: 50,000 training and 10,000 test images, 32x32x3, of ten classes.

    It is looked for in `root` if given, else in the folder that the environment variable CIFAR10_DIR names if set, else
    in the user's cache, to which it is downloaded if it is not there. A download that was cut goes on where it ended.

    Parameters
    ----------
    root : str or path, optional
        The folder `cifar-10-batches-bin` of the binary version or its archive, or the folder that one of them is in.
    download : bool
        Whether a copy may be downloaded (170 MB; twice as much is needed while it is unpacked).

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetUnavailable
        If there is no copy and none could be, or should be, downloaded. It says where to put one by hand.
    ValueError
        If a file of the copy is damaged or missing. It names the file.
    """
    if root is not None:
        files = _named_by("`root`", root)
    elif os.environ.get("CIFAR10_DIR"):
        files = _named_by("The environment variable CIFAR10_DIR", os.environ["CIFAR10_DIR"])
    else:
        files = find_or_fetch(ARCHIVE, download)
    return Dataset("CIFAR-10", *_images(files, TRAIN_FILES), *_images(files, TEST_FILES), _class_names(files))


def _named_by(who: str, place: str | os.PathLike[str]) -> Files:
    path = Path(place).expanduser()
    for folder in (path / ARCHIVE.folder, path):
        if any(os.path.isfile(folder / name) for name in ARCHIVE.files):
            return Files(folder)
    for archive in (path / ARCHIVE.name, path):
        if archive.name == ARCHIVE.name and os.path.isfile(archive):
            return read_archive(ARCHIVE, archive)
    raise DatasetUnavailable(
        f"{who} names {path}, but there is no folder {ARCHIVE.folder} with the files of CIFAR-10, nor "
        f"{ARCHIVE.name}; correct it or leave it out."
    )


def _images(files: Files, names: tuple[str, ...]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images (N, 32, 32, 3) and labels (N,), both uint8, from the named files."""
    images = np.empty((len(names) * IMAGES_PER_FILE, 32, 32, 3), np.uint8)
    labels = np.empty(len(images), np.uint8)
    for start, name in zip(range(0, len(images), IMAGES_PER_FILE), names):
        part = slice(start, start + IMAGES_PER_FILE)
        records = _records(files, name)
        labels[part] = records[:, 0]
        images[part] = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, labels


def _records(files: Files, name: str) -> NDArray[np.uint8]:
    data = _read(files, name)
    expected = IMAGES_PER_FILE * RECORD_BYTES
    if len(data) != expected:
        raise _damaged(files, f"{name} has {len(data):,} bytes, not {expected:,}")
    records = np.frombuffer(data, np.uint8).reshape(IMAGES_PER_FILE, RECORD_BYTES)
    wrong = np.flatnonzero(records[:, 0] >= CLASSES)
    if len(wrong):
        raise _damaged(files, f"the label of image {wrong[0]} in {name} is {records[wrong[0], 0]}, not one of 0 to 9")
    return records


def _class_names(files: Files) -> tuple[str, ...]:
    names = _read(files, NAMES_FILE).decode("utf-8", errors="replace").split()
    if len(names) != CLASSES:
        raise _damaged(files, f"{NAMES_FILE} has {len(names)} class names, not {CLASSES}")
    return tuple(names)


def _read(files: Files, name: str) -> bytes:
    try:
        return files.read(name)
    except FileNotFoundError:
        raise _damaged(files, f"{name} is missing") from None


def _damaged(files: Files, what: str) -> ValueError:
    return ValueError(
        f"This copy of CIFAR-10 is damaged: {files.place}: {what}. Delete it and unpack {ARCHIVE.url} in its place, or "
        "let load_cifar10() download it (unset CIFAR10_DIR for that)."
    )
