"""Functions of `cs_utils` that refuse to work for a while.

`cs_utils` is open to students, vectorised answers included. Calling it in place of writing the formula is what check
and exam refuse. This is a policy, not a wall: it stops a short cut, not an attack.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from inspect import isgeneratorfunction
from pkgutil import resolve_name
from types import FunctionType, ModuleType, TracebackType
from typing import Any

# For every exercise: whole nets and their training, numerical gradients, and what only instructors have, the textbook's
# layers and those of the benchmark. What is refused besides is listed with each lesson's exercises.
ALWAYS = (
    *("model.convnet", "model.modules", "model.plan", "model.summary"),
    *("training.evaluation", "training.loop", "training.optim", "gradient_check"),
    *("reference", "benchmark.numpy_layers", "benchmark.im2col", "benchmark.loops", "benchmark.plain_net"),
)


def _refuse(*arguments: Any, **options: Any) -> None:
    raise RuntimeError("no exam lets an answer call this function of cs_utils: write the formula yourself")


def _refuse_to_yield(*arguments: Any, **options: Any) -> Iterator[None]:
    raise RuntimeError("no exam lets an answer call this function of cs_utils: write the formula yourself")
    yield


@contextmanager
def standing_in(names: tuple[str, ...]) -> Iterator[None]:
    """Within this context these functions of `cs_utils` raise RuntimeError: see `functions_of` for their names.

    Their code is exchanged, not their name: a notebook may have imported them long before.
    """
    functions = [function for name in names for function in functions_of(name)]
    codes = [function.__code__ for function in functions]
    try:
        for function, code in zip(functions, codes, strict=True):
            # Python asks for as many free variables and, from 3.13 on, for the same kind of function.
            refusal = _refuse_to_yield if isgeneratorfunction(function) else _refuse
            function.__code__ = refusal.__code__.replace(co_freevars=code.co_freevars, co_name=code.co_name)
        yield
    finally:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code


def loaded(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of these names that something has imported: an answer can have called no others."""
    return tuple(name for name in names if _is_loaded(name))


def _is_loaded(name: str) -> bool:
    first, *rest = name.split(".")
    thing: Any = sys.modules.get(f"cs_utils.{first}")
    for part in rest:
        thing = getattr(thing, part, None)
    return thing is not None


def where_refused(traceback: TracebackType | None) -> str:
    """Return the name of the function of `cs_utils` that raised an error, such as "layers.conv2d", or ""."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    module = traceback.tb_frame.f_globals.get("__name__", "") if traceback else ""
    if traceback is None or not module.startswith("cs_utils."):
        return ""
    return f"{module.removeprefix('cs_utils.')}.{traceback.tb_frame.f_code.co_name}"


@cache
def functions_of(name: str) -> list[FunctionType]:
    """Return the function of that name, or all that are defined in the module or class of that name.

    Names are those within `cs_utils`: "layers.conv2d", "training.optim", "training.optim.SGD.step".
    """
    return list(_functions(resolve_name(f"cs_utils.{name}")))


def _functions(thing: FunctionType | ModuleType | type) -> Iterator[FunctionType]:
    if isinstance(thing, FunctionType):
        yield thing
        return
    module = thing.__name__ if isinstance(thing, ModuleType) else thing.__module__
    for member in vars(thing).values():
        if isinstance(member, FunctionType | type) and member.__module__ == module:
            yield from _functions(member)
