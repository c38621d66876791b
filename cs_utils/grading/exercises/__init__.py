"""All exercises, by name. An exercise is known because its files are here; no list names it.

    lesson02_convolution/        one folder per lesson
        __init__.py              LESSON = "02_convolution": the lesson's text is lessons/02_convolution.py
        conv_layer.py            one file per exercise, named after it: a right answer, the cases of check and exam,
                                 the points of each part, what students read
        conv_layer_answers.py    its wrong answers, with the hints that name them, and further right ones
        why_share_weights.py     a written answer and a trained net have no file of answers
        shared.py                what several exercises of the lesson use
        shared_answers.py        what several files of answers of the lesson use
    shared.py                    what several lessons use

To add an exercise, write its two files and its cells in the lesson's text; `python course.py build` does the rest.

An exam needs no file of answers, nor the libraries that only answers use. `with_answers` imports them, for all else.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import Any

from cs_utils.grading.exercise import Exercise, Written
from cs_utils.grading.trained_net import TrainedNet

Item = Exercise | Written | TrainedNet

ANSWERS = "_answers"


def _lessons() -> list[ModuleType]:
    folders = [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]
    return [importlib.import_module(f"{__name__}.{folder}") for folder in folders]


def _names(lesson: ModuleType) -> tuple[list[str], list[str]]:
    """Return the exercises that have a file in a lesson's folder, and those that have a file of answers there."""
    files = [module.name for module in pkgutil.iter_modules(lesson.__path__)]
    files = [file for file in files if file not in ("shared", f"shared{ANSWERS}")]
    answered = [file.removesuffix(ANSWERS) for file in files if file.endswith(ANSWERS)]
    return [file for file in files if not file.endswith(ANSWERS)], answered


def _path(lesson: ModuleType, file: str) -> str:
    return f"{lesson.__name__.rpartition('.')[2]}/{file}.py"


def _collect() -> dict[str, Item]:
    """Return what the files define, in the order of the lessons and of the sections in them."""
    found: dict[str, Item] = {}
    for lesson in _lessons():
        for name in _names(lesson)[0]:
            if name in found:
                raise ValueError(f"{_path(lesson, name)}: lesson {found[name].lesson} has an exercise {name!r}, too")
            found[name] = _read(lesson, name)
    return dict(sorted(found.items(), key=lambda entry: _place(entry[1])))


def _read(lesson: ModuleType, name: str) -> Item:
    """Return the exercise that a file defines; raise ValueError where it defines another one, or none."""
    module = importlib.import_module(f"{lesson.__name__}.{name}")
    items = [item for item in vars(module).values() if isinstance(item, Exercise | Written | TrainedNet)]
    if [item.name for item in items] != [name]:
        defined = ", ".join(repr(item.name) for item in items) or "none"
        raise ValueError(
            f"{_path(lesson, name)} should define the exercise {name!r} and no other, but defines {defined}; "
            "what several exercises use belongs in shared.py"
        )
    if items[0].lesson != lesson.LESSON:
        raise ValueError(f"{_path(lesson, name)}: its lesson is {items[0].lesson!r}, its folder's {lesson.LESSON!r}")
    return items[0]


def _place(item: Item) -> tuple[str, int, str]:
    """Return the lesson, the number of the section in it, and the name."""
    number = item.section.partition(".")[0]
    if not number.isdecimal():
        raise ValueError(f"{item.name}: the section {item.section!r} should begin with its number, as in the lesson")
    return item.lesson, int(number), item.name


def with_answers() -> dict[str, Item]:
    """Return all exercises with their wrong and right answers in place.

    Raises
    ------
    ValueError
        Where an exercise has no wrong or no right answers, or a file of answers has no exercise beside it.
    """
    for lesson in _lessons():
        exercises, answered = _names(lesson)
        for name in answered:
            if name not in exercises:
                raise ValueError(f"{_path(lesson, name + ANSWERS)} has no {name}.py beside it")
            importlib.import_module(f"{lesson.__name__}.{name}{ANSWERS}")
        for name in exercises:
            _expect_answers(lesson, EXERCISES[name])
    return EXERCISES


def _expect_answers(lesson: ModuleType, item: Item) -> None:
    if isinstance(item, Exercise) and not (item.wrong_answers and item.right_answers):
        lacking = "right" if item.wrong_answers else "wrong"
        raise ValueError(
            f"{item.name} has no {lacking} answers; {_path(lesson, item.name + ANSWERS)} should define some, "
            f"with the decorator @{item.name.upper()}.{lacking}"
        )


EXERCISES = _collect()


def find(name: str) -> Any:
    """Return the exercise of this name, or raise KeyError with the names there are."""
    if name not in EXERCISES:
        raise KeyError(f"there is no exercise {name!r}; there are: {', '.join(EXERCISES)}")
    return EXERCISES[name]
