"""What several exercises of lesson 01 use: biases for their layers, and large scores."""

import numpy as np


def far_from_zero(rng: np.random.Generator, count: int, least: float) -> np.ndarray:
    """Return biases of alternating sign: whatever else is drawn, sums with them lie on both sides of 0."""
    return (-1.0) ** np.arange(count) * rng.uniform(least, 2 * least, count)


NEAR_1000, NEAR_MINUS_1000, NEAR_0 = (1000.0,) * 3, (-1000.0,) * 3, (0.0,) * 3


def large_scores(rng: np.random.Generator, *rows: tuple[float, ...]) -> np.ndarray:
    """Return scores (len(rows), 3): these rows with ordinary numbers added."""
    return np.array(rows) + rng.uniform(0.5, 1.5, (len(rows), 3)) * [1.0, -1.0, 0.5]
