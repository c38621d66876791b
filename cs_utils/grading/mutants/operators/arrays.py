"""Axes, keepdims, the order of axes, dtypes, and work in place."""

import ast
from collections.abc import Iterator

from cs_utils.grading.mutants.operators.reductions import REDUCTIONS
from cs_utils.grading.mutants.operators.sites import Site, called, parse

BUFFERS = ("zeros", "ones", "empty", "full", "zeros_like", "empty_like", "ones_like")
ORDERS = ("transpose", "swapaxes", "moveaxis", "reshape", "rollaxis")


def arrays(site: Site) -> Iterator[tuple[str, ast.AST]]:
    """Yield what may go wrong with the axes, the dtype and the memory of an array."""
    node = site.node
    match node:
        case ast.Call():
            yield from _keywords(node)
            yield from _orders(node)
            yield from _dtypes(node)
        case ast.Attribute(value=value, attr="T", ctx=ast.Load()):
            yield "order of axes", value
        case ast.Constant(value=str(text)) if "->" in text:
            before, _, after = text.partition("->")
            if len(after) > 1:
                yield "order of axes", ast.Constant(f"{before}->{after[1]}{after[0]}{after[2:]}")
                yield "order of axes", ast.Constant(f"{before}->{after[:-2]}{after[-1]}{after[-2]}")
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            yield "order of axes", parse("A.T @ B", A=left, B=right)
            yield "order of axes", parse("A @ B.T", A=left, B=right)


def _keywords(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    for i, keyword in enumerate(node.keywords):
        others = [*node.keywords[:i], *node.keywords[i + 1 :]]
        if keyword.arg == "axis":
            yield "axis", ast.Call(node.func, node.args, others)
            if isinstance(keyword.value, ast.Tuple):
                for j in range(len(keyword.value.elts)):
                    fewer = ast.Tuple([*keyword.value.elts[:j], *keyword.value.elts[j + 1 :]], ast.Load())
                    yield "axis", ast.Call(node.func, node.args, [*others, ast.keyword("axis", fewer)])
        elif keyword.arg is not None:
            yield "keepdims" if keyword.arg == "keepdims" else "dropped term", ast.Call(node.func, node.args, others)
    named = [keyword.arg for keyword in node.keywords]
    if called(node) in REDUCTIONS and "axis" in named and "keepdims" not in named:
        yield "keepdims", ast.Call(node.func, node.args, [*node.keywords, ast.keyword("keepdims", ast.Constant(True))])


def _orders(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    if called(node) not in ORDERS:
        return
    for i in range(len(node.args) - 1):
        first, second = node.args[i : i + 2]
        yield "order of axes", ast.Call(node.func, [*node.args[:i], second, first, *node.args[i + 2 :]], node.keywords)
    if called(node) == "reshape":
        fortran = ast.keyword("order", ast.Constant("F"))
        yield "order of axes", ast.Call(node.func, node.args, [*node.keywords, fortran])
    elif isinstance(node.func, ast.Attribute):
        whole = node.func.value
        yield "order of axes", node.args[0] if getattr(whole, "id", "") == "np" and node.args else whole


def _dtypes(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    if called(node) in BUFFERS:
        kept = [keyword for keyword in node.keywords if keyword.arg != "dtype"]
        first = node.args[:1] if called(node) != "full" else node.args[:2]
        for dtype in ("int", "np.float32", "np.float16"):
            yield "dtype", ast.Call(node.func, first, [*kept, ast.keyword("dtype", parse(dtype))])
    if called(node) == "astype" and isinstance(node.func, ast.Attribute):
        yield "dtype", node.func.value
        yield "dtype", ast.Call(node.func, [parse("int")], [])
    if called(node) == "copy" and not node.args and isinstance(node.func, ast.Attribute):
        yield "in place", node.func.value
    named = bool(node.args) and isinstance(node.args[0], ast.Name) and not node.keywords
    if called(node) in ("maximum", "minimum", "exp", "abs", "clip") and named:
        yield "in place", ast.Call(node.func, node.args, [ast.keyword("out", node.args[0])])
    if called(node) == "pad":
        yield "constant", ast.Call(node.func, node.args, [ast.keyword("mode", ast.Constant("edge"))])
