"""What several files of answers of lesson 02 use."""

import numpy as np


def expect_fit(x, w):
    """Raise ValueError, as a right answer does, if filters are larger than the images or of another depth."""
    height, width = x.shape[-3:-1] if x.ndim > 2 else x.shape
    if max(w.shape[:2]) > min(height, width) or (x.ndim > 2 and x.shape[-1] != w.shape[2]):
        raise ValueError(f"a filter of shape {w.shape} does not fit images of shape {x.shape}")


def slide(x, size, score):
    """Return the map of score(window), a number or a vector, over all windows of one image."""
    rows, columns = x.shape[0] - size + 1, x.shape[1] - size + 1
    scores = np.array([score(x[i : i + size, j : j + size]) for i in range(rows) for j in range(columns)])
    return scores.reshape(rows, columns, *scores.shape[1:])


def maps(x, w):
    """Return the maps (H', W', K) of one image under filters (F, F, C, K), without bias."""
    return slide(x, len(w), lambda window: np.tensordot(window, w, axes=3))
