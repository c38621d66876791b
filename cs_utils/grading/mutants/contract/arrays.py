"""Arrays of any values: ordinary ones, ties, signs, zeros, and scales far apart."""

import numpy as np

KINDS = (
    "normal",
    "normal",
    "whole",
    "quarters",
    "negative",
    "positive",
    "zeros",
    "constant",
    "sparse",
    "tiny",
    "huge",
    "rows",
)


def special(rng: np.random.Generator, *shape: int, dtype: type = np.float64) -> np.ndarray:
    """Return an array of one of `KINDS`, drawn at random."""
    normal = rng.normal(size=shape)
    array: np.ndarray
    match KINDS[rng.integers(len(KINDS))]:
        case "whole":  # many ties
            array = rng.integers(-2, 3, shape).astype(float)
        case "quarters":
            array = rng.integers(-9, 10, shape) / 4
        case "negative":
            array = -0.1 - np.abs(normal)
        case "positive":
            array = 0.1 + np.abs(normal)
        case "zeros":
            array = np.zeros(shape)
        case "constant":
            array = np.full(shape, rng.normal())
        case "sparse":
            array = normal * (rng.random(shape) < 0.3)
        case "tiny":
            array = 1e-5 * normal
        case "huge":
            array = 1e5 * normal
        case "rows":  # each at a scale of its own
            array = normal * 10.0 ** rng.integers(-2, 3, (shape[0], *(1,) * (len(shape) - 1)))
        case _:
            array = normal
    return array.astype(dtype)


def floats(rng: np.random.Generator) -> type:
    """Return float64, or now and then float32."""
    return np.float32 if rng.random() < 0.2 else np.float64


def few(rng: np.random.Generator, most: int = 5, least: int = 1) -> int:
    """Return a number from `least` to `most`."""
    return int(rng.integers(least, most + 1))
