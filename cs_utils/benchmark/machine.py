"""What this machine is, and what it can do at most: matrix products and copies."""

import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from cs_utils.benchmark.measure import duration
from cs_utils.benchmark.peers import TORCH
from cs_utils.system import usable_cores

GEMM_SIDE = 1024
MAIN_MEMORY = 64 * 2**20  # bytes of an array that fits into no cache
CACHE = 256 * 2**10  # bytes of one that stays in a core's own
TRIES, SECONDS = 5, 0.3  # for each limit: the fastest is taken of so many tries, or more in so much time


@dataclass(frozen=True)
class Limits:
    """The best that this machine reached with so many threads, in cache with one.

    Attributes
    ----------
    gemm : float
        Floating-point operations per second, of a product of two float32 matrices of 1024 x 1024.
    memory, cache : float
        Bytes read and written per second, of copies in main memory and in the cache of a core.
    """

    threads: int
    gemm: float
    memory: float
    cache: float

    def __str__(self) -> str:
        return (
            f"limits with {count(self.threads, 'thread')}: matrix product {self.gemm / 1e9:.0f} GFLOP/s, "
            f"main memory {self.memory / 1e9:.0f} GB/s, in cache {self.cache / 1e9:.0f} GB/s per core"
        )


def limits(threads: int) -> Limits:
    """Measure them; the BLAS must be limited to the same number of threads already."""
    a, b = np.ones((2, GEMM_SIDE, GEMM_SIDE), np.float32)
    out = np.empty_like(a)
    gemm = 2 * GEMM_SIDE**3 / _fastest(lambda: np.matmul(a, b, out=out))
    return Limits(threads, gemm, _copied(MAIN_MEMORY, 1, threads), _copied(CACHE, 200, 1))


def reference_work() -> Callable[[], Any]:
    """A product of matrices, always the same: how much its time varies says how quiet the machine is."""
    a, b = np.ones((2, 512, 512), np.float32)
    out = np.empty_like(a)
    return lambda: np.matmul(a, b, out=out)


def description() -> str:
    """Processor, cores, system, the versions of what computes, and the kernels that BLAS chose for the processor."""
    blas = [_blas(pool) for pool in threadpool_info() if pool["user_api"] == "blas"]
    parts = [
        f"{_processor()}, {count(usable_cores(), 'core')}",
        platform.system(),
        f"Python {platform.python_version()}",
        f"NumPy {np.__version__} ({', '.join(sorted(set(blas))) or 'a BLAS that threadpoolctl cannot name'})",
    ]
    if TORCH:
        from cs_utils.benchmark.pytorch import torch

        parts.append(f"PyTorch {torch.__version__}")
    return ", ".join(parts)


def _blas(pool: dict[str, Any]) -> str:
    kernels = f" with {pool['architecture']} kernels" if pool.get("architecture") else ""
    return f"{pool['internal_api']} {pool['version']}{kernels}"


def count(number: int, what: str) -> str:
    """1 thread, 2 threads."""
    return f"{number} {what}{'s' * (number != 1)}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")  # elsewhere than on Linux, platform knows
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _fastest(run: Callable[[], Any]) -> float:
    run()
    seconds: list[float] = []
    while len(seconds) < TRIES or sum(seconds) < SECONDS:
        seconds.append(duration(run))
    return min(seconds)


def _copied(size: int, copies: int, threads: int) -> float:
    """Bytes read and written per second when each thread copies an array of its own."""
    arrays = [(np.ones(size, np.uint8), np.empty(size, np.uint8)) for _ in range(threads)]

    def copy(number: int) -> None:
        for _ in range(copies):
            np.copyto(arrays[number][1], arrays[number][0])

    with ThreadPoolExecutor(threads) as pool:
        return 2 * size * copies * threads / _fastest(lambda: list(pool.map(copy, range(threads))))
