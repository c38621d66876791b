"""A dataset and networks that train in no time."""

from types import SimpleNamespace

import numpy as np

from cs_utils.model import ConvNet


def stripes(n=400, seed=0):
    """Three classes of 8x8 images that a small net tells apart: horizontal stripes, vertical ones, none."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n).astype(np.uint8)
    waves = 60 * (-1.0) ** np.arange(8)
    patterns = np.stack([np.tile(waves[:, None], 8), np.tile(waves, (8, 1)), np.zeros((8, 8))])
    images = 128 + patterns[labels][..., None] + rng.normal(0, 25, (n, 8, 8, 3))
    images = np.clip(images, 0, 255).astype(np.uint8)
    return SimpleNamespace(name="stripes", train_images=images, train_labels=labels)


def small_net(pattern="conv4-relu-pool-fc", seed=0):
    return ConvNet(pattern, input_shape=(8, 8, 3), classes=3, seed=seed)


class InterruptedAt(ConvNet):
    """A small net that presses Ctrl-C at one of its steps."""

    def __init__(self, step, pattern="conv4-relu-pool-fc"):
        super().__init__(pattern, input_shape=(8, 8, 3), classes=3)
        self.step = step

    def loss(self, x, labels, weight_decay=0.0):
        self.step -= 1
        if self.step == 0:
            raise KeyboardInterrupt
        return super().loss(x, labels, weight_decay)


def same(a, b):
    """Whether two dicts hold the same arrays, bit by bit."""
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)
