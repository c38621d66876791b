"""The images of the course: CIFAR-10, and shapes10, which code draws wherever CIFAR-10 is not at hand."""

from cs_utils.datasets.dataset import (
    Dataset,
    DatasetUnavailable,
    channel_statistics,
    load_cifar10,
    load_course_dataset,
    load_shapes10,
    standardize,
)

__all__ = [
    "Dataset",
    "DatasetUnavailable",
    "channel_statistics",
    "load_cifar10",
    "load_course_dataset",
    "load_shapes10",
    "standardize",
]
