"""The net that a student trained and handed in as a file, graded by its accuracy on held-out images.

Grading never trains. The file is loaded without pickle and judged with the course's own forward pass, on the test
images of the data set that it names, so nothing but the numbers in the file can earn points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from cs_utils import datasets
from cs_utils.files import load_arrays
from cs_utils.grading.exercise import Result
from cs_utils.grading.limits import LARGEST_FILE
from cs_utils.training.evaluation import accuracy


class Infrastructure(Exception):
    """The answer can't be judged on this machine: not the student's fault, so it is not graded with 0 points."""


@dataclass(eq=False)
class TrainedNet:
    """A net that is handed in as a file, and the accuracies that earn points.

    Attributes
    ----------
    shapes : dict
        Name and shape of every parameter that the file must hold.
    scores : callable
        ``scores(params, x) -> (N, classes)``, the forward pass.
    tiers : dict
        Per data set the test accuracies to reach, in ascending order, each worth an equal share of the points.
    """

    name: str
    lesson: str
    points: float
    section: str
    shapes: dict[str, tuple[int, ...]]
    scores: Callable[[dict[str, np.ndarray], np.ndarray], np.ndarray]
    tiers: dict[str, tuple[float, ...]]

    def examine(self, answer: str | Path, seed: int = 0) -> list[Result]:
        """Return one result per tier for the file `answer`; `seed`, which every exam takes, changes nothing here."""
        try:
            dataset, parameters = self._load(Path(answer))
        except ValueError as error:
            return [Result("a net that can be judged", self.points, 0.0, str(error))]
        reached = self._accuracy(dataset, parameters)
        tiers = self.tiers[dataset]
        share = self.points / len(tiers)
        return [
            Result(f"{tier:.0%} on {dataset}", share, share if reached >= tier else 0.0, _reached(reached, tier))
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
        images, labels, statistics = _held_out(dataset)
        parts = [images[start : start + 500] for start in range(0, len(images), 500)]
        scores = [self.scores(parameters, datasets.standardize(part, *statistics)) for part in parts]
        return accuracy(np.concatenate(scores), labels)


@lru_cache(maxsize=2)
def _held_out(dataset: str) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The test images, their labels, and the training images' mean and std; kept for the class's other nets."""
    try:
        data = datasets.load_dataset(dataset, download=False)
    except (OSError, ValueError) as error:
        raise Infrastructure(
            f"this net was trained on {dataset}, of which this machine has no sound copy: {error}"
        ) from error
    return data.test_images, data.test_labels, datasets.channel_statistics(data.train_images)


def _reached(accuracy: float, tier: float) -> str:
    return "" if accuracy >= tier else f"it reached {accuracy:.1%}"
