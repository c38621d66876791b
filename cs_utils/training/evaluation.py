"""How good a model is: its scores for images as they are in a dataset, and the fraction that it gets right."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from cs_utils.datasets import standardize

EVALUATION_BATCH = 500  # images; bounds the memory of an evaluation


class Scorer(Protocol):
    """Anything that has scores for standardised images (N, H, W, C)."""

    def scores(self, x: np.ndarray) -> np.ndarray: ...


def scores_of_images(model: Scorer, images: np.ndarray, mean: ArrayLike, std: ArrayLike) -> np.ndarray:
    """The model's scores for images, which are standardised as those were that it was trained on.

    Parameters
    ----------
    model : Scorer
        A `ConvNet`, or anything that has its `scores`.
    images : ndarray (N, H, W, C) of uint8
    mean, std : array_like (C,)
        Of the training: `history.mean` and `history.std` of what `fit` returned, or `info["mean"]` and `info["std"]`
        of a file that a recipe wrote.

    Returns
    -------
    ndarray (N, classes)
    """
    mean, std = np.asarray(mean, np.float32), np.asarray(std, np.float32)
    parts = [images[start : start + EVALUATION_BATCH] for start in range(0, len(images), EVALUATION_BATCH)]
    return np.concatenate([model.scores(standardize(part, mean, std)) for part in parts])


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """The fraction of rows of scores (N, classes) whose largest entry is at the label (N,)."""
    return float(np.mean(np.argmax(scores, axis=1) == labels))
