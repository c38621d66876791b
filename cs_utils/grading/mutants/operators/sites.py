"""The places of a syntax tree that may be changed."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Site:
    """A node of a function's tree and where it stands.

    `above` are the nodes that hold it, the nearest last; `field` and `index` say where in the nearest it stands.
    `function` is the tree itself.
    """

    node: ast.AST
    above: tuple[ast.AST, ...]
    field: str
    index: int | None
    function: ast.FunctionDef

    @property
    def parent(self) -> ast.AST:
        return self.above[-1]

    @property
    def refusal(self) -> bool:
        """Is it part of a ``raise``, or of an ``if`` that does nothing else?"""
        nodes = (*self.above, self.node)
        return any(isinstance(node, ast.Raise) or _only_raises(node) for node in nodes)

    @property
    def bounds(self) -> bool:
        """Is it a bound of a loop or of a slice?"""
        return any(isinstance(node, ast.Slice) or called(node) in ("range", "ndindex") for node in self.above)

    @property
    def indexes(self) -> bool:
        """Is it part of an index?"""
        chain = (*self.above, self.node)
        return any(isinstance(up, ast.Subscript) and down is up.slice for up, down in pairwise(chain))

    @contextmanager
    def replaced(self, node: ast.AST) -> Iterator[None]:
        """Within this context another node stands here."""
        self._put(node)
        try:
            yield
        finally:
            self._put(self.node)

    def _put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def _only_raises(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], ast.Raise)


def sites(tree: ast.FunctionDef) -> Iterator[Site]:
    """Yield all places in the body of a function and in the defaults of its parameters."""
    for i, default in enumerate(tree.args.defaults):
        yield from _below(Site(default, (tree, tree.args), "defaults", i, tree))
    for i, statement in enumerate(tree.body):
        yield from _below(Site(statement, (tree,), "body", i, tree))


def _below(site: Site) -> Iterator[Site]:
    yield site
    for field, value in ast.iter_fields(site.node):
        if field in ("annotation", "ctx", "returns", "decorator_list"):
            continue
        for index, node in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(node, ast.AST):
                place = index if isinstance(value, list) else None
                yield from _below(Site(node, (*site.above, site.node), field, place, site.function))


def called(node: ast.AST) -> str:
    """Return the name of the function or method that a call calls, without what stands before the last dot."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def parse(text: str, **nodes: ast.AST | None) -> Any:
    """Return the expression of this text, in which the names in capitals are replaced by nodes."""

    class Filled(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> Any:
            return nodes.get(name.id, name)

    return Filled().visit(ast.parse(text, mode="eval").body)
