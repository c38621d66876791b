"""One row of the table: all contenders compared, then timed, then weighed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cs_utils.benchmark.machine import Limits
from cs_utils.benchmark.measure import ROUNDS, SETTLE, Timing, time_in_turns
from cs_utils.benchmark.memory import peak_bytes
from cs_utils.benchmark.numpy_layers import NUMPY
from cs_utils.benchmark.peers import TORCH, contender
from cs_utils.benchmark.rows import Row
from cs_utils.benchmark.work import Arrays, TrainingStep, Work

PEERS = ["textbook", "im2col", "loops", *TORCH]
LOOP_IMAGES = 1  # loops take seconds an image; their time is scaled to the whole batch
# Of the largest expected value, in float32. A whole step may differ more: among the millions of numbers that pass a
# ReLU or a max pool, a few are so near to 0 or to their neighbour that rounding decides where a gradient goes.
TOLERANCE, TOLERANCE_OF_STEP = 1e-4, 1e-2


class DifferentAnswers(AssertionError):
    """A contender computes something else; its time would mean nothing."""


@dataclass
class Result:
    """What was measured for a row.

    Attributes
    ----------
    timings : dict of str to Timing
        For "ours" and each peer.
    peak_bytes : dict of str to int
        Of training steps in NumPy: the most memory that they hold.
    """

    name: str
    threads: int
    images: int
    flops: int
    bytes: int
    timings: dict[str, Timing]
    peak_bytes: dict[str, int] = field(default_factory=dict)

    def ratio(self, peer: str) -> float:
        """The peer's time divided by ours."""
        return self.timings[peer].median / self.timings["ours"].median

    def rate(self) -> float:
        """Floating-point operations, or bytes, per second."""
        return (self.flops or self.bytes) / self.timings["ours"].median

    def share(self, limits: Limits) -> float:
        """Of the machine's limit: of matrix products, or of main memory (more than 1 is possible: in the cache)."""
        return self.rate() / (limits.gemm if self.flops else limits.memory)


def measure(
    row: Row,
    threads: int,
    reference: Callable[[], Any],
    rounds: int = ROUNDS,
    tell: Callable[[int], None] = lambda number: None,
) -> tuple[Result, list[float]]:
    """Compare all contenders' answers, time them, and say what the reference work took meanwhile, round by round.

    Raises
    ------
    DifferentAnswers
        If a peer's answer is not ours.
    """
    work = row.make()
    contenders = {name: contender(work, name) for name in ["ours", *PEERS] if name != "loops"}
    expected = contenders["ours"].answer()
    for name, other in contenders.items():
        tolerance = TOLERANCE_OF_STEP if isinstance(work, TrainingStep) else TOLERANCE
        compare(other.answer(), expected, name, tolerance)
    runs = {name: other.run for name, other in contenders.items()}
    seconds = time_in_turns({**runs, "reference": reference}, rounds, SETTLE if threads > 1 else 0.0, tell)
    noise = seconds.pop("reference")
    timings = {name: Timing.of(numbers) for name, numbers in seconds.items()}
    if row.loops:
        timings["loops"] = _time_loops(work)
    result = Result(row.name, threads, work.images, work.flops, work.bytes, timings)
    if isinstance(work, TrainingStep):
        result.peak_bytes = {name: peak_bytes(run) for name, run in runs.items() if name in NUMPY}
    return result, noise


def _time_loops(work: Work) -> Timing:
    """They are compared and timed in one, with a few images, because they take long."""
    few = work.first(LOOP_IMAGES)
    expected, loops = contender(few, "ours").answer(), contender(few, "loops")
    start = time.perf_counter()
    answer = loops.answer()
    seconds = time.perf_counter() - start
    compare(answer, expected, "loops", TOLERANCE)
    return Timing.of([seconds], times=work.images / LOOP_IMAGES)


def compare(answer: Arrays, expected: Arrays, who: str, tolerance: float) -> None:
    """Raise DifferentAnswers if the arrays are not the same to rounding: to a part of the largest expected value."""
    if answer.keys() != expected.keys():
        raise DifferentAnswers(f"{who} gives {sorted(answer)}, ours {sorted(expected)}")
    for name, array in answer.items():
        if array.shape != expected[name].shape:
            raise DifferentAnswers(f"{name} of {who} has the shape {array.shape}, ours {expected[name].shape}")
        error, largest = np.max(np.abs(array - expected[name])), np.max(np.abs(expected[name]))
        if not error <= tolerance * largest:
            raise DifferentAnswers(f"{name} of {who} differs by {error:.2g}, of values up to {largest:.2g}")
