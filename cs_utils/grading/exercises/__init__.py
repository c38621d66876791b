"""All exercises, by name. A module of this folder is found by being here.

Wrong and right answers stand in modules of their own, `..._answers`, that `with_answers` imports: an exam needs none of
them, nor the libraries that some of them use.
"""

import importlib
import pkgutil
from typing import Any

from cs_utils.grading.exercise import Exercise, Written
from cs_utils.grading.trained_net import TrainedNet

Item = Exercise | Written | TrainedNet


def _modules(answers: bool) -> list[Any]:
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return [importlib.import_module(f"{__name__}.{name}") for name in names if ("answers" in name) == answers]


def _collect() -> dict[str, Item]:
    """Gather what the modules here define, in the order of the lessons and of the text in them."""
    found: dict[str, Item] = {}
    for module in _modules(answers=False):
        for item in vars(module).values():
            if isinstance(item, Exercise | Written | TrainedNet) and found.setdefault(item.name, item) is not item:
                raise ValueError(f"two exercises are called {item.name!r}")
    return dict(sorted(found.items(), key=lambda entry: entry[1].lesson))


EXERCISES = _collect()


def with_answers() -> dict[str, Item]:
    """Return all exercises with their wrong and right answers in place."""
    _modules(answers=True)
    return EXERCISES


def find(name: str) -> Any:
    """Return the exercise of this name, or raise KeyError with the names there are."""
    if name not in EXERCISES:
        raise KeyError(f"there is no exercise {name!r}; there are: {', '.join(EXERCISES)}")
    return EXERCISES[name]
