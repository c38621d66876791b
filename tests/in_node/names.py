"""Ask the checks what they say of the answers that the exercises' definitions list.

Arguments: the repository, as Python in Pyodide sees it, and the file to write to, a JSON object of verdicts by exercise
and answer, see `verdicts`. Some answers call SciPy, which the course does without in a browser; they are left out.
"""

import importlib.abc
import importlib.machinery
import json
import sys
from types import ModuleType
from typing import Any

import numpy as np

root, report = sys.argv[1:]
sys.path[:0] = [root, f"{root}/tests"]
missed: list[str] = []


def logsumexp(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    top = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def log_softmax(x: Any, axis: int | None = None) -> Any:
    return x - logsumexp(x, axis, keepdims=True)


def softmax(x: Any, axis: int | None = None) -> Any:
    return np.exp(log_softmax(x, axis))


class InPlaceOfScipy(ModuleType):
    """A module of SciPy that notes what is called and is not there."""

    __path__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.__name__ == "scipy":
            return importlib.import_module(f"scipy.{name}")
        if self.__name__ == "scipy.special":
            return {"logsumexp": logsumexp, "log_softmax": log_softmax, "softmax": softmax}[name]

        def miss(*_: Any, **__: Any) -> None:
            missed.append(name)

        return InPlaceOfScipy(f"{self.__name__}.{name}") if name == "blas" else miss


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name.split(".")[0] == "scipy" else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return InPlaceOfScipy(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


sys.meta_path.append(Finder())
from verdicts import ALL, answers, verdict  # noqa: E402

said: dict[str, dict[str, str | list[str]]] = {exercise.name: {} for exercise in ALL}
for exercise in ALL:
    for answer in answers(exercise):
        missed.clear()
        told = verdict(exercise, answer)
        if not missed:
            said[exercise.name][answer.__name__] = told
with open(report, "w", encoding="utf-8") as file:
    json.dump(said, file)
