"""``python docs/draw_architecture.py`` draws architecture.svg: the folders of cs_utils, and which imports which.

Rows and arrows come from the code, through `tests/test_imports.py`; here is only what each is for, and where it stands.
An arrow that follows from others is left out: who imports `layers` needs `engine` anyway.
"""

import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from test_imports import LEVELS, by_folder  # noqa: E402

from cs_utils.grading.authoring.publish import KEPT_BACK  # noqa: E402

# The middle of each box, in pixels, and what the folder or file is for.
UNITS = {
    "grading": (430, "exercises, exams, building, classes, website"),
    "desk": (180, "start page, submit, reset, update"),
    "benchmark": (880, "the engine beside its peers"),
    "doctor": (460, "what works on this machine"),
    "play": (90, "your net as a web page"),
    "checks": (270, "what a check says"),
    "training": (760, "fit, optimisers, recipes"),
    "figures": (180, "pictures, still and live"),
    "gradient_check": (590, "numerical gradients"),
    "model": (800, "ConvNet, blocks, patterns"),
    "reference": (985, "layers in textbook NumPy"),
    "datasets": (260, "CIFAR-10, shapes10"),
    "layers": (730, "each operation and its derivative"),
    "progress": (330, "lines that change"),
    "engine": (570, "im2col, Winograd, threads"),
    "files": (110, "whole or not at all"),
    "system": (480, "cores, screens"),
}
LEVEL = {name: level for level, units in enumerate(LEVELS) for name in units}
WIDTH, ROW, MARGIN = 1090, 104, 24
HEIGHT, CLEAR = 52, 16
FONT = "font-family='system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif'"


def arrows() -> list[tuple[str, str]]:
    """Return who imports whom, without what follows from other arrows."""
    graph = by_folder("cs_utils")

    def below(unit: str) -> set[str]:
        return graph[unit].union(*(below(other) for other in graph[unit]))

    return [
        (unit, other)
        for unit in sorted(graph)
        for other in sorted(graph[unit])
        if not any(other in below(between) for between in graph[unit] - {other})
    ]


def width(name: str) -> int:
    """Return the width of a box: its longer line must fit in."""
    return max(130, round(6.1 * len(UNITS[name][1])) + 20)


def lean(distance: float) -> float:
    """Return how far from the middle of a box an arrow begins that ends this far to the side."""
    return max(-40, min(40, distance / 4))


def gap(x: float, level: int) -> float:
    """Return the place nearest to `x` at which an arrow can pass between the boxes of a row."""
    boxes = [(UNITS[name][0], width(name) / 2 + CLEAR) for name in LEVELS[level]]
    places = [x, *(middle + side * half for middle, half in boxes for side in (-1, 1))]
    free = [p for p in places if all(abs(p - middle) >= half - 1e-9 for middle, half in boxes) and p >= CLEAR]
    return min(free, key=lambda place: abs(place - x))


def way(unit: str, other: str) -> str:
    """Return the path of an arrow: down through the gaps of the rows between, and never behind a box."""
    start, end = LEVEL[unit], LEVEL[other]
    x1, x2 = UNITS[unit][0], UNITS[other][0]
    x, aim = x1 + lean(x2 - x1), x2 + lean(x1 - x2)
    path, y = f"M{x:.0f},{top(start) + HEIGHT}", top(start) + HEIGHT
    for level in range(start - 1, end - 1, -1):
        to = aim if level == end else gap(x + (aim - x) / (level - end + 1), level)
        bend = (top(level) - y) / 2
        path += f" C{x:.0f},{y + bend:.0f} {to:.0f},{y + bend:.0f} {to:.0f},{top(level) - (level == end)}"
        if level != end:
            path += f" V{top(level) + HEIGHT}"
        x, y = to, top(level) + HEIGHT
    return path


def top(level: int) -> int:
    """Return the upper edge of a row's boxes."""
    return MARGIN + (len(LEVELS) - 1 - level) * ROW


def drawing() -> str:
    """Return the drawing as SVG: the ground below, what builds on it above."""
    missing = LEVEL.keys() ^ UNITS.keys()
    if missing:
        raise SystemExit(f"UNITS in {Path(__file__).name} must say what these are for, and no others: {missing}")
    kept_back = {name.removesuffix(".py") for name in KEPT_BACK}
    height = top(0) + HEIGHT + 56
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}' "
        "role='img' aria-labelledby='title'>",
        f"<title id='title'>{escape(described())}</title>",
        "<defs><marker id='tip' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' markerHeight='7' orient='auto'>"
        "<path d='M0,0 L8,4 L0,8 z' fill='#5b6472'/></marker></defs>",
        f"<rect width='{WIDTH}' height='{height}' rx='10' fill='#ffffff'/>",
    ]
    for unit, other in arrows():
        lines.append(
            f"<path d='{way(unit, other)}' fill='none' stroke='#5b6472' stroke-width='1.4' marker-end='url(#tip)'/>"
        )
    for name, (x, purpose) in UNITS.items():
        wide, y, dashed = width(name), top(LEVEL[name]), " stroke-dasharray='6 4'" * (name in kept_back)
        fill, edge = ("#fdf1e3", "#9a5b12") if name in kept_back else ("#e8f0fb", "#1d5bb0")
        lines += [
            f"<rect x='{x - wide // 2}' y='{y}' width='{wide}' height='{HEIGHT}' rx='7' fill='{fill}' "
            f"stroke='{edge}' stroke-width='1.5'{dashed}/>",
            f"<text x='{x}' y='{y + 22}' text-anchor='middle' {FONT} font-size='15' font-weight='600' "
            f"fill='#1b1f24'>{name}</text>",
            f"<text x='{x}' y='{y + 41}' text-anchor='middle' {FONT} font-size='12' "
            f"fill='#3c434d'>{escape(purpose)}</text>",
        ]
    legend = (
        "An arrow: imports. Dashed: for instructors only, not in a student's copy or wheel. Nothing points upwards."
    )
    lines.append(f"<text x='{MARGIN}' y='{height - 20}' {FONT} font-size='13' fill='#3c434d'>{legend}</text>")
    return "\n".join([*lines, "</svg>", ""])


def described() -> str:
    """Return what the drawing shows, in words."""
    rows = "; ".join(", ".join(name for name in UNITS if name in units) for units in reversed(LEVELS))
    return f"The folders and files of cs_utils in {len(LEVELS)} rows, each importing from rows below it only: {rows}."


if __name__ == "__main__":
    Path(__file__).with_name("architecture.svg").write_text(drawing(), encoding="utf-8", newline="\n")
