"""What is said about the measurements: a table, what was asked and what was reached, and rows for a JSON file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cs_utils.benchmark.against import Change
from cs_utils.benchmark.machine import Limits, count
from cs_utils.benchmark.measure import Timing
from cs_utils.benchmark.peers import TORCH
from cs_utils.benchmark.run import LOOP_IMAGES, PEERS, Result

HOW = f"""\
What follows holds for the processor and the BLAS kernels named above. Ratios are a peer's time divided by ours: above
1, ours is faster. Times are medians of rounds in which all take turns, +- half the distance of their quartiles; the
same number of threads for all; float32. GFLOP/s are counted by the formula, as part of the limit for matrix products
(above 100 %: with 3x3 filters ours takes fewer multiplications than the formula); GB/s is the least that must be read
and written, as part of the limit for main memory (above 100 %: what stays in the cache).
  textbook             cs_utils.reference, whole batch: sliding_window_view and one tensordot
  im2col               whole batch, as CS231n's fast layers do: im2col, one product, col2im; pools by reshape and mask
  loops                over images, positions and filters; timed once, on {LOOP_IMAGES} image, times the images' number
  nchw, ch.last        PyTorch eager in its two memory formats; forward rows without a graph
First layers (3 channels) need no gradient of the images and compute none. All answers were compared before."""
NO_TORCH = "PyTorch is not installed, so it is not compared. To install its build for CPUs: python -m pip install torch"

SHORT = {"torch nchw": "nchw", "torch channels_last": "ch.last"}
NAME, TIME, NUMBER = 68, 14, 9  # widths of columns

LECTURE_STEP, VGG_STEP = "lecture's net, step, batch 128", "VGG-like net, step, batch 128"
# name of the row, peer, threads, the ratio asked for: what this engine is meant to reach
ASKED = [
    (LECTURE_STEP, "torch nchw", 1, 1.5),
    (LECTURE_STEP, "torch channels_last", 1, 1.2),
    (LECTURE_STEP, "torch nchw", 2, 1.2),
    (LECTURE_STEP, "torch channels_last", 2, 1.05),
    *((VGG_STEP, "torch nchw", threads, 1.0) for threads in (1, 2)),
    *((VGG_STEP, "torch channels_last", threads, 0.9) for threads in (1, 2)),
    *((step, "im2col", threads, 3.0) for step in (LECTURE_STEP, VGG_STEP) for threads in (1, 2)),
]


def header() -> str:
    """The names of the columns."""
    return _in_columns("", "ours", "rate", "of limit", [SHORT.get(peer, peer) for peer in PEERS])


def line(result: Result, limits: Limits) -> str:
    """A row of the table."""
    ours = result.timings["ours"]
    time = f"{milliseconds(ours.median)} +-{50 * ours.spread:3.0f}%"
    rate = f"{result.rate() / 1e9:.0f} {'GFLOP/s' if result.flops else 'GB/s'}"
    ratios = [ratio(result.ratio(peer)) if peer in result.timings else "-" for peer in PEERS]
    return _in_columns(result.name, time, rate, f"{result.share(limits):.0%}", ratios)


def _in_columns(name: str, time: str, rate: str, share: str, ratios: Iterable[str]) -> str:
    return name.ljust(NAME) + time.rjust(TIME) + rate.rjust(TIME) + "".join(x.rjust(NUMBER) for x in (share, *ratios))


def against_header() -> str:
    """The names of the columns of `against_line`."""
    return "old time divided by new".ljust(NAME) + "".join(x.rjust(TIME) for x in ("threads", "old", "new", "ratio"))


def against_line(change: Change) -> str:
    """Medians of the other checkout's (old) and this one's (new) rounds, and the median ratio with its quartiles."""
    new, old = Timing.of(change.here), Timing.of(change.there)
    ratios = Timing.of([there / here for here, there in zip(change.here, change.there, strict=True)])
    return (
        change.name.ljust(NAME)
        + "".join(x.rjust(TIME) for x in (str(change.threads), milliseconds(old.median), milliseconds(new.median)))
        + f"{ratios.median:.2f} ({ratios.quartiles[0]:.2f}-{ratios.quartiles[1]:.2f})".rjust(20)
    )


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds * 1e3:.0f} ms"


def ratio(number: float) -> str:
    return f"{number:.2f}" if number < 10 else f"{number:.0f}"


def noise(reference: Sequence[float]) -> str:
    """How quiet the machine was, from the times of a piece of work that was always the same."""
    timing = Timing.of(list(reference))
    low, high = timing.quartiles
    return (
        f"noise: the same matrix product, in each of {timing.rounds} rounds, took {milliseconds(timing.median)}; "
        f"half of the times are {low / timing.median - 1:+.0%} to {high / timing.median - 1:+.0%} around that, "
        f"the longest is {max(reference) / timing.median:.1f} times as long"
    )


def memory(results: Iterable[Result]) -> Iterator[str]:
    """The most that a step holds, besides the batch and the parameters."""
    for result in results:
        if result.peak_bytes:
            columns = [f"{name} {peak / 1e6:.1f} MB" for name, peak in result.peak_bytes.items()]
            an_image = f"ours {result.peak_bytes['ours'] / result.images / 1e3:.0f} KB per image"
            threads = count(result.threads, "thread")
            yield f"{result.name}, {threads}".ljust(NAME) + "  ".join([*(text.rjust(18) for text in columns), an_image])


def asked_and_reached(results: Sequence[Result]) -> Iterator[str]:
    """For each figure that is asked for, whether it was reached; nothing for rows that were not chosen."""
    measured = {(result.name, result.threads): result for result in results}
    for name, peer, threads, asked in ASKED:
        result = measured.get((name, threads))
        if result is None:
            continue
        start = f"{name}, {count(threads, 'thread')}, {peer}".ljust(NAME) + f"asked {asked:.2f}   "
        if peer not in result.timings:
            yield start + "not measured"
        else:
            reached = result.ratio(peer)
            yield start + f"reached {reached:.2f}   {'yes' if reached >= asked else 'NO'}"


def json_rows(results: Iterable[Result], limits: Mapping[int, Limits], machine: str) -> list[dict[str, Any]]:
    """One row for each peer of each result; seconds, bytes, and ratios without unit."""
    return [
        _json_row(result, peer, limits[result.threads], machine)
        for result in results
        for peer in PEERS
        if peer in result.timings
    ]


def _json_row(result: Result, peer: str, limits: Limits, machine: str) -> dict[str, Any]:
    ours, other = result.timings["ours"], result.timings[peer]
    row = {
        "name": result.name,
        "ours_s": ours.median,
        "peer": peer,
        "peer_s": other.median,
        "ratio": result.ratio(peer),
        "threads": result.threads,
        "images": result.images,
        "ours_quartiles_s": ours.quartiles,
        "peer_quartiles_s": other.quartiles,
        "gflops" if result.flops else "gbytes_per_s": result.rate() / 1e9,
        "share_of_limit": result.share(limits),
        "limit_gemm_gflops": limits.gemm / 1e9,
        "limit_memory_gbytes_per_s": limits.memory / 1e9,
        "limit_cache_gbytes_per_s": limits.cache / 1e9,
        "machine": machine,
    }
    if peer in result.peak_bytes:
        row |= {"ours_peak_bytes": result.peak_bytes["ours"], "peer_peak_bytes": result.peak_bytes[peer]}
    return row


def without_torch() -> str:
    """A sentence for those who have no PyTorch; else nothing."""
    return "" if TORCH else NO_TORCH
