"""Fingerprints: two numbers for all that a function returned, by which a pair of mistakes is recognised.

There are hundreds of pairs per exercise, too many to store what each of them returns. A fingerprint is the sum of all
numbers in some results, each times a weight of its own, for two sets of weights. Rounding changes it by as little as
the results themselves, so it is compared within a tolerance, as they are; a hash of rounded digits would not bear that.
The weights follow from the kinds and shapes of the results: results of another shape have another fingerprint, too.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cs_utils.checks.calls import DEEPEST, Outcome, has_dtype
from cs_utils.checks.text import key_text, printed

Fingerprint = tuple[float, float]

DIGITS = 7  # decimals that are stored
EXACT, SINGLE = 1e-6, 1e-4  # what rounding may change in results of float64, and where float32 is involved
APART = 1e-3  # what tells two mistakes apart for certain


def fingerprint(outcomes: Iterable[Outcome]) -> Fingerprint:
    """Return the fingerprint of some outcomes; of an error its type and arguments count, see `without_words`.

    Numbers are taken as arcsinh(number), a logarithm that goes through 0: the largest ones don't drown the others.
    """
    words, numbers = [], [np.ones(1)]
    for outcome in outcomes:
        if outcome.error is not None:
            words.append(f"{outcome.error!r}, refused: {outcome.refused}")
            continue
        for word, each in _laid_out(outcome.value):
            words.append(word)
            numbers.append(np.arcsinh(each))
    laid = np.concatenate(numbers)
    seed = hashlib.shake_128("\n".join(words).encode())
    weights = np.frombuffer(seed.digest(8 * laid.size), np.dtype("<u4")).reshape(2, -1) / 2**31 - 1
    one, other = weights @ laid
    return round(float(one), DIGITS), round(float(other), DIGITS)


def alike(one: Fingerprint, other: Fingerprint, tolerance: float) -> bool:
    """Are two fingerprints the same up to rounding?"""
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


def tolerance(outcomes: Iterable[Outcome], inputs: Any) -> float:
    """Return how far rounding may move the fingerprint of these outcomes of calls with these inputs."""
    single = has_dtype([outcome.value for outcome in outcomes], np.float32) or has_dtype(inputs, np.float32)
    return SINGLE if single else EXACT


def _laid_out(value: Any, depth: int = DEEPEST) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what kind of value it is, in a word, and its finite numbers, in one row; those of its entries as well."""
    none = np.zeros(0)
    match value:
        case tuple() | list() | dict() if not depth:
            yield "nested too deep", none
        case tuple() | list():
            yield f"{len(value)} values", none
            for item in value:
                yield from _laid_out(item, depth - 1)
        case dict():
            yield f"entries {sorted(map(key_text, value))}", none
            for key in sorted(value, key=key_text):
                yield from _laid_out(value[key], depth - 1)
        case float() | np.floating():
            yield from _laid_out(np.array(value))
        case np.ndarray() if value.dtype.kind in "fiub":
            special = np.flatnonzero(~np.isfinite(value))
            where = "".join(f" {place}: {value.flat[place]}" for place in special)
            kind = {"u": "i"}.get(value.dtype.kind, value.dtype.kind)
            yield f"{kind} {value.shape}{where}", np.delete(value.astype(np.float64).ravel(), special)
        case np.ndarray():
            yield f"{value.dtype} {value.shape}", none
        case _:
            yield printed(value), none
