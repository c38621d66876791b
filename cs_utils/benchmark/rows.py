"""What is measured: the rows of the table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from cs_utils.benchmark.work import Convolution, Pooling, TrainingStep, Work

LECTURE = "conv12-relu-pool-fc"
VGG_LIKE = "(conv32-relu)*2-pool-(conv64-relu)*2-pool-(conv128-relu)*2-pool-fc128-relu-fc"
BATCH = 128

# name, side of the images, channels, filters, extent, stride, padding
CONVOLUTIONS = [
    ("conv 3->12 3x3 at 32x32", 32, 3, 12, 3, 1, 1),
    ("conv 3->32 5x5 at 32x32", 32, 3, 32, 5, 1, 2),
    ("conv 32->32 3x3 at 32x32", 32, 32, 32, 3, 1, 1),
    ("conv 64->128 3x3 at 8x8", 8, 64, 128, 3, 1, 1),
    ("conv 3->12 3x3 stride 2 at 33x33", 33, 3, 12, 3, 2, 1),
    ("conv 16->32 3x3 stride 2 at 33x33", 33, 16, 32, 3, 2, 1),
]
# name, kind, side of the maps, channels, extent, stride
POOLS = [
    ("max pool 2x2 at 32x32x12", "max", 32, 12, 2, 2),
    ("max pool 2x2 at 32x32x32", "max", 32, 32, 2, 2),
    ("max pool 3x3 stride 2 at 33x33x12", "max", 33, 12, 3, 2),
    ("max pool 3x3 stride 2 at 33x33x32", "max", 33, 32, 3, 2),
    ("avg pool 2x2 at 32x32x12", "avg", 32, 12, 2, 2),
    ("avg pool 2x2 at 32x32x32", "avg", 32, 32, 2, 2),
]


@dataclass(frozen=True)
class Row:
    """A name, and what makes the work; it is made when its turn comes, because together they would fill the memory.

    `loops` says whether the loops take part: with many pixels they would take minutes, and for one image they are timed
    already, in the row of the whole batch.
    """

    name: str
    make: Callable[[], Work]
    loops: bool = True


def rows() -> list[Row]:
    """All rows, in the order of the table."""
    return [*_steps(), *_layers(), *_scaling()]


def chosen(part_of_name: str) -> list[Row]:
    """The rows whose name contains the text; ValueError, with all names, if there are none."""
    found = [row for row in rows() if part_of_name.lower() in row.name.lower()]
    if not found:
        names = "\n  ".join(row.name for row in rows())
        raise ValueError(f"no row's name contains {part_of_name!r}; there are\n  {names}")
    return found


def _steps() -> Iterator[Row]:
    for name, pattern, batch in [
        ("lecture's net", LECTURE, BATCH),
        ("lecture's net", LECTURE, 1),
        ("VGG-like net", VGG_LIKE, BATCH),
    ]:
        yield Row(f"{name}, step, batch {batch}", partial(TrainingStep.random, pattern, batch, 32))


def _layers() -> Iterator[Row]:
    for batch in (BATCH, 1):
        for direction in ("forward", "forward+backward"):
            backward = direction != "forward"
            for name, side, channels, filters, size, stride, pad in CONVOLUTIONS:
                make = partial(Convolution.random, batch, side, channels, filters, size, stride, pad, backward)
                yield Row(f"{name}, batch {batch}, {direction}", make, loops=batch > 1)
            for name, kind, side, channels, size, stride in POOLS:
                pool = partial(Pooling.random, kind, batch, side, channels, size, stride, backward)
                yield Row(f"{name}, batch {batch}, {direction}", pool, loops=batch > 1)


def _scaling() -> Iterator[Row]:
    """More images at once, larger ones (always as many pixels as 128 images of 32x32 have), and more channels."""
    sizes = [(8, 32), (32, 32), (512, 32), (32, 64), (8, 128), (3, 224)]
    for batch, side in sizes:
        at = f" at {side}x{side}" if side != 32 else ""
        yield Row(f"lecture's net{at}, step, batch {batch}", partial(TrainingStep.random, LECTURE, batch, side), False)
    for channels in (8, 16, 32, 64, 128):
        make = partial(Convolution.random, 32, 16, channels, channels, 3, 1, 1, True)
        yield Row(f"channels {channels}->{channels} 3x3 at 16x16, batch 32, forward+backward", make, False)
