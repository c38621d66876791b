"""All exercises, by name: a folder a lesson, in it `NAME.py` and `NAME_answers.py` for each. Being here is enough.

`NAME.py` holds what the exercise is, `NAME_answers.py` the wrong and right answers, which `with_answers` imports: an
exam needs none of them, nor the libraries that some of them use. `shared.py` is what several exercises of a lesson
share (`shared_answers.py`: several files of answers), and, one level up, of several lessons.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import Any

from cs_utils.grading.exercise import Exercise, Written
from cs_utils.grading.trained_net import TrainedNet

Item = Exercise | Written | TrainedNet


def _modules(answers: bool) -> list[ModuleType]:
    names = [module.name for module in pkgutil.walk_packages(__path__, f"{__name__}.")]
    return [importlib.import_module(name) for name in names if ("answers" in name) == answers]


def _collect() -> dict[str, Item]:
    """Gather what the modules here define, in the order of the lessons and of the sections in them."""
    found: dict[str, Item] = {}
    for module in _modules(answers=False):
        for item in vars(module).values():
            if isinstance(item, Exercise | Written | TrainedNet) and found.setdefault(item.name, item) is not item:
                raise ValueError(f"two exercises are called {item.name!r}")
    return dict(sorted(found.items(), key=lambda entry: _place(entry[1])))


def _place(item: Item) -> tuple[str, int, str]:
    """The lesson, the number of the section in it, and the name."""
    return item.lesson, int(item.section.partition(".")[0]), item.name


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
