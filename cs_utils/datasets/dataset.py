"""The images of the course: CIFAR-10, and shapes10, which code draws wherever CIFAR-10 is not at hand."""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cs_utils.datasets import cifar10, shapes10
from cs_utils.datasets.cifar10 import DatasetUnavailable

__all__ = [
    "Dataset",
    "DatasetUnavailable",
    "channel_statistics",
    "load_cifar10",
    "load_course_dataset",
    "load_shapes10",
    "standardize",
]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images with their classes, split into those to train on and those to test on.

    Attributes
    ----------
    name : str
        "CIFAR-10" or "shapes10".
    train_images, test_images : (N, H, W, C) uint8
        Red, green and blue from 0 to 255, channels last.
    train_labels, test_labels : (N,) uint8
        Classes: indices into `class_names`.
    class_names : tuple of str
    """

    name: str
    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]
    class_names: tuple[str, ...]

    def __repr__(self) -> str:
        height, width, channels = self.train_images.shape[1:]
        return (
            f"{self.name}: {len(self.train_images):,} training and {len(self.test_images):,} test images, "
            f"{height}x{width}x{channels}, of {len(self.class_names)} classes"
        )


def load_cifar10(root: str | os.PathLike | None = None, download: bool = True) -> Dataset:
    """Load CIFAR-10: 50,000 training and 10,000 test images, 32x32x3, of ten classes.

    It is looked for in `root` if given, else in the folder that the environment variable CIFAR10_DIR names if set, else
    in the user's cache, to which it is downloaded if it is not there. A download that was cut goes on where it ended.

    Parameters
    ----------
    root : str or path, optional
        The folder `cifar-10-batches-bin` of the binary version, or the folder that it is in.
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
    folder = cifar10.find_or_fetch(root, download)
    return Dataset(
        "CIFAR-10",
        *cifar10.read_images(folder, cifar10.TRAIN_FILES),
        *cifar10.read_images(folder, cifar10.TEST_FILES),
        cifar10.read_class_names(folder),
    )


def load_shapes10(seed: int = 0, train: int = 10_000, test: int = 2_000) -> Dataset:
    """Draw shapes10: images of ten shapes, 32x32x3. The same seed gives the same bytes on every machine.

    Parameters
    ----------
    seed : int
        Not negative. The two splits are drawn from separate streams of random numbers.
    train, test : int
        How many images to draw for each split.

    Returns
    -------
    Dataset
    """
    return Dataset(
        "shapes10",
        *shapes10.draw(train, np.random.default_rng([seed, 0])),
        *shapes10.draw(test, np.random.default_rng([seed, 1])),
        shapes10.CLASS_NAMES,
    )


def load_course_dataset() -> Dataset:
    """Load what the lessons run on, and print which: CIFAR-10 if this machine has a copy, otherwise shapes10.

    Nothing is downloaded. The environment variable COURSE_DATASET, set to shapes10, asks for shapes10 in any case.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If COURSE_DATASET is set to anything else, or the copy of CIFAR-10 is damaged.
    """
    wish = os.environ.get("COURSE_DATASET", "")
    if wish not in ("", "shapes10"):
        raise ValueError(f"COURSE_DATASET is {wish!r}; set it to 'shapes10', or not at all")
    if wish:
        print("Data set: shapes10, as COURSE_DATASET asks; without it CIFAR-10 is taken where there is a copy.")
        return load_shapes10()
    try:
        dataset = load_cifar10(download=False)
    except DatasetUnavailable as reason:
        print(f"Data set: shapes10, drawn by code. {reason}")
        return load_shapes10()
    print("Data set: CIFAR-10; set COURSE_DATASET=shapes10 to take the drawn shapes10 instead.")
    return dataset


def channel_statistics(images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation of each channel of images / 255.

    Parameters
    ----------
    images : (N, H, W, C) uint8
        The training images: what the test images look like must not be known before the test.

    Returns
    -------
    mean, std : (C,) float32

    Raises
    ------
    ValueError
        If `images` is not a non-empty (N, H, W, C) uint8 array.
    """
    _require_images(images)
    if images.size == 0:
        raise ValueError(f"no statistics of no pixels: images has shape {images.shape}")
    # Sums of integers are exact, so the statistics do not depend on the order in which a machine adds.
    count = images.size // images.shape[-1]
    mean = np.einsum("nhwc->c", images, dtype=np.int64) / count
    mean_square = np.einsum("nhwc,nhwc->c", images, images, dtype=np.int64) / count
    std = np.sqrt(mean_square - mean * mean)
    return (mean / 255).astype(np.float32), (std / 255).astype(np.float32)


def standardize(images: NDArray[np.uint8], mean: NDArray[np.float32], std: NDArray[np.float32]) -> NDArray[np.float32]:
    """Images as a net takes them: (images / 255 - mean) / std, channel by channel.

    Parameters
    ----------
    images : (N, H, W, C) uint8
    mean, std : (C,) float
        Of the training images, by `channel_statistics`.

    Returns
    -------
    (N, H, W, C) float32

    Raises
    ------
    ValueError
        If `images` is not an (N, H, W, C) uint8 array, or mean and std are not C numbers each, std above 0.
    """
    _require_images(images)
    mean, std = np.asarray(mean, np.float32), np.asarray(std, np.float32)
    if mean.shape != images.shape[-1:] or std.shape != images.shape[-1:]:
        raise ValueError(f"mean and std need shape {images.shape[-1:]}; they have {mean.shape} and {std.shape}")
    if not np.all(std > 0):
        raise ValueError(f"std must be above 0 in each channel; it is {std}")
    x = images.astype(np.float32)  # the only copy: CIFAR-10's training images take 614 MB in float32
    x /= 255
    x -= mean
    x /= std
    return x


def _require_images(images: NDArray[np.uint8]) -> None:
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or images.ndim != 4:
        found = f"{images.dtype} {images.shape}" if isinstance(images, np.ndarray) else type(images).__name__
        raise ValueError(f"images must be a uint8 array (N, H, W, C) with values from 0 to 255, not {found}")
