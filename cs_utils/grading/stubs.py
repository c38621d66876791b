"""While an answer is examined, the functions of `cs_utils` that would be the answer refuse to work.

`cs_utils` is open to students, vectorised answers included. Calling it in place of writing the formula is what
the exam refuses. This is a policy, not a wall: it stops a short cut, not an attack.

Below is, lesson by lesson, what is refused; what earlier lessons have built stays. A module or a class stands for all
that is defined in it. What calls a refused function is refused with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pkgutil import resolve_name
from types import FunctionType, ModuleType

# In every exam: whole nets and their training, numerical gradients, the textbook's layers, and those of the benchmark.
ALWAYS = (
    *("model.convnet", "model.modules", "model.plan", "model.summary"),
    *("training.evaluation", "training.loop", "training.optim", "gradient_check"),
    *("reference", "benchmark.numpy_layers", "benchmark.im2col", "benchmark.loops", "benchmark.plain_net"),
)
# Lesson 01: a 1x1 convolution is a fully connected layer, too.
FULLY_CONNECTED = ("layers", "engine.convolution", "engine.conv_pool")
CONVOLUTIONS = (  # lessons 02 and 03
    *("layers.conv2d", "layers.conv2d_backward", "layers.conv2d_filter_gradient"),
    *("engine.convolution", "engine.winograd", "engine.conv_pool", "engine.im2col", "engine.im2col_images"),
)
POOLS = (  # lesson 04
    *("layers.max_pool2d", "layers.max_pool2d_backward", "layers.avg_pool2d", "layers.avg_pool2d_backward"),
    *("layers.global_average_pool", "layers.global_average_pool_backward"),
    *("engine.pooling", "engine.conv_pool"),
)
GRADIENTS = (  # lesson 05; `layers.conv2d` stays, so what it calls must
    *("layers.relu_backward", "layers.linear_backward", "layers.softmax_cross_entropy"),
    *("layers.conv2d_backward", "layers.conv2d_filter_gradient"),
    *("engine.convolution.both_gradients", "engine.convolution.filter_gradient"),
    *("engine.winograd.both_gradients", "engine.conv_pool"),
)
PATCHES = (*GRADIENTS, "engine.im2col", "engine.im2col_images")
DEEPER = (  # lesson 07
    *("layers.batch_norm", "layers.batch_norm_backward", "engine.norm"),
    *("layers.global_average_pool", "layers.global_average_pool_backward", "model.pattern"),
)


def _refuse(*arguments: object, **options: object) -> None:
    raise RuntimeError("in this exam this function of cs_utils does not work: write the formula yourself")


@contextmanager
def standing_in(names: tuple[str, ...]) -> Iterator[None]:
    """Within this context these functions of `cs_utils` raise RuntimeError: see `functions_of` for their names.

    Their code is exchanged, not their name: a notebook may have imported them long before.
    """
    functions = [function for name in names for function in functions_of(name)]
    codes = [function.__code__ for function in functions]
    try:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = _refuse.__code__.replace(co_freevars=code.co_freevars)  # Python asks for as many
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
