"""What the code of a cell defines when it is run, found without running it."""

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cs_utils.grading.limits import LARGEST_PARSED, MOST_CELLS

NOTHING: frozenset[str] = frozenset()
RUN_AS_PYTHON = ("%%time", "%%capture", "%%prun")  # cell magics after which the rest of a cell is Python as usual


@dataclass(frozen=True)
class Code:
    """The code of a cell.

    Attributes
    ----------
    parses : bool
        Is it Python, or IPython? Else it fails as a whole when it is run.
    binds : frozenset of str
        The names that it gives a value in the notebook's namespace; no methods, and nothing within functions.
    defines : frozenset of str
        Those of them that are no placeholders for something to be written.
    uses : frozenset of str
        All names that it reads.
    only_defines : bool
        Does it consist of plain functions and constants, so that running it can't fail?
    is_placeholder : bool
        Does it hold nothing but comments, and functions that only say that they are not written yet?
    """

    parses: bool
    binds: frozenset[str] = NOTHING
    defines: frozenset[str] = NOTHING
    uses: frozenset[str] = NOTHING
    only_defines: bool = False
    is_placeholder: bool = False


@lru_cache(maxsize=2 * MOST_CELLS)  # each cell of a notebook is asked about often
def analyse(source: str) -> Code:
    """Return what can be known of a cell's code."""
    if len(source) > LARGEST_PARSED:
        return Code(parses=False)
    for text in (source, _without_magics(source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # "invalid escape sequence": the student's, not ours
                tree = ast.parse(text)
            names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
            written = dict(_bound(tree.body))
            return Code(
                True,
                frozenset(written),
                frozenset(name for name, is_written in written.items() if is_written),
                frozenset(name.id for name in names),
                text is source and all(_cannot_fail(statement) for statement in tree.body),
                text is source and all(_is_placeholder(statement) for statement in tree.body),
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return Code(parses=False)


def _without_magics(source: str) -> str:
    """Return a cell's code with IPython's own lines (%matplotlib inline, !pip, print?) made harmless."""
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        source = rest if first.split()[0] in RUN_AS_PYTHON else ""
    return re.sub(r"^([ \t]*)(?:[%!].*|.*\?[ \t]*|.*=[ \t]*[%!].*)$", r"\1pass", source, flags=re.M)


def _bound(body: list[ast.stmt]) -> Iterator[tuple[str, bool]]:
    """Yield the names that statements of a notebook's own namespace bind; False for placeholders."""
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield statement.name, not _is_placeholder(statement)
            case ast.ClassDef():
                yield statement.name, True
            case ast.Import() | ast.ImportFrom():
                yield from ((name.asname or name.name.partition(".")[0], True) for name in statement.names)
            case ast.Assign():
                yield from ((name, True) for target in statement.targets for name in _names(target))
            case ast.AnnAssign(value=ast.expr()) | ast.AugAssign():
                yield from ((name, True) for name in _names(statement.target))
            case ast.If() | ast.For() | ast.While():
                yield from _bound(statement.body + statement.orelse)
            case ast.With():
                yield from _bound(statement.body)
            case ast.Try() | ast.TryStar():
                handlers = [inner for handler in statement.handlers for inner in handler.body]
                yield from _bound(statement.body + handlers + statement.orelse + statement.finalbody)


def _names(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name():
            yield target.id
        case ast.Tuple() | ast.List():
            yield from (name for element in target.elts for name in _names(element))
        case ast.Starred():
            yield from _names(target.value)


def _is_placeholder(statement: ast.stmt) -> bool:
    """Does this only say that something is not written yet?"""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return all(_is_placeholder(inner) for inner in statement.body)
        case ast.Raise():
            return "NotImplementedError" in ast.dump(statement)
        case ast.Expr():
            return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)


def _cannot_fail(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            defaults = [*statement.args.defaults, *(d for d in statement.args.kw_defaults if d is not None)]
            arguments = [*statement.args.posonlyargs, *statement.args.args, *statement.args.kwonlyargs]
            annotated = any(argument.annotation for argument in arguments) or statement.returns
            constant = all(isinstance(default, ast.Constant) for default in defaults)
            return constant and not statement.decorator_list and not annotated
        case ast.Assign() | ast.Expr():
            return isinstance(statement.value, ast.Constant) and all(
                isinstance(target, ast.Name) for target in getattr(statement, "targets", [])
            )
    return False
