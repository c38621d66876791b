"""Slices, bounds of loops, and what is fetched by an index."""

import ast
from collections.abc import Iterator

from cs_utils.grading.mutants.operators.sites import Site, called, parse


def slices(site: Site) -> Iterator[tuple[str, ast.AST]]:
    """Yield slices without or with other bounds and steps, loops that are longer or shorter, axes exchanged."""
    node = site.node
    match node:
        case ast.Slice(lower=lower, upper=upper, step=step):
            if lower is not None:
                yield "slice", ast.Slice(None, upper, step)
            if upper is not None:
                yield "slice", ast.Slice(lower, None, step)
                yield from (("bound", ast.Slice(lower, _moved(upper, by), step)) for by in "+-")
            if step is not None:
                yield "stride", ast.Slice(lower, upper, None)
            elif lower is None and upper is None:
                yield "slice", ast.Slice(None, ast.Constant(1), None)
                yield "slice", ast.Slice(ast.Constant(1), None, None)
                yield "slice", ast.Slice(None, None, ast.Constant(-1))
        case ast.Tuple(elts=elements, ctx=ast.Load()):
            kind = "index" if site.indexes else "order of axes"
            for i in range(len(elements) - 1):
                first, second = elements[i : i + 2]
                yield kind, ast.Tuple([*elements[:i], second, first, *elements[i + 2 :]], ast.Load())
        case ast.Call(args=[*_, last]) if called(node) == "range" and not isinstance(last, ast.Starred):
            for by in "+-":
                yield "bound", ast.Call(node.func, [*node.args[:-1], _moved(last, by)], [])
            if len(node.args) == 1:
                yield "bound", ast.Call(node.func, [ast.Constant(1), last], [])
        case ast.Call(args=arguments) if called(node) == "ndindex":
            for i, argument in enumerate(arguments):
                if not isinstance(argument, ast.Starred):
                    shorter = parse("A[:-1] + (A[-1] - 1,)" if _is_shape(argument) else "A - 1", A=argument)
                    yield "bound", ast.Call(node.func, [*arguments[:i], shorter, *arguments[i + 1 :]], [])
        case ast.Subscript(ctx=ast.Load(), value=ast.Attribute(attr="shape"), slice=ast.Constant(value=int(axis))):
            exchanged = {0: -1, 1: 2, 2: 1, 3: 0, -1: 0}.get(axis)
            kind = "H for W" if axis in (1, 2) else "N for C"
            if exchanged is not None:
                yield kind, ast.Subscript(node.value, ast.Constant(exchanged), ast.Load())
        case ast.Call(args=[argument]) if called(node) == "len":
            yield from (("N for C", parse(f"A.shape[{axis}]", A=argument)) for axis in (1, -1))


def _moved(bound: ast.expr, by: str) -> ast.expr:
    operator: ast.operator = ast.Add() if by == "+" else ast.Sub()
    return ast.BinOp(bound, operator, ast.Constant(1))


def _is_shape(node: ast.AST) -> bool:
    return getattr(node, "attr", "") == "shape" or "shape" in getattr(node, "id", "")
