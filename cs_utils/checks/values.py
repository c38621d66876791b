"""Values stored as JSON: the arguments and results of the visible cases.

Arrays keep their shape and dtype, tuples stay tuples, whole numbers stay whole. An argument that is too large to be
written down, or that is a function, is stored as a `Made`: the name of a function of `cs_utils.checks.inputs`.
"""

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cs_utils.checks import inputs
from cs_utils.checks.text import printed


@dataclass(frozen=True)
class Made:
    """An argument that is made when needed: ``getattr(inputs, maker)(**options)``."""

    maker: str
    options: dict[str, Any] = field(default_factory=dict)

    def make(self) -> Any:
        return getattr(inputs, self.maker)(**self.options)


def fresh(value: Any) -> Any:
    """Return a value that one call may change: a deep copy, or what a `Made` makes."""
    return value.make() if isinstance(value, Made) else copy.deepcopy(value)


def encode(value: Any) -> Any:
    """Return `value` as a JSON value; `decode` is the inverse. Floats keep 15 significant digits."""
    match value:
        case np.ndarray():
            return {"array": str(value.dtype), "shape": list(value.shape), "values": encode(value.ravel().tolist())}
        case Made():
            return {"made": value.maker, "options": value.options}
        case tuple():
            return {"tuple": [encode(item) for item in value]}
        case list():
            return [encode(item) for item in value]
        case dict():
            return {"dict": {key: encode(item) for key, item in value.items()}}
        case bool() | np.bool_():
            return bool(value)
        case int() | np.integer():
            return int(value)
        case float() | np.floating():
            return float(f"{value:.15g}")
        case str() | None:
            return value
    raise TypeError(
        f"a {type(value).__name__} can't be written as text; make it in cs_utils/checks/inputs.py (see Made)"
    )


def decode(text: Any) -> Any:
    """Return the value that `encode` wrote."""
    match text:
        case {"array": dtype, "shape": shape, "values": values}:
            return np.array(values, dtype=dtype).reshape(shape)
        case {"made": maker, "options": options}:
            return Made(maker, options)
        case {"tuple": items}:
            return tuple(decode(item) for item in items)
        case {"dict": items}:
            return {key: decode(item) for key, item in items.items()}
        case list():
            return [decode(item) for item in text]
    return text


def describe(value: Any) -> str:
    """Return what a message says about an argument: an array's shape and dtype, any short value itself."""
    if isinstance(value, np.ndarray):
        return f"{value.shape} {value.dtype}" if value.ndim else f"{printed(value.item())} {value.dtype}"
    if isinstance(value, Made):
        return inputs.DESCRIPTIONS[value.maker].format(**value.options)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{printed(key)}: {describe(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list) and any(isinstance(item, np.ndarray) for item in value):
        return f"{type(value).__name__} of " + "; ".join(describe(item) for item in value)
    text = printed(value)
    return text if len(text) <= 60 else text[:57] + "..."
