"""How time is measured: contenders take turns in one process, and medians are compared.

What else the machine does comes and goes within seconds, so contenders that are timed one after the other would not
see the same machine. In each round every contender has a turn, beginning with another one each time.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from cs_utils.benchmark.peers import TORCH
from cs_utils.engine import threads

ROUNDS = 7
TURN = 0.02  # seconds: shorter work is repeated within its turn
WARM_UP = 0.006  # seconds, at least one call: caches, pages and the clock rate get to where they are in steady work
LONG = 0.2  # seconds: work that takes longer warms up by itself
# Seconds. An idle thread of OpenBLAS keeps its core busy for 2^28 cycles, a tenth of a second, in case more work comes.
# After 30 ms the lecture's step takes 14 ms on two threads, after this time 9, as in a process of its own.
SETTLE = 0.12
ENOUGH = 1.5  # seconds of turns after which a slow contender has no more of them
LEAST_ROUNDS = 3


@dataclass(frozen=True)
class Timing:
    """Seconds: median and quartiles of the rounds."""

    median: float
    quartiles: tuple[float, float]
    rounds: int

    @classmethod
    def of(cls, seconds: list[float], times: float = 1) -> "Timing":
        """From one number per round; `times` scales what was done with a part of the images."""
        low, median, high = (float(q) for q in np.percentile(seconds, [25, 50, 75]) * times)
        return cls(median, (low, high), len(seconds))

    @property
    def spread(self) -> float:
        """Between the quartiles, as a part of the median."""
        return (self.quartiles[1] - self.quartiles[0]) / self.median


@contextmanager
def same_threads(number: int) -> Iterator[None]:
    """The engine, NumPy's BLAS and PyTorch use that many threads meanwhile."""
    before = threads.get_threads()
    torch: Any = None
    if TORCH:
        from cs_utils.benchmark.pytorch import torch
    torch_before = torch.get_num_threads() if torch else 0
    threads.set_threads(number)
    if torch:
        torch.set_num_threads(number)
    try:
        with threadpool_limits(number, user_api="blas"):
            yield
    finally:
        threads.set_threads(before)
        if torch:
            torch.set_num_threads(torch_before)


def time_in_turns(
    contenders: Mapping[str, Callable[[], Any]],
    rounds: int = ROUNDS,
    settle: float = 0.0,
    tell: Callable[[int], None] = lambda number: None,
) -> dict[str, list[float]]:
    """Seconds that each contender took for its work, one number per round.

    Parameters
    ----------
    contenders : dict of str to callable
    rounds : int
    settle : float
        Seconds of rest before each turn.
    tell : callable
        Is told the number of each round as it begins, from 0.

    Returns
    -------
    dict of str to list of float
        `rounds` numbers; fewer, but at least three, for contenders whose turns have taken long enough.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    once = {name: min(duration(run), duration(run)) for name, run in contenders.items()}
    calls = {name: max(1, math.ceil(TURN / once[name])) for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        tell(number)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            if number >= LEAST_ROUNDS and calls[name] * sum(seconds[name]) > ENOUGH:
                continue
            time.sleep(settle)
            if once[name] < LONG:
                duration(contenders[name], math.ceil(calls[name] * WARM_UP / TURN))
            seconds[name].append(duration(contenders[name], calls[name]))
    return seconds


def duration(run: Callable[[], Any], calls: int = 1) -> float:
    """Seconds per call."""
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls
