"""While an answer is examined, the functions of `cs_utils` that would be the answer refuse to work.

`cs_utils` is open to students, vectorised answers included. Calling it in place of writing the formula is what
the exam refuses. This is a policy, not a wall: it stops a short cut, not an attack.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FunctionType


def _refuse(*arguments, **options):
    raise RuntimeError("this function of cs_utils is the answer to this exercise: write the formula yourself")


@contextmanager
def standing_in(names: tuple[str, ...]) -> Iterator[None]:
    """Within this context the named functions raise RuntimeError: "conv2d" of `layers`, or "sizes.output_size".

    Their code is exchanged, not their name: a notebook may have imported them long before.
    """
    functions = [_find(name) for name in names]
    codes = [function.__code__ for function in functions]
    try:
        for function in functions:
            function.__code__ = _refuse.__code__
        yield
    finally:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code


def _find(name: str) -> FunctionType:
    module, _, function = name.rpartition(".")
    return getattr(import_module(f"cs_utils.{module or 'layers'}"), function)
