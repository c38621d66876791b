"""Statements dropped or changed, work in place, and shapes of the visible cases hard-wired."""

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from cs_utils.grading.mutants.operators.sites import Site, called

HARD_WIRED = 1  # different values of the visible cases that are tried


def statements(site: Site) -> Iterator[tuple[str, ast.AST]]:
    """Yield nothing in a statement's place, or something like it."""
    node = site.node
    if isinstance(node, ast.Return | ast.FunctionDef | ast.Pass):
        return
    yield "dropped statement", ast.Pass()
    match node:
        case ast.AugAssign(target=target, value=value):
            yield "= for +=", ast.Assign([target], value)
            if isinstance(node.op, ast.Add):
                yield "operator", ast.AugAssign(target, ast.Sub(), value)
        case ast.If(test=test):
            for always in (True, False):
                yield "condition", ast.If(ast.Constant(always), node.body, node.orelse)
            yield "condition", ast.If(ast.UnaryOp(ast.Not(), test), node.body, node.orelse)
        case ast.For():
            yield "dropped statement", ast.For(node.target, node.iter, [*node.body, ast.Break()], [])
        case ast.Assign(targets=[ast.Name()], value=ast.BinOp(left=ast.Name() as left, op=operator, right=right)):
            into = ast.AugAssign(ast.Name(left.id, ast.Store()), operator, right)
            yield "in place", _together(into, ast.Assign(node.targets, left))


def _together(*parts: ast.stmt) -> ast.stmt:
    """Return several statements as one."""
    return ast.If(ast.Constant(True), list(parts), [])


def hard_wired(site: Site, tree: ast.FunctionDef, shown: list[dict[str, Any]]) -> Iterator[tuple[str, ast.AST]]:
    """Yield numbers of the visible cases in place of what is computed from the arguments."""
    node = site.node
    parameters = {argument.arg for argument in tree.args.args}
    match node:
        case ast.Name(id=name, ctx=ast.Load()) if name in parameters and not isinstance(site.parent, ast.Attribute):
            values = [case.get(name) for case in shown]
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr="shape"), slice=ast.Constant(value=axis)):
            values = [_shape(case.get(name), axis) for case in shown]
        case ast.Call(args=[ast.Name(id=name)]) if called(node) == "len":
            values = [_shape(case.get(name), 0) for case in shown]
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Attribute(value=ast.Name(id=name), attr="shape")):
            for axis, target in enumerate(targets):
                for value in _numbers([_shape(case.get(name), axis) for case in shown]):
                    yield "hard-wired", _together(node, ast.Assign([target], ast.Constant(value)))
            return
        case _:
            return
    yield from (("hard-wired", ast.Constant(value)) for value in _numbers(values))


def _numbers(values: list[Any]) -> list[int | float]:
    found = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return list(dict.fromkeys(found))[:HARD_WIRED]


def _shape(value: Any, axis: Any) -> int | None:
    if isinstance(value, np.ndarray) and isinstance(axis, int) and -value.ndim <= axis < value.ndim:
        return int(value.shape[axis])
    return None
