"""What each trick of the engine gains: python -m cs_utils.benchmark.tricks [NAME ...]

For each, a row of the benchmark is done with the trick and without it, in turn in one process. To switch a trick off,
the function that does it is exchanged for a plain one wherever the engine calls it; both give the same answers.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from cs_utils.benchmark.machine import count, description
from cs_utils.benchmark.measure import ROUNDS, Timing, same_threads, time_in_turns
from cs_utils.benchmark.peers import contender
from cs_utils.benchmark.report import milliseconds
from cs_utils.benchmark.rows import Row, chosen
from cs_utils.benchmark.work import Contender, Work
from cs_utils.engine import convolution, im2col, im2col_images, matmul, pooling, threads, winograd, workspace
from cs_utils.model import plan

ENDLESS = 1 << 60


@dataclass(frozen=True)
class Trick:
    """A trick, and how to do without it.

    Attributes
    ----------
    what : str
        What is done with it, and what instead without it.
    row : str
        The row of the benchmark that it is for.
    functions : dict of function to function
        Whose place is taken by which other without the trick.
    constants : list of (module, name, value)
        What they are without the trick.
    threads : int
        With how many it is measured.
    """

    what: str
    row: str
    functions: Mapping[Callable[..., Any], Callable[..., Any]] = field(default_factory=dict)
    constants: tuple[tuple[ModuleType, str, Any], ...] = ()
    threads: int = 1


def _never(*arguments: Any) -> bool:
    return False


def _zeros_between(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int, before: int, dx: np.ndarray
) -> np.ndarray:
    n, rows, columns, filters = dy.shape
    spread = np.zeros((n, (rows - 1) * stride + 1, (columns - 1) * stride + 1, filters), dy.dtype)
    spread[:, ::stride, ::stride] = dy
    return convolution._both_gradients_of_stride_1(spread, x, w, (before, before), dx)


def _two_patch_matrices(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, before: tuple[int, int], dx: np.ndarray
) -> np.ndarray:
    high, wide = w.shape[:2]
    flipped = np.ascontiguousarray(w[::-1, ::-1].transpose(0, 1, 3, 2))
    with workspace.frame():
        margin, outputs = (high - 1 - before[0], wide - 1 - before[1]), (x.shape[1], x.shape[2])
        for images, rows, patches in im2col.patch_matrices(dy, (high, wide), 1, margin, outputs):
            matmul.multiply(patches, flipped.reshape(-1, x.shape[3]), dx[images, rows].reshape(-1, x.shape[3]))
    return convolution.filter_gradient(dy, x, (high, wide), 1, before[0])[0]


def _entry_by_entry(function: np.ufunc, x: np.ndarray, size: int, stride: int, y: np.ndarray) -> None:
    rows, columns = ((n - 1) * stride + 1 for n in y.shape[1:3])
    taps = [x[:, i : i + rows : stride, j : j + columns : stride] for i, j in np.ndindex(size, size)]

    def work_on(piece: slice) -> None:
        np.copyto(y[piece], taps[0][piece])
        for tap in taps[1:]:
            function(y[piece], tap[piece], out=y[piece])

    pooling._for_each_piece(work_on, x)


def _sum_over_rows(maps: np.ndarray) -> np.ndarray:
    return np.asarray(maps.sum(axis=tuple(range(maps.ndim - 1))))


def _new_memory(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    return np.empty(shape, dtype)


TRICKS = {
    "images": Trick(
        "first layers copy rows of the output at a time, from planes; without: rows of the filter",
        "conv 3->12 3x3 at 32x32, batch 128, forward+backward",
        {im2col_images.pays: _never},
    ),
    "pieces": Trick(
        "patches in pieces that fit into the cache; without: those of a micro-batch at once",
        "conv 3->32 5x5 at 32x32, batch 128, forward+backward",
        constants=((im2col, "PATCH_BYTES", ENDLESS),),
    ),
    "winograd": Trick(
        "3x3 filters take 16 multiplications for 2x2 outputs; without: 36, with patches",
        "conv 64->128 3x3 at 8x8, batch 128, forward+backward",
        {winograd.pays: _never},
    ),
    "phases": Trick(
        "gradients of stride S by S * S convolutions of stride 1; without: zeros between the pixels of dy",
        "conv 16->32 3x3 stride 2 at 33x33, batch 128, forward+backward",
        {convolution._both_gradients_by_phases: _zeros_between},
    ),
    "gradients": Trick(
        "dx and dw from one patch matrix; without: one each",
        "channels 8->8",
        {convolution._both_gradients_of_stride_1: _two_patch_matrices},
    ),
    "sums": Trick(
        "sums over rows are products with ones; without: numpy.sum",
        "channels 8->8",
        {matmul.sum_of_rows: _sum_over_rows},
    ),
    "pool": Trick(
        "a convolution and its pool in one, ReLU after it; without: one layer after the other",
        "lecture's net, step, batch 128",
        {plan.fastest_order: list},
    ),
    "axes": Trick(
        "pools reduce rows, then columns; without: all entries of a window one after the other",
        "max pool 3x3 stride 2 at 33x33x32, batch 128, forward",
        {pooling.reduce_windows: _entry_by_entry},
    ),
    "pixels": Trick(
        "the numbers of a pixel are copied as one item; without: number by number",
        "conv 3->12 3x3 at 32x32, batch 128, forward+backward",
        {im2col.copy_pixels: np.copyto},
    ),
    "workspace": Trick(
        "temporary arrays lie in memory that is used again; without: in new memory",
        "lecture's net, step, batch 128",
        {workspace.take: _new_memory},
    ),
    "kernels": Trick(
        "products in blocks for OpenBLAS's small kernels, which need AVX-512; without: in one",
        "lecture's net, step, batch 128",
        {matmul.has_small_kernels: _never},
    ),
    "two": Trick(
        "a batch of one micro-batch with much to do is cut in two; without: one thread does it",
        "channels 64->64",
        constants=((threads, "WORTH_A_THREAD", ENDLESS),),
        threads=2,
    ),
}


@contextmanager
def switched_off(trick: Trick) -> Iterator[None]:
    """Do without the trick meanwhile."""
    changes = [*trick.constants]
    for original, plain in trick.functions.items():
        for module in _modules():
            changes += [(module, name, plain) for name, value in vars(module).items() if value is original]
    before = [(module, name, getattr(module, name)) for module, name, _ in changes]
    try:
        for module, name, value in changes:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def _modules() -> list[ModuleType]:
    """What computes: the modules of the engine, the layers, and the nets."""
    names = ("cs_utils.engine.", "cs_utils.layers", "cs_utils.model.")
    return [module for name, module in sys.modules.items() if name.startswith(names)]


def contenders(trick: Trick, work: Work) -> tuple[Contender, Contender]:
    """The engine with the trick and without it."""
    with switched_off(trick):
        plain = contender(work, "ours")

    def without(function: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            with switched_off(trick):
                return function()

        return run

    return contender(work, "ours"), Contender(without(plain.run), without(plain.answer))


def measure(trick: Trick, row: Row) -> tuple[float, float]:
    """Median seconds with the trick and without it."""
    with same_threads(trick.threads):
        with_it, without = contenders(trick, row.make())
        seconds = time_in_turns({"with": with_it.run, "without": without.run}, ROUNDS)
    return Timing.of(seconds["with"]).median, Timing.of(seconds["without"]).median


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cs_utils.benchmark.tricks", description=__doc__.splitlines()[0])
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(TRICKS)} (default: all)")
    names = parser.parse_args(arguments).names or list(TRICKS)
    if unknown := set(names) - set(TRICKS):
        parser.error(f"no trick is called {', '.join(sorted(unknown))}; there are {', '.join(TRICKS)}")
    print(description())
    for name in names:
        trick = TRICKS[name]
        row = chosen(trick.row)[0]
        with_it, without = measure(trick, row)
        print(
            f"\n{name}: {trick.what}\n  {row.name}, {count(trick.threads, 'thread')}: {milliseconds(with_it)} with, "
            f"{milliseconds(without)} without, {without / with_it:.2f} times as long"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
