"""How long the cells of notebooks take: a table after the tests, and a failure for a cell that takes far too long.

A pytest plugin (``-p tests.cell_times``) that times what nbval runs. A test that executes a notebook itself reports its
times with ``record_property(PROPERTY, time)``.
"""

from collections.abc import Generator, Iterable
from datetime import datetime
from typing import TypedDict

import pytest
from nbformat import NotebookNode

BUDGET, TRAINING_BUDGET, WHOLE_BUDGET = 30, 120, 360  # seconds on two cores: any cell, the training cell, all cells
ALLOWED = 3  # times its budget before a cell fails: other machines are that much slower
SHOWN = 3  # the slowest cells of each notebook; those over their budget are all shown
PROPERTY = "cell_time"


class CellTime(TypedDict):
    """A cell's time in seconds. `number` counts code cells from 0, as nbval's names of them do."""

    notebook: str
    number: int
    label: str
    seconds: float
    budget: float


def cell_time(cell: NotebookNode, notebook: str, number: int, seconds: float) -> CellTime:
    """Return a cell's time with its label, its budget and its place in the notebook."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    label = cell.metadata.get("nbgrader", {}).get("grade_id") or (lines or [""])[0]
    budget = TRAINING_BUDGET if is_training(cell) else BUDGET
    return CellTime(notebook=notebook, number=number, label=label, seconds=seconds, budget=budget)


def is_training(cell: NotebookNode) -> bool:
    """Does this cell train the net that is handed in?"""
    return "fit(" in cell.source and '"convnet.npz"' in cell.source


def times_of(notebook: NotebookNode, name: str) -> list[CellTime]:
    """Return the cells' times of a notebook that nbclient has executed, from the timestamps in it."""
    times = []
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        busy, idle = (
            datetime.fromisoformat(cell.metadata.execution[f"iopub.status.{state}"]) for state in ("busy", "idle")
        )
        times.append(cell_time(cell, name, number, (idle - busy).total_seconds()))
    return times


def too_slow(time: CellTime) -> str:
    """Return a sentence about a cell that takes more time than is allowed, "" for any other."""
    if time["seconds"] <= ALLOWED * time["budget"]:
        return ""
    return (
        f"Cell {time['number']} of {time['notebook']} ({time['label']}) took {time['seconds']:.1f} s: "
        f"over {ALLOWED} times its budget of {time['budget']:g} s."
    )


def table(times: Iterable[CellTime]) -> list[str]:
    """Return the table's lines: each notebook with its total, and its slowest cells below."""
    notebooks: dict[str, list[CellTime]] = {}
    for time in times:
        notebooks.setdefault(time["notebook"], []).append(time)
    lines = [f"{'notebook, and its slowest cells':64} {'seconds':>9} {'budget':>7}"]
    for name, cells in sorted(notebooks.items()):
        lines.append(f"{f'{name}, {len(cells)} cells':64} {_total(cells):9.1f}")
        for place, time in enumerate(sorted(cells, key=lambda time: -time["seconds"])):
            over = time["seconds"] > time["budget"]
            if place < SHOWN or over:
                text = f"  {time['number']:3} {time['label']}"[:64]
                lines.append(f"{text:64} {time['seconds']:9.1f} {time['budget']:7g}" + "  OVER" * over)
    everything = [time for cells in notebooks.values() for time in cells]
    return [*lines, f"{f'one after another, {len(everything)} cells':64} {_total(everything):9.1f} {WHOLE_BUDGET:7}"]


def _total(times: list[CellTime]) -> float:
    return sum(time["seconds"] for time in times)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Generator[None, pytest.TestReport]:
    """Record the time of a notebook's cell, and turn a pass into a failure if it is too slow."""
    report = yield
    if call.when == "call" and hasattr(item, "cell_num"):  # one of nbval's
        time = cell_time(item.cell, item.path.parent.name, item.cell_num, call.duration)
        report.user_properties.append((PROPERTY, dict(time)))
        if report.passed and (sentence := too_slow(time)):
            report.outcome, report.longrepr = "failed", sentence
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table. All of pytest-xdist's processes send their reports here."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    times = [
        value
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    if times:
        terminalreporter.section("cell times")
        for line in table(times):
            terminalreporter.line(line)
