"""What a training has gone through, epoch by epoch."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass
class History:
    """One number an epoch in each list.

    Attributes
    ----------
    loss : list of float
        Mean of the batches' losses (with weight decay, if any).
    train_accuracy, validation_accuracy : list of float
        Fractions, on a sample of the training images and on the held-out ones; NaN where none are held out.
    lr : list of float
        Learning rate of the epoch's last step.
    seconds : list of float
        Since training began, evaluation included.
    mean, std : ndarray (C,)
        What the images were standardised with: use these for all images that the network is to see.
    best_epoch : int
        The epoch, from 1, whose parameters the model has now; 0 before the first.
    stopped : str
        "finished", "out of time" or "interrupted".
    """

    mean: np.ndarray
    std: np.ndarray
    loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    best_epoch: int = 0
    stopped: str = ""

    def lists(self) -> dict[str, list[float]]:
        """The lists, by name."""
        names = ("loss", "train_accuracy", "validation_accuracy", "lr", "seconds")
        return {name: getattr(self, name) for name in names}

    def plot(self) -> "Figure":
        """Loss and accuracy over the epochs, side by side."""
        import matplotlib.pyplot as plt

        epochs = range(1, len(self.loss) + 1)
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
        left.plot(epochs, self.loss, marker="o")
        left.set(title="Loss", xlabel="epoch", ylabel="mean over the epoch", ylim=(0, None))
        right.plot(epochs, self.train_accuracy, marker="o", label="training images")
        right.plot(epochs, self.validation_accuracy, marker="s", linestyle="--", label="held-out images")
        right.set(title="Accuracy", xlabel="epoch", ylabel="fraction right", ylim=(0, 1))
        right.legend(loc="lower right")
        return figure
