"""What several files of answers of lesson 01 use."""

import numpy as np


def probabilities(scores):
    """Return the softmax of each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
