"""The net that a student trained and handed in as a file, graded by its accuracy on held-out images.

Grading never trains. The file is loaded without pickle and judged with the course's own forward pass on the test images
of the data set that it names, so what earns the points is the numbers in the file and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cs_utils import datasets
from cs_utils.files import load_arrays
from cs_utils.grading.exercise import Result
from cs_utils.grading.limits import LARGEST_FILE


class Infrastructure(Exception):
    """The answer can't be judged on this machine: no fault of the student's, so it keeps its right to points."""


@dataclass(eq=False)
class TrainedNet:
    """A handed-in net and its tiers.

    Attributes
    ----------
    shapes : dict
        Name and shape of every parameter that the file must hold.
    scores : callable
        ``scores(params, x) -> (N, classes)``, the forward pass.
    tiers : dict
        By data set: the test accuracies, ascending, each worth an equal share of the points.
    """

    name: str
    lesson: str
    points: float
    section: str
    shapes: dict[str, tuple[int, ...]]
    scores: Callable[[dict[str, np.ndarray], np.ndarray], np.ndarray]
    tiers: dict[str, tuple[float, ...]]

    def examine(self, answer: str | Path, seed: int = 0) -> list[Result]:
        """Return a result a tier for the file `answer`. Nothing here is random: `seed` is there for all exams alike."""
        try:
            dataset, parameters = self._load(Path(answer))
        except ValueError as error:
            return [Result("a net that can be judged", self.points, 0.0, str(error))]
        accuracy = self._accuracy(dataset, parameters)
        tiers = self.tiers[dataset]
        share = self.points / len(tiers)
        return [
            Result(f"{tier:.0%} on {dataset}", share, share if accuracy >= tier else 0.0, _reached(accuracy, tier))
            for tier in tiers
        ]

    def _load(self, path: Path) -> tuple[str, dict[str, np.ndarray]]:
        if not path.is_file():
            raise ValueError(f"{path.name} was not handed in: it belongs beside the notebook")
        parameters, info = load_arrays(path, LARGEST_FILE)
        dataset = info.get("dataset")
        if dataset not in self.tiers:
            raise ValueError(f"{path.name} names the data set {dataset!r}, expected one of {', '.join(self.tiers)}")
        found = {name: value.shape for name, value in parameters.items()}
        if found != self.shapes:
            raise ValueError(f"{path.name} holds {found}, expected {self.shapes}")
        for name, value in parameters.items():
            if value.dtype.kind != "f" or not np.isfinite(value).all():
                raise ValueError(f"{name} in {path.name} must be finite floats")
        return dataset, {name: value.astype(np.float32) for name, value in parameters.items()}

    def _accuracy(self, dataset: str, parameters: dict[str, np.ndarray]) -> float:
        data = _held_out(dataset)
        mean, std = datasets.channel_statistics(data.train_images)
        right = 0
        for start in range(0, len(data.test_images), 500):
            images = datasets.standardize(data.test_images[start : start + 500], mean, std)
            predicted = self.scores(parameters, images).argmax(axis=1)
            right += int((predicted == data.test_labels[start : start + 500]).sum())
        return right / len(data.test_images)


def _held_out(dataset: str) -> datasets.Dataset:
    if dataset != "CIFAR-10":
        return datasets.load_shapes10()
    try:
        return datasets.load_cifar10(download=False)
    except OSError as error:
        raise Infrastructure(f"this net was trained on CIFAR-10, of which this machine has no copy: {error}") from error


def _reached(accuracy: float, tier: float) -> str:
    return "" if accuracy >= tier else f"it reached {accuracy:.1%}"
