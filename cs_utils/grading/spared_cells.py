"""What the grader spares itself of a lesson's own cells, because half of the time of a class would go there.

Cells marked ``# %% long`` in its text take long, and no point depends on them. Students run them, and whoever builds or
tests a solution; the grader leaves them out, unless something that the student wrote needs them. It draws only where
somebody looks: in cells that the student wrote, and in those marked ``# %% shown``, which a written answer is about.
"""

import ast
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from cs_utils.grading.limits import LARGEST_PARSED

LONG, SHOWN = "skipped-when-graded", "drawn-when-graded"  # tags


@dataclass(frozen=True)
class Spared:
    """Ids of the code cells of a student's notebook that are not run, and of those run without their picture."""

    run: frozenset[str] = frozenset()
    drawing: frozenset[str] = frozenset()


def spared(notebook: NotebookNode, released: NotebookNode) -> Spared:
    """Return what need not be done. All is run if the student's cells name what a long one defines."""
    as_released = {(cell.id, cell.source) for cell in released.cells}
    given = [cell for cell in notebook.cells if cell.cell_type == "code" and (cell.id, cell.source) in as_released]
    long = [cell for cell in given if _has(cell, LONG)]
    own = [c.source for c in notebook.cells if c.cell_type == "code" and (c.id, c.source) not in as_released]
    needed = set().union(*map(_needed, own)) & _defined(long)
    return Spared(
        frozenset() if needed else frozenset(cell.id for cell in long),
        frozenset(cell.id for cell in given if not _has(cell, SHOWN)),
    )


def undrawn(source: str) -> str:
    """Return the code of a lesson's cell without the picture that it ends with: making one takes a twentieth second."""
    tree = ast.parse(source)
    match tree.body[-1:]:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("figures")))) as picture]:
            return "\n".join(source.splitlines()[: picture.lineno - 1])
    return source


def _has(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def needed_later(cells: Iterable[NotebookNode]) -> Iterator[str]:
    """Yield, in words, what a long cell defines and a later one that is not long uses: graders would not have it."""
    missing: dict[str, str] = {}
    for cell in cells:
        if cell.cell_type != "code":
            continue
        if _has(cell, LONG):
            missing |= dict.fromkeys(_defined([cell]), cell.id)
            continue
        for name in _defined([cell]):
            missing.pop(name, None)
        for name in sorted(_needed(cell.source) & missing.keys()):
            yield f"cell {cell.id} uses {name}, which is defined in the long cell {missing[name]}"


def _needed(source: str) -> set[str]:
    """Return the names that a cell takes from others; where it can't be read as Python, all its words."""
    if len(source) > LARGEST_PARSED:
        return set(re.findall(r"\w+", source))
    try:
        return set(_taken(symtable.symtable(source, "<cell>", "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", source))


def _taken(scope: symtable.SymbolTable) -> Iterator[str]:
    for symbol in scope.get_symbols():
        is_local = symbol.is_assigned() if scope.get_type() == "module" else not symbol.is_global()
        if symbol.is_referenced() and not is_local:
            yield symbol.get_name()
    for inner in scope.get_children():
        yield from _taken(inner)


def _defined(cells: Iterable[NotebookNode]) -> set[str]:
    """Return the names that cells bind at their top level."""
    names: set[str] = set()
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
    return names
