"""Cells of a lesson that take long and that no point depends on: ``# %% long`` in its text.

They are run by students, and when a solution is built or tested. The grader leaves them out, because half of the time
of a class would go into demonstrations that nobody looks at, unless something that the student wrote needs them.
"""

import ast
import re
import symtable
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from cs_utils.grading.limits import LARGEST_PARSED

TAG = "skipped-when-graded"


def is_long(cell: NotebookNode) -> bool:
    return TAG in cell.metadata.get("tags", [])


def left_out(notebook: NotebookNode, released: NotebookNode) -> set[str]:
    """Return the ids of the cells of a student's notebook that need not be run.

    None if a cell that the student wrote or changed names what one of them defines.
    """
    as_released = {(cell.id, cell.source) for cell in released.cells}
    long = [cell for cell in notebook.cells if is_long(cell) and (cell.id, cell.source) in as_released]
    own = [c.source for c in notebook.cells if c.cell_type == "code" and (c.id, c.source) not in as_released]
    needed = set().union(*map(_needed, own)) & _defined(long)
    return set() if needed else {cell.id for cell in long}


def needed_later(cells: Iterable[NotebookNode]) -> Iterator[str]:
    """Yield, in words, what a long cell defines and a later one that is not long uses: graders would not have it."""
    missing: dict[str, str] = {}
    for cell in cells:
        if cell.cell_type != "code":
            continue
        if is_long(cell):
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
