"""How much memory a piece of work takes, as `tracemalloc` sees it.

NumPy tells tracemalloc of each array's memory; PyTorch does not, so it is left out. What is counted is the most that
the work holds at any moment, beyond what was there before it (the batch, the parameters). Scratch memory is included,
because the work is done by threads that have none yet.
"""

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cs_utils.engine import threads


def peak_bytes(work: Callable[[], Any]) -> int:
    """The most bytes that the work holds at a time, in steady state: when it is done for the second time."""
    before = threads.get_threads()
    threads.set_threads(before + 1)  # the workers of another number are new ones: their scratch memory counts, too
    threads.set_threads(before)

    def twice() -> int:
        work()
        tracemalloc.reset_peak()
        work()
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        with ThreadPoolExecutor(1) as fresh:
            return fresh.submit(twice).result()
    finally:
        tracemalloc.stop()
