"""Functions of `cs_utils` that refuse to work for a while.

`cs_utils` is open to students, vectorised answers included. Calling it in place of writing the formula is what an exam
refuses. This is a policy, not a wall: it stops a short cut, not an attack.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from inspect import isgeneratorfunction
from pkgutil import resolve_name
from types import FunctionType, ModuleType
from typing import Any


def _refuse(*arguments: Any, **options: Any) -> None:
    raise RuntimeError("in this exam this function of cs_utils does not work: write the formula yourself")


def _refuse_to_yield(*arguments: Any, **options: Any) -> Iterator[None]:
    raise RuntimeError("in this exam this function of cs_utils does not work: write the formula yourself")
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
            function.__code__ = refusal.__code__.replace(co_freevars=code.co_freevars)
        yield
    finally:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code


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
