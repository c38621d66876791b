"""An answer as source text: its function and those of the definitions that it calls, any of which may be changed."""

import ast
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import with_answers

DEFINITIONS = "cs_utils.grading.exercises."


@dataclass(frozen=True)
class Program:
    """An answer to an exercise. `functions` are the answer's own and its helpers', in the order of the calls.

    Helpers are the functions of `cs_utils.grading.exercises`. What they call of NumPy and `cs_utils` stays as it is.
    So do answers to exercises that this one `needs`: they are changed and judged there.
    """

    exercise: Exercise
    answer: Callable[..., Any]

    @property
    def name(self) -> str:
        return str(self.answer.__name__)

    @cached_property
    def functions(self) -> list[FunctionType]:
        found, others = [_plain(self.answer)], _answers(self.exercise.needs)
        for function in found:
            found += [helper for helper in _called(function) if helper not in found and helper not in others]
        return found

    @cached_property
    def trees(self) -> list[ast.FunctionDef]:
        """The syntax tree of each function, without docstring and without the decorator that lists the answer."""
        return [_tree(function) for function in self.functions]

    def build(self, changed: int = 0, text: str | None = None) -> Callable[..., Any]:
        """Return the answer with the text of one function replaced.

        All functions are defined anew, each in a copy of its module's names, so that nothing else sees the change.
        """
        texts = [ast.unparse(tree) for tree in self.trees]
        if text is not None:
            texts[changed] = text
        modules = {function.__module__: dict(vars(sys.modules[function.__module__])) for function in self.functions}
        made: dict[FunctionType, Any] = {}
        for function, source in zip(self.functions, texts, strict=True):
            names = modules[function.__module__]
            _define(function.__name__, source, names)
            made[function] = names[function.__name__]
        for names in modules.values():
            for name, value in names.items():
                if callable(value) and (plain := _plain(value)) in made:
                    names[name] = made[plain]
        built: Callable[..., Any] = made[self.functions[0]]
        return built


def _answers(names: tuple[str, ...]) -> list[FunctionType]:
    """Return the right answers to the exercises of these names."""
    exercises = [with_answers()[name] for name in names]
    return [_plain(a) for e in exercises if isinstance(e, Exercise) for a in (e.oracle, *e.right_answers)]


def _plain(function: Any) -> Any:
    """Return the function within a decorator such as ``np.errstate``."""
    return inspect.unwrap(function) if isinstance(function, FunctionType) else function


def _called(function: FunctionType) -> Iterator[FunctionType]:
    """Yield the functions of the definitions that a function names."""
    for name in dict.fromkeys(_names(function.__code__)):
        value = _plain(function.__globals__.get(name))
        if isinstance(value, FunctionType) and value.__module__.startswith(DEFINITIONS):
            yield value


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _tree(function: FunctionType) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError(f"{function.__name__} is not defined by a def statement")
    tree.decorator_list = [d for d in tree.decorator_list if not _lists_an_answer(d, function)]
    if ast.get_docstring(tree) is not None and len(tree.body) > 1:
        del tree.body[0]
    return tree


def _lists_an_answer(decorator: ast.expr, function: FunctionType) -> bool:
    names = [node.id for node in ast.walk(decorator) if isinstance(node, ast.Name)]
    return any(isinstance(function.__globals__.get(name), Exercise) for name in names)


def _define(name: str, text: str, names: dict[str, Any]) -> None:
    """Execute a definition so that tracebacks can show its lines: by them an answer's own ``raise`` is recognised."""
    filename = f"<mutant {name}>"
    linecache.cache[filename] = (len(text), None, [line + "\n" for line in text.splitlines()], filename)
    exec(compile(text, filename, "exec"), names)
