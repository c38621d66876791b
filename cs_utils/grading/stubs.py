"""While an answer is examined, the layers that would be the answer refuse to work.

`cs_utils.layers` is open to students, vectorised answers included. Calling it in place of writing the formula is what
the exam refuses. This is a policy, not a wall: it stops a short cut, not an attack.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType

from cs_utils import layers


def _refuse(*arguments, **options):
    raise RuntimeError("this function of cs_utils.layers is the answer to this exercise: write the formula yourself")


@contextmanager
def standing_in(names: tuple[str, ...]) -> Iterator[None]:
    """Within this context the named functions of `cs_utils.layers` raise RuntimeError.

    Their code is exchanged, not their name: a notebook may have imported them long before.
    """
    functions: list[FunctionType] = [getattr(layers, name) for name in names]
    codes = [function.__code__ for function in functions]
    try:
        for function in functions:
            function.__code__ = _refuse.__code__
        yield
    finally:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code
