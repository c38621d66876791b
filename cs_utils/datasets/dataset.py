"""What a data set of images is, and the statistics with which its images are standardised."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class DatasetUnavailable(OSError):
    """There is no copy of a data set where it was looked for, or it could not be downloaded; the message says which."""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images with their classes, split into those to train on and those to test on.

    Attributes
    ----------
    name : str
        Such as "CIFAR-10" or "shapes10".
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
