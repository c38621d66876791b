"""The net that the sample class hands in: trained on the stand-in, with the course's own answers."""

from pathlib import Path

import numpy as np

from cs_utils import datasets
from cs_utils.files import save_arrays
from cs_utils.grading.exercises import find
from cs_utils.training.loop import fit
from cs_utils.training.optim import one_cycle


class AnswersAsModel:
    """The oracles of lesson 06 as a model that `fit` trains."""

    def __init__(self) -> None:
        self.parameters: dict[str, np.ndarray] = {
            name: value.astype(np.float32) for name, value in find("init_parameters").oracle().items()
        }

    def scores(self, x: np.ndarray) -> np.ndarray:
        scores: np.ndarray = find("convnet_scores").oracle(self.parameters, x)
        return scores

    def loss(self, x: np.ndarray, labels: np.ndarray, weight_decay: float = 0.0) -> tuple[float, dict[str, np.ndarray]]:
        loss, grads = find("convnet_loss").oracle(self.parameters, x, labels, weight_decay)
        return loss, grads


def train_sample_net(path: Path) -> None:
    """Train the lecture's net on the stand-in and save it to `path`."""
    print("Training the net that the sample class hands in:")
    model, dataset = AnswersAsModel(), datasets.load_shapes10()
    history = fit(model, dataset, epochs=8, batch_size=64, lr=0.01, schedule=one_cycle, flip=True)
    save_arrays(path, model.parameters, {"dataset": dataset.name, "history": history.lists()})
