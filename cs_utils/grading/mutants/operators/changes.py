"""All changes of a function, one place at a time."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cs_utils.grading.mutants.operators.arithmetic import arithmetic
from cs_utils.grading.mutants.operators.arrays import arrays
from cs_utils.grading.mutants.operators.names import names
from cs_utils.grading.mutants.operators.reductions import reductions
from cs_utils.grading.mutants.operators.sites import Site, sites
from cs_utils.grading.mutants.operators.slices import slices
from cs_utils.grading.mutants.operators.statements import hard_wired, statements

EXPRESSIONS = (arithmetic, slices, reductions, arrays, names)


@dataclass(frozen=True)
class Change:
    """One change of a function.

    Attributes
    ----------
    kind : str
        What is changed, in a word or two: "axis", "bound", "dropped statement".
    site : Site
        Where.
    node : ast.AST
        What stands there afterwards.
    """

    kind: str
    site: Site
    node: ast.AST

    @property
    def before(self) -> str:
        return ast.unparse(self.site.node)

    @property
    def after(self) -> str:
        return ast.unparse(ast.fix_missing_locations(self.node))

    @property
    def refusal(self) -> bool:
        """Does the place belong to a test whose only purpose is to raise an error?"""
        return self.site.refusal

    @cached_property
    def text(self) -> str:
        """The whole function afterwards."""
        with self.site.replaced(self.node):
            return ast.unparse(ast.fix_missing_locations(self.site.function))

    def compiles(self) -> bool:
        try:
            compile(self.text, "<mutant>", "exec")
        except (SyntaxError, ValueError):
            return False
        return True


def changes(tree: ast.FunctionDef, shown: list[dict[str, Any]]) -> Iterator[Change]:
    """Yield the changes of a function. Some may have the same text, and some may not compile.

    Parameters
    ----------
    tree : ast.FunctionDef
        Its syntax tree, the same again afterwards.
    shown : list of dict
        The arguments of the visible cases, which an answer might have hard-wired.
    """
    for site in list(sites(tree)):
        operators = (statements,) if isinstance(site.node, ast.stmt) else EXPRESSIONS
        for operator in operators:
            yield from (Change(kind, site, node) for kind, node in operator(site))
        yield from (Change(kind, site, node) for kind, node in hard_wired(site, tree, shown))
