"""Cell times: every cell is in the table, and only one far over its budget fails."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from cell_times import cell_time, is_training, times_of, too_slow
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
SLOW = "import time; time.sleep(0.3)"
TRAINING = f'{SLOW}  # fit() saves "convnet.npz"'
# A budget that every cell but the training surely breaks.
TIGHT = "from tests.cell_times import *\nfrom tests import cell_times\ncell_times.BUDGET = 0.01\n"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "01_sleepy" / "sleepy.ipynb"
    path.parent.mkdir()
    cells = [nbformat.v4.new_markdown_cell("text"), *map(nbformat.v4.new_code_cell, [SLOW, TRAINING])]
    cells[1].metadata.nbgrader = {"grade_id": "nap"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.mark.slow
def test_the_table_shows_every_cell_and_one_far_over_its_budget_fails(notebook: Path) -> None:
    (notebook.parent / "tight.py").write_text(TIGHT, encoding="utf-8")
    variables = os.environ | {"PYTHONPATH": os.pathsep.join([str(notebook.parent), str(ROOT)])}
    line = ["-m", "pytest", "--nbval", "--nbval-current-env", "-p", "tight", "-n", "1", notebook.name]
    result = subprocess.run(
        [sys.executable, *line], cwd=notebook.parent, env=variables, capture_output=True, encoding="utf-8"
    )
    assert result.returncode == 1, result
    assert "1 failed, 1 passed" in result.stdout
    assert "Cell 0 of 01_sleepy (nap) took" in result.stdout
    lines = result.stdout.splitlines()
    table = lines[next(i for i, line in enumerate(lines) if "cell times" in line) + 2 :]
    assert table[0].startswith("01_sleepy, 2 cells")
    [nap] = [line for line in table[1:3] if line.startswith("    0 nap")]
    [training] = [line for line in table[1:3] if line.startswith("    1 import time")]
    assert nap.split()[-2:] == ["0.01", "OVER"]
    assert training.split()[-1] == "120"


@pytest.mark.parametrize(("seconds", "fails"), [(31, False), (90, False), (90.1, True)])
def test_three_times_the_budget_is_allowed(seconds: float, fails: bool) -> None:
    cell = nbformat.v4.new_code_cell("fit(net)")
    assert bool(too_slow(cell_time(cell, "06_net", 3, seconds))) == fails


def test_times_of_an_executed_notebook(notebook: Path) -> None:
    executed = nbformat.read(notebook, as_version=4)
    NotebookClient(executed, kernel_name="python3").execute()
    times = times_of(executed, "01_sleepy")
    assert [(time["number"], time["label"], time["budget"]) for time in times] == [(0, "nap", 30), (1, TRAINING, 120)]
    assert all(time["seconds"] >= 0.3 for time in times)


def test_one_cell_of_the_course_is_the_training() -> None:
    found = [
        path.name
        for path in ROOT.glob("solutions/*/*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        if is_training(cell)
    ]
    assert found == ["cifar10_convnet.ipynb"]
