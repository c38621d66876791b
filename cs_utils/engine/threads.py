"""A batch on several cores: each thread takes a micro-batch at a time, through a layer or the whole network.

NumPy lets other threads run while it computes, so plain threads do. The calling thread works too, and helpers take from
it what they can: if the cores are busy with other work, a helper comes late, and there is little left to wait for.

Meanwhile the matrix products are held to one thread each. BLAS would cut every one of them over all cores and wait for
the last piece; beside a busy process that takes two to six times as long.

How a batch is cut does not depend on the number of threads, and results come back in the order of the cuts. So they are
the same to the last bit, whatever that number.
"""

import itertools
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

from cs_utils.engine.validation import whole_number
from cs_utils.system import usable_cores

MICRO_BATCH = 32  # images of 32x32, or fewer larger ones; 16 or 64 of them take longer, by a few percent
# Multiply-adds: a smaller batch is cut in two if each half of it gives a layer so many to do. On two threads, 64
# filters 3x3x64 on 32 images of 16x16 then take 0.64 of the time; 8 filters 3x3x8 would take 1.12 times as long.
WORTH_A_THREAD = 32_000_000

Result = TypeVar("Result")


class _Here(threading.local):
    """What the thread that looks at it is doing."""

    within_part = False
    holds_of_blas = 0


_here = _Here()


class _Helpers:
    """The threads beside the calling one, made when they are first needed, and kept: each has its scratch memory."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.threads: int | None = None  # not asked for yet: to count the cores takes a quarter of a second
        self.pool: ThreadPoolExecutor | None = None

    def executor(self) -> ThreadPoolExecutor:
        with self.lock:
            if self.pool is None:
                self.pool = ThreadPoolExecutor(max(1, get_threads() - 1), "micro-batch")
            return self.pool

    def resize(self, threads: int) -> None:
        with self.lock:
            if threads != self.threads:
                self.pool = None  # its threads end when the last call that works with them has ended
            self.threads = threads


_helpers = _Helpers()


def get_threads() -> int:
    """How many threads the layers and networks of this process use."""
    if _helpers.threads is None:
        _helpers.threads = usable_cores()
    return _helpers.threads


def set_threads(number: int) -> None:
    """Use that many threads from now on; the default is the number of cores that this process may use."""
    _helpers.resize(whole_number("number", number, 1))


def micro_batches(x: np.ndarray, most: int, worthwhile: int | None) -> list[slice]:
    """Cut a batch into nearly equal parts.

    Parameters
    ----------
    x : ndarray (N, H, W, C)
    most : int
        Images of 32x32 that a part may have, or as many pixels.
    worthwhile : int or None
        Images that are worth a thread of their own: a batch that is one part, but twice as large, is cut in two (None:
        it is not).
    """
    n_images, height, width, _ = x.shape
    parts = -(-n_images // max(1, min(most, most * 32 * 32 // max(1, height * width))))
    if parts == 1 and worthwhile is not None and n_images >= 2 * worthwhile:
        parts = 2
    bounds = [n_images * part // parts for part in range(parts + 1)] if parts else []
    return [slice(start, stop) for start, stop in itertools.pairwise(bounds)]


def in_order(function: Callable[[slice], Result], parts: Sequence[slice]) -> list[Result]:
    """[function(part) for part in parts], computed by several threads."""
    if _here.within_part:  # a helper that waited for other helpers might wait forever
        return [function(part) for part in parts]
    with one_blas_thread():
        return _shared(function, parts) if len(parts) > 1 else [function(part) for part in parts]


def in_parts(function: Callable[[slice], Result], x: np.ndarray, multiply_adds: int) -> list[Result]:
    """function(part) for each micro-batch of a batch x; within such a part, for all of it at once.

    `multiply_adds` is what a layer has to do per image.
    """
    if _here.within_part:
        return [function(slice(0, len(x)))]
    return in_order(function, micro_batches(x, MICRO_BATCH, -(-WORTH_A_THREAD // multiply_adds)))


def _shared(function: Callable[[slice], Result], parts: Sequence[slice]) -> list[Result]:
    """The calling thread and its helpers take one part after the other until none is left."""
    results: dict[int, Result] = {}
    todo = deque(enumerate(parts))

    def work() -> None:
        _here.within_part = True
        try:
            while True:
                try:
                    place, part = todo.popleft()
                except IndexError:
                    return
                results[place] = function(part)
        finally:
            _here.within_part = False
            todo.clear()  # after an error nobody should begin another part

    helpers = min(get_threads(), len(parts)) - 1
    executor = _helpers.executor() if helpers else None
    futures = [executor.submit(work) for _ in range(helpers)] if executor else []
    try:
        work()
    finally:
        started = [future for future in futures if not future.cancel()]
        wait(started)
    for future in started:
        future.result()
    return [results[place] for place in range(len(parts))]


class _Blas:
    """Held at one thread while any thread needs it so: the first to come sets the limit, the last to go lifts it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.limited: list[tuple[Any, int]] = []  # libraries that had more than one thread, and how many
        self.libraries: list[Any] | None = None

    def hold(self) -> None:
        with self.lock:
            if self.libraries is None:  # to find them, all loaded libraries are looked through: once
                self.libraries = ThreadpoolController().select(user_api="blas").lib_controllers
            if self.users == 0:
                for library in self.libraries:
                    if (number := library.num_threads) > 1:
                        self.limited.append((library, number))
                        _set_threads_of(library, 1)
            self.users += 1

    def release(self) -> None:
        with self.lock:
            self.users -= 1
            if self.users == 0:
                self.lift()

    def lift(self) -> None:
        for library, number in self.limited:
            _set_threads_of(library, number)
        self.limited = []

    def after_fork_in_child(self) -> None:
        self.lock = threading.Lock()
        self.users = int(_here.holds_of_blas > 0)
        if not self.users:
            self.lift()


def _set_threads_of(library: Any, number: int) -> None:
    # threadpoolctl listens only to the thread that was the first to set a limit; the last to go may be another.
    if hasattr(library, "clear_controlling_thread"):
        library.clear_controlling_thread(force=True)
    library.set_num_threads(number)
    if hasattr(library, "clear_controlling_thread"):
        library.clear_controlling_thread(force=True)


_blas = _Blas()


class one_blas_thread:  # used like a function
    """Matrix products use one thread meanwhile. Nests, and may be entered by several threads at once."""

    def __enter__(self) -> None:
        _here.holds_of_blas += 1
        if _here.holds_of_blas == 1:
            _blas.hold()

    def __exit__(self, *error: object) -> None:
        _here.holds_of_blas -= 1
        if _here.holds_of_blas == 0:
            _blas.release()


def _after_fork_in_child() -> None:
    """In a forked child only the thread that forked lives on: a lock that another one held would never be released."""
    _helpers.lock, _helpers.pool = threading.Lock(), None
    _blas.after_fork_in_child()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)
