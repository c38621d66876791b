"""Training images in random batches, mirrored and shifted if asked for."""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cs_utils.datasets import standardize


class Batches:
    """Standardised batches of uint8 images, in a new order each epoch.

    Parameters
    ----------
    images : ndarray (N, H, W, C) of uint8
    labels : ndarray (N,)
    mean, std : ndarray (C,)
        Of the training images / 255.
    flip : bool
        Mirror each image left to right, or not, at random.
    shift : int
        Move each image by up to this many pixels along both axes at random; its border is mirrored outward.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        mean: np.ndarray,
        std: np.ndarray,
        flip: bool = False,
        shift: int = 0,
    ) -> None:
        # Plane after plane, which the first convolution is fastest with (see engine.im2col).
        self.planes = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
        self.size = images.shape[1:3]
        if shift:
            self.planes = np.pad(self.planes, ((0, 0), (0, 0), (shift, shift), (shift, shift)), mode="reflect")
        self.labels, self.mean, self.std = labels, mean, std
        self.flip, self.shift = flip, shift

    def epoch(self, number: int, seed: int, batch_size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The batches of one epoch: float32 (N, H, W, C) and labels. They depend on nothing but the arguments.

        Images that do not fill a last batch are left out; they are other ones in each epoch.
        """
        rng = np.random.default_rng((seed, number))
        order = rng.permutation(len(self.labels))
        for start in range(0, len(order) - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            planes = self._augmented(self.planes[chosen], rng)
            yield standardize(planes.transpose(0, 2, 3, 1), self.mean, self.std), self.labels[chosen]

    def _augmented(self, planes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        rows = np.arange(len(planes))
        if self.shift:
            down, right = rng.integers(0, 2 * self.shift + 1, (2, len(planes)))
            planes = sliding_window_view(planes, self.size, axis=(2, 3))[rows, :, down, right]
        if self.flip:
            mirrored = rng.random(len(planes)) < 0.5
            planes[mirrored] = planes[mirrored, ..., ::-1]
        return planes
