"""The folders of `cs_utils` show the flow: no import points upwards or runs in a circle, and there are few levels."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cs_utils"
# From the ground up: what is in a row may import what is in the rows above it, nothing beside or below it.
LEVELS = [
    {"system", "files"},
    {"engine", "progress"},
    {"layers", "datasets"},
    {"model", "gradient_check", "figures", "reference"},
    {"training", "checks", "doctor", "play"},
    {"desk"},
    {"grading", "benchmark"},
]


@cache
def imports() -> dict[str, set[str]]:
    """For each module of `cs_utils`, the modules of `cs_utils` that it imports anywhere in its text."""
    files = {_name(path): path for path in PACKAGE.rglob("*.py")}
    graph = {}
    for name, path in files.items():
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                submodules = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= {module if module in files else node.module for module in submodules}
        graph[name] = {module for module in found if module in files and module != name}
    return graph


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def by_folder(folder: str) -> dict[str, set[str]]:
    """The same for the files and folders directly in a folder; what its own `__init__` imports does not count."""
    prefix, graph = f"{folder}.", {}
    for module, imported in imports().items():
        if module.startswith(prefix):
            unit = module.removeprefix(prefix).split(".")[0]
            others = {other.removeprefix(prefix).split(".")[0] for other in imported if other.startswith(prefix)}
            graph.setdefault(unit, set()).update(others - {unit})
    return graph


def test_no_modules_import_each_other_in_a_circle():
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("folder", ["cs_utils", "cs_utils.grading", "cs_utils.engine", "cs_utils.benchmark"])
def test_no_folders_import_each_other_in_a_circle(folder):
    try:
        TopologicalSorter(by_folder(folder)).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_file_and_folder_has_its_level_and_imports_only_from_lower_ones():
    graph = by_folder("cs_utils")
    level = {unit: number for number, units in enumerate(LEVELS) for unit in units}
    assert level.keys() == graph.keys()
    upwards = [f"{unit} imports {other}" for unit in graph for other in graph[unit] if level[other] >= level[unit]]
    assert upwards == []


def test_the_tests_find_an_import_that_points_upwards(monkeypatch):
    """Else they would pass on anything."""
    wrong = imports() | {"cs_utils.engine.matmul": {"cs_utils.layers"}}
    monkeypatch.setitem(globals(), "imports", lambda: wrong)
    for test in (
        test_no_modules_import_each_other_in_a_circle,
        test_every_file_and_folder_has_its_level_and_imports_only_from_lower_ones,
    ):
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            test()
