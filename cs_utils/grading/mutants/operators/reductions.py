"""Other reductions and other functions of the same kind: the mean for the maximum, exp2 for exp."""

import ast
from collections.abc import Iterator

from cs_utils.grading.mutants.operators.sites import Site, parse

REDUCTIONS = ("max", "min", "mean", "sum", "median")
OTHER_FUNCTION = {
    "maximum": ("minimum", "add", "fmax"),
    "minimum": ("maximum",),
    "exp": ("exp2", "expm1"),
    "log": ("log2", "log1p", "log10"),
    "sqrt": ("square", "cbrt"),
    "argmax": ("argmin",),
    "argsort": ("sort",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "ones": ("zeros",),
    "floor": ("ceil", "round"),
    "var": ("std", "mean"),
    "std": ("var",),
    "prod": ("sum",),
    "cumsum": ("cumprod",),
    "normal": ("uniform",),
    "standard_normal": ("random",),
    "any": ("all",),
    "all": ("any",),
    "isalnum": ("isalpha", "isdigit"),
    "isdigit": ("isalnum",),
}
IDENTITY = ("abs", "sqrt", "square", "exp", "log", "flip", "reversed", "sorted", "sort", "ascontiguousarray")


def reductions(site: Site) -> Iterator[tuple[str, ast.AST]]:
    """Yield calls that reduce in another way, or apply another function."""
    node = site.node
    if not isinstance(node, ast.Call):
        return
    match node.func:
        case ast.Name(id="max" | "min" | "sum" as name) if node.args:
            yield from (("reduction", other) for other in _other_builtins(name, node))
        case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in REDUCTIONS and node.args:
            yield from (("reduction", other) for other in _others(name, node.args[0], node.keywords, node.args[1:]))
        case ast.Attribute(value=value, attr=name) if name in REDUCTIONS:
            yield from (("reduction", other) for other in _others(name, value, node.keywords, node.args))
        case ast.Attribute(value=value, attr=name):
            for other in OTHER_FUNCTION.get(name, ()):
                yield "function", ast.Call(ast.Attribute(value, other, ast.Load()), node.args, node.keywords)
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in IDENTITY and node.args:
        yield "function", node.args[0]


def _others(name: str, array: ast.expr, keywords: list[ast.keyword], arguments: list[ast.expr]) -> Iterator[ast.expr]:
    """Yield other reductions of an array along the same axes, that of its absolute values among them."""
    for other in (*REDUCTIONS, *(("argmax",) if name == "max" else ())):
        if other != name:
            function = parse(f"np.{other}")
            yield ast.Call(function, [array, *arguments], keywords)
    yield ast.Call(parse(f"np.{name}"), [parse("np.abs(A)", A=array), *arguments], keywords)
    axis = next((k.value for k in keywords if k.arg == "axis"), arguments[0] if arguments else None)
    kept = any(k.arg == "keepdims" for k in keywords)
    if axis is not None:
        for entry in (0, -1):
            yield parse(f"np.take(A, {[entry] if kept else entry}, axis=B)", A=array, B=axis)
    else:
        yield parse("np.ravel(A)[0]", A=array)


def _other_builtins(name: str, node: ast.Call) -> Iterator[ast.expr]:
    for other in ("max", "min", "sum"):
        if other != name and (len(node.args) == 1 or other != "sum"):
            yield ast.Call(ast.Name(other, ast.Load()), node.args, node.keywords)
    if len(node.args) == 1:
        numbers = node.args[0]
        for text in ("list(A)[0]", "list(A)[-1]", "np.mean(list(A))", "np.median(list(A))"):
            yield parse(text, A=numbers)
        yield parse(f"{name}(abs(number) for number in A)", A=numbers)
    else:
        yield from node.args
