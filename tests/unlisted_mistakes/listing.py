"""The list of answers, and what their files share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """An answer to an exercise. `right` ones keep all points: what the check should say of them is nothing."""

    exercise: str
    answer: Callable
    right: bool = False

    @property
    def name(self) -> str:
        return self.answer.__name__


MISTAKES: list[Mistake] = []


def mistake(*exercises: str) -> Callable:
    """Add a wrong answer to these exercises."""
    return _adding(exercises, right=False)


def right(*exercises: str) -> Callable:
    """Add an answer that was taken for wrong, and is not."""
    return _adding(exercises, right=True)


def _adding(exercises: tuple[str, ...], right: bool) -> Callable:
    def add(answer: Callable) -> Callable:
        MISTAKES.extend(Mistake(exercise, answer, right) for exercise in exercises)
        return answer

    return add


def framed(x, pad):
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def side(n, size, stride=1, pad=0):
    if size > n + 2 * pad or (n + 2 * pad - size) % stride:
        raise ValueError("that does not fit")
    return (n + 2 * pad - size) // stride + 1


def softmax_rows(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def correlated(x, w, b, stride=1, flip=False):
    """Windows of a batch without padding, a filter at a time."""
    if w.shape[2] != x.shape[3]:
        raise ValueError("that does not fit")
    size, (rows, columns) = len(w), (side(n, len(w), stride) for n in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, w.shape[3]))
    for i in range(rows):
        for j in range(columns):
            window = x[:, i * stride : i * stride + size, j * stride : j * stride + size]
            y[:, i, j] = np.tensordot(window, w[::-1, ::-1] if flip else w, 3) + b
    return y


def windows_of(x, size, stride):
    """The windows, (N, rows, columns, size, size, C)."""
    rows, columns = (side(n, size, stride) for n in x.shape[1:3])
    return np.stack(
        [
            np.stack(
                [x[:, i * stride : i * stride + size, j * stride : j * stride + size] for j in range(columns)], axis=1
            )
            for i in range(rows)
        ],
        axis=1,
    )
