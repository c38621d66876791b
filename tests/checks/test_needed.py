"""`course.py check` runs what a check needs: all of it, and not the trainings beside it."""

from pathlib import Path

import pytest

from cs_utils.checks.needed import needed
from cs_utils.checks.notebook import Cell, read_cells

SOLUTIONS = sorted((Path(__file__).parents[2] / "solutions").glob("*/*.ipynb"))


def cells(*sources):
    """Return code cells; a source that calls check is a check cell."""
    return [Cell("code", source, checks="f" if source.startswith("check(") else "") for source in sources]


def chosen(*sources):
    return [cell.source for cell in needed(cells(*sources))]


CHECK = 'check("f", f)'


@pytest.mark.parametrize(
    "sources",
    [
        (
            "from cs_utils.checks import check",
            "def f(x):\n    return g(x)",
            "def g(x):\n    return h(x)",
            "h = abs",
            CHECK,
        ),
        ("rows = []", "rows.append(1)", "f = lambda x: rows", CHECK),
        ("table = {}", "table['a'] = 1", "def f(x):\n    return table[x]", CHECK),
        ("def f(x):\n    return f.count", "f.count = 3", CHECK),
        ("def start():\n    global f\n    f = abs", CHECK),
        ("f = abs", "f = len", CHECK),
        ("size = 1", "size += 1", "class f:\n    def __call__(self, x):\n        return size", CHECK),
        ("for f in (abs, len):\n    pass", CHECK),
        ("if (f := abs):\n    pass", CHECK),
        ("%matplotlib inline", "!echo", "def f(x", CHECK),
    ],
)
def test_what_a_check_needs_is_there(sources):
    assert chosen(*sources) == list(sources)


@pytest.mark.parametrize(
    "other",
    [
        "f(3)",
        "net = fit(f)",
        "figures.show(f)",
        "def train(f):\n    g = f",
        "def train():\n    g = {}\n    g['a'] = f",
        "rows = [g for g in (f,)]",
        "print(f)",
        "",
    ],
)
def test_what_it_does_not_need_is_not(other):
    given = ["def g(x):\n    return x", "import figures\ndef f(x):\n    figures.show(x)\n    return g(x)"]
    assert chosen(*given, other, CHECK, "f = None") == [*given, CHECK]


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_no_check_of_a_lesson_waits_for_a_training(path):
    every = read_cells(path)
    kept = needed(every)
    assert {cell.checks for cell in kept} == {cell.checks for cell in every}
    assert not [cell.first_line for cell in kept if " fit(" in cell.source]
    assert len(kept) < 0.3 * sum(cell.kind == "code" for cell in every)
