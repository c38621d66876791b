"""A batch on several cores: each worker thread takes a micro-batch at a time, through a layer or the whole network.

NumPy lets other threads run while it computes, so plain threads do. The matrix products themselves are held to one
thread meanwhile, or each worker would start as many again. How a batch is cut does not depend on the number of
threads, and results come back in the order of the cuts: so they are the same to the last bit, whatever that number.
"""

import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

from cs_utils.engine.validation import whole_number
from cs_utils.system import usable_cores

MICRO_BATCH = 32  # images of 32x32, or fewer larger ones; 16 or 64 of them take longer, by a few percent

Result = TypeVar("Result")


class _Workers:
    """The worker threads, made when they are first needed and kept, for each keeps its scratch memory."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.threads = usable_cores()
        self.pool: ThreadPoolExecutor | None = None
        self.process = os.getpid()

    def executor(self) -> ThreadPoolExecutor:
        with self.lock:
            if self.pool is None or self.process != os.getpid():  # threads do not survive a fork
                pin = partial(_stay_on_one_core, itertools.count())
                self.pool, self.process = ThreadPoolExecutor(self.threads, "micro-batch", initializer=pin), os.getpid()
            return self.pool

    def resize(self, threads: int) -> None:
        with self.lock:
            if threads != self.threads and self.pool is not None:
                self.pool.shutdown(wait=False)
                self.pool = None
            self.threads = threads


def _stay_on_one_core(numbers: Iterator[int]) -> None:
    """Keep the calling worker on a core of its own: Linux may leave two on the same one for seconds (1.4x slower)."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(threading.get_native_id(), {cores[next(numbers) % len(cores)]})


_workers = _Workers()


def get_threads() -> int:
    """How many threads the networks of this process use."""
    return _workers.threads


def set_threads(number: int) -> None:
    """Use that many threads from now on; the default is the number of cores that this process may use."""
    _workers.resize(whole_number("number", number, 1))


def micro_batches(x: np.ndarray, most: int = MICRO_BATCH) -> list[slice]:
    """Cut a batch (N, H, W, C) into nearly equal parts of at most so many images of 32x32, or as many pixels."""
    n_images, height, width, _ = x.shape
    parts = -(-n_images // max(1, min(most, most * 32 * 32 // max(1, height * width))))
    bounds = [n_images * part // parts for part in range(parts + 1)] if parts else []
    return [slice(start, stop) for start, stop in itertools.pairwise(bounds)]


def in_order(function: Callable[[slice], Result], parts: Sequence[slice]) -> Iterator[Result]:
    """function(part) for each part, computed by the worker threads, in the order of the parts."""
    if len(parts) <= 1 or _here.within_part:  # a worker that waited for other workers might wait for ever
        yield from map(function, parts)
        return
    with one_blas_thread():
        run = partial(_as_part, function)
        yield from map(run, parts) if get_threads() == 1 else _workers.executor().map(run, parts)


def in_parts(function: Callable[[slice], Result], x: np.ndarray) -> list[Result]:
    """function(part) for each micro-batch of a batch x; within such a part, for all of it at once."""
    return list(in_order(function, [slice(0, len(x))] if _here.within_part else micro_batches(x)))


class _Here(threading.local):
    within_part = False


_here = _Here()


def _as_part(function: Callable[[slice], Result], part: slice) -> Result:
    _here.within_part = True
    try:
        return function(part)
    finally:
        _here.within_part = False


class _Blas:
    """Held at one thread while anybody needs it so: the first to come sets the limit, the last to go lifts it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.before: list[int] = []
        self.libraries: list[Any] | None = None

    def hold(self) -> None:
        with self.lock:
            if self.libraries is None:  # to find them, all loaded libraries are looked through: once
                self.libraries = ThreadpoolController().select(user_api="blas").lib_controllers
            if self.users == 0:
                self.before = [library.num_threads for library in self.libraries]
                self.set_threads([1] * len(self.libraries))
            self.users += 1

    def release(self) -> None:
        with self.lock:
            self.users -= 1
            if self.users == 0:
                self.set_threads(self.before)

    def set_threads(self, numbers: list[int]) -> None:
        for library, number in zip(self.libraries or [], numbers):
            # threadpoolctl listens only to the thread that was the first to set a limit; the last to go may be another.
            if hasattr(library, "clear_controlling_thread"):
                library.clear_controlling_thread(force=True)
            library.set_num_threads(number)
            if hasattr(library, "clear_controlling_thread"):
                library.clear_controlling_thread(force=True)


_blas = _Blas()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Matrix products use one thread meanwhile. Nests, and may be entered by several threads at once."""
    _blas.hold()
    try:
        yield
    finally:
        _blas.release()
