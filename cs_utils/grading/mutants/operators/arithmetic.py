"""Operators, comparisons and constants changed, terms dropped."""

import ast
from collections.abc import Iterator

from cs_utils.grading.mutants.operators.sites import Site, called, parse

OTHER_OPERATOR: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
OTHER_COMPARISON: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq, ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
STRIDES = ("stride", "step", "down", "across")


def arithmetic(site: Site) -> Iterator[tuple[str, ast.AST]]:
    """Yield other operators, fewer terms, other constants and conditions."""
    node = site.node
    match node:
        case ast.BinOp():
            kind = _kind(site, "operator")
            yield from ((kind, ast.BinOp(node.left, o(), node.right)) for o in OTHER_OPERATOR.get(type(node.op), ()))
            yield from ((_kind(site, "dropped term"), side) for side in (node.left, node.right))
        case ast.Compare():
            for i, comparison in enumerate(node.ops):
                for other in OTHER_COMPARISON[type(comparison)]:
                    ops = [*node.ops[:i], other(), *node.ops[i + 1 :]]
                    yield "comparison", ast.Compare(node.left, ops, node.comparators)
        case ast.BoolOp():
            other_word: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield "condition", ast.BoolOp(other_word, node.values)
            yield from (("dropped term", value) for value in node.values)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield "operator", node.operand
        case ast.IfExp():
            yield from (("condition", chosen) for chosen in (node.body, node.orelse))
        case ast.Constant():
            yield from ((_kind(site, "constant"), ast.Constant(value)) for value in _others(node.value))
        case ast.Call(args=[argument]) if called(node) == "float" and not isinstance(argument, ast.Constant):
            yield "dtype", parse("int(A)", A=argument)


def _kind(site: Site, kind: str) -> str:
    """Return what a change is called, which depends on where it is."""
    node = site.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        factors = [getattr(side, "id", "") for side in (node.left, node.right)]
        if any(word in factor for word in STRIDES for factor in factors):
            return "stride"
    if isinstance(site.parent, ast.keyword) or _is_axis(site):
        return "axis" if _is_axis(site) else kind
    return "bound" if site.bounds else "index" if site.indexes else kind


def _is_axis(site: Site) -> bool:
    return any(isinstance(node, ast.keyword) and node.arg in ("axis", "axes") for node in site.above)


def _others(value: object) -> Iterator[int | float | bool]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from {value + 1, value - 1, 0 if abs(value) > 1 else value + 2} - {value}
    elif isinstance(value, float):
        yield from dict.fromkeys((value + 1, 2 * value, 0.0))
