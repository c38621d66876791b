"""One picture of the ratios: bars, on a logarithmic scale, with a line at 1."""

import os
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cs_utils.benchmark.machine import count
from cs_utils.benchmark.run import PEERS, Result
from cs_utils.figures.picture import Picture, style
from cs_utils.files import replace_atomically

BAR = 0.13  # inches
# Grey and pattern both tell the peers apart; loops, hundreds of times as slow, would make all others look the same.
LOOK = {
    "textbook": ("0.9", ""),
    "im2col": ("0.75", "////"),
    "torch nchw": ("0.45", ""),
    "torch channels_last": ("0.2", "...."),
}


def ratios(results: Sequence[Result]) -> Picture:
    """Bars of how many times as long as ours each peer takes; a panel for each number of threads.

    Raises
    ------
    ValueError
        If there is no result.
    """
    if not results:
        raise ValueError("there is nothing to draw: no result")
    names = list(dict.fromkeys(result.name for result in results))
    threads = sorted({result.threads for result in results})
    peers = [peer for peer in PEERS if peer in LOOK and any(peer in result.timings for result in results)]
    height = 1.2 + len(names) * (len(peers) + 1) * BAR
    with style():
        figure = Figure(figsize=(5 + 3 * len(threads), height), layout="constrained")
        panels = figure.subplots(1, len(threads), sharey=True, sharex=True, squeeze=False)[0]
        for axes, number in zip(panels, threads):
            by_name = {result.name: result for result in results if result.threads == number}
            _draw_bars(axes, [by_name.get(name) for name in names], peers)
            axes.set_title(count(number, "thread"))
            axes.set_xlabel("peer's time / ours")
        panels[0].set_yticks(range(len(names)), names)
        panels[0].invert_yaxis()
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(peers))
        return Picture(figure, _alt(results, peers))


def _draw_bars(axes: Axes, results: Sequence[Result | None], peers: Sequence[str]) -> None:
    thickness = 1 / (len(peers) + 1)
    for place, peer in enumerate(peers):
        grey, pattern = LOOK[peer]
        offset = (place - (len(peers) - 1) / 2) * thickness
        bars = [
            (row + offset, result.ratio(peer))
            for row, result in enumerate(results)
            if result is not None and peer in result.timings
        ]
        rows, values = zip(*bars) if bars else ((), ())
        # Bars begin at 1: to the right ours is faster, to the left the peer.
        axes.barh(
            rows, [value - 1 for value in values], thickness, left=1,
            color=grey, hatch=pattern, edgecolor="black", linewidth=0.5, label=peer,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
    axes.minorticks_off()
    axes.tick_params(axis="y", length=0)


def _alt(results: Sequence[Result], peers: Sequence[str]) -> str:
    found = [
        f"{peer} {min(values):.2g} to {max(values):.2g}"
        for peer in peers
        if (values := [result.ratio(peer) for result in results if peer in result.timings])
    ]
    return f"Bars of the time that each peer takes divided by ours, log scale: {'; '.join(found)}."


def save(picture: Picture, path: str | os.PathLike[str]) -> None:
    """Write it as PNG, whole or not at all."""
    with replace_atomically(Path(path)) as temporary:
        temporary.write_bytes(picture.png)
