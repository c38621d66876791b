"""The data sets by name, and the one that the lessons run on."""

import os
from typing import Protocol, TypeVar

from cs_utils.datasets.dataset import Dataset, DatasetUnavailable


class Loader(Protocol):
    """A function ``load_NAME`` that takes no required argument."""

    __name__: str

    def __call__(self, *, download: bool = True) -> Dataset:
        """Return the data set; raise DatasetUnavailable if it is not here and may not, or cannot, be downloaded."""


AnyLoader = TypeVar("AnyLoader", bound=Loader)

LOADERS: dict[str, Loader] = {}


def register(loader: AnyLoader) -> AnyLoader:
    """Enter ``load_NAME`` into `LOADERS` as NAME."""
    LOADERS[loader.__name__.removeprefix("load_")] = loader
    return loader


def load_dataset(name: str, download: bool = True) -> Dataset:
    """Load a data set by its name.

    Parameters
    ----------
    name : str
        One of `LOADERS`, or the `name` of a loaded one: case and hyphens do not matter, so "CIFAR-10" is "cifar10".
    download : bool
        Whether it may be downloaded where there is no copy.

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetUnavailable
        If there is no copy and none could be, or should be, downloaded.
    ValueError
        If there is no data set of that name, or a file of its copy is damaged.
    """
    key = name.lower().replace("-", "")
    if key not in LOADERS:
        raise ValueError(f"there is no data set {name!r}; there are {', '.join(LOADERS)}")
    return LOADERS[key](download=download)


def load_course_dataset() -> Dataset:
    """Load what the lessons run on, and print which: CIFAR-10 if this machine has a copy, otherwise shapes10.

    Nothing is downloaded. The environment variable COURSE_DATASET, set to the name of a data set, asks for that one.

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetUnavailable
        If COURSE_DATASET names a data set of which there is no copy.
    ValueError
        If COURSE_DATASET names no data set, or the copy is damaged.
    """
    wish = os.environ.get("COURSE_DATASET")
    if wish:
        dataset = load_dataset(wish, download=False)
        print(f"Data set: {dataset.name}, as COURSE_DATASET asks; without it CIFAR-10 is taken where there is a copy.")
        return dataset
    try:
        dataset = load_dataset("cifar10", download=False)
    except DatasetUnavailable as reason:
        print(f"Data set: shapes10, drawn by code. {reason}")
        return load_dataset("shapes10")
    print("Data set: CIFAR-10; set COURSE_DATASET=shapes10 to take the drawn shapes10 instead.")
    return dataset
