"""Which cells of a notebook its checks need: a lesson's own trainings, timings and pictures take most of its time."""

import ast
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cs_utils.checks.notebook import Cell

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class _Names:
    """The names that a cell reads from the notebook, imports, sets, and whose values it may change in place."""

    reads: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()


def needed(cells: Sequence[Cell]) -> list[Cell]:
    """Return the check cells, and of the cells before each those that set what it uses, in the notebook's order.

    A cell that Python alone can't read, such as one with a magic command, is always among them. What the text of a cell
    doesn't show, such as a name that `exec` makes, is not: a check that misses it meets a NameError.
    """
    code = [cell for cell in cells if cell.kind == "code"]
    found = [_names(cell.source) for cell in code]
    names = [each or _Names() for each in found]
    modules = {name for each in names for name in each.imports} - {name for each in names for name in each.sets}
    sets = [each.imports | each.sets | (each.changes - modules) for each in names]
    chosen = {i for i, each in enumerate(found) if each is None}
    for i, cell in enumerate(code):
        if cell.checks:
            chosen |= {i, *_before(i, names, sets)}
    return [code[i] for i in sorted(chosen)]


def sets(source: str) -> frozenset[str]:
    """Return the names that a cell sets or imports; none if Python alone can't read it."""
    names = _names(source) or _Names()
    return names.imports | names.sets


def _before(check: int, names: Sequence[_Names], sets: Sequence[frozenset[str]]) -> set[int]:
    """Return the cells above a check cell that it needs, directly or by way of others."""
    chosen: set[int] = set()
    wanted = set(names[check].reads)
    while more := {i for i in range(check) if sets[i] & wanted} - chosen:
        chosen |= more
        wanted |= {name for i in more for name in names[i].reads}
    return chosen


def _names(source: str) -> _Names | None:
    try:
        table, tree = symtable.symtable(source, "cell", "exec"), ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    # From Python 3.12 on, the names of a comprehension stand among those of the cell.
    symbols = [symbol for symbol in table.get_symbols() if symbol.get_name() not in _of_comprehensions(tree)]
    inner = [symbol for scope in _inner(table) for symbol in scope.get_symbols() if symbol.is_global()]
    everywhere = [*symbols, *inner]  # what is local to a function is no name of the notebook
    return _Names(
        reads=frozenset(symbol.get_name() for symbol in everywhere if symbol.is_referenced()),
        imports=frozenset(symbol.get_name() for symbol in symbols if symbol.is_imported()),
        sets=frozenset(symbol.get_name() for symbol in everywhere if symbol.is_assigned()),
        changes=frozenset(_changed(tree)) & {symbol.get_name() for symbol in everywhere},
    )


def _inner(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """Yield the scopes within a cell: functions, classes, lambdas."""
    for child in table.get_children():
        yield child
        yield from _inner(child)


def _of_comprehensions(tree: ast.AST) -> set[str]:
    """Return the names that comprehensions bind, and nothing else in the cell reads or binds."""
    comprehensions = [node for node in ast.walk(tree) if isinstance(node, COMPREHENSIONS)]
    within = {node for whole in comprehensions for node in ast.walk(whole)}
    bound = {
        name.id
        for whole in comprehensions
        for part in whole.generators
        for name in ast.walk(part.target)
        if isinstance(name, ast.Name)
    }
    outside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node not in within:
            outside.add(node.id)
        outside |= {str(getattr(node, field, None)) for field in ("name", "asname")}  # of def, class, import, except
    return bound - outside


def _changed(tree: ast.AST) -> Iterator[str]:
    """Yield what may be changed by an entry, an attribute, or a method whose result is not used.

    These are ``x[0] = 1``, ``f.cache = {}`` and ``rows.append(x)``.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield from _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from _root(node.value.func)


def _root(node: ast.expr) -> Iterator[str]:
    """The name before the first dot or bracket."""
    whole = node
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name) and node is not whole:
        yield node.id
