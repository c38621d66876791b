"""Training: `fit(model, dataset)`, optimisers and schedules (`optim`), and recipes for CIFAR-10."""

from cs_utils.training.cores import on_all_cores
from cs_utils.training.evaluation import accuracy, scores_of_images
from cs_utils.training.history import History
from cs_utils.training.loop import TrainingDiverged, fit
from cs_utils.training.optim import one_cycle

__all__ = ["History", "TrainingDiverged", "accuracy", "fit", "on_all_cores", "one_cycle", "scores_of_images"]
