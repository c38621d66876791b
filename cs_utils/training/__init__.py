"""Training: `fit(model, dataset)`, its optimisers and schedules, and recipes for CIFAR-10."""

from cs_utils.training.history import History
from cs_utils.training.loop import Model, Settings, TrainingDiverged, accuracy, fit, scores_of_images
from cs_utils.training.optim import SGD, Adam, Optimizer, constant, one_cycle

__all__ = [
    "SGD",
    "Adam",
    "History",
    "Model",
    "Optimizer",
    "Settings",
    "TrainingDiverged",
    "accuracy",
    "constant",
    "fit",
    "one_cycle",
    "scores_of_images",
]
