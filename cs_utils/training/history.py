"""What a training has gone through, epoch by epoch."""

from dataclasses import dataclass, field

import numpy as np

LISTS = ("loss", "train_accuracy", "validation_accuracy", "lr", "seconds")


@dataclass
class History:
    """One number per epoch in each list; `figures.training_curves({"my net": history.lists()})` draws them.

    Attributes
    ----------
    mean, std : ndarray (C,)
        What the images were standardised with. All images that the model is to score need the same: see
        `scores_of_images`.
    loss : list of float
        Mean of the batches' losses (with weight decay, if any).
    train_accuracy, validation_accuracy : list of float
        Fractions, on a sample of the training images and on the held-out ones; NaN where none are held out.
    lr : list of float
        Learning rate of the epoch's last step.
    seconds : list of float
        Since the training began, evaluation included.
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
        return {name: getattr(self, name) for name in LISTS}
