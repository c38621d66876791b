"""Is this result the expected one? Kind, shape and dtype first, then values: the rules that checks and exams share.

Tolerance: the largest error may be `tolerance` times the largest expected magnitude. An error relative to each entry
would fail right answers wherever a sum happens to cancel.
"""

import math
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from cs_utils.checks.text import key_text, printed

# Of max |expected|, for every result. A right answer may take any of its steps in float32 and still return float64, so
# the dtype of a result does not tell how exact it can be, and a narrower tolerance for float64 would fail such answers.
# What this lets through is therefore to be caught by the cases: those of an exercise show each mistake that comes near
# (no eps, twice the eps, a logarithm of p + 1e-8) by more than ten times as much.
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Difference:
    """The first thing that is wrong with a result: lines to read, and both arrays where a picture helps.

    `path` leads to it through tuples and dicts, an index or a key for each; `name` is what messages call it.
    """

    lines: list[str]
    got: np.ndarray | None = None
    expected: np.ndarray | None = None
    path: tuple[Any, ...] = ()
    name: str = ""


def compare(
    got: Any,
    expected: Any,
    tolerance: float,
    name: str = "y",
    parts: tuple[str, ...] = (),
    judged: tuple[str, ...] = (),
) -> Difference | None:
    """Return what is wrong with `got`, or None if it is right.

    Parameters
    ----------
    got, expected
        What came back and what should have. Arrays need the same shape, and floats where floats are expected; a list
        will do for a tuple; whole numbers must be whole, numbers must be real, texts must be equal.
    tolerance
        Largest error, as a share of the largest expected magnitude. One below `TOLERANCE` is too narrow for float32
        results and refuses them.
    name
        What messages call the result; `parts` names the entries of a tuple, as in ``("dx", "dw", "db")``, and `judged`
        those of them that count (without it, all).
    """
    wrong: Difference | None
    match expected:
        case np.ndarray():
            wrong = _compare_arrays(got, expected, tolerance, name)
        case dict():
            wrong = _compare_dicts(got, expected, tolerance, name)
        case tuple() | list():
            wrong = _compare_sequences(got, expected, tolerance, name, parts, judged)
        case bool() | str() | None:
            right = type(got) is type(expected) and got == expected
            wrong = None if right else _of_another_kind(got, expected, name)
        case int() | np.integer():
            right = isinstance(got, Integral) and not isinstance(got, bool) and got == expected
            wrong = None if right else _of_another_kind(got, expected, name)
        case float() | np.floating():  # NumPy's, where a listed answer is what it is compared with
            wrong = _compare_numbers(got, float(expected), tolerance, name)
        case _:
            raise TypeError(f"no rule to compare a {type(expected).__name__}")
    return replace(wrong, name=wrong.name or name) if wrong else None


def _of_another_kind(got: Any, expected: Any, name: str) -> Difference:
    return Difference([f"{name} is {kind(got)}, expected {kind(expected)}"])


def kind(value: Any) -> str:
    """Return a value in words: ``None``, ``7 (int)``, ``an array of shape (2, 3), float64``."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}, {value.dtype}"
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, tuple | list | dict):
        text = printed(value)
        return text if len(text) <= 80 else f"a {type(value).__name__} of {len(value)}"
    text = printed(value)
    return f"{text if len(text) <= 80 else text[:77] + '...'} ({type(value).__name__})"


def _compare_arrays(got: Any, expected: np.ndarray, tolerance: float, name: str) -> Difference | None:
    if not isinstance(got, np.ndarray):
        return _of_another_kind(got, expected, name)
    shape = f"shape {got.shape}" + ("  ok" if got.shape == expected.shape else f", expected {expected.shape}")
    if got.shape != expected.shape:
        return Difference([f"{name}: {shape}"])
    fits = _dtype_fits(got, expected, single=tolerance >= TOLERANCE)
    dtype = f"dtype {got.dtype}" + ("  ok" if fits else f", expected {expected.dtype}")
    if not fits:
        return Difference([f"{name}: {shape}    {dtype}"])
    with np.errstate(invalid="ignore"):  # inf - inf
        error = np.abs(got.astype(np.float64) - expected)
    # Written so that NaN counts as wrong; but a known misconception may have NaN and inf as its result.
    wrong = ~((error <= tolerance * _magnitude(expected)) | _same_special(got, expected))
    if not wrong.any():
        return None
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    entry = f"{name}[{', '.join(map(str, first))}]" if first else name
    found, wanted = _told_apart(got[first], expected[first])
    count = f"({wrong.sum()} of {wrong.size} entries differ)"
    lines = [f"{name}: {shape}    {dtype}", f"{entry} is {found}, expected {wanted}  {count}"]
    return Difference(lines, got, expected)


def _told_apart(got: Any, expected: Any) -> tuple[str, str]:
    """Return two numbers as text, with at least six digits and as many as it takes to tell them apart."""
    for digits in range(6, 18):
        texts = f"{got:.{digits}g}", f"{expected:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def _dtype_fits(got: np.ndarray, expected: np.ndarray, single: bool) -> bool:
    """Any float that is wide enough is right, float32 where `single` allows it; so is any integer for an integer."""
    if np.issubdtype(expected.dtype, np.floating):
        wide_enough = np.dtype(np.float32).itemsize if single else expected.dtype.itemsize
        return np.issubdtype(got.dtype, np.floating) and got.dtype.itemsize >= wide_enough
    return got.dtype.kind in "iu" if expected.dtype.kind in "iu" else got.dtype == expected.dtype


def _magnitude(expected: np.ndarray) -> float:
    """The scale of the tolerance: the largest finite |expected|, or 1 where all is zero."""
    finite = expected[np.isfinite(expected)].astype(np.float64)
    largest = float(np.abs(finite).max(initial=0.0))
    return largest if largest > 0 else 1.0


def _same_special(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.asarray((got == expected) | (np.isnan(got) & np.isnan(expected)))


def _compare_numbers(got: Any, expected: float, tolerance: float, name: str) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    if not isinstance(got, Real) or isinstance(got, Integral):
        return Difference([f"{name} is {kind(got)}, expected the number {expected:.6g} (float)"])
    number = np.array(got if isinstance(got, np.float32) else _as_float(got))
    if _compare_arrays(number, np.array(expected), tolerance, name) is None:
        return None
    found, wanted = _told_apart(_as_float(got), expected)
    return Difference([f"{name} is {found}, expected {wanted}"])


def _as_float(number: Real) -> float:
    """Return a number as a float; a fraction may be larger than any of them."""
    try:
        return float(number)
    except OverflowError:
        return -math.inf if number < 0 else math.inf


def _compare_dicts(got: Any, expected: dict[Any, Any], tolerance: float, name: str) -> Difference | None:
    if not isinstance(got, dict):
        return Difference([f"{name} is {kind(got)}, expected a dict with {', '.join(map(repr, expected))}"])
    if got.keys() != expected.keys():
        found, wanted = sorted(map(key_text, got)), sorted(map(key_text, expected))
        return Difference([f"{name} has the keys {found}, expected {wanted}"])
    entries = {key: compare(got[key], value, tolerance, f"{name}[{key!r}]") for key, value in expected.items()}
    arrays = all(isinstance(value, np.ndarray) for value in expected.values())
    return _first_of(list(expected), entries, f"{name}: " if arrays else None)


def _compare_sequences(
    got: Any, expected: Any, tolerance: float, name: str, parts: tuple[str, ...], judged: tuple[str, ...]
) -> Difference | None:
    if not isinstance(got, tuple | list):
        return Difference(
            [f"{name} is {kind(got)}, expected {len(expected)} values" + (f": {', '.join(parts)}" if parts else "")]
        )
    if len(got) != len(expected):
        return Difference([f"{name} has {len(got)} values, expected {len(expected)}: got {kind(got)}"])
    named = len(parts) == len(expected)
    names = parts if named else tuple(f"{name}[{i}]" for i in range(len(expected)))
    asked = [i for i, n in enumerate(names) if not judged or n in judged]
    entries = {names[i]: compare(got[i], expected[i], tolerance, names[i]) for i in asked}
    return _first_of(asked, entries, "" if named else None)


def _first_of(steps: list[Any], entries: dict[str, Difference | None], head: str | None) -> Difference | None:
    """Return the first difference; with a `head`, it begins with a line that says which entries are right already.

    `steps` are the indices or keys of the entries, for the difference's path.
    """
    first = next(((step, entry) for step, entry in zip(steps, entries.values(), strict=True) if entry), None)
    if first is None:
        return None
    step, wrong = first
    wrong = replace(wrong, path=(step, *wrong.path))
    if head is None or len(entries) == 1:
        return wrong
    state = ", ".join(f"{key} {'wrong' if entry else 'ok'}" for key, entry in entries.items())
    return replace(wrong, lines=[head + state, *wrong.lines])


def follow(value: Any, path: tuple[Any, ...]) -> Any:
    """Return what a difference's path leads to in a result, or None if there is nothing."""
    for step in path:
        try:
            value = value[step]
        except (TypeError, KeyError, IndexError):
            return None
    return value
