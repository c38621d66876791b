"""`fit` trains any model on any dataset of the course, with progress, history and checkpoints."""

import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cs_utils.datasets import Dataset, channel_statistics
from cs_utils.engine.validation import whole_number
from cs_utils.progress import Progress, duration
from cs_utils.system import in_browser
from cs_utils.training.batches import Batches
from cs_utils.training.checkpoint import Checkpoint
from cs_utils.training.curve import loss_curve
from cs_utils.training.evaluation import Scorer, accuracy, scores_of_images
from cs_utils.training.history import History
from cs_utils.training.optim import SGD, Arrays, Optimizer, constant, described

# How far a training may lag behind its seconds, as a fraction of them, before it hurries: the clock jitters, results
# should not.
SLACK = 0.02
# The most that a training takes in a browser where nobody set a limit: a step of lesson 07's nets takes 0.1 to 0.4 s of
# one core there. With 20 s its ResNet stays at 17 % of the test images of shapes10, with 30 s it comes to 74 %, with
# the whole training, 169 s, to 99.7 %.
BROWSER_SECONDS = 30.0


class Model(Scorer, Protocol):
    """What `fit` asks of a model."""

    parameters: Arrays

    def loss(self, x: np.ndarray, labels: np.ndarray, weight_decay: float = 0.0) -> tuple[float, Arrays]: ...


class TrainingDiverged(FloatingPointError):
    """The loss is no longer a finite number."""


@dataclass(frozen=True)
class Settings:
    """The numbers that a training depends on."""

    batch_size: int
    lr: float
    weight_decay: float
    seed: int
    flip: bool
    shift: int
    validation: int


def fit(
    model: Model,
    dataset: Dataset,
    epochs: int = 10,
    *,
    batch_size: int = 128,
    optimizer: Optimizer | None = None,
    lr: float = 0.02,
    schedule: Callable[[float], float] = constant,
    weight_decay: float = 0.0,
    seed: int = 0,
    flip: bool = False,
    shift: int = 0,
    validation: int = 1000,
    checkpoint: str | os.PathLike[str] | None = None,
    seconds: float | None = None,
    progress: bool = True,
) -> History:
    """Train a model on a dataset's training images. The test images are never looked at.

    Some training images are held out; images are standardised with the statistics of the others. At the end the model
    has the parameters of the epoch with the best accuracy on the held-out images (without these: the last ones).
    Ctrl-C ends the training early in the same way.

    Parameters
    ----------
    model : Model
        A `ConvNet`, or anything that has its `parameters`, `scores` and `loss`.
    dataset : Dataset
    epochs : int
        How often to go through the training images.
    batch_size : int
        Images per step.
    optimizer : Optimizer
        By default `SGD(momentum=0.9)`.
    lr : float
        Learning rate; with a schedule, its peak.
    schedule : function of float to float
        From the fraction of the training that is done (0 to 1) to a factor of lr, such as `optim.one_cycle`.
    weight_decay : float
        Passed on to `model.loss`.
    seed : int
        For the choice of held-out images, the order and the augmentation.
    flip : bool
        Mirror images left to right at random.
    shift : int
        Move images by up to this many pixels at random.
    validation : int
        Images to hold out, but no more than a tenth.
    checkpoint : str or path, optional
        An .npz file, written after each epoch. If it exists, training goes on where it stopped, to the same bits as
        if it had not stopped (unless `seconds` made either hurry). Model, optimiser and arguments must be those that
        it was written with; only `epochs` and `seconds` may differ.
    seconds : float, optional
        Stop after this long. The schedule hurries if necessary, so that it ends in time; only then does the clock
        affect the result. In a browser it is `BROWSER_SECONDS` if it is left out.
    progress : bool
        Whether to report progress: on standard output, or on a notebook's display, with a curve of the loss that grows.

    Returns
    -------
    History

    Raises
    ------
    TrainingDiverged
        If the loss is no finite number; the model keeps the parameters of the last whole epoch.
    ValueError
        If an argument makes no sense, the checkpoint is damaged or belongs to another training, or the model's
        gradients do not match its parameters.
    """
    for name, number, least in (
        ("epochs", epochs, 1),
        ("batch_size", batch_size, 1),
        ("shift", shift, 0),
        ("validation", validation, 0),
    ):
        whole_number(name, number, least)
    if seconds is not None and not seconds > 0:
        raise ValueError(f"seconds should be more than 0, not {seconds}")
    if seconds is None and in_browser():
        seconds = BROWSER_SECONDS
        _say_that_it_is_short()
    settings = Settings(batch_size, float(lr), float(weight_decay), seed, flip, shift, validation)
    training = _Training(model, dataset, epochs, optimizer or SGD(), settings, schedule, seconds, Progress(progress))
    training.run(None if checkpoint is None else Path(checkpoint))
    return training.history


@cache
def _say_that_it_is_short() -> None:
    print(
        f"In a browser a training ends after {BROWSER_SECONDS:.0f} s at the latest, so its nets know less than those "
        "that the text speaks of."
    )


class _Training:
    """The state of a training while it runs."""

    def __init__(
        self,
        model: Model,
        dataset: Dataset,
        epochs: int,
        optimizer: Optimizer,
        settings: Settings,
        schedule: Callable[[float], float],
        seconds: float | None,
        progress: Progress,
    ) -> None:
        self.model, self.epochs, self.optimizer, self.settings = model, epochs, optimizer, settings
        self.schedule, self.seconds, self.progress = schedule, seconds, progress
        order = np.random.default_rng(settings.seed).permutation(len(dataset.train_labels))
        n_held_out = min(settings.validation, len(order) // 10)
        held_out, chosen = order[:n_held_out], order[n_held_out:]
        images, labels = dataset.train_images[chosen], dataset.train_labels[chosen]
        self.held_out = dataset.train_images[held_out], dataset.train_labels[held_out]
        self.sample = images[: n_held_out or 1000], labels[: n_held_out or 1000]
        self.history = History(*channel_statistics(images))
        self.batches = Batches(images, labels, self.history.mean, self.history.std, settings.flip, settings.shift)
        self.batch_size = min(settings.batch_size, len(labels))
        self.steps = len(labels) // self.batch_size
        self.epoch = self.step = 0  # of the next step
        self.total_loss = 0.0  # of the steps of this epoch
        self.done: list[float] = []  # before each step, the part of the training
        self.losses: list[float] = []  # of each step
        self.lr = 0.0  # of the latest step
        self.best = self.recent = dict(model.parameters)  # at the best and at the latest end of an epoch
        self.began = time.perf_counter()

    def run(self, checkpoint: Path | None) -> None:
        if checkpoint is not None and checkpoint.exists():
            self.resume(checkpoint)
        try:
            while self.epoch < self.epochs and self.one_epoch():
                self.end_of_epoch()
                if checkpoint is not None:
                    self.save(checkpoint)
        except KeyboardInterrupt:
            self.history.stopped = "interrupted"
        if self.step:  # part of an epoch counts, too; no checkpoint has it, because it could not be taken up again
            self.end_of_epoch()
        self.history.stopped = self.history.stopped or "finished"
        self.model.parameters = self.best
        if self.history.loss:
            self.progress.keep(f"{self.history.stopped}; the model is that of epoch {self.history.best_epoch}")

    def one_epoch(self) -> bool:
        """Take the steps of an epoch; False if the time runs out before its end."""
        for x, labels in self.batches.epoch(self.epoch, self.settings.seed, self.batch_size):
            if self.seconds is not None and self.elapsed() >= self.seconds:
                self.history.stopped = "out of time"
                return False
            done = self.part_done()
            lr = self.lr = self.settings.lr * self.schedule(done)
            loss, grads = self.model.loss(x, labels, weight_decay=self.settings.weight_decay)
            if not math.isfinite(loss):
                self.model.parameters = self.recent
                raise TrainingDiverged(
                    f"The loss became {loss} in epoch {self.epoch + 1}, step {self.step + 1}. Likely causes: a "
                    f"learning rate that is too high (it was {lr:g}; try a tenth of it), a gradient of the wrong sign "
                    "or size, or initial weights that are too large. The model was set back to the last epoch's end."
                )
            self.model.parameters = self.optimizer.step(self.model.parameters, grads, lr)
            self.done.append(done)
            self.losses.append(float(loss))
            self.total_loss += self.losses[-1]
            self.step += 1
            self.progress.show(self.line_within_epoch, every=0.5, picture=lambda: loss_curve(self.done, self.losses))
        return True

    def end_of_epoch(self) -> None:
        """Evaluate, record and report, and remember the parameters if they are the best so far."""
        history, model = self.history, self.model
        train, held_out = (
            accuracy(scores_of_images(model, images, history.mean, history.std), labels) if len(labels) else math.nan
            for images, labels in (self.sample, self.held_out)
        )
        history.loss.append(self.total_loss / self.step)
        history.lr.append(self.lr)
        history.train_accuracy.append(train)
        history.validation_accuracy.append(held_out)
        history.seconds.append(self.elapsed())
        self.recent = dict(model.parameters)
        if math.isnan(held_out) or held_out >= max(history.validation_accuracy):
            self.best, history.best_epoch = self.recent, len(history.loss)
        self.epoch, self.step, self.total_loss = self.epoch + 1, 0, 0.0
        validation = "" if math.isnan(held_out) else f", held out {held_out:.1%}"
        self.progress.keep(
            f"epoch {self.epoch:{len(str(self.epochs))}}/{self.epochs}   loss {history.loss[-1]:.3f}   "
            f"accuracy {train:.1%}{validation}   {duration(self.elapsed())}"
        )

    def line_within_epoch(self) -> str:
        done = self.part_done()
        return (
            f"epoch {self.epoch + 1}/{self.epochs}   {self.step / self.steps:4.0%}   "
            f"loss {self.total_loss / self.step:.3f}   about {duration(self.elapsed() * (1 / done - 1))} left"
        )

    def elapsed(self) -> float:
        return time.perf_counter() - self.began

    def part_done(self) -> float:
        done = (self.epoch * self.steps + self.step) / (self.epochs * self.steps)
        spent = 0.0 if self.seconds is None else self.elapsed() / self.seconds
        return spent if spent > done + SLACK else done

    def conditions(self) -> dict[str, Any]:
        """What must be the same for another training to go on where this one stopped."""
        return {
            **asdict(self.settings),
            "optimizer": described(self.optimizer),
            "schedule": [round(float(self.schedule(part / 4)), 6) for part in range(5)],
            "pattern": getattr(self.model, "pattern", None),  # a ConvNet's; other models tell by their shapes alone
            "mean": self.history.mean.tolist(),  # of the training images
        }

    def save(self, path: Path) -> None:
        history = self.history
        Checkpoint(
            self.conditions(),
            model=self.model.parameters,
            best=self.best,
            optimizer=self.optimizer.state,
            best_epoch=history.best_epoch,
            history=history.lists(),
        ).save(path)

    def resume(self, path: Path) -> None:
        found = Checkpoint.load(path, self.conditions(), self.model.parameters)
        self.model.parameters = self.recent = found.model
        self.best, self.optimizer.state = found.best, found.optimizer
        for name, numbers in self.history.lists().items():
            numbers += found.history[name]
        self.history.best_epoch, self.epoch = found.best_epoch, len(self.history.loss)
        self.began -= self.history.seconds[-1]
        self.progress.keep(f"going on after epoch {self.epoch}, from {path.name}")
